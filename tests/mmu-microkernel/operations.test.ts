import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { INSTRUCTIONS } from '../../platforms/riscv/table.js';

const source = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** Members of the `const enum`, which has no run-time form: name and number. */
const members = new Map(
  [...source('platforms/riscv/operations.ts').matchAll(/^ {2}([A-Z_0-9]+) = (\d+),$/gm)].map(([, name, value]) => [
    name,
    Number(value),
  ]),
);
/** What VexRiscv executes: the operations of other cores come after `ILLEGAL`. */
const executed = [...members]
  .filter(([name, number]) => name !== 'NONE' && number < (members.get('ILLEGAL') ?? 0))
  .map(([name]) => name);
const cases = ['interpreter', 'system'].flatMap((file) =>
  [...source(`platforms/mmu-microkernel/hardware/${file}.ts`).matchAll(/\bcase Op\.([A-Z_0-9]+):/g)].map(
    ([, name]) => name,
  ),
);

describe('operations', () => {
  it('each have exactly one case in the interpreter or in executeSystem', () => {
    expect(cases.filter((name) => name !== 'NONE').sort()).toEqual([...executed].sort());
  });

  it('every instruction of the table has one of them, and each is the operation of an instruction', () => {
    const names = new Map([...members].map(([name, value]) => [value, name]));
    const used = new Set(INSTRUCTIONS.map(({ op, mnemonic }) => names.get(op) ?? `${mnemonic}: ${op}`));
    expect([...used].sort()).toEqual([...executed].sort());
  });
});
