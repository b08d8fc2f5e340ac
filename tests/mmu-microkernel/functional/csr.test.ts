import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../platforms/machine/machine.js';
import { freshMachine, hexOf, outputsOf, poke, register, run, step } from './guest.js';
import { trapOf } from './trap-guest.js';

/** What there is to know about a CSR that holds what is written to it. */
interface Csr {
  readonly name: string;
  readonly number: number;
  readonly reset: number;
  /** Bits that can be written; the others keep their reset value or 0. */
  readonly writable: number;
}

const entry = (name: string, number: number, reset: number, writable: number): Csr => ({
  name,
  number,
  reset,
  writable,
});
const ALL = 0xffffffff;

/** vectors/README.md section 1 (reset) and section 3 (facts 5, 7, 9), and the RTL's CsrPlugin. */
const STORED: readonly Csr[] = [
  entry('sstatus', 0x100, 0x100, 0xe0122),
  entry('sie', 0x104, 0, 0x222),
  entry('stvec', 0x105, 0, ALL),
  entry('sscratch', 0x140, 0, ALL),
  entry('sepc', 0x141, 0, ALL),
  entry('scause', 0x142, 0, 0x8000000f),
  entry('stval', 0x143, 0, ALL),
  entry('sip', 0x144, 0, 0x222),
  entry('satp', 0x180, 0, ALL),
  entry('mstatus', 0x300, 0x1900, 0xe19aa),
  entry('misa', 0x301, 0x40000000, 0xc3ffffff),
  entry('medeleg', 0x302, 0, 0xb3f7),
  entry('mideleg', 0x303, 0, 0x222),
  entry('mie', 0x304, 0, 0xaaa),
  entry('mtvec', 0x305, 0x60000000, ALL),
  entry('mscratch', 0x340, 0, ALL),
  entry('mepc', 0x341, 0, ALL),
  entry('mcause', 0x342, 0, 0x8000000f),
  entry('mtval', 0x343, 0, ALL),
  entry('mip', 0x344, 0, 0x222),
  entry('supervisorMask', 0x9c0, 0, ALL),
  entry('machineMask', 0xbc0, 0, ALL),
];

const CONSTANT: readonly Csr[] = [
  entry('dataCacheInfo', 0xcc0, 0x02001000, 0), // 4 KiB a way, lines of 32 bytes
  entry('supervisorPending', 0xdc0, 0, 0),
  entry('machinePending', 0xfc0, 0, 0),
  entry('mvendorid', 0xf11, 1, 0),
  entry('marchid', 0xf12, 2, 0),
  entry('mimpid', 0xf13, 3, 0),
  entry('mhartid', 0xf14, 0, 0),
];

const COUNTERS = { mcycle: 0xb00, minstret: 0xb02, mcycleh: 0xb80, minstreth: 0xb82 };
const VIEWS = { cycle: 0xc00, instret: 0xc02, cycleh: 0xc80, instreth: 0xc82 };
const NUMBERS = new Set([
  ...[...STORED, ...CONSTANT].map((c) => c.number),
  ...Object.values(COUNTERS),
  ...Object.values(VIEWS),
]);

const HANDLER = 0x60001000;

/** `csrrs t1, csr, x0` and the like, as a word. */
const instruction = (funct3: number, csr: number, rd: number, source: number): number =>
  ((csr << 20) | (source << 15) | (funct3 << 12) | (rd << 7) | 0x73) >>> 0;
const READ = 2;
const WRITE = 1;

/** Executes one word in a mode. @returns true if it trapped. */
function execute(machine: Machine, word: number, mode = 3): boolean {
  poke(machine, 0x60000000, word);
  poke(machine, HANDLER, 0x13);
  machine.setRegister('mtvec', HANDLER);
  machine.setRegister('privilege', mode);
  machine.setRegister('pc', 0x60000000);
  step(machine);
  return machine.pc === HANDLER + 4;
}

/** Reads a CSR as an instruction does. */
function readCsr(machine: Machine, csr: number): number {
  expect(execute(machine, instruction(READ, csr, 6, 0))).toBe(false);
  return register(machine, 't1');
}

function writeCsr(machine: Machine, csr: number, value: number): void {
  machine.setRegister('t0', value);
  expect(execute(machine, instruction(WRITE, csr, 0, 5))).toBe(false);
}

describe('which CSRs there are', () => {
  test.each([
    ['U', 0],
    ['S', 1],
    ['M', 3],
  ] as const)('all 4096 numbers read in %s: what exists and the mode may read does not trap', (_, mode) => {
    const machine = freshMachine();
    const readable: number[] = [];
    for (let number = 0; number < 4096; number++) {
      if (!execute(machine, instruction(READ, number, 6, 0), mode)) readable.push(number);
      else expect(register(machine, 'mcause')).toBe(2);
    }
    const expected = [...NUMBERS].filter((n) => (n >> 8) % 4 <= mode);
    expect(hexOf(readable)).toEqual(hexOf(expected.sort((a, b) => a - b)));
  });

  test('a write needs the privilege, too, and that the two top bits are not 3', () => {
    const machine = freshMachine();
    for (const number of NUMBERS) {
      if (number === 0x180) continue; // would turn translation on
      for (const mode of [0, 1, 3]) {
        machine.setRegister('t0', 0);
        const trapped = execute(machine, instruction(WRITE, number, 0, 5), mode);
        expect([number.toString(16), mode, trapped]).toEqual([
          number.toString(16),
          mode,
          mode < (number >> 8) % 4 || number >> 10 === 3,
        ]);
      }
    }
  });
});

describe('reset and writable bits', () => {
  test.each([...STORED, ...CONSTANT])('$name after reset', ({ name, number, reset }) => {
    const { outputs, machine } = run(`_start: csrr t0, ${number}\n out t0\n exit`);
    expect(hexOf(outputs)).toEqual(hexOf([reset]));
    expect(register(machine, name)).toBe(reset);
  });

  // execute() uses mtvec
  const plain = STORED.filter((c) => c.name !== 'mtvec');
  test.each(plain)('$name: each writable bit, and no other', ({ name, number, writable }) => {
    const machine = freshMachine();
    for (const value of [ALL, 0, ...Array.from({ length: 32 }, (_, i) => 2 ** i), 0x5a5a5a5a, 0xa5a5a5a5]) {
      writeCsr(machine, number, 0);
      writeCsr(machine, number, value);
      // MPP = 2 is no mode: the field keeps its value
      const legal = name === 'mstatus' && Math.floor(value / 2048) % 4 === 2 ? value & ~0x1800 : value;
      expect(hexOf([readCsr(machine, number)])).toEqual(hexOf([(legal & writable) >>> 0]));
      if (number === 0x180) machine.setRegister('satp', 0);
    }
  });

  test('mtvec and stvec keep all bits', () => {
    const outputs = outputsOf(
      '_start: li t0, -1\n csrw mtvec, t0\n outcsr mtvec\n csrw stvec, t0\n outcsr stvec\n exit',
    );
    expect(outputs).toEqual([ALL, ALL]);
  });

  test('mstatus.MPP keeps its value when 2 is written, whatever it was', () => {
    for (const before of [0, 1, 3]) {
      const machine = freshMachine();
      writeCsr(machine, 0x300, before << 11);
      writeCsr(machine, 0x300, (2 << 11) | 8);
      expect(readCsr(machine, 0x300)).toBe((before << 11) | 8);
    }
  });

  test.each(CONSTANT)('a write to $name does nothing', ({ number, reset }) => {
    const machine = freshMachine();
    machine.setRegister('t0', ALL);
    for (const funct3 of [1, 2, 3]) {
      expect(execute(machine, instruction(funct3, number, 6, 5))).toBe(false);
      expect(hexOf([register(machine, 't1'), readCsr(machine, number)])).toEqual(hexOf([reset, reset]));
    }
  });

  test.each(Object.entries(VIEWS))('a write to %s does nothing', (_, number) => {
    const machine = freshMachine();
    machine.setRegister('t0', ALL);
    expect(execute(machine, instruction(WRITE, number, 6, 5))).toBe(false);
    expect(readCsr(machine, number)).toBeLessThan(1000);
  });
});

describe('views', () => {
  test('sstatus, sie and sip are parts of mstatus, mie and mip, both ways', () => {
    for (const [machineCsr, supervisorCsr, mask] of [
      [0x300, 0x100, 0xe0122],
      [0x304, 0x104, 0x222],
      [0x344, 0x144, 0x222],
    ] as const) {
      const machine = freshMachine();
      const full = machineCsr === 0x300 ? 0xe19aa : machineCsr === 0x304 ? 0xaaa : 0x222;
      writeCsr(machine, machineCsr, ALL);
      expect(readCsr(machine, supervisorCsr)).toBe(mask);
      writeCsr(machine, supervisorCsr, 0);
      expect(readCsr(machine, machineCsr)).toBe(full & ~mask);
      writeCsr(machine, machineCsr, 0);
      writeCsr(machine, supervisorCsr, ALL);
      expect(readCsr(machine, machineCsr)).toBe(mask);
    }
  });

  test('sie and sip show all supervisor bits, delegated or not (RTL; the specification hides the others)', () => {
    for (const mideleg of [0, 0x222]) {
      const machine = freshMachine();
      writeCsr(machine, 0x303, mideleg);
      writeCsr(machine, 0x304, ALL);
      writeCsr(machine, 0x344, ALL);
      expect([readCsr(machine, 0x104), readCsr(machine, 0x144)]).toEqual([0x222, 0x222]);
    }
  });

  test('mip shows the lines: timer 7, software 3, external 11 and 9 through the masks', () => {
    const outputs = outputsOf(`
      .macro lines value
        li t1, \\value
        sw t1, 8(tp)
        settle
      .endm
      _start: lines 1
        outcsr mip
        lines 2
        outcsr mip
        lines 0x14
        outcsr mip
        li t0, 1
        csrw 0xbc0, t0
        outcsr mip
        outcsr sip
        li t0, 6
        csrw 0x9c0, t0
        outcsr mip
        outcsr sip
        lines 8
        outcsr mip
        lines 0
        outcsr mip
        exit`);
    expect(hexOf(outputs)).toEqual(hexOf([0x80, 0x8, 0, 0x800, 0, 0xa00, 0x200, 0x200, 0]));
  });

  test('writing mip sets no machine bit and no line', () => {
    const outputs = outputsOf('_start: li t0, -1\n csrw mip, t0\n outcsr mip\n csrw mip, zero\n outcsr mip\n exit');
    expect(hexOf(outputs)).toEqual(hexOf([0x222, 0]));
  });

  test('csrs and csrc of mip take the software part of SEIP, reads the sum with the line', () => {
    const outputs = outputsOf(`
      _start: li t1, 4
        sw t1, 8(tp)
        li t0, 1
        csrw 0x9c0, t0
        settle
        csrrsi t2, mip, 2
        out t2
        outcsr mip
        sw zero, 8(tp)
        settle
        outcsr mip
        li t0, 0x200
        csrs sip, t0
        outcsr mip
        csrci mip, 2
        outcsr mip
        sw t1, 8(tp)
        settle
        csrc mip, t0
        outcsr mip
        sw zero, 8(tp)
        settle
        outcsr mip
        exit`);
    expect(hexOf(outputs)).toEqual(hexOf([0x200, 0x202, 0x2, 0x202, 0x200, 0x200, 0]));
  });
});

describe('the external interrupt array', () => {
  test('pending = lines and mask, for M and S apart', () => {
    const lines = 0x2d3c4b5a;
    const outputs = outputsOf(
      `_start: li t0, ${((lines << 2) >>> 0) + 3}
        sw t0, 8(tp)
        settle
        outcsr 0xfc0
        outcsr 0xdc0
        li t0, 0x0ff00ff0
        csrw 0xbc0, t0
        li t0, 0xf0f0f0f0
        csrw 0x9c0, t0
        outcsr 0xfc0
        outcsr 0xdc0
        li t0, 0xffff
        csrs 0xbc0, t0
        csrc 0x9c0, t0
        outcsr 0xbc0
        outcsr 0x9c0
        outcsr 0xfc0
        outcsr 0xdc0
        exit`,
    );
    const seen = lines % 2 ** 30; // a word shifted by two: 30 lines reach the core from this device
    const and = (a: number, b: number): number => (a & b) >>> 0;
    expect(hexOf(outputs)).toEqual(
      hexOf([
        0,
        0,
        and(seen, 0x0ff00ff0),
        and(seen, 0xf0f0f0f0),
        0x0ff0ffff,
        0xf0f00000,
        and(seen, 0x0ff0ffff),
        and(seen, 0xf0f00000),
      ]),
    );
  });

  test('S-mode has its two, U-mode none', () => {
    for (const [csr, modes] of [
      [0x9c0, 'SM'],
      [0xdc0, 'SM'],
      [0xbc0, 'M'],
      [0xfc0, 'M'],
    ] as const) {
      for (const mode of ['M', 'S', 'U'] as const) {
        const { trap } = trapOf(`csrr t1, ${csr}`, { mode });
        expect([csr, mode, trap?.cause ?? 'none']).toEqual([csr, mode, modes.includes(mode) ? 'none' : 2]);
      }
    }
  });
});

describe('the six instructions (9.1)', () => {
  type Step = readonly [funct3: number, rd: number, source: number, value: number];
  const steps = fc.array(
    fc.tuple(
      fc.constantFrom(1, 2, 3, 5, 6, 7),
      fc.constantFrom(0, 6, 7),
      fc.integer({ min: 0, max: 31 }),
      fc.integer({ min: 0, max: 0xffffffff }),
    ),
    { minLength: 1, maxLength: 30 },
  );

  test('read, write, set and clear a register as a model does', () => {
    const names = [undefined, 't0', 't1', 't2', 'a0'];
    fc.assert(
      fc.property(steps, (sequence: readonly Step[]) => {
        const machine = freshMachine();
        let model = 0;
        for (const [funct3, rd, source, value] of sequence) {
          const immediate = funct3 >= 5;
          const register5 = immediate ? source : [0, 5, 6, 7, 10][source % 5];
          const name = names[source % 5];
          if (!immediate && name !== undefined) machine.setRegister(name, value);
          const operand = immediate ? source : name === undefined ? 0 : value;
          expect(execute(machine, instruction(funct3, 0x340, rd, register5))).toBe(false);
          if (rd !== 0) expect(register(machine, rd === 6 ? 't1' : 't2')).toBe(model);
          const kind = funct3 % 4;
          const [old, given] = [BigInt(model), BigInt(operand)];
          model = kind === 1 ? operand : Number(kind === 2 ? old | given : old & (BigInt(ALL) - given));
          expect(register(machine, 'mscratch')).toBe(model);
        }
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  test('rd and rs1 the same register: the old value is read, the register’s is written', () => {
    expect(
      hexOf(
        outputsOf(`_start: li t0, 0x11
          csrw mscratch, t0
          li t0, 0x22
          csrrw t0, mscratch, t0
          out t0
          csrrs t0, mscratch, t0
          out t0
          outcsr mscratch
          exit`),
      ),
    ).toEqual(hexOf([0x11, 0x22, 0x33]));
  });

  test('csrrs and csrrc with x0, and by immediate 0, write nothing; with a register of 0 they write', () => {
    const count = (code: string): number => run(`_start: ${code}\n exit`).machine.counters.protection.satpWrites;
    expect(count('csrrs t0, satp, zero\n csrrc t0, satp, zero\n csrrsi t0, satp, 0\n csrrci t0, satp, 0')).toBe(0);
    expect(count('csrrs t0, satp, t1\n csrrc t0, satp, t1\n csrrw t0, satp, zero\n csrrwi t0, satp, 0')).toBe(4);
  });
});
