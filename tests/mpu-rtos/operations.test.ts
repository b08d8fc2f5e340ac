import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { INSTRUCTIONS } from '../../platforms/thumb/table.js';

const source = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** Members of the `const enum`, which has no run-time form: name and number. */
const members = new Map(
  [...source('platforms/thumb/operations.ts').matchAll(/^ {2}([A-Z_0-9]+) = (\d+),$/gm)].map(([, name, value]) => [
    name,
    Number(value),
  ]),
);
const cases = ['interpreter', 'dsp', 'system'].flatMap((file) =>
  [...source(`platforms/mpu-rtos/hardware/${file}.ts`).matchAll(/\bcase Op\.([A-Z_0-9]+):/g)].map(([, name]) => name),
);
const executed = [...members.keys()].filter((name) => name !== 'NONE');

describe('operations', () => {
  it('have numbers of their own, without a gap', () => {
    expect([...members.values()].sort((a, b) => a - b)).toEqual([...members.keys()].map((_, i) => i));
    expect(members.size).toBeGreaterThan(200);
  });

  it('each have exactly one case in the interpreter, in executeDsp or in executeSystem', () => {
    expect(cases.filter((name) => name !== 'NONE').sort()).toEqual([...executed].sort());
  });

  it('every instruction of the table has one of them, and each is the operation of an instruction', () => {
    const names = new Map([...members].map(([name, value]) => [value, name]));
    const used = new Set(INSTRUCTIONS.map(({ op, mnemonic }) => names.get(op) ?? `${mnemonic}: ${op}`));
    // In an IT block an odd operation becomes the even one before it, which may have no encoding of its own.
    for (const { op, flags } of INSTRUCTIONS) if ((flags as number) === 2) used.add(names.get(op - 1) ?? `${op - 1}`);
    used.add('UNDEFINED');
    expect([...used].sort()).toEqual([...executed].sort());
  });
});
