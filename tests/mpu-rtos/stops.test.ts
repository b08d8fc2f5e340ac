import { describe, expect, it } from 'vitest';
import { cycles, physical } from '../../platforms/machine/units.js';
import { EQUATES, FOREVER, hexOf, load, outputsOf, run } from './guest.js';

/* Sleep, what wakes from it, and what ends a run. */

describe('the run ends with a reason', () => {
  it('no vector table where the image is', () => {
    const { machine, guest } = load('start: exit\n');
    machine.reset();
    machine.load({ ...guest.image, segments: [{ ...guest.image.segments[0], physical: physical(0x20000010) }] });
    expect(machine.run(FOREVER)).toMatchObject({
      kind: 'wedged',
      reason: expect.stringContaining('0x20000010') as string,
    });
  });

  it('a request for a system reset', () => {
    const { stop } = run('start: ldr r0, =0xe000ed0c\n ldr r1, =0x05fa0004\n str r1, [r0]\n b .\n');
    expect(stop).toMatchObject({ kind: 'wedged', reason: expect.stringContaining('SYSRESETREQ') as string });
  });

  it('WFI that nothing ends', () => {
    expect(run('start: wfi\n exit\n').stop).toMatchObject({ kind: 'asleep' });
    expect(run('start: wfe\n wfe\n exit\n').stop).toMatchObject({ kind: 'asleep' });
  });

  it('WFI at the priority of HardFault, however often a timer ticks; in slices too', () => {
    const ticking = `
start: movs r1, #99
  systick_from_r1 7
  udf #0
hardfault: wfi
  exit
`;
    const { machine } = load(ticking);
    expect(machine.run(FOREVER)).toMatchObject({ kind: 'asleep' });
    const slept = machine.counters.cycles;
    expect(slept).toBeGreaterThan(65_536 * 100);
    const sliced = load(ticking).machine;
    let until = 0;
    while (sliced.run(cycles((until += 777_777))).kind === 'limit');
    expect(sliced.counters.cycles).toBe(slept);
  });
});

describe('sleep', () => {
  const tick = (period: number, control = 7): string => `
  movs r1, #${period}
  systick_from_r1 ${control}
`;

  it('WFI ends with the interrupt, and with PRIMASK set without taking it', () => {
    const source = (mask: string): string => `${EQUATES}
systick: movs r2, #1
  out r2
  bx lr
start:
  ${tick(100)}
  ${mask}
  wfi
  movs r2, #2
  out r2
  cpsie i
  isb
  exit
`;
    expect(outputsOf(source(''))).toEqual([1, 2]);
    expect(outputsOf(source('cpsid i'))).toEqual([2, 1]);
  });

  it('WFI passes the time up to the event in one step', () => {
    const { machine } = run(`${EQUATES}
systick: exit
.pool
start: ${tick(200)}
  wfi
`);
    const { cycles, instructions } = machine.counters;
    expect(cycles).toBeGreaterThan(200);
    expect(cycles).toBeLessThan(260);
    expect(instructions).toBeLessThan(20);
  });

  it('WFE takes an event at once: SEV, an exception return; it sleeps without', () => {
    expect(outputsOf('start: sev\n wfe\n movs r0, #1\n out r0\n exit\n')).toEqual([1]);
    expect(outputsOf('svcall: bx lr\nstart: svc #0\n wfe\n movs r0, #1\n out r0\n exit\n')).toEqual([1]);
    expect(run('start: sev\n wfe\n wfe\n exit\n').stop.kind).toBe('asleep');
  });

  it('SLEEPONEXIT sleeps on the return to thread mode', () => {
    const source = `${EQUATES}
systick: out r6
  subs r5, #1
  beq 1f
  bx lr
1: exit
.pool
start:
  ldr r0, =0xe000ed10
  movs r1, #2
  str r1, [r0]
  movs r5, #4
  movs r6, #0
  ${tick(100)}
2: adds r6, #1
  b 2b
`;
    const [first, ...others] = outputsOf(source);
    // Before the first tick the thread runs; after it never again.
    expect(first).toBeGreaterThan(10);
    expect(others).toEqual([first, first, first]);
  });
});

describe('BKPT without a debugger', () => {
  it('is a HardFault with DEBUGEVT; the return address is its own', () => {
    const source = `${EQUATES}
hardfault: out_word HFSR
  out_stacked_pc
  exit
.pool
start: nop
place: bkpt 1
`;
    const { outputs, guest } = run(source);
    expect(hexOf(outputs)).toEqual(hexOf([0x80000000, guest.address('place')]));
  });

  it('0xAB calls the host, in an IT block whatever the condition', () => {
    const source = `
start: movs r0, #3
  ldr r1, =text
  movs r4, #0
  cmp r4, #1
  it eq
  bkpteq 0xab
  exit
.pool
text: .ascii "x"
`;
    const { machine, stop } = run(source.replace('bkpteq', 'bkpt'));
    expect([stop.kind, machine.console]).toEqual(['exit', 'x']);
  });

  it('the UART writes to the same console', () => {
    const source = `
start: ldr r0, =0x40004000
  movs r1, #1
  str r1, [r0, #8]
  movs r1, #0x48
  str r1, [r0]
  movs r1, #0x69
  str r1, [r0]
  exit
`;
    expect(run(source).machine.console).toBe('Hi');
  });
});
