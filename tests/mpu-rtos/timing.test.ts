import { describe, expect, it, test } from 'vitest';
import { physical } from '../../platforms/machine/units.js';
import { type CoreName, FOREVER, load } from './guest.js';
import { machineFor, readSet } from './vectors.js';
import type { ParameterValues } from '../../platforms/platform.js';

/** Cycles between the retirement of the instruction before `from` and that of the one before `to`, by probes. */
function cost(body: string, core: CoreName, parameters: ParameterValues = {}): number {
  // r4 points to a word, r5 and r6 are small numbers; everything is decoded and in the look-asides after the first round.
  const source = `
start:
  ldr r4, =0x20001000
  movs r5, #4
  movs r6, #2
  movs r3, #3
  b 1f
  .balign 8
1: nop
from:
  nop
${body}
to: nop
  subs r3, r3, #1
  bne 1b
  exit
  .pool
`;
  const { machine, guest } = load(source, { core, parameters });
  const at: number[] = [];
  for (const label of ['from', 'to']) {
    machine.probes.add(physical(guest.address(label)), (event) => {
      at.push(event.cycle);
      return false;
    });
  }
  const stop = machine.run(FOREVER);
  if (stop.kind !== 'exit' || at.length !== 6) throw new Error(JSON.stringify([stop, at]));
  return at[5] - at[4] - 1;
}

const WIDE = ['m3', 'm4'] as const;

describe('M0+, DDI0484C table 3-1', () => {
  test.each([
    ['adds r0, r5, r6', 1],
    ['muls r0, r5', 1],
    ['ldr r0, [r4]', 2],
    ['ldrb r0, [r4, r5]', 2],
    ['str r0, [r4]', 2],
    ['ldm r4!, {r0, r1}\n subs r4, #8', 4],
    ['push {r0, r1, r2}\n pop {r0, r1, r2}', 8],
    ['push {r0, lr}\n pop {r0, r1}', 6],
    ['b 2f\n2:', 2],
    ['cmp r5, r6\n beq 2f\n2:', 2],
    ['cmp r5, r6\n bne 2f\n2:', 3],
    ['bl 2f\n2:', 3],
    ['mrs r0, primask', 3],
    ['msr apsr_nzcvq, r0', 3],
    ['dsb', 3],
    ['isb', 3],
    ['cpsid i', 1],
    ['nop', 1],
  ])('%s: %d', (body, expected) => {
    expect(cost(body, 'm0plus')).toBe(expected);
  });

  it('the multiplier of 32 cycles', () => {
    expect(cost('muls r0, r5', 'm0plus', { multiplierCycles: '32' })).toBe(32);
  });

  it('POP with PC takes 3 + N, PC among the N', () => {
    expect(cost('bl 2f\n b 3f\n2: push {r0, lr}\n pop {r0, pc}\n3:', 'm0plus')).toBe(3 + 3 + 5 + 2);
  });
});

describe.each(WIDE)('%s: DDI0337I and Arm 100166, table 3-1 and pairing', (core) => {
  test.each([
    ['add r0, r5, r6, lsl #3', 1],
    ['ldr r0, [r4]', 2],
    ['str r0, [r4]', 1],
    ['str r0, [r4, r5]', 2],
    // The examples of the section on load and store timings.
    ['ldr r0, [r4]\n ldr r1, [r4, #4]', 3],
    ['ldr r0, [r4, r5]\n str r0, [r4, #20]', 3],
    ['ldr r0, [r4, r5]\n str r1, [r4, r5]', 3],
    ['ldr r0, [r4, r5]\n ldr r1, [r4]\n ldr r2, [r4, #4]', 4],
    ['str r0, [r4]\n ldr r1, [r4]', 3],
    ['ldrd r0, r1, [r4]', 3],
    ['ldrd r0, r1, [r4]\n ldr r2, [r4]', 5],
    ['ldm r4, {r0, r1, r2}', 4],
    ['stm r4, {r0, r1, r2}', 4],
    // A load whose result is the next address does not overlap.
    ['str r4, [r4]\n ldr r0, [r4]\n ldr r1, [r0]', 5],
    // An address that data processing has just computed.
    ['adds r0, r4, #4\n ldr r1, [r0]', 4],
    ['adds r0, r4, #4\n nop\n ldr r1, [r0]', 4],
    ['adds r0, r4, #4\n ldr r1, [r4]', 3],
    ['cmp r5, r6\n ldr r1, [r5, r4]', 3],
    ['b 2f\n2:', 2],
    ['bl 2f\n2:', 2],
    ['cmp r5, r6\n beq 2f\n2:', 2],
    ['mrs r0, primask', 2],
    ['ldr r0, [r4, #1]', 3],
    ['ldr r0, [r4, #2]', 3],
    ['ldrh r0, [r4, #1]', 3],
  ])('%s: %d', (body, expected) => {
    const surplus = body.includes('#1]') && body.startsWith('ldr r0') ? 1 : 0;
    expect(cost(body, core)).toBe(expected + surplus);
  });

  it('a branch to a 32-bit instruction across a word takes one cycle more', () => {
    const target = (before: string): string => `b 2f\n.balign 4\n${before}2: mov.w r0, r1\n`;
    expect(cost(target('nop\n'), core) - cost(target(''), core)).toBe(1);
  });

  it('IT behind a 16-bit instruction takes no cycle, behind a 32-bit one it does', () => {
    expect(cost('cmp r5, r6\n it ne\n movne r0, r1', core)).toBe(2);
    expect(cost('cmp.w r5, r6\n it ne\n movne r0, r1', core)).toBe(3);
  });
});

describe('multipliers', () => {
  test.each([
    ['mla r0, r5, r6, r1', 2, 1],
    ['umull r0, r1, r5, r6', 4, 1],
    ['mul r0, r5, r6', 1, 1],
  ])('%s: %d on the M3, %d on the M4', (body, m3, m4) => {
    expect([cost(body, 'm3'), cost(body, 'm4')]).toEqual([m3, m4]);
  });

  it('M3: long products take 3 to 5 cycles, with accumulation 4 to 7', () => {
    const long = (value: string, op: string): number => cost(`ldr r2, =${value}\n ${op} r0, r1, r2, r2`, 'm3') - 1;
    expect([long('0', 'umull'), long('0xffffffff', 'umull')]).toEqual([3, 5]);
    expect([long('0', 'umlal'), long('0xffffffff', 'umlal')]).toEqual([4, 7]);
  });

  it('division takes 2 to 12 cycles', () => {
    expect(cost('udiv r0, r6, r5', 'm4')).toBe(2);
    expect(cost('mvn r0, #0\n movs r1, #1\n udiv r0, r0, r1', 'm4') - 2).toBe(12);
  });
});

describe('exceptions', () => {
  const service = `
svcall:
handler: bx lr
start:
  movs r3, #3
1: nop
  svc #0
back: nop
  subs r3, r3, #1
  bne 1b
  exit
`;
  test.each([
    ['m0plus', 15, 13],
    ['m3', 12, 10],
    ['m4', 12, 10],
  ] as const)('%s: entry takes %d cycles, return %d', (core, entry, exit) => {
    const { machine, guest } = load(service, { core });
    const at: number[] = [];
    const svc = guest.address('back') - 2;
    for (const address of [svc, guest.address('handler'), guest.address('back')]) {
      machine.probes.add(physical(address), (event) => {
        at.push(event.cycle);
        return false;
      });
    }
    expect(machine.run(FOREVER).kind).toBe('exit');
    const [, , , , , , retired, handled, back] = at;
    // BX and NOP take a cycle of their own.
    expect([handled - retired - 1, back - handled - 1]).toEqual([entry, exit]);
  });
});

describe('cycles of rp2040js', () => {
  it('agree on all plain programs but for PUSH with LR and POP with PC, which it counts without LR and PC', () => {
    const machine = machineFor('m0');
    let programs = 0;
    for (const { program, image } of readSet('m0')) {
      if (program.kind !== 'plain') continue;
      machine.setTrace(undefined);
      machine.probes.clear();
      machine.reset();
      machine.load(image);
      const start = Number(program.body_start);
      const end = Number(program.body_end);
      let inside = false;
      let before = 0;
      let spent = 0;
      let uncounted = 0;
      machine.setTrace((event) => {
        if (event.pc === start) inside = true;
        if (event.pc === end) inside = false;
        if (inside) {
          spent += event.cycle - before;
          // DDI0484C table 3-1: 1 + N for PUSH and 3 + N for POP with PC, of all N registers.
          if ((event.word & 0xff00) === 0xb500 || (event.word & 0xff00) === 0xbd00) uncounted++;
        }
        before = event.cycle;
      });
      machine.run(FOREVER);
      expect([program.name, spent]).toEqual([program.name, program.cycles! + uncounted]);
      programs++;
    }
    expect(programs).toBe(92);
  });
});

describe('timing=common: C(w)', () => {
  test.each([0, 1, 4])('w = %d', (w) => {
    const common = (body: string): number => cost(body, 'm4', { timing: 'common', commonWait: w });
    expect(common('adds r0, r5, r6')).toBe(1);
    expect(common('mul r0, r5, r6')).toBe(1);
    expect(common('ldr r0, [r4]')).toBe(1 + (1 + w));
    expect(common('str r0, [r4]')).toBe(1 + (1 + w));
    expect(common('ldrd r0, r1, [r4]')).toBe(1 + 2 * (1 + w));
    expect(common('push {r0, r1, r2}\n add sp, #12')).toBe(2 + 3 * (1 + w));
    expect(common('b 2f\n2:')).toBe(3);
    expect(common('bl 2f\n b 3f\n2: bx lr\n3:')).toBe(9);
  });
});
