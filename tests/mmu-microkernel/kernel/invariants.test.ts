import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../platforms/machine/machine.js';
import { physical } from '../../../platforms/machine/units.js';
import { XOUS_LINES } from '../../../platforms/mmu-microkernel/devices/board.js';
import type { LinkedSystem } from '../../../platforms/mmu-microkernel/kernel/link.js';
import { REGISTER_NAMES } from '../../../platforms/riscv/registers.js';
import { LONG, run } from './system.js';

/** Registers that a program may fill with anything: all but the result registers given. */
const filled = (results: readonly string[]): string[] => REGISTER_NAMES.slice(1).filter((r) => !results.includes(r));

describe('registers', () => {
  const words = fc.array(fc.integer({ min: 1, max: 0xffffffff }), { minLength: 31, maxLength: 31 });

  /**
   * Runs `setup`, fills every register but `given` with random words, runs `body` between two marks and compares the
   * registers at the second mark with those at the first. Stepping by probes adds nothing to the program.
   */
  function check(
    setup: string,
    given: Readonly<Record<string, string>>,
    body: string,
    others: Readonly<Record<string, string>>,
    changes: readonly string[],
    kernel = {},
  ): void {
    fc.assert(
      fc.property(words, (values) => {
        const random = filled(Object.keys(given)).map((r, i) => `li ${r}, ${values[i]}`);
        const fixed = Object.entries(given).map(([r, value]) => `li ${r}, ${value}`);
        const seen: number[][] = [];
        const read = (machine: Machine): boolean => {
          const all = machine.registers();
          seen.push(REGISTER_NAMES.map((name) => all.find((r) => r.name === name)!.value));
          return false;
        };
        const { stop } = run(
          {
            client: `_start: ${setup} ${fixed.join('\n')}\n ${random.join('\n')}\n before: nop\n ${body}\n after: nop\n exit`,
            ...others,
          },
          {
            kernel,
            prepare: (machine, system) => {
              for (const mark of ['client.before', 'client.after']) {
                machine.probes.add(system.symbol(mark).physical, () => read(machine));
              }
            },
          },
        );
        expect(stop).toEqual({ kind: 'exit', code: 0 });
        expect(seen.length).toBe(2);
        const changed = REGISTER_NAMES.filter((_, i) => seen[0][i] !== seen[1][i]);
        expect(changed.filter((r) => !changes.includes(r))).toEqual([]);
      }),
      { numRuns: LONG ? 20 : 2, seed: 1 },
    );
  }

  const scribbler = `_start: server 7\n receive 7
  1: mv a2, a4
    ${filled(['a0', 'a1', 'a2', 'a7', 't6'])
      .map((r, i) => `li ${r}, ${0x1000 + i}`)
      .join('\n')}
    li a7, 1
    kcall CALL_REPLY_AND_RECEIVE
    j 1b`;
  const wanderer = `_start: ${filled(['a0'])
    .map((r, i) => `li ${r}, ${0x2000 + i}`)
    .join('\n')}
  1: li a0, CALL_YIELD
    ecall
    j 1b`;

  it('GetProcessId changes its result', () => check('', { a0: 'CALL_GET_PROCESS_ID' }, 'ecall', {}, ['a0', 'a1']));

  it('a refused call changes its result', () => check('', { a0: '0' }, 'ecall', {}, ['a0', 'a1']));

  it('Yield with others in between changes a0', () =>
    check('', { a0: 'CALL_YIELD' }, 'ecall', { wanderer, other: wanderer }, ['a0']));

  it.each(['v0.9.12', 'pr668', 'head', 'ideal'])('a blocking scalar changes a0 and a1, %s', (generation) =>
    check(
      'connect 7\n',
      { a0: 'CALL_SEND', a1: '2', a2: 'KIND_BLOCKING_SCALAR' },
      'ecall',
      { scribbler, wanderer },
      ['a0', 'a1'],
      { generation },
    ),
  );

  it('an interrupt changes nothing', () =>
    check(
      '',
      { t0: 'LINES', t1: '1' },
      `sw t1, 4(t0)\n ${'nop\n'.repeat(30)}`,
      {
        handler: `_start: li a1, ${XOUS_LINES.firstInterrupt}
    la a2, handler
    kcall CALL_CLAIM_INTERRUPT
    server 7
    receive 7
  handler: li t0, LINES
    li t1, 1
    sw t1, 8(t0)
    ${filled(['ra'])
      .map((r, i) => `li ${r}, ${0x3000 + i}`)
      .join('\n')}
    ret`,
      },
      [],
    ));

  it('a page that becomes real changes nothing', () => check('', { t0: '0x7fff0000' }, 'sw t1, 0(t0)', {}, []));

  it('no word of the kernel is in a register of a new message', () => {
    const { outputs } = run({
      server: `_start: server 7\n receive 7
    ${['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'].map((r) => `out ${r}`).join('\n')}
    exit`,
      client: `_start: connect 7\n li a2, KIND_SCALAR\n li a3, 3\n li a4, 4\n li a5, 5\n li a6, 6\n li a7, 7\n kcall CALL_SEND\n idle`,
    });
    expect(outputs).toEqual([9, ((3 << 24) | 0xff) >>> 0, 3, 3, 4, 5, 6, 7]);
  });
});

/** Reads a word of physical memory. */
const wordAt = (machine: Machine, address: number): number =>
  new DataView(machine.memory.dump(physical(address), 4).buffer).getUint32(0, true);

/** The words of a page. */
const pageAt = (machine: Machine, page: number): Uint32Array =>
  new Uint32Array(machine.memory.dump(physical(page * 4096), 4096).slice().buffer);

/** Every leaf of an address space: virtual page, entry. */
function leaves(machine: Machine, root: number): { virtual: number; entry: number }[] {
  const found: { virtual: number; entry: number }[] = [];
  pageAt(machine, root).forEach((table, i) => {
    if ((table & 1) === 0) return;
    pageAt(machine, table >>> 10).forEach((entry, j) => {
      if (entry !== 0) found.push({ virtual: (i * 1024 + j) * 4096, entry });
    });
  });
  return found;
}

/** Calls `look` with the running process at every trap from a program, before the kernel has done anything. */
function atTraps(machine: Machine, system: LinkedSystem, look: (pid: number, satp: number) => void): void {
  machine.probes.add(system.symbol('trap_entry').physical, () => {
    const register = (name: string): number => machine.registers().find((r) => r.name === name)!.value;
    if ((register('sstatus') & 0x100) === 0) look(wordAt(machine, system.image.spaceWord!), register('satp'));
    return false;
  });
}

/** satp of a process by its record. */
function satpOf(machine: Machine, { image, kernel }: LinkedSystem, pid: number): number {
  const data = image.spaceWord! - (kernel('current_process') & 0xfff);
  return wordAt(machine, data + ((kernel('P_SATP') + (pid << kernel('P_SHIFT'))) & 0xfff));
}

/** A busy system: messages of every kind, pre-emption, and a process that faults. */
const BUSY = {
  server: `
  _start: server 7
    receive 7
  1: mv s3, a1
    li t0, 2
    bltu a2, t0, 2f
    beq a2, t0, 3f
    li t0, 4
    beq a2, t0, 2f
  4: receive 7
    j 1b
  3: mv a1, a4
    mv a2, a5
    kcall CALL_UNMAP_MEMORY
    j 4b
  2: mv a1, s3
    li a7, 1
    kcall CALL_REPLY_AND_RECEIVE
    j 1b`,
  ticker: `
  _start: li a1, ${XOUS_LINES.timer}
    la a2, tick
    li a3, TIMER
    kcall CALL_CLAIM_INTERRUPT
    li t0, TIMER
    li t1, 2500
    sw t1, 16(t0)
    sw t1, 8(t0)
    sw zero, 12(t0)
    server 8
    receive 8
  tick: mv s0, a1
    mv s1, ra
    kcall CALL_RETURN_TO_PARENT
    li t1, 1
    sw t1, 20(s0)
    jr s1`,
  client: `
  _start: connect 7
    mv s0, a1
    li s1, 4
  1: ${[1, 2, 4, 5]
    .map((kind) => `mv a1, s0\n li a2, ${kind}\n la a4, buffer\n li a5, 4096\n kcall CALL_SEND\n sw a0, 0(a4)`)
    .join('\n')
    .replaceAll('sw a0, 0(a4)', 'la t0, buffer\n sw a0, 0(t0)')}
    li a1, 0
    li a2, 0x20000000
    li a3, 4096
    li a4, RIGHT_READ | RIGHT_WRITE
    kcall CALL_MAP_MEMORY
    mv a1, s0
    li a2, KIND_MOVE
    li a4, 0x20000000
    li a5, 4096
    kcall CALL_SEND
    addi s1, s1, -1
    bnez s1, 1b
    exit
    .bss
    .balign 4096
  buffer: .space 4096`,
  spinner: '_start: li s0, 2000\n 1: addi s0, s0, -1\n bnez s0, 1b\n lw t0, 0(zero)',
};

describe('whose space is active', () => {
  const variants: [string, boolean][] = [
    ['head', false],
    ['ideal', true],
  ];
  const more: [string, boolean][] = [
    ['v0.9.12', false],
    ['pr668', false],
    ['ideal', false],
  ];
  it.each(LONG ? [...variants, ...more] : variants)(
    'whenever a program runs it is its own, %s, ASIDs %s',
    (generation, asid) => {
      const wrong: string[] = [];
      const seen = new Set<number>();
      const { stop } = run(BUSY, {
        kernel: { generation },
        hardware: { asid },
        prepare: (machine, system) => {
          atTraps(machine, system, (pid, satp) => {
            seen.add(pid);
            if (satp !== satpOf(machine, system, pid)) wrong.push(`${satp.toString(16)} in process ${pid}`);
          });
        },
      });
      expect(stop).toEqual({ kind: 'exit', code: 0 });
      expect(wrong).toEqual([]);
      expect([...seen].sort()).toEqual([2, 3, 4, 5]);
    },
  );

  it('no page of RAM is in reach of two programs, or of one that does not own or borrow it', () => {
    let looks = 0;
    const wrong: string[] = [];
    const { stop } = run(BUSY, {
      prepare: (machine, system) => {
        const { image, kernel } = system;
        const data = image.spaceWord! - (kernel('current_process') & 0xfff);
        atTraps(machine, system, () => {
          looks++;
          const users = new Map<number, number>();
          const lent = new Map<number, number>();
          for (let process = 2; process < 6; process++) {
            const satp = satpOf(machine, system, process);
            if (satp === 0) continue;
            for (const { virtual, entry } of leaves(machine, satp & 0x3fffff)) {
              const page = Math.floor(entry / 1024) - kernel('SRAM_PAGE');
              if (page < 0 || page >= kernel('SRAM_PAGES')) continue;
              if ((entry & kernel('PTE_LENT')) !== 0) lent.set(page, process);
              if ((entry & kernel('PTE_V')) === 0 || (entry & kernel('PTE_U')) === 0) continue;
              if (users.has(page)) wrong.push(`page ${page} of ${process} and ${users.get(page)}`);
              if (virtual >= kernel('USER_END')) wrong.push(`kernel page ${virtual} is in reach of ${process}`);
              users.set(page, process);
            }
          }
          const owners = machine.memory.dump(physical(data), 512);
          for (const [page, user] of users) {
            const borrowed = lent.get(page) === owners[page];
            if (owners[page] !== user && !borrowed) wrong.push(`page ${page} of ${owners[page]} used by ${user}`);
          }
        });
      },
    });
    expect(stop).toEqual({ kind: 'exit', code: 0 });
    expect(wrong).toEqual([]);
    expect(looks).toBeGreaterThan(40);
  });
});
