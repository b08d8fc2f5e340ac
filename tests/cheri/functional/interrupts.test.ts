import { describe, expect, test } from 'vitest';
import { instructions } from '../../../platforms/machine/units.js';
import { assemble } from '../../../platforms/assembler/assemble.js';
import { cheriotAssembler } from '../../../platforms/riscv/cheriot-assembler.js';
import { cheri } from '../../../platforms/cheri/index.js';
import { FOREVER, freshMachine, outputsOf, run } from './guest.js';

/** Sets a handler that stores mcause, clears the lines and returns; `enable` is what goes to mie. */
const withHandler = (enable: number, body: string): string => `
  0: auipcc ct0, %cheriot_compartment_hi(interrupt)
    cincoffset ct0, ct0, %cheriot_compartment_lo_i(0b)
    cspecialrw cnull, mtcc, ct0
    li t0, ${enable}
    csrw mie, t0
    ${body}
    exit
  .p2align 2
  interrupt: csrr a0, mcause
    out a0
    csw zero, 8(cs0)
    li a0, 0x1800
    csrs mstatus, a0
    mret`;

const INTERRUPT = 0x80000000;

describe('interrupts', () => {
  test.each([
    [0b001, [INTERRUPT + 7]],
    [0b010, [INTERRUPT + 3]],
    [0b100, [INTERRUPT + 11]],
    [0b111, [INTERRUPT + 11]],
    [0b011, [INTERRUPT + 3]],
  ])('lines %i: external before software before timer', (lines, expected) => {
    const raise = `li t0, ${lines}\n csw t0, 8(cs0)\n .rept 8\n nop\n .endr\n csrsi mstatus, 8\n .rept 8\n nop\n .endr`;
    expect(outputsOf(withHandler(0x888, raise))).toEqual(expected);
  });

  test('are not taken while masked in mstatus or mie, and leave mtval 0', () => {
    const raise = 'li t0, 1\n csw t0, 8(cs0)\n .rept 8\n nop\n .endr';
    expect(outputsOf(withHandler(0x888, raise))).toEqual([]);
    expect(outputsOf(withHandler(0x800, `csrsi mstatus, 8\n ${raise}`))).toEqual([]);
    expect(
      outputsOf(withHandler(0x80, `li t0, 5\n csrw mtval, t0\n csrsi mstatus, 8\n ${raise}\n csrr t0, mtval\n out t0`)),
    ).toEqual([INTERRUPT + 7, 0]);
  });

  test('a sentry that enables them lets a waiting one in before its first instruction', () => {
    const body = `
      cspecialrw ca1, mscratchc, cnull
      li t0, 3
      csetaddr ca1, ca1, t0
    1: auipcc ca2, %cheriot_compartment_hi(callee)
      cincoffset ca2, ca2, %cheriot_compartment_lo_i(1b)
      cseal ca2, ca2, ca1
      li t0, 2
      csw t0, 8(cs0)
      .rept 8
      nop
      .endr
      cjalr cra, ca2
      j after
      callee: li a3, 99
      out a3
      cret
      after:`;
    expect(outputsOf(withHandler(0x888, body))).toEqual([INTERRUPT + 3, 99]);
  });

  test('wfi goes on when an enabled one is pending, masked or not', () => {
    const body =
      'li t0, 300\n csw t0, 12(cs0)\n csrr a1, mcycle\n wfi\n csrr a2, mcycle\n sub a2, a2, a1\n slti a2, a2, 320\n out a2';
    expect(outputsOf(withHandler(0x80, body))).toEqual([1]);
    expect(run(withHandler(0x800, 'wfi')).stop.kind).toBe('asleep');
  });

  test.each([[{}], [{ memoryPorts: 1 }], [{ instructionWait: 3, dataWait: 3 }], [{ timing: 'common' }]])(
    'a long sleep takes no host time: %j',
    (parameters) => {
      const body =
        'li t0, 0x7fffff00\n csw t0, 12(cs0)\n csrr a1, mcycle\n wfi\n csrr a2, mcycle\n sub a2, a2, a1\n srli a2, a2, 16\n out a2';
      expect(outputsOf(withHandler(0x80, body), parameters)).toEqual([0x7fff]);
    },
  );

  test('MEPCC is the next instruction, also after a jump', () => {
    const body = `li t0, 40\n csw t0, 12(cs0)\n csrsi mstatus, 8\n li a1, 60\n 2: addi a1, a1, -1\n bnez a1, 2b`;
    const { outputs, stop } = run(withHandler(0x80, body));
    expect([stop.kind, ...outputs]).toEqual(['exit', INTERRUPT + 7]);
  });

  // The tags are those of the core's RTL for the same program.
  test.each([
    [6, 'before the jump', 1],
    [7, 'behind it', 0],
    [8, 'behind it', 0],
  ])('after %i cycles, %s out of what PCC can represent: the tag of MEPCC', (delay, _, tag) => {
    const source = `
      0: auipcc ct0, %cheriot_compartment_hi(interrupt)
        cincoffset ct0, ct0, %cheriot_compartment_lo_i(0b)
        cspecialrw cnull, mtcc, ct0
        li t0, 0x80
        csrw mie, t0
      1: auipcc ca2, %cheriot_compartment_hi(small)
        cincoffset ca2, ca2, %cheriot_compartment_lo_i(1b)
        csetbounds ca2, ca2, 16
        li t0, ${delay}
        csrsi mstatus, 8
        csw t0, 12(cs0)
        .rept 6
        nop
        .endr
      leap: cjalr cnull, 1024(ca2)
      .p2align 4
      small: .space 16
      interrupt: csrr a0, mcause
        out a0
        cspecialrw ca1, mepcc, cnull
        out a1
        cgettag a1, ca1
        out a1
        exit`;
    const { guest, outputs } = run(source);
    const at = tag === 1 ? guest.address('leap') : guest.address('small') + 1024;
    expect(outputs).toEqual([INTERRUPT + 7, at, tag]);
  });
});

describe('the revoker', () => {
  const walk = (revoked: boolean, body: string): string => `
    csetbounds ca2, cs1, 16
    csc ca2, 0(cs1)
    csc ca2, 8(cs1)
    csc ca2, 1024(cs1)
    ${revoked ? 'li t0, 0x200fe400\n csetaddr ca1, cgp, t0\n li t0, 1\n csw t0, 0(ca1)' : ''}
    li t0, 0x20050000
    csw t0, 0x40(cs0)
    li t0, 0x200501f8
    csw t0, 0x44(cs0)
    csw zero, 0x48(cs0)
    .rept 4 # the engine is not yet busy in the next cycle
    nop
    .endr
    ${body}
    1: clw t0, 0x4c(cs0)
    bnez t0, 1b
    clw a3, 4(cs1)
    `;
  const tags = `
    .macro tagat offset
    # clc would filter: the tag is seen by storing a copy through the register
    clc ca3, \\offset(cs1)
    cgettag t0, ca3
    out t0
    .endm
    tagat 0
    tagat 8
    tagat 1024
    exit`;
  const filterOff = { loadFilter: false };

  test('clears the tags of revoked capabilities in its range, and no others', () => {
    expect(outputsOf(walk(true, '') + tags, filterOff)).toEqual([0, 0, 1]);
    expect(outputsOf(walk(false, '') + tags, filterOff)).toEqual([1, 1, 1]);
  });

  test.each([[{}], [{ memoryPorts: 1 }], [{ dataBusBits: 65 }], [{ timing: 'common' }], [{ dataWait: 2 }]])(
    'with %j',
    (parameters) => expect(outputsOf(walk(true, '') + tags, { ...parameters, loadFilter: false })).toEqual([0, 0, 1]),
  );

  test('what the core stores meanwhile stays', () => {
    const stores = '.rept 200\n csc cs1, 0(cs1)\n .endr';
    expect(outputsOf(walk(true, stores) + tags, filterOff)).toEqual([1, 0, 1]);
  });

  test.each([
    [{}, 2],
    [{ memoryPorts: 1 }, 4],
    [{ dataBusBits: 65 }, 1.76],
  ])('takes its cycles per granule in an idle loop: %j', (parameters, rate) => {
    const source = `li t0, 0x20050000\n csw t0, 0x40(cs0)\n li t0, ${0x20050000 + 8 * 2047}\n csw t0, 0x44(cs0)\n csw zero, 0x48(cs0)\n li a0, 9000\n 1: addi a0, a0, -1\n bnez a0, 1b\n nop\n exit`;
    const { machine } = run(source, parameters);
    expect((machine.bench?.engineBusy ?? 0) / 2048).toBeCloseTo(rate, 1);
  });

  test('is starved by back-to-back memory operations', () => {
    const source = `li t0, 0x20050000\n csw t0, 0x40(cs0)\n li t0, 0x200501f8\n csw t0, 0x44(cs0)\n csw zero, 0x48(cs0)\n .rept 400\n clw a0, 0(cs1)\n .endr\n exit`;
    expect(run(source).machine.bench?.engineBusy).toBeUndefined();
  });
});

describe('board safe', () => {
  const boot = (source: string): { console: string; stop: unknown } => {
    const assembled = assemble(
      `.org 0x80\n _start: cspecialrw cgp, mtdc, cnull\n cspecialrw ctp, mtcc, cnull\n lui t0, 0x8f00b\n csetaddr cs0, cgp, t0\n${source}`,
      {
        file: 'safe.s',
        isa: cheriotAssembler(),
        sections: { '.text': 0x20000000 },
      },
    );
    if (!assembled.ok) throw new Error(JSON.stringify(assembled.problems));
    const machine = freshMachine({}, 'safe');
    machine.setBudget(instructions(100_000));
    machine.load(assembled.image);
    const stop = machine.run(FOREVER);
    return { console: machine.console, stop };
  };
  const end = 'li t0, 0x80 + 3\n csw t0, 0(cs0)\n 9: j 9b';

  test('the UART prints, and a byte from 0x80 up ends the run with its low bits', () => {
    expect(
      boot(
        `li t0, 'h'\n csw t0, 0(cs0)\n li t0, 'i'\n csb t0, 0(cs0)\n clw t0, 0x14(cs0)\n andi t0, t0, 0x20\n csw t0, 0(cs0)\n${end}`,
      ),
    ).toEqual({
      console: 'hi ',
      stop: { kind: 'exit', code: 3 },
    });
  });

  test('the timer interrupts', () => {
    const source = `
      lui t0, 0x14001
      csetaddr cs1, cgp, t0
      csw zero, 0x1c(cs1)
      li t0, 2
      csw t0, 0x18(cs1)
      li t0, 0x80
      csrw mie, t0
      wfi
      clw a0, 0x10(cs1)
      addi a0, a0, 0x30
      csw a0, 0(cs0)
      ${end}`;
    expect(boot(source).console).toBe('2');
  });

  test('the end of a revoker walk comes through the PLIC', () => {
    const source = `
      li t0, 0x14000000
      csetaddr cs1, cgp, t0
      li t0, 0x10000000
      csetaddr ca5, cgp, t0
      li t0, 1
      csw t0, 4(ca5)
      li t0, 2
      li t1, 0x2000
      cincoffset ca4, ca5, t1
      csw t0, 0(ca4)
      li t0, 0x20040000
      csw t0, 0(cs1)
      li t0, 0x20040ff8
      csw t0, 4(cs1)
      li t0, 1
      csw t0, 0x14(cs1)
      csw zero, 8(cs1)
      csw t0, 8(cs1)
      li t1, 0x800
      csrw mie, t1
      clw a0, 12(cs1)
      wfi
      clw a1, 12(cs1)
      slli a1, a1, 1
      add a0, a0, a1
      clw a1, 0x10(cs1)
      slli a1, a1, 3
      add a0, a0, a1
      li t1, 0x200004
      cincoffset ca4, ca5, t1
      clw a1, 0(ca4)
      slli a1, a1, 4
      add a0, a0, a1
      addi a0, a0, 0x20
      csw a0, 0(cs0)
      ${end}`;
    // epoch 1 while it walks, then 2; status 1; source 1
    expect(boot(source).console.charCodeAt(0)).toBe(0x20 + 1 + 2 * 2 + 8 + 16);
  });

  test('a store to ROM is refused', () => {
    const machine = cheri.createMachine({ parameters: {}, board: 'safe' });
    expect(machine.memory.write(0x20000000, 4, 1, 0)).toBe('error');
    expect(machine.memory.answers(0x30000000)).toBe(false);
  });
});

describe('parameters', () => {
  const create = (parameters: Record<string, string | number | boolean>): unknown =>
    cheri.createMachine({ parameters, board: 'bench' });

  test('a preset fixes its parameters, and refuses to be contradicted', () => {
    expect(() => create({ preset: 'safe65', memoryPorts: 1 })).toThrow('preset=safe65 fixes memoryPorts to 2');
    expect(() => create({ preset: 'sonata', multiplier: 'single-cycle' })).not.toThrow();
    expect(
      outputsOf('csrr a0, mcycle\n mul a1, a1, a1\n csrr a1, mcycle\n sub a0, a1, a0\n out a0\n exit', {
        preset: 'sonata',
      }),
    ).toEqual([2]);
    expect(outputsOf('csrr a0, mcycle\n mul a1, a1, a1\n csrr a1, mcycle\n sub a0, a1, a0\n out a0\n exit')).toEqual([
      4,
    ]);
  });

  test.each([{ dataBusBits: 40 }, { memoryPorts: 3 }, { multiplier: 'slow' }, { loadFilter: 1 }, { nothing: 1 }])(
    '%j is refused',
    (parameters) => expect(() => create(parameters)).toThrow(RangeError),
  );
});
