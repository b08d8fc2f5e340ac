import { describe, expect, test } from 'vitest';
import { FOREVER, freshMachine, program } from './guest.js';
import { PageTables, RWX } from './page-table.js';

/** What was counted by hand between two instructions. */
interface Count {
  readonly name: string;
  /** Code with labels `from` and `to`; sp points into memory, t6 to a device register that does nothing. */
  readonly source: string;
  /** Instructions behind `from` up to and with `to`. */
  readonly instructions: number;
  /** 32-bit data beats: loads, stores, both halves of an AMO, PTEs. */
  readonly beats?: number;
  /** Taken branches, jumps, trap entries and returns. */
  readonly redirects?: number;
  /** In S-mode with translation on; s2 points to a 4 KiB page, s3 to a superpage. */
  readonly translated?: boolean;
}

const lines = (...code: readonly string[]): string => ['from: nop', ...code, 'to: nop'].join('\n');

const CASES: readonly Count[] = [
  { name: 'nothing', source: lines(), instructions: 1 },
  { name: 'arithmetic', source: lines('add a0, a1, a2', 'slli a0, a1, 3', 'sub a0, a0, a0'), instructions: 4 },
  {
    name: 'dependent results',
    source: lines('mul a0, a0, a0', 'add a1, a0, a0', 'div a2, a1, a0', 'add a2, a2, a2'),
    instructions: 5,
  },
  {
    name: 'loads',
    source: lines('lw a0, 0(sp)', 'lb a1, 1(sp)', 'lhu a2, 2(sp)', 'add a2, a2, a2'),
    instructions: 5,
    beats: 3,
  },
  { name: 'stores', source: lines('sw a0, 0(sp)', 'sb a0, 9(sp)', 'sh a0, 64(sp)'), instructions: 4, beats: 3 },
  {
    name: 'a load behind a store to its word',
    source: lines('sw a0, 0(sp)', 'lw a1, 0(sp)'),
    instructions: 3,
    beats: 2,
  },
  { name: 'a device', source: lines('sw a0, 0(t6)', 'lw a1, 0(t6)'), instructions: 3, beats: 2 },
  { name: 'an AMO', source: lines('amoadd.w a0, a1, (sp)'), instructions: 2, beats: 2 },
  {
    name: 'lr, sc that stores, sc that does not',
    source: lines('lr.w a0, (sp)', 'sc.w a1, a0, (sp)', 'sc.w a1, a0, (sp)'),
    instructions: 4,
    beats: 2,
  },
  {
    name: 'CSRs and fences',
    source: lines('csrr a0, mscratch', 'csrw mscratch, a0', 'add a0, a0, a0', 'fence', 'fence.i'),
    instructions: 6,
  },
  // What follows these two is fetched anew; the engine counts that as a redirect.
  { name: 'sfence.vma', source: lines('sfence.vma'), instructions: 2, redirects: 1 },
  { name: 'a satp write', source: lines('csrw satp, zero'), instructions: 2, redirects: 1 },
  { name: 'a branch not taken', source: lines('bnez zero, 1f', '1:'), instructions: 2 },
  { name: 'a branch taken forward', source: lines('beqz zero, 1f', 'nop', '1:'), instructions: 2, redirects: 1 },
  {
    name: 'a loop of three',
    source: 'from: li a0, 3\n 1: addi a0, a0, -1\n bnez a0, 1b\n to: nop',
    instructions: 7,
    redirects: 2,
  },
  { name: 'call and return', source: `j 2f\n 1: ret\n 2:\n ${lines('call 1b')}`, instructions: 4, redirects: 2 },
  {
    name: 'a system call',
    source: `j 2f\n .balign 4\n 1: csrr a0, mepc\n addi a0, a0, 4\n csrw mepc, a0\n mret
      2: la a0, 1b\n csrw mtvec, a0\n ${lines('ecall')}`,
    instructions: 5,
    redirects: 2,
  },
  {
    name: 'loads from a new page: two PTEs',
    source: lines('lw a0, 0(s2)', 'lw a0, 4(s2)'),
    instructions: 3,
    beats: 4,
    translated: true,
  },
  {
    name: 'a load from a superpage: one PTE',
    source: lines('lw a0, 0(s3)'),
    instructions: 2,
    beats: 2,
    translated: true,
  },
];

/** Cycles between the retirement of the instructions at `from` and `to`. */
function cyclesOf({ source, translated = false }: Count, commonWait: number): number {
  const enter = 'li t0, 0x800\n csrw mstatus, t0\n la t0, 9f\n csrw mepc, t0\n mret\n 9:';
  const guest = program(`.option norvc\n _start: ${translated ? enter : ''}\n ${source}\n exit`);
  const machine = freshMachine({ timing: 'common', commonWait });
  machine.load(guest.image);
  machine.setRegister('sp', 0x60100000);
  machine.setRegister('t6', 0x40000020);
  if (translated) {
    const tables = new PageTables(machine);
    tables.superpage(0x60000000, 0x60000000, RWX).superpage(0x40000000, 0x40000000, RWX);
    tables.page(0x80001000, 0x60101000, RWX).superpage(0x81000000, 0x60000000, RWX);
    machine.setRegister('satp', tables.satp());
    machine.setRegister('s2', 0x80001000);
    machine.setRegister('s3', 0x81000000);
  }
  const seen: number[] = [];
  for (const label of ['from', 'to']) {
    machine.probes.add(guest.address(label) as never, (event) => {
      seen.push(event.cycle);
      return false;
    });
  }
  expect(machine.run(FOREVER)).toEqual({ kind: 'exit', code: 0 });
  return seen[1] - seen[0];
}

describe.each([0, 1, 4])('timing=common: C(w) = instructions + (1 + w) beats + 2 redirects, w = %i', (w) => {
  test.each(CASES)('$name', (count) => {
    const { instructions, beats = 0, redirects = 0 } = count;
    expect(cyclesOf(count, w)).toBe(instructions + (1 + w) * beats + 2 * redirects);
  });

  test('a program starts at cycle 0', () => {
    const machine = freshMachine({ timing: 'common', commonWait: w });
    expect(machine.counters.cycles).toBe(0);
    machine.load(program('_start: nop\n nop\n exit').image);
    machine.run(FOREVER);
    expect(machine.counters.cycles).toBe(3 + 1 + w);
  });
});
