import { describe, expect, test } from 'vitest';
import { PARAMETERS } from '../../../platforms/mmu-microkernel/hardware/parameters.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { DATA, freshMachine, FOREVER, hexOf, peek, poke, program, register, run, step } from './guest.js';
import { A, D, PageTables, pte, R, RWX, U, V, W, X } from './page-table.js';
import { type BodyOptions, trapOf } from './trap-guest.js';

/*
 * Each place where the core leaves the specification (vectors/README.md section 3), with its parameter on (the core) and
 * off (the specification).
 */

const VIRTUAL = 0x80002000;
const page =
  (flags: number) =>
  (t: PageTables): void => {
    t.page(VIRTUAL, DATA, flags);
  };
const accessing = (instruction: string): string => `li a0, ${VIRTUAL}\n at: ${instruction}`;

/** Cause of the trap of a body with a quirk on and off, `none` if there is no trap. */
function both(name: string, body: string, options: BodyOptions): { on: unknown; off: unknown } {
  const cause = (value: boolean): unknown =>
    trapOf(body, { ...options, parameters: { ...options.parameters, [name]: value } }).trap?.cause ?? 'none';
  return { on: cause(true), off: cause(false) };
}

/** Lets S-mode fetch one instruction from a page with `flags`: `runs`, or the cause of the trap. */
function fetchFrom(flags: number, how: { status?: number; parameters?: ParameterValues }): number | 'runs' {
  const machine = freshMachine(how.parameters);
  const tables = new PageTables(machine).page(VIRTUAL, DATA, flags);
  poke(machine, DATA, 0x00150513); // addi a0, a0, 1
  poke(machine, 0x60000000, 0x13);
  machine.setRegister('mtvec', 0x60000000);
  machine.setRegister('satp', tables.satp());
  machine.setRegister('mstatus', how.status ?? 0);
  machine.setRegister('privilege', 1);
  machine.setRegister('pc', VIRTUAL);
  step(machine);
  return register(machine, 'a0') === 1 ? 'runs' : register(machine, 'mcause');
}

describe('ignoreAccessedDirty', () => {
  const cases = [
    ['lw t1, 0(a0)', V | R | W | X, 13],
    ['lw t1, 0(a0)', V | R | W | X | A, 'none'],
    ['sw t1, 0(a0)', V | R | W | X | A, 15],
    ['sw t1, 0(a0)', V | R | W | X | D, 15],
    ['amoadd.w t1, t1, (a0)', V | R | W | X | A, 15],
    ['sw t1, 0(a0)', RWX, 'none'],
  ] as const;

  test.each(cases)('%s with PTE flags %i', (instruction, flags, off) => {
    const options: BodyOptions = { mode: 'S', translated: true, map: page(flags) };
    expect(both('ignoreAccessedDirty', accessing(instruction), options)).toEqual({ on: 'none', off });
  });

  test('a fetch wants A', () => {
    expect(fetchFrom(V | X, { parameters: { ignoreAccessedDirty: true } })).toBe('runs');
    expect(fetchFrom(V | X, { parameters: { ignoreAccessedDirty: false } })).toBe(12);
    expect(fetchFrom(V | X | A, { parameters: { ignoreAccessedDirty: false } })).toBe('runs');
  });

  test('the hardware writes neither bit', () => {
    for (const ignoreAccessedDirty of [true, false]) {
      const machine = freshMachine({ ignoreAccessedDirty });
      const tables = new PageTables(machine).page(VIRTUAL, DATA, V | R | W).superpage(0x60000000, 0x60000000, RWX);
      poke(machine, 0x60000000, 0x00052583, 0x00b52023, 0x13); // lw a1, 0(a0); sw a1, 0(a0); nop
      machine.setRegister('satp', tables.satp());
      machine.setRegister('mtvec', 0x60000008);
      machine.setRegister('privilege', 1);
      machine.setRegister('a0', VIRTUAL);
      step(machine);
      if (ignoreAccessedDirty) step(machine);
      expect(register(machine, 'mcause')).toBe(ignoreAccessedDirty ? 0 : 13);
      expect(peek(machine, tables.leafEntry(VIRTUAL))).toEqual([pte(DATA, V | R | W)]);
    }
  });
});

describe('supervisorFetchesUser', () => {
  const SUM = 1 << 18;

  test('with SUM S-mode may fetch from a user page only as a quirk', () => {
    expect(fetchFrom(RWX | U, { status: SUM, parameters: { supervisorFetchesUser: true } })).toBe('runs');
    expect(fetchFrom(RWX | U, { status: SUM, parameters: { supervisorFetchesUser: false } })).toBe(12);
  });

  test('without SUM it never may', () => {
    expect(fetchFrom(RWX | U, { parameters: { supervisorFetchesUser: true } })).toBe(12);
    expect(fetchFrom(RWX | U, { parameters: { supervisorFetchesUser: false } })).toBe(12);
    expect(fetchFrom(RWX, {})).toBe('runs');
  });

  test('clearing SUM ends it at the next instruction', () => {
    const machine = freshMachine();
    const tables = new PageTables(machine).page(VIRTUAL, DATA, RWX | U);
    poke(machine, DATA, 0x10053073, 0x00158593, 0x00158593); // csrc sstatus, a0; addi a1, a1, 1 twice
    machine.setRegister('satp', tables.satp());
    machine.setRegister('mstatus', SUM);
    machine.setRegister('a0', SUM);
    machine.setRegister('privilege', 1);
    machine.setRegister('mtvec', 0x60000000);
    poke(machine, 0x60000000, 0x13, 0x13);
    machine.setRegister('pc', VIRTUAL);
    step(machine);
    expect(register(machine, 'mstatus') & SUM).toBe(0);
    step(machine);
    expect(hexOf([register(machine, 'mcause'), register(machine, 'mepc'), register(machine, 'a1')])).toEqual(
      hexOf([12, VIRTUAL + 4, 0]),
    );
  });
});

describe('unprivilegedFence', () => {
  test.each(['sfence.vma', 'sfence.vma a0', 'sfence.vma a0, a1', 'sfence.vma zero, a1'])('%s in U-mode', (fence) => {
    expect(both('unprivilegedFence', `at: ${fence}`, { mode: 'U' })).toEqual({ on: 'none', off: 2 });
    expect(both('unprivilegedFence', `at: ${fence}`, { mode: 'S' })).toEqual({ on: 'none', off: 'none' });
  });

  test('xtval of the refused one is its word', () => {
    const { trap } = trapOf('sfence.vma a0, a1', { mode: 'U', parameters: { unprivilegedFence: false } });
    expect(trap?.value).toBe(0x12b50073);
  });
});

describe('trapValueOfCalls', () => {
  const value = (instruction: string, on: boolean) => {
    const { trap, guest } = trapOf(`at: ${instruction}`, { mode: 'U', parameters: { trapValueOfCalls: on } });
    return { value: trap?.value, at: guest.address('at') };
  };

  test('ecall: the word, or 0', () => {
    expect(value('ecall', true).value).toBe(0x73);
    expect(value('ecall', false).value).toBe(0);
  });

  test.each(['ebreak', '.option rvc\n c.ebreak\n c.nop'])('%s: the word, or its address', (instruction) => {
    expect(value(instruction, true).value).toBe(0x00100073);
    const off = value(instruction, false);
    expect(off.value).toBe(off.at);
  });
});

test('breakpointNotDelegated', () => {
  const handler = (on: boolean) =>
    trapOf('ebreak', { mode: 'U', medeleg: 0xffffffff, parameters: { breakpointNotDelegated: on } }).trap?.handler;
  expect([handler(true), handler(false)]).toEqual(['M', 'S']);
});

describe('epcKeepsLowBits', () => {
  test.each(['mepc', 'sepc'])('%s', (csr) => {
    const read = (on: boolean): readonly number[] =>
      run(`_start: li t0, -1\n csrw ${csr}, t0\n outcsr ${csr}\n exit`, { parameters: { epcKeepsLowBits: on } })
        .outputs;
    expect(hexOf(read(true))).toEqual(hexOf([0xffffffff]));
    expect(hexOf(read(false))).toEqual(hexOf([0xfffffffe]));
  });

  test('a return to an odd address: the program counter keeps bit 0 until a jalr (seen on the RTL)', () => {
    const source = `
      .option norvc
      _start: la t0, there + 1
        csrw mepc, t0
        li t0, 0x1800
        csrs mstatus, t0
        mret
      there: auipc t1, 0
        out t1
      call: jal t1, 1f
      1: out t1
        la t2, 2f
        jr t2
      2: auipc t1, 0
        out t1
        exit`;
    for (const on of [true, false]) {
      const { outputs, guest } = run(source, { parameters: { epcKeepsLowBits: on } });
      const odd = on ? 1 : 0;
      const there = guest.address('there');
      expect(hexOf(outputs.slice(0, 2))).toEqual(hexOf([there + odd, guest.address('call') + 4 + odd]));
      expect(outputs[2] % 2).toBe(0);
    }
  });

  test('an exception behind such a return keeps it, too', () => {
    const source = `
      .option norvc
      _start: la t0, handler
        csrw mtvec, t0
        la t0, there + 1
        csrw mepc, t0
        li t0, 0x1800
        csrs mstatus, t0
        mret
      there: nop
      at: ecall
      .balign 4
      handler: outcsr mepc
        exit`;
    const { outputs, guest } = run(source);
    expect(hexOf(outputs)).toEqual(hexOf([guest.address('at') + 1]));
  });
});

describe('countersEverywhere', () => {
  test.each(['cycle', 'cycleh', 'instret', 'instreth'])('%s below M', (csr) => {
    for (const mode of ['S', 'U'] as const) {
      expect(both('countersEverywhere', `at: csrr t1, ${csr}`, { mode })).toEqual({ on: 'none', off: 2 });
    }
    expect(both('countersEverywhere', `at: csrr t1, ${csr}`, { mode: 'M' })).toEqual({ on: 'none', off: 'none' });
  });
});

describe('readOnlyWritesIgnored', () => {
  const cases = [
    ['csrrw t1, cycle, t0', 'none', 2],
    ['csrrwi t1, mhartid, 5', 'none', 2],
    ['csrrs t1, mvendorid, t0', 'none', 2],
    ['csrrc t1, instret, t0', 'none', 2],
    ['csrrsi t1, cycle, 1', 'none', 2],
    ['csrrw zero, cycle, t0', 2, 2],
    ['csrrwi zero, 0xfc0, 0', 2, 2],
    ['csrrs zero, cycle, t0', 'none', 2],
    ['csrrs t1, cycle, zero', 'none', 'none'],
    ['csrrci t1, cycle, 0', 'none', 'none'],
  ] as const;

  test.each(cases)('%s', (instruction, on, off) => {
    expect(both('readOnlyWritesIgnored', `at: ${instruction}`, { mode: 'M' })).toEqual({ on, off });
  });

  test('what is ignored changes nothing', () => {
    const { outputs } = run('_start: li t0, -1\n csrrw t1, marchid, t0\n out t1\n outcsr marchid\n exit');
    expect(outputs).toEqual([2, 2]);
  });
});

describe('mprvIgnoresUser', () => {
  const MPRV = 1 << 17;
  const S = 1 << 11;

  /** Cause of an access of M-mode through a page with `flags`, with mstatus `status`; 0 = none. */
  function through(flags: number, status: number, mprvIgnoresUser: boolean, instruction = 0x00052583): number {
    const machine = freshMachine({ mprvIgnoresUser });
    const tables = new PageTables(machine).page(VIRTUAL, DATA, flags);
    poke(machine, 0x60000000, instruction, 0x13);
    machine.setRegister('mtvec', 0x60000004);
    machine.setRegister('satp', tables.satp());
    machine.setRegister('mstatus', status);
    machine.setRegister('a0', VIRTUAL);
    step(machine);
    return register(machine, 'mcause');
  }

  test.each([
    ['a supervisor page as U', RWX, MPRV, 13],
    ['a user page as S', RWX | U, MPRV | S, 13],
    ['a user page as S with SUM', RWX | U, MPRV | S | (1 << 18), 0],
    ['a user page as U', RWX | U, MPRV, 0],
    ['a supervisor page as S', RWX, MPRV | S, 0],
  ] as const)('%s', (_, flags, status, off) => {
    expect(through(flags, status, true)).toBe(0);
    expect(through(flags, status, false)).toBe(off);
  });

  test('R, W, X and V count in both', () => {
    for (const quirk of [true, false]) {
      expect(through(V | X | U | A | D, MPRV, quirk)).toBe(13);
      expect(through(V | X | U | A | D, MPRV | (1 << 19), quirk)).toBe(0);
      expect(through(0, MPRV | S, quirk)).toBe(13);
      expect(through(V | R | U | A, MPRV, quirk, 0x00b52023)).toBe(15);
    }
  });

  test('MPP = M, or MPRV = 0, is no translation', () => {
    for (const quirk of [true, false]) {
      expect(through(0, MPRV | (3 << 11), quirk)).toBe(0);
      expect(through(0, 0, quirk)).toBe(0);
    }
  });

  test('a trap makes MPP = M, so its handler looks at no table', () => {
    const machine = freshMachine();
    machine.setRegister('satp', new PageTables(machine).satp());
    machine.setRegister('mstatus', MPRV);
    machine.setRegister('mtvec', 0x60000004);
    machine.setRegister('a0', DATA);
    poke(machine, DATA, 5);
    poke(machine, 0x60000000, 0x73, 0x00052583); // ecall; lw a1, 0(a0)
    step(machine);
    expect([register(machine, 'a1'), register(machine, 'mcause')]).toEqual([5, 11]);
  });

  test('instructions are fetched without translation', () => {
    const machine = freshMachine();
    machine.setRegister('satp', new PageTables(machine).satp());
    machine.setRegister('mstatus', MPRV);
    poke(machine, 0x60000000, 0x00150513);
    step(machine);
    expect(register(machine, 'a0')).toBe(1);
  });
});

describe('fetchFaultAtWord', () => {
  test.each([0, 2])('a jump to nothing at offset %i', (offset) => {
    const value = (on: boolean) =>
      trapOf(`li a0, ${0xf0000000 + offset}\n jr a0`, { mode: 'M', parameters: { fetchFaultAtWord: on } }).trap;
    expect(value(true)).toMatchObject({ epc: 0xf0000000 + offset, value: 0xf0000000 });
    expect(value(false)).toMatchObject({ epc: 0xf0000000 + offset, value: 0xf0000000 + offset });
  });
});

describe('endlessWalk', () => {
  /** Ends with an access to a page whose level-0 entry is V=1 and R=W=X=0. */
  function outcome(body: string, endlessWalk: boolean) {
    const machine = freshMachine({ endlessWalk });
    machine.load(program(`_start: ${body}\n exit`).image);
    const tables = new PageTables(machine).page(VIRTUAL, DATA, V).superpage(0x60000000, 0x60000000, RWX);
    machine.setRegister('mtvec', 0x60001000);
    poke(machine, 0x60001000, 0x00022223); // sw zero, 4(tp)
    machine.setRegister('satp', tables.satp());
    machine.setRegister('a0', VIRTUAL);
    machine.setRegister('privilege', 1);
    return { stop: machine.run(FOREVER), machine };
  }

  test.each([
    ['lw a1, 0(a0)', 13],
    ['lbu a1, 3(a0)', 13],
    ['sw a1, 0(a0)', 15],
    ['lr.w a1, (a0)', 13],
    ['sc.w a1, a1, (a0)', 15],
    ['amoor.w a1, a1, (a0)', 15],
    ['jr a0', 12],
  ] as const)('%s', (body, cause) => {
    const off = outcome(body, false);
    expect(off.stop).toEqual({ kind: 'exit', code: 0 });
    expect(register(off.machine, 'mcause')).toBe(cause);
    const on = outcome(body, true);
    expect(on.stop).toMatchObject({ kind: 'wedged', reason: expect.stringContaining('page walk') as string });
    expect(on.machine.run(FOREVER)).toEqual(on.stop);
  });
});

test('every quirk has a test here', () => {
  const quirks = PARAMETERS.filter((p) => p.type.kind === 'switch' && p.hypothetical !== true && p.name !== 'crossbar');
  expect(quirks.map((p) => p.name).sort()).toEqual(
    [
      'breakpointNotDelegated',
      'countersEverywhere',
      'endlessWalk',
      'epcKeepsLowBits',
      'fetchFaultAtWord',
      'ignoreAccessedDirty',
      'mprvIgnoresUser',
      'readOnlyWritesIgnored',
      'supervisorFetchesUser',
      'trapValueOfCalls',
      'unprivilegedFence',
    ].sort(),
  );
});
