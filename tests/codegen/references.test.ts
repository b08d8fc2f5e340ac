import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ILP32, type ReferenceForms, registerFile, type RiscvAbi } from '../../platforms/riscv/codegen/abi.js';
import { immediates, OFFSETS } from '../../platforms/riscv/codegen/immediates.js';
import { select } from '../../platforms/riscv/codegen/select.js';
import { allocate } from '../../workloads/language/backend/allocate.js';
import type { MachineFunction } from '../../workloads/language/backend/machine-code.js';
import { lowerFunction } from '../../workloads/language/ir/lower.js';
import { findBoundaries } from '../../workloads/language/passes/marks.js';
import { materialise } from '../../workloads/language/passes/materialise.js';
import { optimise } from '../../workloads/language/passes/optimise.js';
import { NO_OPERATIONS } from './targets.js';
import { randomProgram } from './random-programs.js';

/*
 * On a machine with capabilities an integer instruction destroys a reference. Whatever makes, moves, copies, spills or
 * reloads one must
 * come from `ReferenceForms`; here each of these begins with `c`.
 */
const FORMS: ReferenceForms = {
  load: 'clc',
  store: 'csc',
  advance: 'cincaddr {d0}, {u0}, {u1}',
  advanceBy: 'cincaddrimm {d0}, {u0}, ',
  copy: 'cmove {d0}, {u0}',
  address: (symbol) => ({ text: `clla {d0}, ${symbol}`, scratch: false }),
  narrow: { by: 'csetbounds {d0}, {u0}, {u1}', byNumber: 'csetbounds {d0}, {u0}, ', largest: 4095 },
  bytes: 8,
};
const CAPABILITIES: RiscvAbi = { ...ILP32, references: FORMS, allocatable: ILP32.allocatable.slice(0, 5) };

/** Instructions that treat a reference as a number. */
function wrongUses(fn: MachineFunction): readonly string[] {
  const isReference = (r: number): boolean => fn.types.get(r) === 'reference';
  return fn.blocks.flatMap(({ instructions }) =>
    instructions
      .filter(({ text, defs, uses }) => {
        if (/^c/.test(text)) return false;
        const addressed = uses.findIndex((_, i) => text.includes(`({u${i}})`));
        return defs.some(isReference) || uses.some((r, i) => isReference(r) && i !== addressed);
      })
      .map(({ text }) => text),
  );
}

/** Reference instructions that make, or store, what is only a number. */
function wrongForms(fn: MachineFunction): readonly string[] {
  const isWord = (r: number): boolean => fn.types.get(r) === 'word';
  return fn.blocks.flatMap(({ instructions }) =>
    instructions
      .filter(({ text, defs, uses }) => /^c/.test(text) && (defs.some(isWord) || (uses.length > 0 && isWord(uses[0]))))
      .map(({ text }) => text),
  );
}

test('references are touched only by their own instructions, also in the frame', () => {
  let spilled = 0;
  const tape = fc.array(fc.nat(0xffffff), { minLength: 20, maxLength: 100 });
  fc.assert(
    fc.property(tape, (numbers) => {
      const functions = randomProgram(numbers).functions.map(lowerFunction);
      const boundaries = findBoundaries(functions);
      for (const fn of functions) {
        optimise(fn, boundaries, { offsets: OFFSETS, bounded: true });
        materialise(fn, immediates(FORMS.narrow), boundaries);
        const selected = select(fn, {
          abi: CAPABILITIES,
          operations: NO_OPERATIONS,
          bufferSymbol: (name) => name,
          functionSymbol: (name) => name,
          returns: true,
          stopReturns: false,
        });
        expect(wrongUses(selected)).toEqual([]);
        expect(wrongForms(selected)).toEqual([]);
        const before = selected.types.size;
        const file = registerFile(CAPABILITIES);
        const seen: string[] = [];
        const checked = (type: string, text: string): void => {
          seen.push(text);
          expect(/^c/.test(text)).toBe(type === 'reference');
        };
        allocate(selected, {
          ...file,
          reload: (to, slot, type) => {
            const made = file.reload(to, slot, type);
            checked(selected.types.get(to)!, made.text);
            return made;
          },
          spill: (from, slot, type) => {
            const made = file.spill(from, slot, type);
            checked(selected.types.get(from)!, made.text);
            return made;
          },
        });
        if (selected.types.size > before) spilled += seen.filter((text) => /^c/.test(text)).length;
      }
    }),
    { seed: 5, numRuns: 40 },
  );
  expect(spilled).toBeGreaterThan(0);
});
