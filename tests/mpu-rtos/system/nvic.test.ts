import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExceptionNumber, LOWEST_PRIORITY, Nvic } from '../../../platforms/mpu-rtos/hardware/nvic.js';
import { type CoreName, systemConfig } from '../../../platforms/mpu-rtos/hardware/system-control-config.js';

const LINES = 40;
const nvicOf = (core: CoreName, priorityBits = 3): Nvic =>
  new Nvic(systemConfig(core, core === 'm0plus' ? {} : { priorityBits, interruptLines: LINES }));

/** The exceptions the properties play with, by architecture. */
const EXCEPTIONS_V6 = [2, 3, 11, 14, 15, 16, 17, 30, 47];
const EXCEPTIONS_V7 = [...EXCEPTIONS_V6, 4, 5, 6, 12, 48, 55];

type Step =
  | { readonly kind: 'pend' | 'unpend' | 'enable' | 'disable' | 'activate' | 'deactivate'; readonly exception: number }
  | { readonly kind: 'priority'; readonly exception: number; readonly value: number }
  | { readonly kind: 'primask' | 'faultmask' | 'basepri' | 'prigroup'; readonly value: number }
  | { readonly kind: 'line'; readonly exception: number; readonly level: boolean };

function apply(nvic: Nvic, step: Step): void {
  switch (step.kind) {
    case 'pend':
      return nvic.setPending(step.exception);
    case 'unpend':
      return nvic.clearPending(step.exception);
    case 'enable':
      return nvic.setEnabled(step.exception, true);
    case 'disable':
      return nvic.setEnabled(step.exception, false);
    case 'activate':
      return nvic.activate(step.exception);
    case 'deactivate':
      return nvic.deactivate(step.exception);
    case 'priority':
      return nvic.setPriority(step.exception, step.value);
    case 'line':
      return nvic.setLine(step.exception - 16, step.level);
    case 'primask':
    case 'faultmask':
    case 'basepri':
    case 'prigroup':
      nvic[step.kind] = step.value;
  }
}

const stepOf = (exceptions: readonly number[]): fc.Arbitrary<Step> => {
  const exception = fc.constantFrom(...exceptions);
  const onException = fc.constantFrom(
    'pend',
    'pend',
    'unpend',
    'enable',
    'enable',
    'disable',
    'activate',
    'deactivate',
  );
  return fc.oneof(
    fc.record({ kind: onException, exception }) as fc.Arbitrary<Step>,
    fc.record({ kind: fc.constant('priority' as const), exception, value: fc.nat(255) }),
    fc.record({ kind: fc.constantFrom('primask' as const, 'faultmask' as const), value: fc.nat(1) }),
    fc.record({ kind: fc.constantFrom('basepri' as const), value: fc.nat(255) }),
    fc.record({ kind: fc.constantFrom('prigroup' as const), value: fc.nat(7) }),
    fc.record({
      kind: fc.constant('line' as const),
      exception: fc.constantFrom(...exceptions.filter((e) => e >= 16)),
      level: fc.boolean(),
    }),
  );
};

/** What the manual says executes and preempts, from the visible state of each exception (DDI0403E B1.5.4). */
function slow(nvic: Nvic, exceptions: readonly number[]) {
  const groupSize = 2 ** (nvic.prigroup + 1);
  const group = (priority: number): number => (priority < 0 ? priority : priority - (priority % groupSize));
  const active = exceptions.filter((e) => nvic.isActive(e)).map((e) => group(nvic.priority(e)));
  const masks = [
    ...(nvic.basepri > 0 ? [group(nvic.basepri)] : []),
    ...(nvic.faultmask === 1 ? [-1] : []),
    LOWEST_PRIORITY,
  ];
  const withoutPrimask = Math.min(...active, ...masks);
  const priority = nvic.primask === 1 ? Math.min(withoutPrimask, 0) : withoutPrimask;
  const waiting = exceptions
    .filter((e) => nvic.isPending(e) && nvic.isEnabled(e))
    .sort((a, b) => nvic.priority(a) - nvic.priority(b) || a - b);
  const first = waiting.at(0);
  const preempts = (than: number): boolean => first !== undefined && group(nvic.priority(first)) < than;
  const interrupts = exceptions.filter((e) => e >= 16 && nvic.isEnabled(e)).map((e) => group(nvic.priority(e)));
  const blocks = !(interrupts.length === 0 ? [group(255)] : interrupts).some((p) => p < priority);
  return { priority, due: preempts(priority) ? first! : 0, wakes: preempts(withoutPrimask), blocks };
}

describe('NVIC', () => {
  it.each<[CoreName, readonly number[]]>([
    ['m0plus', EXCEPTIONS_V6],
    ['m3', EXCEPTIONS_V7],
    ['m33', EXCEPTIONS_V7],
  ])('%s decides as the manual does after any steps', (core, exceptions) => {
    fc.assert(
      fc.property(fc.array(stepOf(exceptions), { maxLength: 40 }), fc.integer({ min: 3, max: 8 }), (steps, bits) => {
        const nvic = nvicOf(core, bits);
        for (const step of steps) {
          let calls = 0;
          nvic.changed = () => calls++;
          const before = [nvic.executionPriority, nvic.due, nvic.wakes];
          apply(nvic, step);
          const { priority, due, wakes, blocks } = slow(nvic, exceptions);
          expect(nvic.blocksInterrupts).toBe(blocks);
          const after = [nvic.executionPriority, nvic.due, nvic.wakes];
          expect(after).toEqual([priority, due, wakes]);
          if (String(before) !== String(after)) expect(calls).toBeGreaterThan(0);
        }
        const copy = nvicOf(core, bits);
        copy.load(nvic.save());
        expect([copy.executionPriority, copy.due, copy.wakes]).toEqual([nvic.executionPriority, nvic.due, nvic.wakes]);
        expect(copy.save()).toEqual(nvic.save());
        nvic.reset();
        expect(nvic.save()).toEqual(nvicOf(core, bits).save());
      }),
      { numRuns: 300 },
    );
  });

  it('blocks interrupts unless one that is enabled would preempt', () => {
    const nvic = nvicOf('m3');
    expect(nvic.blocksInterrupts).toBe(false);
    nvic.setPriority(ExceptionNumber.SVCALL, 0x40);
    nvic.activate(ExceptionNumber.SVCALL);
    expect(nvic.blocksInterrupts).toBe(true); // none is enabled, and the least urgent would wait
    const blocked = (exception: number, priority: number): boolean => {
      nvic.setPriority(exception, priority);
      nvic.setEnabled(exception, true);
      return nvic.blocksInterrupts;
    };
    expect(blocked(16, 0x60)).toBe(true);
    expect(blocked(17, 0x40)).toBe(true); // as urgent as the handler
    expect(blocked(50, 0x20)).toBe(false);
    nvic.basepri = 0x20;
    expect(nvic.blocksInterrupts).toBe(true);
    nvic.basepri = 0x40;
    expect(nvic.blocksInterrupts).toBe(false);
    nvic.prigroup = 6; // 0x20 and 0x40 do not preempt each other any more
    expect(nvic.blocksInterrupts).toBe(true);
    nvic.deactivate(ExceptionNumber.SVCALL);
    nvic.basepri = 0;
    expect(nvic.blocksInterrupts).toBe(false);
    nvic.primask = 1;
    expect(nvic.blocksInterrupts).toBe(true);
  });

  it('implements only the upper priority bits', () => {
    for (const [core, bits, kept] of [
      ['m0plus', 2, 0xc0],
      ['m3', 3, 0xe0],
      ['m4', 4, 0xf0],
      ['m33', 8, 0xff],
    ] as const) {
      const nvic = nvicOf(core, bits);
      nvic.setPriority(16, 0xff);
      expect(nvic.priority(16)).toBe(kept);
      nvic.basepri = 0xff;
      expect(nvic.basepri).toBe(core === 'm0plus' ? 0 : kept);
    }
  });

  it('gives fixed priorities to Reset, NMI and HardFault', () => {
    const nvic = nvicOf('m3');
    for (const exception of [1, 2, 3]) nvic.setPriority(exception, 0x80);
    expect([1, 2, 3].map((exception) => nvic.priority(exception))).toEqual([-3, -2, -1]);
  });

  it('preempts by group, orders by subpriority, then by number', () => {
    const nvic = nvicOf('m3', 4);
    nvic.prigroup = 5; // bits 7:6 preempt, 5:4 are the subpriority
    for (const exception of [20, 21, 22]) nvic.setEnabled(exception, true);
    nvic.setPriority(20, 0x50);
    nvic.setPriority(21, 0x40);
    nvic.setPriority(22, 0x40);
    for (const exception of [20, 22]) nvic.setPending(exception);
    expect(nvic.due).toBe(22);
    nvic.setPending(21);
    expect(nvic.due).toBe(21);
    nvic.activate(20); // same group: nobody preempts
    expect(nvic.executionPriority).toBe(0x40);
    expect(nvic.due).toBe(0);
    nvic.deactivate(20);
    expect(nvic.due).toBe(21);
  });

  it('takes a level interrupt again after its return, a pulse once', () => {
    const nvic = nvicOf('m3');
    nvic.setEnabled(18, true);
    nvic.setLine(2, true);
    expect(nvic.due).toBe(18);
    nvic.activate(18);
    expect(nvic.isPending(18)).toBe(false);
    nvic.deactivate(18);
    expect(nvic.due).toBe(18);
    nvic.activate(18);
    nvic.setLine(2, false);
    nvic.deactivate(18);
    expect(nvic.due).toBe(0);
    nvic.setLine(2, true);
    nvic.activate(18);
    nvic.setLine(2, false);
    nvic.setLine(2, true); // a second edge during the handler
    nvic.setLine(2, false);
    expect(nvic.isPending(18)).toBe(true);
  });

  it('does not clear a pending interrupt whose line is high', () => {
    const nvic = nvicOf('m3');
    nvic.setLine(2, true);
    nvic.clearPending(18);
    expect(nvic.isPending(18)).toBe(true);
    nvic.setLine(2, false);
    expect(nvic.isPending(18)).toBe(true);
    nvic.clearPending(18);
    expect(nvic.isPending(18)).toBe(false);
  });

  it('escalates disabled and masked faults to HardFault', () => {
    const nvic = nvicOf('m3');
    expect(nvic.taken(ExceptionNumber.MEM_MANAGE)).toBe(ExceptionNumber.HARD_FAULT);
    nvic.setEnabled(ExceptionNumber.MEM_MANAGE, true);
    expect(nvic.taken(ExceptionNumber.MEM_MANAGE)).toBe(ExceptionNumber.MEM_MANAGE);
    nvic.primask = 1;
    expect(nvic.taken(ExceptionNumber.MEM_MANAGE)).toBe(ExceptionNumber.HARD_FAULT);
    nvic.primask = 0;
    nvic.setPriority(ExceptionNumber.MEM_MANAGE, 0x40);
    nvic.basepri = 0x40;
    expect(nvic.taken(ExceptionNumber.MEM_MANAGE)).toBe(ExceptionNumber.HARD_FAULT);
    nvic.basepri = 0x60;
    expect(nvic.taken(ExceptionNumber.MEM_MANAGE)).toBe(ExceptionNumber.MEM_MANAGE);
    expect(nvic.taken(ExceptionNumber.SVCALL)).toBe(ExceptionNumber.SVCALL);
    expect(nvicOf('m0plus').taken(ExceptionNumber.MEM_MANAGE)).toBe(ExceptionNumber.HARD_FAULT);
  });

  it('clears FAULTMASK on every return but that from NMI', () => {
    const nvic = nvicOf('m3');
    nvic.activate(ExceptionNumber.NMI);
    nvic.faultmask = 1;
    nvic.deactivate(ExceptionNumber.NMI);
    expect(nvic.faultmask).toBe(1);
    nvic.activate(ExceptionNumber.SVCALL);
    nvic.deactivate(ExceptionNumber.SVCALL);
    expect(nvic.faultmask).toBe(0);
  });

  it('with the Security Extension keeps FAULTMASK on return from a negative priority', () => {
    const nvic = new Nvic(systemConfig('m33', { securityExtension: true }));
    nvic.activate(ExceptionNumber.HARD_FAULT);
    nvic.faultmask = 1;
    nvic.deactivate(ExceptionNumber.HARD_FAULT);
    expect(nvic.faultmask).toBe(1);
    nvic.activate(ExceptionNumber.SVCALL);
    nvic.deactivate(ExceptionNumber.SVCALL);
    expect(nvic.faultmask).toBe(0);
  });

  it('wakes WFI in spite of PRIMASK, but not of BASEPRI', () => {
    const nvic = nvicOf('m3');
    nvic.setPriority(ExceptionNumber.PENDSV, 0x80);
    nvic.setPending(ExceptionNumber.PENDSV);
    nvic.primask = 1;
    expect([nvic.due, nvic.wakes]).toEqual([0, true]);
    nvic.basepri = 0x80;
    expect(nvic.wakes).toBe(false);
  });

  it('makes an event for WFE of each newly pending interrupt, if asked to', () => {
    const nvic = nvicOf('m3');
    let events = 0;
    nvic.event = () => events++;
    nvic.setPending(20);
    nvic.eventOnPending = true;
    nvic.setPending(20);
    expect(events).toBe(0);
    nvic.setPending(21);
    expect(events).toBe(1);
  });

  it('ignores lines and exceptions that do not exist', () => {
    const nvic = nvicOf('m3');
    for (const exception of [0, 1, 7, 8, 13, 16 + LINES, 255, 300, 511]) {
      nvic.setPending(exception);
      nvic.setEnabled(exception, true);
      nvic.setPriority(exception, 0xff);
      expect(nvic.isPending(exception)).toBe(false);
    }
    nvic.setLine(LINES, true);
    expect(nvic.interruptPending).toBe(false);
    nvic.faultmask = 0;
    const small = nvicOf('m0plus');
    small.faultmask = 1;
    small.prigroup = 7;
    expect([small.faultmask, small.prigroup]).toEqual([0, 0]);
  });
});
