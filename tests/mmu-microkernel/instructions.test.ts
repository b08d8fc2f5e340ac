import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODE, DATA, EXIT, outputs, run, values } from './guest.js';

/** Words at which results change. */
const CORNERS = [
  0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7ffffffe, 0x7fffffff, 0x80000000, 0x80000001,
  0xfffffffe, 0xffffffff,
];
const word = fc.oneof(
  fc.constantFrom(...CORNERS),
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.integer({ min: 0, max: 64 }),
);

const signed = (value: bigint): bigint => BigInt.asIntN(32, value);
const unsigned = (value: bigint): bigint => BigInt.asUintN(32, value);
const big = (value: number): bigint => BigInt(value >>> 0);

type Model = (a: bigint, b: bigint) => bigint;

/** What the manual says, on unsigned words as big integers; results are taken modulo 2^32. */
const REGISTER_MODELS: Readonly<Record<string, Model>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  sll: (a, b) => a << (b & 31n),
  srl: (a, b) => a >> (b & 31n),
  sra: (a, b) => signed(a) >> (b & 31n),
  slt: (a, b) => (signed(a) < signed(b) ? 1n : 0n),
  sltu: (a, b) => (a < b ? 1n : 0n),
  xor: (a, b) => a ^ b,
  or: (a, b) => a | b,
  and: (a, b) => a & b,
  mul: (a, b) => a * b,
  mulh: (a, b) => (signed(a) * signed(b)) >> 32n,
  mulhsu: (a, b) => (signed(a) * b) >> 32n,
  mulhu: (a, b) => (a * b) >> 32n,
  div: (a, b) => (b === 0n ? -1n : signed(a) / signed(b)),
  divu: (a, b) => (b === 0n ? -1n : a / b),
  rem: (a, b) => (b === 0n ? a : signed(a) % signed(b)),
  remu: (a, b) => (b === 0n ? a : a % b),
};

/** `b` is the sign-extended immediate as an unsigned word. */
const IMMEDIATE_MODELS: Readonly<Record<string, Model>> = {
  addi: (a, b) => a + b,
  slti: (a, b) => (signed(a) < signed(b) ? 1n : 0n),
  sltiu: (a, b) => (a < b ? 1n : 0n),
  xori: (a, b) => a ^ b,
  ori: (a, b) => a | b,
  andi: (a, b) => a & b,
};

const SHIFT_MODELS: Readonly<Record<string, Model>> = {
  slli: (a, b) => a << b,
  srli: (a, b) => a >> b,
  srai: (a, b) => signed(a) >> b,
};

const apply = (model: Model, a: number, b: number): number => Number(unsigned(model(big(a), big(b))));

/** Runs `instruction` (of a0, a1 to a2) on every pair of words. */
function overPairs(instruction: string, pairs: readonly (readonly [number, number])[]): number[] {
  const result = run(
    `_start:
      li    s0, ${DATA}
      li    s1, ${pairs.length}
    again:
      lw    a0, 0(s0)
      lw    a1, 4(s0)
      lw    a2, 8(s0)
      ${instruction}
      sw    a2, 8(s0)
      addi  s0, s0, 12
      addi  s1, s1, -1
      bnez  s1, again
      ${EXIT}`,
    { memory: { [DATA]: pairs.flatMap(([a, b]) => [a, b, 0x5a5a5a5a]) } },
  );
  expect(result.stop).toEqual({ kind: 'exit', code: 0 });
  const words = result.words(DATA, pairs.length * 3);
  return pairs.map((_, i) => words[i * 3 + 2]);
}

const cornerPairs = CORNERS.flatMap((a) => CORNERS.map((b) => [a, b] as const));

describe('register-register instructions', () => {
  for (const [name, model] of Object.entries(REGISTER_MODELS)) {
    it(`${name} at the corners and on random words`, () => {
      const expected = cornerPairs.map(([a, b]) => apply(model, a, b));
      expect(overPairs(`${name} a2, a0, a1`, cornerPairs)).toEqual(expected);
      fc.assert(
        fc.property(fc.array(fc.tuple(word, word), { minLength: 1, maxLength: 200 }), (pairs) => {
          expect(overPairs(`${name} a2, a0, a1`, pairs)).toEqual(pairs.map(([a, b]) => apply(model, a, b)));
        }),
        { numRuns: 8 },
      );
    });
  }

  it('results that the manual names', () => {
    const pairs = (name: string, a: number, b: number): number => overPairs(`${name} a2, a0, a1`, [[a, b]])[0];
    expect(pairs('div', 0x80000000, 0xffffffff)).toBe(0x80000000);
    expect(pairs('rem', 0x80000000, 0xffffffff)).toBe(0);
    expect(pairs('div', 7, 0)).toBe(0xffffffff);
    expect(pairs('divu', 7, 0)).toBe(0xffffffff);
    expect(pairs('rem', 0xfffffff9, 0)).toBe(0xfffffff9);
    expect(pairs('remu', 0xfffffff9, 0)).toBe(0xfffffff9);
    expect(pairs('div', 0xfffffff9, 2)).toBe(0xfffffffd);
    expect(pairs('rem', 0xfffffff9, 2)).toBe(0xffffffff);
    expect(pairs('mulhsu', 0xffffffff, 0xffffffff)).toBe(0xffffffff);
    expect(pairs('mulhu', 0xffffffff, 0xffffffff)).toBe(0xfffffffe);
    expect(pairs('mulh', 0x80000000, 0x80000000)).toBe(0x40000000);
  });

  it('source and destination may be one register', () => {
    for (const [name, model] of Object.entries(REGISTER_MODELS)) {
      const both = overPairs(`${name} a0, a0, a0\n mv a2, a0`, cornerPairs);
      expect(both, name).toEqual(cornerPairs.map(([a]) => apply(model, a, a)));
      const second = overPairs(`${name} a1, a0, a1\n mv a2, a1`, cornerPairs);
      expect(second, name).toEqual(cornerPairs.map(([a, b]) => apply(model, a, b)));
    }
  });

  it('x0 reads 0 and takes no value, whatever writes to it', () => {
    const writers = [
      ...Object.keys(REGISTER_MODELS).map((name) => `${name} x0, s0, s1`),
      ...['addi x0, s0, 5', 'lui x0, 0xfffff', 'auipc x0, 1', 'lw x0, 0(s2)', 'lb x0, 0(s2)', 'jal x0, 3f\n3:'],
      ...['lr.w x0, (s2)', 'sc.w x0, s0, (s2)', 'amoswap.w x0, s0, (s2)', 'amoadd.w x0, s0, (s2)'],
      ...['csrrs x0, mhartid, x0', 'csrrw x0, mscratch, s0', 'csrrw x0, mscratch, s1', 'aes32esmi x0, s0, s1, 1'],
      ...['la a0, 3f\n jalr x0, 0(a0)\n3:', 'c.nop', '.hword 0x4015 # c.li x0, 5', '.hword 0x0055', '.hword 0x8022'],
    ];
    for (const writer of writers) {
      const code = `li s0, 0x12345678\n li s1, 3\n li s2, ${DATA}\n ${writer}\n mv a1, x0\n add a2, x0, x0`;
      expect(values(code, ['a1', 'a2', 'x0'], { memory: { [DATA]: [77] } }), writer).toEqual([0, 0, 0]);
    }
  });

  it('every register holds a value of its own', () => {
    const numbers = Array.from({ length: 31 }, (_, i) => i + 1);
    const set = numbers.map((r) => `li x${r}, ${r * 0x01010101}\n`).join('');
    // x31 is copied to the device last, through itself: its value is checked by the register file.
    const result = run(`_start:\n .option norvc\n${set} wfi`);
    expect(numbers.map((r) => result.machine.registers()[r + 1].value)).toEqual(numbers.map((r) => r * 0x01010101));
    expect(result.machine.registers()[1].value).toBe(0);
  });
});

describe('instructions with immediates', () => {
  const immediate = fc.oneof(fc.constantFrom(-2048, -1, 0, 1, 2047), fc.integer({ min: -2048, max: 2047 }));
  const operation = fc.oneof(
    fc.tuple(fc.constantFrom(...Object.keys(IMMEDIATE_MODELS)), word, immediate),
    fc.tuple(fc.constantFrom(...Object.keys(SHIFT_MODELS)), word, fc.integer({ min: 0, max: 31 })),
  );
  const models = { ...IMMEDIATE_MODELS, ...SHIFT_MODELS };

  function execute(operations: readonly (readonly [string, number, number])[], option: string): readonly number[] {
    const code = operations.map(([name, a, b]) => `li a0, ${a}\n ${name} a0, a0, ${b}\n sw a0, 0(s0)\n`).join('');
    return outputs(`_start:\n .option ${option}\n lui s0, 0x40000\n${code}${EXIT}`);
  }

  it('agree with the manual, compressed and not', () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 60 }), fc.constantFrom('rvc', 'norvc'), (ops, rvc) => {
        expect(execute(ops, rvc)).toEqual(ops.map(([name, a, b]) => apply(models[name], a, b)));
      }),
      { numRuns: 40 },
    );
  });

  it('agree at every corner', () => {
    for (const name of Object.keys(models)) {
      const constants = name in SHIFT_MODELS ? [0, 1, 15, 16, 30, 31] : [-2048, -1, 0, 1, 2047];
      const ops = CORNERS.flatMap((a) => constants.map((b) => [name, a, b] as const));
      expect(execute(ops, 'norvc'), name).toEqual(ops.map(([, a, b]) => apply(models[name], a, b)));
    }
  });

  it('lui and auipc', () => {
    expect(values('lui a0, 0xfffff\n lui a1, 1\n lui a2, 0x80000', ['a0', 'a1', 'a2'])).toEqual([
      0xfffff000, 0x1000, 0x80000000,
    ]);
    const result = run(`_start:\n nop\nhere: auipc a0, 0xfffff\n auipc a1, 0\n auipc a2, 0x7ffff\n ${EXIT}`);
    const here = result.symbol('here');
    expect(result.register('a0')).toBe(here - 0x1000);
    expect(result.register('a1')).toBe(here + 4);
    expect(result.register('a2')).toBe((here + 8 + 0x7ffff000) % 2 ** 32);
  });
});

describe('branches and jumps', () => {
  const TAKEN: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
    beq: (a, b) => a === b,
    bne: (a, b) => a !== b,
    blt: (a, b) => signed(a) < signed(b),
    bge: (a, b) => signed(a) >= signed(b),
    bltu: (a, b) => a < b,
    bgeu: (a, b) => a >= b,
  };
  for (const [name, taken] of Object.entries(TAKEN)) {
    it(`${name} decides as the manual says, forward and backward`, () => {
      const expected = cornerPairs.map(([a, b]) => (taken(big(a), big(b)) ? 1 : 0));
      expect(overPairs(`li a2, 1\n ${name} a0, a1, 2f\n li a2, 0\n2:`, cornerPairs)).toEqual(expected);
      const backward = `li a2, 0\n j 3f\n2: li a2, 1\n j 4f\n3: ${name} a0, a1, 2b\n4:`;
      expect(overPairs(backward, cornerPairs)).toEqual(expected);
    });
  }

  it('c.beqz and c.bnez', () => {
    const branch = (name: string): number[] =>
      overPairs(`li a2, 1\n ${name} a0, 2f\n li a2, 0\n2:`, [
        [0, 0],
        [1, 0],
        [0x80000000, 0],
      ]);
    expect(branch('c.beqz')).toEqual([1, 0, 0]);
    expect(branch('c.bnez')).toEqual([0, 1, 1]);
  });

  it('the farthest targets of branches and jumps', () => {
    const far = (jump: string, gap: number): readonly number[] =>
      outputs(`_start:\n .option norvc\n la t1, 2f\n jr t1\n1: li a0, 1\n la t1, 3f\n jr t1\n .space ${gap}
        2: ${jump}, 1b\n li a0, 2\n3: lui gp, 0x40000\n sw a0, 0(gp)\n${EXIT}`);
    expect(far('beq x0, x0', 4096 - 16)).toEqual([1]);
    expect(far('jal x5', 1048576 - 16)).toEqual([1]);
    const ahead = (jump: string, gap: number): readonly number[] =>
      outputs(`_start:\n .option norvc\n li a0, 1\n ${jump}, 1f\n li a0, 2\n .space ${gap}\n1: lui gp, 0x40000
        sw a0, 0(gp)\n${EXIT}`);
    expect(ahead('beq x0, x0', 4094 - 8)).toEqual([1]);
    expect(ahead('jal x5', 1048574 - 8)).toEqual([1]);
  });

  it('jal and jalr link to the next instruction, compressed ones 2 bytes on', () => {
    const result = run(`_start:
      .option norvc
      jal   a0, 1f
    after1:
      nop
    1: la   t0, 2f
      jalr  a1, 0(t0)
    after2:
      nop
    2: .option rvc
      c.jal 3f
    after3:
      c.nop
    3: mv   a2, ra
      la    t0, 4f
      c.jalr t0
    after4:
      c.nop
    4: mv   a3, ra
      la    t0, 5f
      c.jr  t0
      li    a3, 0
    5: ${EXIT}`);
    expect(result.stop.kind).toBe('exit');
    const links = ['a0', 'a1', 'a2', 'a3'].map((r) => result.register(r));
    expect(links).toEqual(['after1', 'after2', 'after3', 'after4'].map((s) => result.symbol(s)));
  });

  it('jalr takes its target before it writes a link into the same register, and clears bit 0', () => {
    const result = run(`_start:
      .option norvc
      la    a0, 1f
      jalr  a0, 1(a0)
    after:
      li    a1, 1
    1: la   ra, 2f - 4
      .option rvc
      addi  ra, ra, 4
      c.jalr ra
    after2:
      li    a2, 1
    2: ${EXIT}`);
    expect([result.register('a0'), result.register('ra')]).toEqual([result.symbol('after'), result.symbol('after2')]);
    expect([result.register('a1'), result.register('a2')]).toEqual([0, 0]);
  });

  it('jalr adds a signed offset', () => {
    const code =
      'la t0, 1f + 2047\n jalr x0, -2047(t0)\n li a0, 1\n1: la t0, 2f-2046\n jalr x0, 2046(t0)\n li a0, 2\n2:';
    expect(values(code, ['a0'])).toEqual([0]);
  });
});

describe('loads and stores', () => {
  const LOADS = { lb: [1, true], lbu: [1, false], lh: [2, true], lhu: [2, false], lw: [4, false] } as const;
  const BYTES = [0x80, 0x7f, 0xff, 0x01, 0x00, 0x80, 0xfe, 0x7f];
  const WORDS = [0x01ff7f80, 0x7ffe8000];

  it('loads extend as they should, from every aligned address, with positive and negative offsets', () => {
    for (const [name, [size, extends_]] of Object.entries(LOADS)) {
      for (let at = 0; at < 8; at += size) {
        const raw = BYTES.slice(at, at + size).reduce((sum, b, i) => sum + b * 2 ** (8 * i), 0);
        const bits = BigInt(raw);
        const value = Number(unsigned(extends_ ? BigInt.asIntN(size * 8, bits) : bits));
        const code = `li s0, ${DATA}\n li s1, ${DATA + at + 2048}\n li s2, ${DATA + at - 2047}
          ${name} a0, ${at}(s0)\n ${name} a1, -2048(s1)\n ${name} a2, 2047(s2)\n ${name} s0, ${at}(s0)`;
        const seen = values(code, ['a0', 'a1', 'a2', 's0'], { memory: { [DATA]: WORDS } });
        expect(seen, `${name} +${at}`).toEqual([value, value, value, value]);
      }
    }
  });

  it('stores change their own bytes only', () => {
    for (const [name, size] of [
      ['sb', 1],
      ['sh', 2],
      ['sw', 4],
    ] as const) {
      for (let at = 0; at < 8; at += size) {
        const expected = new Uint8Array(8).fill(0xee);
        for (let i = 0; i < size; i++) expected[at + i] = [0x11, 0x22, 0x93, 0xf4][i];
        // Twice: the first store to a page and one through the look-aside, and the line in the cache.
        const code = `li s0, ${DATA}\n li a0, 0xf4932211\n ${name} a0, ${at}(s0)\n lw a1, ${at & 4}(s0)
          ${name} a0, ${at + 8}(s0)`;
        const result = run(`_start:\n${code}\n${EXIT}`, { memory: { [DATA]: Array<number>(4).fill(0xeeeeeeee) } });
        const bytes = result.machine.memory.dump(DATA as never, 16);
        expect([...bytes.subarray(0, 8)], `${name} +${at}`).toEqual([...expected]);
        expect([...bytes.subarray(8)], `${name} +${at}`).toEqual([...expected]);
        expect(result.register('a1')).toBe(result.words(DATA + (at & 4), 1)[0]);
      }
    }
  });

  it('a random sequence of loads and stores agrees with a byte array', () => {
    const access = fc.record({
      op: fc.constantFrom('lb', 'lbu', 'lh', 'lhu', 'lw', 'sb', 'sh', 'sw'),
      place: fc.integer({ min: 0, max: 63 }),
      value: word,
    });
    fc.assert(
      fc.property(fc.array(access, { minLength: 1, maxLength: 80 }), (accesses) => {
        const bytes = new DataView(new ArrayBuffer(64));
        const expected: number[] = [];
        const code = accesses.map(({ op, place, value }) => {
          const size = op.includes('w') ? 4 : op.includes('h') ? 2 : 1;
          const at = place & -size;
          if (op.startsWith('s')) {
            if (size === 4) bytes.setUint32(at, value, true);
            else if (size === 2) bytes.setUint16(at, value & 0xffff, true);
            else bytes.setUint8(at, value & 0xff);
            return `li a0, ${value}\n ${op} a0, ${at}(s0)\n`;
          }
          let read = size === 4 ? bytes.getUint32(at, true) : 0;
          if (size === 2) read = op === 'lh' ? bytes.getInt16(at, true) : bytes.getUint16(at, true);
          if (size === 1) read = op === 'lb' ? bytes.getInt8(at) : bytes.getUint8(at);
          expected.push(read >>> 0);
          return `${op} a0, ${at}(s0)\n sw a0, 0(gp)\n`;
        });
        expect(outputs(`_start:\n lui gp, 0x40000\n li s0, ${DATA}\n${code.join('')}${EXIT}`)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('accesses to uncached memory extend and mask as well', () => {
    const code = `lui s0, 0x50000\n li a0, 0xf4932211\n sw a0, 0(s0)\n sb a0, 7(s0)\n sh a0, 8(s0)
      lb a1, 3(s0)\n lhu a2, 2(s0)\n lh a3, 2(s0)\n lw a4, 4(s0)\n lw a5, 8(s0)\n lbu a6, 1(s0)`;
    expect(values(code, ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'])).toEqual([
      0xfffffff4, 0xf493, 0xfffff493, 0x11000000, 0x2211, 0x22,
    ]);
  });

  it('c.lw, c.sw, c.lwsp and c.swsp', () => {
    const code = `li s0, ${DATA}\n li sp, ${DATA}\n li a0, 0x1234\n li s11, 0x5678\n c.sw a0, 124(s0)\n c.swsp s11, 252(sp)
      c.lw a1, 124(s0)\n c.lwsp t6, 252(sp)\n lw a2, 124(s0)\n lw a3, 252(s0)`;
    expect(values(code, ['a1', 't6', 'a2', 'a3'])).toEqual([0x1234, 0x5678, 0x1234, 0x5678]);
  });

  it('code that was stored is fetched after fence.i', () => {
    const code = `la s0, 1f\n j 2f\n3: la t0, 4f\n lw a1, 0(t0)\n sw a1, 0(s0)\n fence.i\n j 2f
      .p2align 2\n4: .option norvc\n addi a0, a0, 100\n .p2align 2\n1: addi a0, a0, 1\n j 5f\n2: j 1b
      5: li t1, 50\n blt a0, t1, 3b`;
    expect(values(code, ['a0'])).toEqual([101]);
  });
});

describe('compressed computation', () => {
  const cases: readonly (readonly [code: string, result: number])[] = [
    ['li a0, 7\n c.addi a0, -32', 0xffffffe7],
    ['c.li a0, -32', 0xffffffe0],
    ['c.li a0, 31', 31],
    ['c.lui a0, 0x1f', 0x1f000],
    ['c.lui a0, 0xfffe0', 0xfffe0000],
    ['li sp, 1024\n c.addi16sp sp, -512\n mv a0, sp', 512],
    ['li sp, 1024\n c.addi16sp sp, 496\n mv a0, sp', 1520],
    ['li sp, 1024\n c.addi4spn a0, sp, 1020', 2044],
    ['li a0, 0x80000001\n c.srli a0, 31', 1],
    ['li a0, 0x80000001\n c.srai a0, 31', 0xffffffff],
    ['li a0, 3\n c.slli a0, 31', 0x80000000],
    ['li a0, 0x1234\n c.andi a0, -2', 0x1234],
    ['li a0, 0x1234\n c.andi a0, 31', 0x14],
    ['li a0, 5\n li a1, 7\n c.sub a0, a1', 0xfffffffe],
    ['li a0, 5\n li a1, 7\n c.xor a0, a1', 2],
    ['li a0, 5\n li a1, 10\n c.or a0, a1', 15],
    ['li a0, 5\n li a1, 12\n c.and a0, a1', 4],
    ['li s11, 99\n c.mv a0, s11', 99],
    ['li a0, -1\n li s11, 2\n c.add a0, s11', 1],
    ['li a0, 1\n c.j 1f\n li a0, 2\n1:', 1],
  ];
  for (const [code, result] of cases) {
    it(code.replaceAll('\n', ';'), () => {
      expect(values(code, ['a0'])).toEqual([result]);
    });
  }
});

describe('atomics', () => {
  const MODELS: Readonly<Record<string, Model>> = {
    'amoswap.w': (_, b) => b,
    'amoadd.w': (a, b) => a + b,
    'amoxor.w': (a, b) => a ^ b,
    'amoand.w': (a, b) => a & b,
    'amoor.w': (a, b) => a | b,
    'amomin.w': (a, b) => (signed(a) < signed(b) ? a : b),
    'amomax.w': (a, b) => (signed(a) > signed(b) ? a : b),
    'amominu.w': (a, b) => (a < b ? a : b),
    'amomaxu.w': (a, b) => (a > b ? a : b),
  };
  for (const [name, model] of Object.entries(MODELS)) {
    it(`${name} returns the old word and leaves the new one`, () => {
      const checked = (pairs: readonly (readonly [number, number])[]): void => {
        const memory = overPairs(`mv t2, s0\n ${name} a3, a1, (t2)\n lw a2, 0(s0)`, pairs);
        expect(memory).toEqual(pairs.map(([a, b]) => apply(model, a, b)));
        // rd = rs2 and rd = rs1.
        expect(overPairs(`${name} a1, a1, (s0)\n mv a2, a1`, pairs)).toEqual(pairs.map(([a]) => a));
        expect(overPairs(`mv t2, s0\n ${name}.aqrl t2, a1, (t2)\n mv a2, t2`, pairs)).toEqual(pairs.map(([a]) => a));
      };
      checked(cornerPairs);
      fc.assert(fc.property(fc.array(fc.tuple(word, word), { minLength: 1, maxLength: 50 }), checked), { numRuns: 5 });
    });
  }

  it('amo on uncached memory', () => {
    const code = 'lui s0, 0x50000\n li a0, 40\n sw a0, 0(s0)\n li a1, 2\n amoadd.w a2, a1, (s0)\n lw a3, 0(s0)';
    expect(values(code, ['a2', 'a3'])).toEqual([40, 42]);
  });

  const conditional = (between: string): readonly number[] =>
    values(
      `li s0, ${DATA}\n li a1, 5\n li a2, 9\n lr.w a0, (s0)\n ${between}\n sc.w a3, a1, (s0)\n lw a4, 0(s0)`,
      ['a0', 'a3', 'a4'],
      { memory: { [DATA]: [77, 88] } },
    );

  it('sc.w succeeds after lr.w and stores', () => {
    expect(conditional('')).toEqual([77, 0, 5]);
    expect(conditional('addi a1, a1, 1')).toEqual([77, 0, 6]);
  });

  it('sc.w fails after a store, an AMO or another sc.w, and stores nothing', () => {
    expect(conditional('sw a2, 4(s0)')).toEqual([77, 1, 77]);
    expect(conditional('sb a2, 4(s0)')).toEqual([77, 1, 77]);
    expect(conditional('lw t0, 8(s0)\n sw a2, 8(s0)\n sw a2, 8(s0)')).toEqual([77, 1, 77]);
    expect(conditional('amoor.w t0, x0, (s0)')).toEqual([77, 1, 77]);
    expect(conditional('sc.w t0, a2, (s0)')).toEqual([77, 1, 9]);
    expect(conditional('sw x0, 0(gp)')).toEqual([77, 1, 77]);
  });

  it('sc.w without lr.w fails; a reservation has no address', () => {
    const code = `li s0, ${DATA}\n li a1, 5\n sc.w a0, a1, (s0)\n lr.w a2, (s0)\n addi s0, s0, 64\n sc.w a3, a1, (s0)
      lw a4, 0(s0)\n lw a5, -64(s0)`;
    expect(values(code, ['a0', 'a3', 'a4', 'a5'])).toEqual([1, 0, 5, 0]);
  });

  it('sc.w may write its result over its operands', () => {
    const code = `li s0, ${DATA}\n li a1, 5\n lr.w a0, (s0)\n sc.w a1, a1, (s0)\n mv s1, s0\n lr.w a0, (s0)
      sc.w s1, a0, (s1)\n lw a2, 0(s0)`;
    expect(values(code, ['a0', 'a1', 's1', 'a2'])).toEqual([5, 0, 0, 5]);
  });
});

describe('AES', () => {
  /** Multiplication by x in GF(2^8), FIPS 197 section 4.2.1. */
  const xtime = (b: number): number => ((b << 1) ^ (b & 0x80 ? 0x11b : 0)) & 0xff;
  const times = (b: number, factor: number): number => {
    let sum = 0;
    for (let f = factor, p = b; f !== 0; f >>= 1, p = xtime(p)) if (f & 1) sum ^= p;
    return sum;
  };
  /** The S-box by the definition: inverse by search, then the affine map bit by bit. */
  const sbox = Array.from({ length: 256 }, (_, b) => {
    let inverse = 0;
    for (let c = 1; c < 256 && inverse === 0; c++) if (times(b, c) === 1) inverse = c;
    let out = 0;
    for (let i = 0; i < 8; i++) {
      const bits = [0, 4, 5, 6, 7].map((k) => (inverse >> ((i + k) % 8)) & 1);
      out |= bits.reduce((x, y) => x ^ y, (0x63 >> i) & 1) << i;
    }
    return out;
  });
  const inverseSbox = sbox.map((_, b) => sbox.indexOf(b));
  const column = (b: number, factors: readonly number[]): bigint =>
    factors.reduce((sum, f, i) => sum | (BigInt(times(b, f)) << BigInt(8 * i)), 0n);
  const rounds: Readonly<Record<string, (b: number) => bigint>> = {
    aes32esi: (b) => BigInt(sbox[b]),
    aes32esmi: (b) => column(sbox[b], [2, 1, 1, 3]),
    aes32dsi: (b) => BigInt(inverseSbox[b]),
    aes32dsmi: (b) => column(inverseSbox[b], [14, 9, 13, 11]),
  };

  it('the S-box of this test has the values of FIPS 197', () => {
    expect([sbox[0], sbox[0x53], sbox[0xff], inverseSbox[0x63]]).toEqual([0x63, 0xed, 0x16, 0]);
  });

  for (const [name, round] of Object.entries(rounds)) {
    it(`${name} for every byte in every place`, () => {
      for (let place = 0; place < 4; place++) {
        const pairs = sbox.map((_, b) => [(b * 0x9e3779b9) >>> 0, (0x01020304 ^ (b << (8 * place))) >>> 0] as const);
        const expected = pairs.map(([a, b]) => {
          const out = round((b >>> (8 * place)) & 0xff) << BigInt(8 * place);
          return Number(unsigned(big(a) ^ (out | (out >> 32n))));
        });
        expect(overPairs(`${name} a2, a0, a1, ${place}`, pairs)).toEqual(expected);
      }
    });
  }
});

describe('other instructions', () => {
  it('fences, dcache.flush and hints change no register and no memory', () => {
    const quiet = [
      'fence',
      'fence rw, w',
      'fence.i',
      'dcache.flush x0',
      'dcache.flush s0',
      'slti x0, x0, 7',
      'c.nop 5',
    ];
    const code = `li s0, ${DATA}\n li a0, 0x1234\n sw a0, 0(s0)\n ${quiet.join('\n ')}\n lw a1, 0(s0)`;
    expect(values(code, ['a0', 'a1', 's0'])).toEqual([0x1234, 0x1234, DATA]);
  });

  it('the program counter starts at the entry of the image', () => {
    const result = run(`nop\n nop\n_start: auipc a0, 0\n${EXIT}`);
    expect([result.symbol('_start') > CODE, result.register('a0')]).toEqual([true, result.symbol('_start')]);
  });
});
