import { describe, expect, it } from 'vitest';
import {
  CODE,
  DATA,
  EXIT,
  leafEntry,
  LEAVES,
  PAGING,
  PTE,
  pte,
  type Result,
  rootEntry,
  run,
  SATP,
  TEST,
  USER_CODE,
  values,
  type RunOptions,
  type Words,
} from './guest.js';

type Mode = 'M' | 'S' | 'U';
const LEVEL = { M: 3, S: 1, U: 0 } as const;
const { V, R, W, X, U, A, D } = PTE;
const ALL = V | R | W | X | A | D;

interface Situation extends RunOptions {
  readonly mode: Mode;
  readonly paged?: boolean;
  readonly medeleg?: number;
  /** Done in M-mode before. */
  readonly setup?: string;
}

interface Trap {
  readonly handler: 'M' | 'S';
  readonly cause: number;
  readonly epc: number;
  readonly tval: number;
  readonly status: number;
}

const DELEGATE_ALL = 0xffffffff;

const record = (mode: 'm' | 's', next: string): string => `
  .p2align 2
${mode}_handler:
  lui   t0, 0x40000
  li    t1, ${mode === 'm' ? 0x4d : 0x53}
  sw    t1, 0(t0)
  csrr  t1, ${mode}cause
  sw    t1, 0(t0)
  csrr  t1, ${mode}epc
  sw    t1, 0(t0)
  csrr  t1, ${mode}tval
  sw    t1, 0(t0)
  csrr  t1, ${mode}status
  sw    t1, 0(t0)
  ${next}
`;

/** Runs `body` in a mode until its first trap. */
function trapOf(body: string, situation: Situation): { trap: Trap; result: Result } {
  const { mode, paged = false, medeleg = 0, setup = '', memory = {} } = situation;
  const moved = paged && mode === 'U' ? USER_CODE - CODE : 0;
  const result = run(
    `_start:
      la    t0, m_handler
      csrw  mtvec, t0
      la    t0, s_handler
      csrw  stvec, t0
      li    t0, ${medeleg}
      csrw  medeleg, t0
      li    t0, ${paged ? SATP : 0}
      csrw  satp, t0
      li    t0, 0x1800
      csrc  mstatus, t0
      li    t0, ${LEVEL[mode] << 11}
      csrs  mstatus, t0
      ${setup}
      la    t0, body
      li    t1, ${moved}
      add   t0, t0, t1
      csrw  mepc, t0
      li    s0, ${DATA}
      li    s1, ${TEST}
      mret
      ${record('m', EXIT)}
      ${record('s', EXIT)}
      .p2align 2
    body:
      ${body}
      lui   t0, 0x40000
      sw    zero, 4(t0)`,
    { ...situation, memory: { ...(paged ? PAGING : {}), ...memory } },
  );
  if (result.stop.kind === 'wedged') throw new Error(`wedged: ${result.stop.reason}`);
  expect(result.stop, body).toEqual({ kind: 'exit', code: 0 });
  expect(result.outputs.length, `${body}: traps`).toBe(5);
  const [handler, cause, epc, tval, status] = result.outputs;
  const trap = { handler: String.fromCharCode(handler) as 'M' | 'S', cause, epc: (epc - moved) >>> 0, tval, status };
  return { trap, result };
}

/** Every mode, bare and translated, with and without delegation. */
const SITUATIONS: readonly Situation[] = (['M', 'S', 'U'] as const).flatMap((mode) =>
  [false, true].flatMap((paged) => [0, DELEGATE_ALL].map((medeleg) => ({ mode, paged, medeleg }))),
);
const nameOf = ({ mode, paged, medeleg }: Situation): string =>
  `${mode}${paged ? ' paged' : ''}${medeleg === 0 ? '' : ' delegated'}`;

describe('exceptions of instructions', () => {
  const EXCEPTIONS: readonly (readonly [body: string, cause: number, tval: number])[] = [
    ['fault: .word 0xffffffff', 2, 0xffffffff],
    ['nop\nfault: .word 0x00000057', 2, 0x57],
    ['c.nop\nfault: .hword 0\n c.nop', 2, 0],
    // The RTL's decompressor hands on 0 for a halfword that is no instruction
    ['c.nop\nfault: .hword 0x2000\n c.nop', 2, 0],
    ['fault: csrr a0, 0x7ff', 2, 0x7ff02573],
    ['fault: csrw 0x7ff, a0', 2, 0x7ff51073],
    ['fault: csrrci a3, 0x321, 9', 2, 0x3214f6f3],
    ['.option norvc\nfault: lw a0, 2(s0)', 4, DATA + 2],
    ['.option norvc\nfault: lw a0, 1(s0)', 4, DATA + 1],
    ['fault: lh a0, 3(s0)', 4, DATA + 3],
    ['fault: lhu a0, 1(s0)', 4, DATA + 1],
    ['addi s0, s0, 2\nfault: lr.w a0, (s0)', 4, DATA + 2],
    ['fault: sw a0, 2(s0)', 6, DATA + 2],
    ['fault: sh a0, 1(s0)', 6, DATA + 1],
    ['addi s0, s0, 2\nfault: sc.w a0, a1, (s0)', 6, DATA + 2],
    ['addi s0, s0, 1\nfault: amoadd.w a0, a1, (s0)', 6, DATA + 1],
    // Misalignment is found before the page fault
    ['fault: lw a0, 2(s1)', 4, TEST + 2],
    ['fault: sw a0, 2(s1)', 6, TEST + 2],
  ];
  for (const [body, cause, tval] of EXCEPTIONS) {
    it(`${body.replaceAll('\n', ';')}: cause ${cause} in every mode`, () => {
      for (const situation of SITUATIONS) {
        const { trap, result } = trapOf(body, situation);
        const handler = situation.mode !== 'M' && situation.medeleg !== 0 ? 'S' : 'M';
        expect(trap, nameOf(situation)).toMatchObject({ handler, cause, epc: result.symbol('fault'), tval });
      }
    });
  }

  it('a faulting instruction leaves its destination alone', () => {
    const bodies = ['lw a0, 2(s0)', 'lh a0, 1(s0)', 'amoadd.w a0, a0, (s2)', 'lr.w a0, (s2)', 'csrrw a0, 0x7ff, a0'];
    for (const body of bodies) {
      const { result } = trapOf(`li s2, ${DATA + 1}\n li a0, 1234\n ${body}`, { mode: 'M' });
      expect(result.register('a0'), body).toBe(1234);
      expect(result.words(DATA, 2)).toEqual([0, 0]);
    }
  });

  it('ecall has the cause of its mode, and xtval by the parameter', () => {
    for (const situation of SITUATIONS) {
      for (const trapValueOfCalls of [true, false]) {
        const { trap, result } = trapOf('nop\nfault: ecall', { ...situation, parameters: { trapValueOfCalls } });
        const { mode, medeleg } = situation;
        const cause = 8 + LEVEL[mode];
        const handler = mode !== 'M' && medeleg !== 0 && cause !== 11 ? 'S' : 'M';
        const tval = trapValueOfCalls ? 0x73 : 0;
        expect(trap, nameOf(situation)).toMatchObject({ handler, cause, epc: result.symbol('fault'), tval });
      }
    }
  });

  it('ebreak and c.ebreak go to M-mode unless the core could delegate them', () => {
    for (const situation of SITUATIONS) {
      for (const [code, word] of [
        ['.option norvc\nfault: ebreak', 0x100073],
        ['c.nop\nfault: c.ebreak', 0x100073],
      ] as const) {
        const quirky = trapOf(code, situation);
        const at = quirky.result.symbol('fault');
        expect(quirky.trap, nameOf(situation)).toMatchObject({ handler: 'M', cause: 3, epc: at, tval: word });
        const parameters = { breakpointNotDelegated: false, trapValueOfCalls: false };
        const plain = trapOf(code, { ...situation, parameters });
        const handler = situation.mode !== 'M' && situation.medeleg !== 0 ? 'S' : 'M';
        const moved = situation.paged === true && situation.mode === 'U' ? USER_CODE - CODE : 0;
        expect(plain.trap, nameOf(situation)).toMatchObject({ handler, cause: 3, epc: at, tval: at + moved });
      }
    }
  });

  it('one medeleg bit delegates one cause', () => {
    const delegated = (body: string, bit: number): string =>
      trapOf(body, { mode: 'U', medeleg: 1 << bit }).trap.handler;
    for (const [body, cause] of [
      ['.word 0xffffffff', 2],
      ['lw a0, 2(s0)', 4],
      ['sw a0, 2(s0)', 6],
      ['ecall', 8],
    ] as const) {
      for (const bit of [2, 4, 6, 8, 9])
        expect(delegated(body, bit), `${body}, bit ${bit}`).toBe(bit === cause ? 'S' : 'M');
    }
  });
});

describe('privileged instructions', () => {
  const illegal = (body: string, mode: Mode, parameters = {}): boolean => {
    // Return addresses point behind the instruction, so that one that is allowed ends in ecall.
    const setup = 'la t0, after\n csrw sepc, t0\n li t0, 0x100\n csrs mstatus, t0';
    const { trap, result } = trapOf(`fault: ${body}\nafter: ecall`, { mode, setup, parameters });
    if (trap.cause !== 2) return false;
    expect(trap.epc).toBe(result.symbol('fault'));
    const [word] = result.words(result.symbol('fault'), 1);
    expect(trap.tval, body).toBe(word);
    return true;
  };

  it('mret is illegal below M-mode, sret below S-mode', () => {
    expect((['U', 'S'] as const).map((mode) => illegal('mret', mode))).toEqual([true, true]);
    expect((['U', 'S', 'M'] as const).map((mode) => illegal('sret', mode))).toEqual([true, false, false]);
  });

  it('sfence.vma is for everyone, or for S-mode and up by the parameter', () => {
    for (const body of ['sfence.vma', 'sfence.vma a0, a1', 'sfence.vma x0, t6', 'sfence.vma t6']) {
      const modes = ['U', 'S', 'M'] as const;
      expect(modes.map((mode) => illegal(body, mode))).toEqual([false, false, false]);
      const parameters = { unprivilegedFence: false };
      expect(modes.map((mode) => illegal(body, mode, parameters))).toEqual([true, false, false]);
    }
  });

  it('CSRs of a higher mode are illegal, with the instruction word in xtval', () => {
    for (const body of ['csrr a0, mstatus', 'csrw mscratch, a0', 'csrrsi a0, mie, 3', 'csrrc a7, mepc, t6']) {
      expect(
        (['U', 'S', 'M'] as const).map((mode) => illegal(body, mode)),
        body,
      ).toEqual([true, true, false]);
    }
    for (const body of ['csrr a0, sstatus', 'csrrwi x0, sscratch, 1', 'csrr a5, satp']) {
      expect(
        (['U', 'S', 'M'] as const).map((mode) => illegal(body, mode)),
        body,
      ).toEqual([true, false, false]);
    }
  });
});

describe('bus errors', () => {
  const ERROR = 0xf0001000;
  for (const [name, body, cause] of [
    ['lw', 'fault: lw a0, 0(s2)', 5],
    ['lb', 'fault: lb a0, 0(s2)', 5],
    ['lr.w', 'fault: lr.w a0, (s2)', 5],
    ['amo', 'fault: amoadd.w a0, a1, (s2)', 7],
  ] as const) {
    it(`${name} of nothing: cause ${cause}`, () => {
      for (const situation of SITUATIONS.filter((s) => s.paged !== true)) {
        // Uncached and cached address.
        for (const address of [ERROR, 0x800]) {
          const { trap, result } = trapOf(`li s2, ${address}\n li a0, 99\n${body}`, situation);
          const handler = situation.mode !== 'M' && situation.medeleg !== 0 ? 'S' : 'M';
          expect(trap).toMatchObject({ handler, cause, epc: result.symbol('fault'), tval: address });
          expect(result.register('a0')).toBe(99);
        }
      }
    });
  }

  it('xtval of an access through a page is the virtual address', () => {
    const memory = { [leafEntry(TEST)]: [pte(ERROR, ALL)] };
    const { trap } = trapOf('lw a0, 16(s1)', { mode: 'S', paged: true, memory, medeleg: DELEGATE_ALL });
    expect(trap).toMatchObject({ handler: 'S', cause: 5, tval: TEST + 16 });
  });

  it('a store to nothing is lost without a trap', () => {
    expect(values(`li s2, ${ERROR}\n li a0, 5\n sw a0, 0(s2)\n sb a0, 1(s2)`, ['a0'])).toEqual([5]);
  });

  it('a fetch from nothing: cause 1, xepc the target', () => {
    const { trap } = trapOf(`li t0, ${ERROR + 2}\n jr t0`, { mode: 'M' });
    expect(trap).toMatchObject({ handler: 'M', cause: 1, epc: ERROR + 2, tval: ERROR });
    const exact = trapOf(`li t0, ${ERROR + 2}\n jr t0`, { mode: 'M', parameters: { fetchFaultAtWord: false } });
    expect(exact.trap).toMatchObject({ handler: 'M', cause: 1, epc: ERROR + 2, tval: ERROR + 2 });
    const delegated = trapOf(`li t0, ${ERROR}\n jr t0`, { mode: 'U', medeleg: 2 });
    expect(delegated.trap).toMatchObject({ handler: 'S', cause: 1, epc: ERROR, tval: ERROR });
  });
});

describe('page faults', () => {
  const ACCESSES: readonly (readonly [body: string, cause: number])[] = [
    ['fault: lw a0, 8(s1)', 13],
    ['fault: lbu a0, 9(s1)', 13],
    ['fault: sw a0, 8(s1)', 15],
    ['fault: sb a0, 11(s1)', 15],
    ['addi s1, s1, 8\nfault: lr.w a0, (s1)', 13],
    ['addi s1, s1, 8\nfault: sc.w a0, a1, (s1)', 15],
    ['addi s1, s1, 8\nfault: amoand.w a0, a1, (s1)', 15],
  ];
  for (const [body, cause] of ACCESSES) {
    it(`${body.replaceAll('\n', ';')}: cause ${cause}`, () => {
      for (const situation of SITUATIONS.filter((s) => s.paged === true && s.mode !== 'M')) {
        const { trap, result } = trapOf(body, situation);
        const handler = situation.medeleg !== 0 ? 'S' : 'M';
        expect(trap, nameOf(situation)).toMatchObject({ handler, cause, epc: result.symbol('fault') });
        expect(trap.tval & ~3).toBe((TEST + 8) | 0);
      }
    });
  }

  it('a fetch from an unmapped page: cause 12', () => {
    for (const situation of SITUATIONS.filter((s) => s.paged === true && s.mode !== 'M')) {
      const handler = situation.medeleg !== 0 ? 'S' : 'M';
      const moved = situation.mode === 'U' ? USER_CODE - CODE : 0;
      for (const fetchFaultAtWord of [true, false]) {
        const { trap } = trapOf('jr 6(s1)', { ...situation, parameters: { fetchFaultAtWord } });
        const tval = TEST + (fetchFaultAtWord ? 4 : 6);
        expect(trap).toMatchObject({ handler, cause: 12, epc: (TEST + 6 - moved) >>> 0, tval });
      }
    }
  });

  it('an instruction that reaches into an unmapped page: xepc its start, xtval the next page', () => {
    // The last halfword of the page begins `addi a0, a0, 1`.
    const memory = {
      [leafEntry(TEST)]: [pte(DATA, ALL), 0],
      [DATA + 0xffc]: [0x05130001],
      [DATA + 0x1000]: [0x00000015],
    };
    for (const fetchFaultAtWord of [true, false]) {
      const options = { mode: 'S', paged: true, memory, parameters: { fetchFaultAtWord } } as const;
      const { trap } = trapOf('li t0, 0xffc\n add t0, t0, s1\n jr t0', options);
      expect(trap).toMatchObject({ cause: 12, epc: TEST + 0xffe, tval: TEST + 0x1000 });
    }
  });

  it('an instruction over two pages runs, also when they are not neighbours in memory', () => {
    const memory: Words = {
      [leafEntry(TEST)]: [pte(DATA + 0x5000, ALL), pte(DATA + 0x1000, ALL)],
      [DATA + 0x5ffc]: [0x05130001],
      [DATA + 0x1000]: [(0x00730015 & 0xffff) | (0x0073 << 16), 0],
    };
    // addi a0, a0, 1; ecall
    const { trap, result } = trapOf('li a0, 41\n li t0, 0xffe\n add t0, t0, s1\n jr t0', {
      mode: 'S',
      paged: true,
      memory,
    });
    expect(trap).toMatchObject({ cause: 9, epc: TEST + 0x1002 });
    expect(result.register('a0')).toBe(42);
  });

  it('a 2-byte instruction at the end of a page does not touch the next one', () => {
    // c.nop; c.j back to c.ebreak
    const memory: Words = {
      [leafEntry(TEST)]: [pte(DATA, ALL), 0],
      [DATA + 0xff8]: [0x00019002, 0xbfed0001],
    };
    const { trap } = trapOf('li t0, 0xffc\n add t0, t0, s1\n jr t0', { mode: 'S', paged: true, memory });
    expect(trap.cause).toBe(3);
  });

  it('a walk that meets a bus error is a page fault', () => {
    const memory = { [rootEntry(TEST)]: [pte(0xf0000000, V)] };
    const { trap } = trapOf('lw a0, 0(s1)', { mode: 'S', paged: true, memory });
    expect(trap).toMatchObject({ cause: 13, tval: TEST });
  });

  it('a valid non-leaf entry at level 0 is a page fault, or hangs the core as in the RTL', () => {
    const memory = { [leafEntry(TEST)]: [pte(DATA, V)] };
    for (const [body, cause] of [
      ['lw a0, 0(s1)', 13],
      ['jr s1', 12],
    ] as const) {
      expect(trapOf(body, { mode: 'S', paged: true, memory }).trap.cause).toBe(cause);
      const endless = (): unknown =>
        trapOf(body, { mode: 'S', paged: true, memory, parameters: { endlessWalk: true } });
      expect(endless).toThrow(/wedged/);
    }
    expect(LEAVES).toBe(leafEntry(TEST));
  });
});

describe('stacking of the status register', () => {
  const SIE = 2;
  const MIE = 8;
  const SPIE = 0x20;
  const MPIE = 0x80;
  const SPP = 0x100;
  const MPRV = 0x20000;

  it('a trap to M-mode saves MIE and the mode, and clears MIE', () => {
    for (const mode of ['M', 'S', 'U'] as const) {
      for (const enabled of [0, MIE]) {
        // mret sets MIE from MPIE.
        const setup = `li t0, ${MPIE}\n ${enabled === 0 ? 'csrc' : 'csrs'} mstatus, t0`;
        const { trap, result } = trapOf('ecall', { mode, setup });
        expect(trap.status & (MIE | MPIE | 0x1800), mode).toBe((enabled === 0 ? 0 : MPIE) | (LEVEL[mode] << 11));
        expect(result.register('privilege')).toBe(3);
      }
    }
  });

  it('a trap to S-mode saves SIE and the mode, and leaves the M fields alone', () => {
    for (const mode of ['S', 'U'] as const) {
      for (const enabled of [0, SIE]) {
        const setup = `csrci mstatus, ${SIE}\n csrsi mstatus, ${enabled}`;
        const { trap, result } = trapOf('ecall', { mode, setup, medeleg: DELEGATE_ALL });
        expect(trap.handler).toBe('S');
        const expected = (enabled === 0 ? 0 : SPIE) | (mode === 'S' ? SPP : 0);
        expect(trap.status & (SIE | SPIE | SPP), mode).toBe(expected);
        expect(result.register('privilege')).toBe(1);
        expect(result.register('mcause')).toBe(0);
        expect(result.register('mepc')).toBe(result.symbol('body'));
        // mret has left MPP = U and MPIE = 1.
        expect(result.register('mstatus') & (MPIE | 0x1800)).toBe(MPIE);
      }
    }
  });

  it('traps from M-mode are never delegated', () => {
    expect(trapOf('.word 0', { mode: 'M', medeleg: DELEGATE_ALL }).trap.handler).toBe('M');
  });

  const afterReturn = (set: number, instruction: 'mret' | 'sret', mode: Mode = 'M'): number => {
    const body = `la t0, 1f\n csrw sepc, t0\n ${mode === 'M' ? 'csrw mepc, t0' : ''}
      ${mode === 'M' ? `li t1, ${set}\n csrw mstatus, t1` : `li t1, ${set}\n csrw sstatus, t1`}\n ${instruction}\n1: ecall`;
    const { trap } = trapOf(body, { mode });
    // What the trap has put into MPP is the mode after the return; its MPIE is MIE then.
    expect([8, 9, 11]).toContain(trap.cause);
    return trap.status;
  };

  it('mret goes to MPP with MIE from MPIE; MPIE becomes 1; MPRV falls below M-mode', () => {
    for (const mode of [0, 1, 3]) {
      const on = afterReturn((mode << 11) | MPIE | MPRV, 'mret');
      expect(on & (0x1800 | MIE | MPIE | MPRV)).toBe((mode << 11) | MPIE | (mode === 3 ? MPRV : 0));
      const off = afterReturn(mode << 11, 'mret');
      expect(off & (0x1800 | MIE | MPIE)).toBe(mode << 11);
    }
  });

  it('mret leaves MPP = U and MPIE = 1', () => {
    expect(
      values('la t0, 1f\n csrw mepc, t0\n li t0, 0x1800\n csrw mstatus, t0\n mret\n1: csrr a0, mstatus', ['a0']),
    ).toEqual([MPIE]);
  });

  it('sret goes to SPP with SIE from SPIE; SPIE becomes 1, SPP U; MPRV falls', () => {
    for (const mode of ['M', 'S'] as const) {
      for (const [set, level] of [
        [SPP | SPIE | MPRV, 1],
        [SPIE | MPRV, 0],
      ] as const) {
        const status = afterReturn(set, 'sret', mode);
        expect(status & (0x1800 | SIE | SPIE | SPP | MPRV)).toBe((level << 11) | SIE | SPIE);
      }
      expect(afterReturn(SPP | SIE, 'sret', mode) & (SIE | SPIE)).toBe(SPIE);
    }
  });

  it('xepc keeps its low bits, or bit 0 reads 0', () => {
    for (const csr of ['mepc', 'sepc']) {
      const code = `li t0, 0x60000003\n csrw ${csr}, t0\n csrr a0, ${csr}`;
      expect(values(code, ['a0'])).toEqual([0x60000003]);
      expect(values(code, ['a0'], { parameters: { epcKeepsLowBits: false } })).toEqual([0x60000002]);
    }
  });

  it('an exception goes to the base of the vector table in either mode', () => {
    for (const bits of [0, 1]) {
      const code = `la t0, 1f + ${bits}\n csrw mtvec, t0\n ecall\n li a0, 1\n .p2align 2\n1: csrr a1, mtvec\n andi a1, a1, 3`;
      expect(values(code, ['a0', 'a1'])).toEqual([0, bits]);
    }
  });

  it('a handler that traps at its first instruction wedges the core', () => {
    const { stop } = run('_start: li t0, 0xf0000000\n csrw mtvec, t0\n ecall');
    expect(stop.kind).toBe('wedged');
  });
});

describe('MPRV', () => {
  const MPRV = 0x20000;
  const access = (body: string, mpp: number, leaf: number, parameters = {}): string => {
    const memory = { [leafEntry(TEST)]: [pte(DATA, leaf)], [DATA]: [4711] };
    const setup = `li s2, ${MPRV | (mpp << 11)}`;
    const code = `li t2, 0x1800\n csrc mstatus, t2\n csrs mstatus, s2\n ${body}\n csrc mstatus, s2\n ecall`;
    const { trap, result } = trapOf(code, { mode: 'M', paged: true, setup, memory, parameters });
    return trap.cause === 11 ? `ok ${result.register('a0')}` : `cause ${trap.cause} ${trap.tval.toString(16)}`;
  };

  it('loads and stores of M-mode are translated as in MPP; fetches are not', () => {
    expect(access('lw a0, 0(s1)', 1, ALL)).toBe('ok 4711');
    expect(access('lw a0, 0(s1)', 1, 0)).toBe('cause 13 80000000');
    expect(access('lw a0, 0(s1)', 1, V | X | A)).toBe('cause 13 80000000');
    expect(access('li a0, 1\n sw a0, 0(s1)\n lw a0, 0(s1)', 1, ALL)).toBe('ok 1');
    expect(access('sw a0, 0(s1)', 1, V | R | A)).toBe('cause 15 80000000');
    // Bare with MPP = M: the address is physical.
    expect(access('lw a0, 0(s1)', 3, 0)).toBe('ok 0');
  });

  it('U is not looked at, or as MPP would by the parameter', () => {
    expect(access('lw a0, 0(s1)', 0, ALL)).toBe('ok 4711');
    expect(access('lw a0, 0(s1)', 1, ALL | U)).toBe('ok 4711');
    const parameters = { mprvIgnoresUser: false };
    expect(access('lw a0, 0(s1)', 0, ALL, parameters)).toBe('cause 13 80000000');
    expect(access('lw a0, 0(s1)', 0, ALL | U, parameters)).toBe('ok 4711');
    expect(access('lw a0, 0(s1)', 1, ALL | U, parameters)).toBe('cause 13 80000000');
    expect(access('lw a0, 0(s1)', 1, ALL, parameters)).toBe('ok 4711');
  });

  it('a trap in between is taken with MPP = M and so looks at no table', () => {
    const code = `la t0, 1f\n csrw mtvec, t0\n li t0, ${MPRV}\n csrs mstatus, t0\n ecall\n .p2align 2\n1: li s0, ${DATA}\n lw a0, 0(s0)`;
    const options = { memory: { ...PAGING, [DATA]: [5] } };
    expect(values(`li t0, ${SATP}\n csrw satp, t0\n ${code}`, ['a0'], options)).toEqual([5]);
  });
});

describe('quirk ignoreAccessedDirty', () => {
  const causes = (leaf: number, parameters = {}): number[] =>
    ['lw a0, 0(s1)', 'sw a0, 0(s1)', 'amoor.w a0, x0, (s1)', 'jr s1'].map((body) => {
      const memory = { [leafEntry(TEST)]: [pte(DATA, leaf)], [DATA]: [0x73] };
      return trapOf(`${body}\n ecall`, { mode: 'S', paged: true, memory, parameters }).trap.cause;
    });

  it('A and D count only when it is off', () => {
    expect(causes(V | R | W | X)).toEqual([9, 9, 9, 9]);
    const parameters = { ignoreAccessedDirty: false };
    expect(causes(V | R | W | X | A | D, { ...parameters })).toEqual([9, 9, 9, 9]);
  });

  it('off: A=0 faults every access, D=0 those that store', () => {
    const run = (leaf: number): number[] => {
      // Code and device have A and D set.
      return causes(leaf, { ignoreAccessedDirty: false });
    };
    expect(run(V | R | W | X | A)).toEqual([9, 15, 15, 9]);
    expect(run(V | R | W | X | D)).toEqual([13, 15, 15, 12]);
  });
});
