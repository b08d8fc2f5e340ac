import { describe, expect, it, test } from 'vitest';
import { PHASES } from '../../platforms/machine/ledger.js';
import { cycles, physical } from '../../platforms/machine/units.js';
import { type CoreName, FOREVER, hexOf, load, outputsOf, peek, register, run, trace } from './guest.js';

/** SHCSR, SHPR3, ICSR, SysTick, MPU by name. */
const EQUATES = `
.equ SHCSR, 0xe000ed24
.equ CFSR, 0xe000ed28
.equ HFSR, 0xe000ed2c
.equ SHPR3, 0xe000ed20
.equ ICSR, 0xe000ed04
.equ CCR, 0xe000ed14
.equ SYST, 0xe000e010
.equ MPU, 0xe000ed90
`;

const lockup = (source: string, core: CoreName = 'm4') => {
  const { stop, machine } = run(EQUATES + source, { core });
  if (stop.kind !== 'wedged') throw new Error(JSON.stringify(stop));
  return { reason: stop.reason, machine };
};

describe('lockup is an outcome with the registers that explain it', () => {
  it('an undefined instruction in the HardFault handler', () => {
    const { reason } = lockup('hardfault: udf #0\nstart: udf #1\n');
    expect(reason).toMatch(/^lockup: UsageFault at execution priority -1; pc 0x[0-9a-f]+, IPSR 3, SP 0x20003fe0/);
    expect(reason).toContain('CFSR 0x00010000, HFSR 0x40000000');
  });

  it('on Armv6-M, which has no fault status registers', () => {
    const { reason } = lockup('hardfault: udf #0\nstart: udf #1\n', 'm0plus');
    expect(reason).toMatch(/^lockup: UsageFault at execution priority -1; pc .*VTOR 0x00000000$/);
  });

  it('a fault in NMI', () => {
    const { reason } = lockup(`nmi: udf #0
start: ldr r0, =ICSR
  mov r1, #1 << 31
  str r1, [r0]
  b .`);
    expect(reason).toMatch(/^lockup: UsageFault at execution priority -2; .*IPSR 2/);
  });

  it('a fault with FAULTMASK set', () => {
    expect(lockup('start: cpsid f\n udf #0\n').reason).toMatch(
      /^lockup: UsageFault at execution priority -1; .*IPSR 0/,
    );
  });

  it('SVC in the HardFault handler', () => {
    expect(lockup('hardfault: svc #0\nstart: udf #1\n').reason).toContain('SVCall at execution priority -1');
  });

  it('a handler address without its Thumb bit, of HardFault', () => {
    const source =
      'start: ldr r0, =0x20000100\n ldr r1, =start\n str r1, [r0, #12]\n ldr r2, =0xe000ed08\n str r0, [r2]\n udf #0\n';
    expect(lockup(source).reason).toContain('UsageFault at execution priority -1');
  });

  it('a vector table where no memory answers', () => {
    const source = 'start: ldr r0, =0xe000ed08\n ldr r1, =0x60000000\n str r1, [r0]\n udf #0\n';
    const { reason } = lockup(source);
    expect(reason).toContain('no vector of HardFault can be read at 0x6000000c');
    expect(reason).toContain('VTOR 0x60000000');
  });

  it('a vector that cannot be read makes a HardFault where that one can be', () => {
    // The table ends the memory: HardFault is inside, SVC is not.
    const source = `
hardfault: ldr r0, =HFSR
  ldr r1, [r0]
  out r1
  exit
.pool
start:
  ldr r0, =0x203fffe0
  ldr r1, =hardfault + 1
  ldr r2, =0xe000ed08
  ldr r3, =0x203fff80
  str r3, [r2]
  str r1, [r3, #12]
  svc #0
  exit
`;
    // SVC's vector at +44 is inside too: a table 0x80 bytes long. IRQ 16 and above are outside.
    const irq = source.replace(
      'svc #0',
      'ldr r0, =0xe000e100\n mov r1, #1 << 16\n str r1, [r0]\n str r1, [r0, #0x100]\n dsb\n isb',
    );
    expect(hexOf(outputsOf(EQUATES + irq))).toEqual(['0x00000002']);
  });

  it('an MPU that forbids the HardFault handler, with HFNMIENA; without, the handler runs', () => {
    const source = (control: number): string => `${EQUATES}
hardfault: movs r0, #1
  out r0
  exit
.pool
start:
  ldr r0, =MPU
  movs r1, #${control}
  ldr r2, =0x20000010
  str r2, [r0, #12]
  ldr r2, =0x1300001b
  str r2, [r0, #16]
  str r1, [r0, #4]
  dsb
  isb
  nop
`;
    expect(lockup(source(3)).reason).toContain('MemManage at execution priority -1');
    expect(outputsOf(source(1))).toEqual([1]);
  });

  it('a stack that cannot be written, at the entry of NMI out of the HardFault handler', () => {
    const source = `
hardfault: ldr r0, =ICSR
  mov r1, #1 << 31
  ldr r2, =0x60000000
  mov sp, r2
  str r1, [r0]
  dsb
  isb
  b .
start: udf #0
`;
    expect(lockup(source).reason).toContain('BusFault on stacking at execution priority -1');
  });
});

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
start: ldr r0, =0xe000e010
  movs r1, #99
  str r1, [r0, #4]
  str r1, [r0, #8]
  movs r1, #7
  str r1, [r0]
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
  ldr r0, =SYST
  movs r1, #${period}
  str r1, [r0, #4]
  movs r1, #0
  str r1, [r0, #8]
  movs r1, #${control}
  str r1, [r0]
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
hardfault: ldr r0, =HFSR
  ldr r1, [r0]
  out r1
  ldr r1, [sp, #24]
  out r1
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
hardfault: ldr r0, =CFSR
  ldr r1, [r0]
  out r1
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
hardfault: ldr r0, =CFSR
  ldr r1, [r0]
  out r1
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

describe('LDM and STM meet an interrupt', () => {
  /** SysTick comes in each cycle of a long LDM in turn. Its handler notes the stacked xPSR once it came inside. */
  const source = (instruction: string, before: string): string => `${EQUATES}
systick:
  ldr r3, [sp, #24]
  ldr r2, =place
  cmp r3, r2
  bne 1f
  ldr r3, [sp, #28]
  out r3
1: ldr r3, =SYST
  movs r2, #0
  str r2, [r3]
  bx lr
.pool
start:
  ldr r4, =0x20001000
  ldr r0, =SYST
  ldr r1, =DELAY
  ldr r1, [r1]
  str r1, [r0, #4]
  movs r1, #0
  str r1, [r0, #8]
  movs r1, #7
  str r1, [r0]
  ${before}
place: ${instruction}
after: nop
  nop
  nop
  nop
  nop
  nop
  exit
.equ DELAY, 0x20002000
`;
  const words = Array.from({ length: 10 }, (_, i) => 0x11110000 + i);

  const attempt = (core: CoreName, instruction: string, delay: number, before = '') => {
    const guest = load(source(instruction, before), {
      core,
      prepare: (machine) => {
        machine.memory.load(physical(0x20001000), new Uint8Array(Uint32Array.from(words).buffer));
        machine.memory.load(physical(0x20002000), new Uint8Array(Uint32Array.of(delay).buffer));
      },
    });
    let loaded: number[] = [];
    guest.machine.probes.add(physical(guest.guest.address('after')), () => {
      loaded = ['r0', 'r1', 'r5', 'r6', 'r8', 'r9', 'r10', 'r11', 'r4'].map((name) => register(guest.machine, name));
      return false;
    });
    expect(guest.machine.run(FOREVER)).toMatchObject({ kind: 'exit', code: 0 });
    const notes = peek(guest.machine, 0x20000000, 1)[0];
    return { loaded, xpsr: notes, cycles: guest.machine.counters.cycles };
  };

  it('on Armv7-M goes on with the register in EPSR.ICI', () => {
    const seen = new Set<number>();
    for (let delay = 4; delay < 24; delay++) {
      const { loaded, xpsr } = attempt(
        'm4',
        'ldm r4, {r0, r1, r5, r6, r8, r9, r10, r11}',
        delay,
        'nop\n nop\n nop\n nop',
      );
      // r0 and r1 are stacked and restored by the handler's frame, the others by nobody.
      expect([delay, ...hexOf(loaded)]).toEqual([delay, ...hexOf([...words.slice(0, 8), 0x20001000])]);
      if (xpsr !== 0) seen.add((xpsr >>> 12) & 15);
    }
    // Every register but the first can be the one it goes on with; 0 is an interrupt before it began.
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 5, 6, 8, 9, 10, 11]);
  });

  it('with write-back, and with its base in the list', () => {
    for (let delay = 4; delay < 24; delay++) {
      const back = attempt('m3', 'ldm r4!, {r0, r1, r5, r6, r8, r9, r10, r11}', delay);
      expect([delay, ...hexOf(back.loaded)]).toEqual([delay, ...hexOf([...words.slice(0, 8), 0x20001020])]);
      const base = attempt('m3', 'ldm r4, {r0, r1, r4, r5, r6, r8, r9, r10, r11}', delay);
      const [r0, r1, r4, ...others] = words.slice(0, 9);
      expect([delay, ...hexOf(base.loaded)]).toEqual([delay, ...hexOf([r0, r1, ...others, r4])]);
      expect(base.xpsr & 0xf000).toBe(0);
    }
  });

  it('if it is a push, begins anew: the frame lies where its words were', () => {
    let inside = 0;
    for (let delay = 4; delay < 24; delay++) {
      const pushed = 'push {r4, r5, r6}\n pop {r8, r9, r10}';
      const { loaded, xpsr } = attempt('m4', pushed, delay, 'movs r5, #5\n movs r6, #6\n nop\n nop\n nop\n nop');
      expect([delay, ...hexOf(loaded.slice(4, 7))]).toEqual([delay, ...hexOf([0x20001000, 5, 6])]);
      expect(xpsr & 0xf000).toBe(0);
      if (xpsr !== 0) inside++;
    }
    expect(inside).toBeGreaterThan(2);
  });

  it('in an IT block begins anew', () => {
    for (let delay = 4; delay < 24; delay++) {
      const { loaded, xpsr } = attempt(
        'm4',
        'ldmeq r4, {r0, r1, r5, r6, r8, r9, r10, r11}',
        delay,
        'cmp r0, r0\n it eq',
      );
      expect([delay, ...hexOf(loaded)]).toEqual([delay, ...hexOf([...words.slice(0, 8), 0x20001000])]);
      // ITSTATE of the only instruction of its block: EQ, mask 1000.
      if (xpsr !== 0) expect(hexOf([xpsr & 0x0600fc00])).toEqual(hexOf([0x0800]));
    }
  });

  it('on Armv6-M begins anew, and takes longer for it', () => {
    const times = new Set<number>();
    for (let delay = 4; delay < 24; delay++) {
      const { loaded, xpsr, cycles } = attempt('m0plus', 'ldm r4!, {r0, r1, r5, r6}', delay);
      expect([delay, ...hexOf(loaded.slice(0, 4)), loaded[8]]).toEqual([
        delay,
        ...hexOf(words.slice(0, 4)),
        0x20001010,
      ]);
      expect(xpsr & 0xf000).toBe(0);
      times.add(cycles);
    }
    expect(times.size).toBeGreaterThan(2);
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
  ldr r0, =SYST
  ldr r1, =0x20002000
  ldr r1, [r1]
  str r1, [r0, #4]
  movs r1, #0
  str r1, [r0, #8]
  movs r1, #7
  str r1, [r0]
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
busfault: ldr r0, =CFSR
  ldr r1, [r0]
  out r1
  ldr r1, [r0, #16]
  out r1
  ldr r1, [sp, #24]
  out r1
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
