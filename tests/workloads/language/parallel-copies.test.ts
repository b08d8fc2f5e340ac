import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sequentialise } from '../../../workloads/language/backend/parallel-copies.js';

test('copies one after the other do what copies at once do', () => {
  const count = 8;
  const sources = fc.array(fc.nat(count - 1), { minLength: count, maxLength: count });
  fc.assert(
    fc.property(sources, fc.array(fc.boolean(), { minLength: count, maxLength: count }), (from, there) => {
      const copies = from.map((source, to) => ({ to, from: source })).filter((_, to) => there[to]);
      let next = count;
      const registers = Array.from({ length: count }, (_, i) => i * 11);
      const expected = registers.map((value, i) => (there[i] ? registers[from[i]] : value));
      const ordered = sequentialise(copies, () => next++);
      for (const { to, from: source } of ordered) registers[to] = registers[source!];
      expect(registers.slice(0, count)).toEqual(expected);
      // one more for each cycle, none for registers that stay
      expect(ordered.length).toBeLessThanOrEqual(copies.filter((c) => c.to !== c.from).length + count / 2);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('constants come last, where they overwrite nothing that is still read', () => {
  const ordered = sequentialise(
    [
      { to: 1, from: undefined, fill: 'one' },
      { to: 2, from: 1 },
    ],
    () => 9,
  );
  expect(ordered.map(({ to }) => to)).toEqual([2, 1]);
});
