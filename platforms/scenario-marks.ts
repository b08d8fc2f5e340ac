import { markSymbol } from '../workloads/language/backend/emit.js';
import type { Image } from './machine/image.js';
import type { PhysicalAddress } from './machine/units.js';

/** Where the marks of a linked scenario are: the symbols `domain.mark.name`, by name. A mark is in one domain. */
export function marksOf({ symbols }: Image): ReadonlyMap<string, PhysicalAddress> {
  const infix = `.${markSymbol('')}`;
  return new Map(
    symbols.flatMap(({ name, physical: at }) => {
      const found = name.indexOf(infix);
      return found < 0 ? [] : [[name.slice(found + infix.length), at] as const];
    }),
  );
}
