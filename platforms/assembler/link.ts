import { hex32 } from '../machine/units.js';
import type { Problem } from './problems.js';
import type { Section } from './section.js';

/** Link order: code, constants, variables, zeros. */
function rank(section: Section): number {
  if (section.kind.executable) return section.name.startsWith('.text') ? 0 : 1;
  if (section.kind.empty) return 4;
  return section.kind.writable ? 3 : 2;
}

/**
 * Gives each section its address: as asked for, or after the one before it in link order. Reports addresses that are not
 * aligned as the section needs, and overlaps.
 */
export function placeSections(
  sections: readonly Section[],
  addresses: Readonly<Record<string, number>>,
  file: string,
): Problem[] {
  const problem = (message: string): Problem => ({ file, line: 0, text: '', message });
  const problems: Problem[] = [];
  const ordered = [...sections].sort((a, b) => rank(a) - rank(b));
  let next = 0;
  for (const section of ordered) {
    const { alignment } = section;
    const asked = Object.hasOwn(addresses, section.name) ? addresses[section.name] : undefined;
    section.base = asked ?? Math.ceil(next / alignment) * alignment;
    next = section.base + section.size;
    if (section.base % alignment !== 0) {
      problems.push(problem(`section ${section.name} at ${hex32(section.base)} must be aligned to ${alignment} bytes`));
    }
    if (section.base < 0 || next > 2 ** 32) {
      problems.push(problem(`section ${section.name} at ${section.base} does not fit in 32-bit addresses`));
    }
  }
  const byAddress = ordered.filter((s) => s.size > 0).sort((a, b) => a.base - b.base);
  byAddress.slice(1).forEach((section, i) => {
    const before = byAddress[i];
    const end = before.base + before.size;
    if (end > section.base) {
      const range = `${hex32(before.base)} to ${hex32(end - 1)}`;
      problems.push(problem(`section ${section.name} at ${hex32(section.base)} overlaps ${before.name}, ${range}`));
    }
  });
  return problems;
}
