import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHERIOT_INSTRUCTIONS } from '../../platforms/riscv/cheriot.js';

const source = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** Members of the `const enum`, which has no run-time form: name by number. */
const names = new Map(
  [...source('platforms/riscv/operations.ts').matchAll(/^ {2}([A-Z_0-9]+) = (\d+),$/gm)].map(([, name, value]) => [
    Number(value),
    name,
  ]),
);
const files = ['interpreter', 'system', 'capability-operations', 'bit-manipulation'];
/** `takesImmediate` of bit-manipulation.ts is no execution: what is behind `manipulateBits` is left out. */
const cases = files.flatMap((file) => {
  const [executes] = source(`platforms/cheri/hardware/${file}.ts`).split('/** Whether operand b is an immediate. */');
  return [...executes.matchAll(/\bcase Op\.([A-Z_0-9]+):/g)].map(([, name]) => name);
});

describe('operations', () => {
  it('of the core each have exactly one case in one of the interpreter files', () => {
    const used = new Set(CHERIOT_INSTRUCTIONS.map(({ op, mnemonic }) => names.get(op) ?? `${mnemonic}: ${op}`));
    expect(cases.filter((name) => name !== 'NONE').sort()).toEqual([...used].sort());
  });
});
