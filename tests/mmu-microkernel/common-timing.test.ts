import { describe, expect, it } from 'vitest';
import { machineWith, program, runToEnd } from './programs.js';

/** Cycles between the retirement of the instructions at `from` and `to`. */
function span(source: string, commonWait: number): number {
  const { image, at } = program(`_start:\n${source}\n lui t6, 0x40000\n sw zero, 4(t6)\n9: j 9b\n`);
  const machine = machineWith({ timing: 'common', commonWait });
  machine.load(image);
  const seen = new Map<string, number>();
  for (const label of ['from', 'to']) {
    machine.probes.add(at(label), ({ cycle }) => {
      seen.set(label, cycle);
      return false;
    });
  }
  expect(runToEnd(machine)).toEqual({ kind: 'exit', code: 0 });
  return seen.get('to')! - seen.get('from')!;
}

/** Instructions after `from` up to and with `to`, data beats and redirects, counted by hand. */
const cases: readonly [name: string, source: string, instructions: number, beats: number, redirects: number][] = [
  ['arithmetic', 'from: nop\n add a0, a1, a2\n mul a0, a0, a0\n div a1, a0, a0\n slli a0, a1, 3\nto: nop', 5, 0, 0],
  [
    'loads and stores',
    'from: lui a0, 0x60010\n sw a0, 0(a0)\n lw a1, 0(a0)\n lb a2, 1(a0)\n sh a2, 2(a0)\nto: nop',
    5,
    4,
    0,
  ],
  ['a branch not taken', 'from: nop\n bnez zero, 1f\n1:\nto: nop', 2, 0, 0],
  ['a branch taken', 'from: nop\n beqz zero, 1f\n nop\n1:\nto: nop', 2, 0, 1],
  ['a loop of three', 'from: li a0, 3\n1: addi a0, a0, -1\n bnez a0, 1b\nto: nop', 7, 0, 2],
  ['call and return', 'j 2f\n1: ret\n2:\nfrom: nop\n call 1b\nto: nop', 4, 0, 2],
];

describe.each([0, 1, 4])('timing=common, w = %i', (w) => {
  it.each(cases)('%s', (_name, source, instructions, beats, redirects) => {
    expect(span(source, w)).toBe(instructions + (1 + w) * beats + 2 * redirects);
  });
});
