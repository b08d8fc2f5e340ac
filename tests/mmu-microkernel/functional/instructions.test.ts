import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CODE, DATA, hexOf, outputsOf, peek, poke, register, run } from './guest.js';
import {
  ATOMICS,
  type Binary,
  BRANCHES,
  IMMEDIATE_OPERATIONS,
  REGISTER_OPERATIONS,
  SHIFT_OPERATIONS,
} from './reference.js';
import { agrees, tableProgram, word } from './tables.js';

describe('register-register operations (2.4.2, chapter 7)', () => {
  test.each(Object.entries(REGISTER_OPERATIONS))('%s', (mnemonic, model) => {
    agrees(`${mnemonic} t2, t0, t1`, model);
  });

  test.each(Object.entries(REGISTER_OPERATIONS))(
    '%s with destination and sources the same register',
    (mnemonic, model) => {
      agrees(`${mnemonic} t0, t0, t1\n mv t2, t0`, model);
      agrees(`${mnemonic} t1, t0, t1\n mv t2, t1`, model);
      agrees(`${mnemonic} t2, t0, t0`, (a) => model(a, a));
      agrees(`${mnemonic} t2, t0, zero`, (a) => model(a, 0));
    },
  );

  test('the table of division by zero and overflow (table 7.1)', () => {
    const at = (mnemonic: string, a: number, b: number): number => tableProgram(`${mnemonic} t2, t0, t1`)([[a, b]])[0];
    expect(at('divu', 7, 0)).toBe(0xffffffff);
    expect(at('remu', 7, 0)).toBe(7);
    expect(at('div', 7, 0)).toBe(0xffffffff);
    expect(at('rem', -7, 0)).toBe(0xfffffff9);
    expect(at('div', 0x80000000, -1)).toBe(0x80000000);
    expect(at('rem', 0x80000000, -1)).toBe(0);
    expect(at('div', -7, 2)).toBe(0xfffffffd);
    expect(at('rem', -7, 2)).toBe(0xffffffff);
  });
});

describe('immediate operations (2.4.1)', () => {
  const immediates = [-2048, -2047, -1024, -256, -33, -32, -31, -2, -1, 0, 1, 2, 31, 32, 127, 128, 1023, 1024, 2047];

  /** Runs one guest with an instruction per immediate and compares its outputs. */
  function compare(mnemonic: string, values: readonly number[], model: Binary): void {
    const code = values.map((i) => `${mnemonic} t1, t0, ${i}\n out t1`).join('\n');
    fc.assert(
      fc.property(word, (a) => {
        const prepare = (machine: { setRegister(name: string, value: number): void }): void =>
          machine.setRegister('t0', a);
        expect(hexOf(outputsOf(`_start: ${code}\n exit`, { prepare }))).toEqual(
          hexOf(values.map((i) => model(a, i >>> 0))),
        );
      }),
      { seed: 2, numRuns: 20, examples: [[0], [0x7fffffff], [0x80000000], [0xffffffff]] },
    );
  }

  test.each(Object.entries(IMMEDIATE_OPERATIONS))('%s', (mnemonic, model) => compare(mnemonic, immediates, model));

  const amounts = Array.from({ length: 32 }, (_, i) => i);
  test.each(Object.entries(SHIFT_OPERATIONS))('%s by 0 to 31', (mnemonic, model) => compare(mnemonic, amounts, model));

  test('lui and auipc', () => {
    const uppers = [0, 1, 0x7ffff, 0x80000, 0xfffff];
    const lui = outputsOf(`_start: ${uppers.map((u) => `lui t0, ${u}\n out t0`).join('\n')}\n exit`);
    expect(lui).toEqual(uppers.map((u) => u * 4096));
    const { outputs, guest } = run(
      `_start: ${uppers.map((u, i) => `here${i}: auipc t0, ${u}\n out t0`).join('\n')}\n exit`,
    );
    expect(outputs).toEqual(uppers.map((u, i) => (guest.address(`here${i}`) + u * 4096) % 2 ** 32));
  });
});

describe('branches and jumps (2.5)', () => {
  test.each(Object.entries(BRANCHES))('%s, forward', (mnemonic, model) => {
    agrees(`li t2, 1\n ${mnemonic} t0, t1, 1f\n li t2, 0\n 1:`, (a, b) => (model(a, b) ? 1 : 0));
  });

  test.each(Object.entries(BRANCHES))('%s, backward', (mnemonic, model) => {
    agrees(`j 2f\n 1: li t2, 1\n j 3f\n 2: ${mnemonic} t0, t1, 1b\n li t2, 0\n 3:`, (a, b) => (model(a, b) ? 1 : 0));
  });

  test.each(Object.entries(BRANCHES))('%s of a register with itself and with x0', (mnemonic, model) => {
    agrees(`li t2, 1\n ${mnemonic} t0, t0, 1f\n li t2, 0\n 1:`, (a) => (model(a, a) ? 1 : 0));
    agrees(`li t2, 1\n ${mnemonic} zero, t0, 1f\n li t2, 0\n 1:`, (a) => (model(0, a) ? 1 : 0));
  });

  test.each([
    ['beq zero, zero', 4096],
    ['jal t0', 2 ** 20],
  ])('%s reaches its farthest targets', (jump, reach) => {
    const back = `_start: la t1, 2f
        jr t1
      1: li a0, 1
        la t1, 3f
        jr t1
        .space ${reach - 20}
      2: ${jump}, 1b
        li a0, 2
      3: out a0
        exit`;
    const ahead = `_start: li a0, 1
        ${jump}, 1f
        li a0, 2
        .space ${reach - 10}
      1: out a0
        exit`;
    expect(outputsOf(`.option norvc\n ${back}`)).toEqual([1]);
    expect(outputsOf(`.option norvc\n ${ahead}`)).toEqual([1]);
  });

  test('branches into other pages', () => {
    const outputs = outputsOf(`
      .option norvc
      _start:
        j 2f
      1: li t0, 1
        out t0
        beq zero, zero, 3f
        .space 4000
      2: beq zero, zero, 1b
        .space 80
      3: li t0, 2
        out t0
        exit
    `);
    expect(outputs).toEqual([1, 2]);
  });

  test('jal links to the next instruction, of 4 and of 2 bytes', () => {
    const { outputs, guest } = run(`
      _start:
      .option norvc
        jal t0, 1f
      after4: nop
      1:out t0
      .option rvc
        c.jal 2f
      after2: nop
      2:out ra
        jal zero, 3f
        nop
      3:out zero
        exit
    `);
    expect(hexOf(outputs)).toEqual(hexOf([guest.address('after4'), guest.address('after2'), 0]));
  });

  test('jalr clears bit 0 of the target, takes its base before the link is written, and adds a signed offset', () => {
    const { outputs, guest } = run(`
      .option norvc
      _start:
        la t0, one + 1
        jalr t1, 0(t0)
      r1: nop
      one: out t1
        la t0, two + 2048
        jalr t0, -2048(t0)
      r2: nop
      two: out t0
        la t0, three - 2046
        jalr t0, 2047(t0)
      r3: nop
      three: out t0
        la ra, four
        jalr zero, 0(ra)
        nop
      four: out ra
        exit
    `);
    expect(hexOf(outputs)).toEqual(hexOf(['r1', 'r2', 'r3', 'four'].map((label) => guest.address(label))));
  });

  test('jumps wrap around the address space', () => {
    const { machine, stop } = run(`_start: jalr t0, -8(zero)`, {
      prepare: (m) => {
        m.setRegister('mtvec', DATA);
        poke(m, DATA, 0x00022223); // sw zero, 4(tp)
      },
    });
    expect(stop).toEqual({ kind: 'exit', code: 0 });
    expect(register(machine, 'mepc')).toBe(0xfffffff8);
    expect(register(machine, 'mcause')).toBe(1);
  });
});

describe('loads and stores (2.6)', () => {
  const loads: Readonly<Record<string, (bytes: DataView, at: number) => number>> = {
    lb: (v, at) => v.getInt8(at) >>> 0,
    lbu: (v, at) => v.getUint8(at),
    lh: (v, at) => v.getInt16(at, true) >>> 0,
    lhu: (v, at) => v.getUint16(at, true),
    lw: (v, at) => v.getUint32(at, true),
  };
  const sizes: Readonly<Record<string, 1 | 2 | 4>> = { lb: 1, lbu: 1, lh: 2, lhu: 2, lw: 4, sb: 1, sh: 2, sw: 4 };

  for (const [place, base] of [
    ['cached', DATA],
    ['uncached', 0x50000000],
  ] as const) {
    test.each(Object.keys(loads))(`%s, ${place} memory: sign and every aligned offset`, (mnemonic) => {
      const bytes = Uint8Array.from({ length: 16 }, (_, i) => (i * 0x4f + 0x6b) & 0xff);
      const view = new DataView(bytes.buffer);
      const offsets = Array.from({ length: 16 / sizes[mnemonic] }, (_, i) => i * sizes[mnemonic]);
      const outputs = outputsOf(
        `_start: li a0, ${base + 8}\n ${offsets.map((o) => `${mnemonic} t0, ${o - 8}(a0)\n out t0`).join('\n')}\n exit`,
        { prepare: (machine) => machine.memory.load(base as never, bytes) },
      );
      expect(hexOf(outputs)).toEqual(hexOf(offsets.map((o) => loads[mnemonic](view, o))));
    });

    test(`stores write their bytes only, ${place} memory`, () => {
      const { machine: after } = run(
        `_start: li a0, ${base}
          li t0, 0x81828384
          sb t0, 0(a0)
          sb t0, 5(a0)
          sb t0, 10(a0)
          sb t0, 15(a0)
          sh t0, 16(a0)
          sh t0, 22(a0)
          sw t0, 24(a0)
          exit`,
        { prepare: (machine) => poke(machine, base, ...new Array<number>(8).fill(0x11111111)) },
      );
      expect(hexOf(peek(after, base, 8))).toEqual(
        hexOf([0x11111184, 0x11118411, 0x11841111, 0x84111111, 0x11118384, 0x83841111, 0x81828384, 0x11111111]),
      );
    });
  }

  test('a random sequence of loads and stores does what an array of bytes does', () => {
    const access = fc.record({
      mnemonic: fc.constantFrom(...Object.keys(sizes)),
      offset: fc.integer({ min: 0, max: 63 }),
      value: word,
    });
    fc.assert(
      fc.property(fc.array(access, { minLength: 1, maxLength: 40 }), (accesses) => {
        const memory = new DataView(new ArrayBuffer(64));
        const expected: number[] = [];
        const code = accesses.map(({ mnemonic, offset, value }) => {
          const size = sizes[mnemonic];
          const at = offset - (offset % size);
          if (mnemonic in loads) {
            expected.push(loads[mnemonic](memory, at));
            return `${mnemonic} t0, ${at}(a0)\n out t0`;
          }
          if (size === 1) memory.setUint8(at, value & 0xff);
          else if (size === 2) memory.setUint16(at, value & 0xffff, true);
          else memory.setUint32(at, value, true);
          return `li t1, ${value}\n ${mnemonic} t1, ${at}(a0)`;
        });
        expect(hexOf(outputsOf(`_start: li a0, ${DATA}\n ${code.join('\n')}\n exit`))).toEqual(hexOf(expected));
      }),
      { seed: 3, numRuns: 60 },
    );
  });
});

describe('x0', () => {
  const writers = [
    ...Object.keys(REGISTER_OPERATIONS).map((m) => `${m} zero, a0, a1`),
    ...Object.keys(IMMEDIATE_OPERATIONS).map((m) => `${m} zero, a0, 5`),
    ...Object.keys(SHIFT_OPERATIONS).map((m) => `${m} zero, a0, 1`),
    ...['lb', 'lbu', 'lh', 'lhu', 'lw'].map((m) => `${m} zero, 0(a2)`),
    ...Object.keys(ATOMICS).map((m) => `${m} zero, a1, (a2)`),
    ...['aes32esi', 'aes32esmi', 'aes32dsi', 'aes32dsmi'].map((m) => `${m} zero, a0, a1, 1`),
    ...['lui zero, 5', 'auipc zero, 1', 'jal zero, . + 4', 'lr.w zero, (a2)', 'sc.w zero, a0, (a2)'],
    ...['csrr zero, misa', 'csrrw zero, mscratch, a0', 'csrrwi zero, mscratch, 9', 'csrrs zero, mstatus, zero'],
    ...['jalr zero, 4(a3)', 'lw zero, 0(tp)'],
  ];

  test.each(writers)('%s leaves it 0', (code) => {
    const { outputs } = run(`
      .option norvc
      _start: li a0, 0x12345677
        li a1, 3
        li a2, ${DATA}
        sw a0, 0(a2)
        lr.w t0, (a2)
        la a3, 1f
      1: ${code}
        out zero
        addi t0, zero, 3
        out t0
        add t0, zero, zero
        out t0
        exit
    `);
    expect(outputs).toEqual([0, 3, 0]);
  });
});

describe('other instructions', () => {
  test('fences, cache flushes and hints change no register and no memory', () => {
    const quiet = 'fence\n fence rw, w\n fence.i\n dcache.flush x0\n dcache.flush a2\n slti x0, x0, 7\n c.nop 5';
    const code = `li a2, ${DATA}\n li a0, 0x1234\n sw a0, 0(a2)\n ${quiet}\n lw a1, 0(a2)\n out a0\n out a1\n out a2\n exit`;
    for (const parameters of [{}, { dataCacheWriteBack: true }, { timing: 'common' }]) {
      expect(outputsOf(`_start: ${code}`, { parameters })).toEqual([0x1234, 0x1234, DATA]);
    }
  });

  test('every register holds a value of its own', () => {
    const numbers = Array.from({ length: 31 }, (_, i) => i + 1);
    const set = numbers.map((r) => `li x${r}, ${r * 0x01010101}`).join('\n');
    const { machine } = run(`.option norvc\n _start: ${set}\n wfi`);
    expect(
      machine
        .registers()
        .slice(1, 33)
        .map((r) => r.value),
    ).toEqual([0, ...numbers.map((r) => r * 0x01010101)]);
  });

  test('the program counter starts at the entry of the image', () => {
    const { outputs, guest } = run('nop\n nop\n _start: auipc a0, 0\n out a0\n exit');
    expect(outputs).toEqual([guest.address('_start')]);
    expect(outputs[0]).toBeGreaterThan(CODE);
  });
});

describe('programs', () => {
  test('random straight-line code computes what the model computes', () => {
    const names = ['a0', 'a1', 'a2', 'a3', 's0', 's1', 't3', 't4', 'zero'];
    const register2 = fc.integer({ min: 0, max: names.length - 1 });
    const anyOf = (operations: object): fc.Arbitrary<string> => fc.constantFrom(...Object.keys(operations));
    const instruction = fc.oneof(
      fc.tuple(anyOf(REGISTER_OPERATIONS), register2, register2, register2),
      fc.tuple(anyOf(IMMEDIATE_OPERATIONS), register2, register2, fc.integer({ min: -2048, max: 2047 })),
      fc.tuple(anyOf(SHIFT_OPERATIONS), register2, register2, fc.integer({ min: 0, max: 31 })),
    );
    fc.assert(
      fc.property(
        fc.array(instruction, { minLength: 1, maxLength: 80 }),
        fc.array(word, { minLength: names.length, maxLength: names.length }),
        (code, values) => {
          const model = [...values];
          model[names.length - 1] = 0;
          const lines = code.map(([mnemonic, rd, rs1, last]) => {
            const { [mnemonic]: binary } = REGISTER_OPERATIONS;
            const { [mnemonic]: immediate = SHIFT_OPERATIONS[mnemonic] } = IMMEDIATE_OPERATIONS;
            const result = binary === undefined ? immediate(model[rs1], last >>> 0) : binary(model[rs1], model[last]);
            if (names[rd] !== 'zero') model[rd] = result;
            return `${mnemonic} ${names[rd]}, ${names[rs1]}, ${binary === undefined ? last : names[last]}`;
          });
          const { machine } = run(`_start: ${lines.join('\n')}\n exit`, {
            prepare: (m) => names.forEach((name, i) => m.setRegister(name, values[i])),
          });
          expect(hexOf(names.map((name) => register(machine, name)))).toEqual(hexOf(model));
        },
      ),
      { seed: 4, numRuns: 150 },
    );
  });

  test('a loop at the end of a page, and one over two pages', () => {
    const source = (space: number): string => `
      .option norvc
      _start: li a0, 0
        li a1, 1000
        j loop
        .space ${space}
      loop: addi a0, a0, 3
        addi a1, a1, -1
        bnez a1, loop
        out a0
        exit`;
    for (const space of [4096 - 12 - 12, 4096 - 12 - 8, 4096 - 12 - 4, 4096 - 12 - 16, 4096 - 12 - 14]) {
      expect(outputsOf(source(space))).toEqual([3000]);
    }
    expect(CODE % 4096).toBe(0);
  });
});
