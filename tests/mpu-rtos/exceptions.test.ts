import { describe, expect, it, test } from 'vitest';
import { PHASES } from '../../platforms/machine/ledger.js';
import { physical } from '../../platforms/machine/units.js';
import { EQUATES, FOREVER, hexOf, load, outputsOf, peek, run, trace } from './guest.js';

/* Entry of exceptions, and return from them. */

describe('EXC_RETURN', () => {
  const handler = 'svcall: mov r0, lr\n out r0\n exit\n.pool\n';
  const thread = 'start: svc #0\n';
  const process = 'start: ldr r0, =0x20003000\n msr psp, r0\n movs r0, #2\n msr control, r0\n isb\n svc #0\n';
  test.each([
    ['m0plus', 'none', 0xfffffff9, 0xfffffffd],
    ['m4', 'none', 0xfffffff9, 0xfffffffd],
    ['m33', 'none', 0xffffffb8, 0xffffffbc],
    ['m33', 'secure', 0xfffffff9, 0xfffffffd],
  ] as const)('%s, security %s: %i and %i', (core, security, main, psp) => {
    const options = { core, parameters: { security } };
    expect(hexOf(outputsOf(handler + thread, options))).toEqual(hexOf([main]));
    expect(hexOf(outputsOf(handler + process, options))).toEqual(hexOf([psp]));
  });

  it('a return to thread mode with another exception active is INVPC, unless NONBASETHRDENA is set', () => {
    const source = (ccr: number): string => `${EQUATES}
hardfault: out_word CFSR
  exit
.pool
pendsv: svc #0
  exit
svcall: ldr r0, =CCR
  movs r1, #${ccr}
  str r1, [r0]
  ldr r0, =thread + 1
  str r0, [sp, #24]
  mov r0, #0x01000000
  str r0, [sp, #28]
  ldr r0, =0xfffffff9
  bx r0
.pool
thread: movs r1, #1
  out r1
  exit
.pool
start: ldr r0, =SHPR3
  mov r1, #0xff0000
  str r1, [r0]
  ldr r0, =ICSR
  mov r1, #1 << 28
  str r1, [r0]
  dsb
  isb
  exit
`;
    expect(hexOf(outputsOf(source(0)))).toEqual(['0x00040000']);
    expect(outputsOf(source(1))).toEqual([1]);
  });
});

describe('stack limits of Armv8-M', () => {
  test.each([
    'mov sp, r0',
    'sub sp, #0x80',
    'push {r0-r12}',
    'stmdb sp!, {r0-r12}',
    'str r0, [sp, #-44]!',
    'strd r0, r1, [sp, #-44]!',
  ])('%s below MSPLIM is STKOF, SP and memory are as before', (instruction) => {
    const source = `${EQUATES}
usagefault:
hardfault: out_word CFSR
  movs r0, #0
  msr msplim, r0
  exit
.pool
start:
  ldr r0, =SHCSR
  mov r1, #1 << 18
  str r1, [r0]
  ldr r0, =0x20003fc8
  msr msplim, r0
  sub r0, r0, #64
  ldr r2, =0x20003ff0
  mov sp, r2
  ${instruction}
  exit
`;
    const { outputs, machine } = run(source, { core: 'm33' });
    expect(hexOf(outputs)).toEqual(['0x00100000']);
    expect(peek(machine, 0x20003fb0, 4)).toEqual([0, 0, 0, 0]);
  });
});

describe('two exceptions at once', () => {
  /** SysTick (priority 0) comes at some cycle around an SVC of priority 0x80. */
  const source = `${EQUATES}
svcall: movs r0, #11
  out r0
  bx lr
systick: movs r0, #15
  out r0
  ldr r0, =SYST
  movs r1, #0
  str r1, [r0]
  bx lr
.pool
start:
  ldr r0, =0xe000ed1c
  mov r1, #0x80000000
  str r1, [r0]
  ldr r1, =0x20002000
  ldr r1, [r1]
  systick_from_r1 7
  movs r2, #20
1: subs r2, r2, #1
  bne 1b
  svc #0
  movs r2, #20
1: subs r2, r2, #1
  bne 1b
  exit
`;
  const attempt = (delay: number) => {
    const { machine, guest } = load(source, {
      prepare: (m) => m.memory.load(physical(0x20002000), new Uint8Array(Uint32Array.of(delay).buffer)),
    });
    const events = trace(machine);
    expect(machine.run(FOREVER)).toMatchObject({ kind: 'exit', code: 0 });
    const traps = events.filter((e) => e.kind === 'trap').map(({ cause, cycle }) => ({ cause, cycle }));
    return { order: peek(machine, 0x20000000, 2), traps, guest };
  };

  it('the more urgent one goes first if it comes before the entry is over (late arrival), without stacking again', () => {
    const orders = new Map<string, number>();
    for (let delay = 40; delay < 110; delay++) {
      const { order, traps } = attempt(delay);
      const gap = traps[1].cycle - traps[0].cycle;
      const kind = `${order.join(' ')}${gap < 40 ? ' together' : ''}`;
      orders.set(kind, (orders.get(kind) ?? 0) + 1);
    }
    // SysTick before SVC; while SVC is being entered; in its handler; after it.
    expect([...orders.keys()].sort()).toEqual(expect.arrayContaining(['15 11', '15 11 together', '11 15']));
  });
});

describe('tail-chaining', () => {
  test.each([
    ['m0plus', 6],
    ['m3', 6],
    ['m4', 6],
  ] as const)('%s: %d cycles from one handler to the next, the frame stays', (core, expected) => {
    const source = `${EQUATES}
svcall: ldr r0, =ICSR
  movs r1, #1
  lsls r1, r1, #28
  str r1, [r0]
  dsb
leave: bx lr
pendsv: movs r2, #1
  bx lr
.pool
start:
  ldr r0, =SHPR3
  ldr r1, =0xc00000
  str r1, [r0]
  svc #0
  exit
`;
    const { machine, guest } = load(source, { core });
    const at: number[] = [];
    for (const label of ['leave', 'pendsv']) {
      machine.probes.add(physical(guest.address(label)), (event) => {
        at.push(event.cycle);
        return false;
      });
    }
    expect(machine.run(FOREVER)).toMatchObject({ kind: 'exit', code: 0 });
    expect(at[1] - at[0] - 1).toBe(expected);
    expect(machine.counters).toMatchObject({ traps: 2, interrupts: 1 });
  });
});

describe('phases', () => {
  it('are hardware entry in every handler, a tail-chained one too, and user in unprivileged code', () => {
    const source = `${EQUATES}
svcall: ldr r0, =ICSR
  mov r1, #1 << 28
  str r1, [r0]
  dsb
  bx lr
pendsv: bx lr
.pool
start:
  ldr r0, =SHPR3
  mov r1, #0xff0000
  str r1, [r0]
  ldr r0, =0x20003000
  msr psp, r0
  movs r0, #3
  msr control, r0
  isb
  nop
  svc #0
after: nop
  exit
`;
    const { machine, guest } = load(source);
    const events = trace(machine);
    expect(machine.run(FOREVER)).toMatchObject({ kind: 'exit', code: 0 });
    const phaseOf = (label: string): string =>
      PHASES[events.find((e) => e.kind === 'retire' && e.pc === guest.address(label))!.phase];
    expect(['svcall', 'pendsv', 'after'].map(phaseOf)).toEqual(['hardware entry', 'hardware entry', 'user']);
    const entry = events.filter((e) => e.kind === 'trap').map((e) => PHASES[e.phase]);
    expect(entry).toEqual(['hardware entry', 'hardware entry']);
  });

  it('of a privileged thread and of a preempted handler come back with the return', () => {
    const source = `${EQUATES}
.phase schedule
svcall: nop
  bx lr
.pool
.phase validate
start: nop
  svc #0
after: nop
  exit
`;
    const { machine, guest } = load(source);
    const events = trace(machine);
    expect(machine.run(FOREVER)).toMatchObject({ kind: 'exit', code: 0 });
    const phaseOf = (label: string): string =>
      PHASES[events.find((e) => e.kind === 'retire' && e.pc === guest.address(label))!.phase];
    expect(['start', 'svcall', 'after'].map(phaseOf)).toEqual(['validate', 'schedule', 'validate']);
  });
});

describe('a store that the bus refuses', () => {
  it('is reported precisely: BFAR, and the address of the store', () => {
    const source = `${EQUATES}
busfault: out_word CFSR
  out_word BFAR
  out_stacked_pc
  exit
.pool
start: ldr r0, =SHCSR
  mov r1, #1 << 17
  str r1, [r0]
  ldr r0, =0x60000004
place: str r1, [r0]
  exit
`;
    const { outputs, guest } = run(source);
    expect(hexOf(outputs)).toEqual(hexOf([0x8200, 0x60000004, guest.address('place')]));
  });

  it('at negative priority with BFHFNMIGN goes nowhere, a load gives 0', () => {
    const source = `${EQUATES}
hardfault: ldr r0, =CCR
  mov r1, #0x300
  str r1, [r0]
  ldr r0, =0x60000004
  str r0, [r0]
  ldr r1, [r0]
  out r1
  exit
.pool
start: udf #0
`;
    expect(outputsOf(source)).toEqual([0]);
  });
});
