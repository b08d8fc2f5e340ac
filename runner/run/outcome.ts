import type { Machine, Stop } from '../../platforms/machine/machine.js';
import type { Image } from '../../platforms/machine/image.js';
import type { SymbolTable } from '../../platforms/machine/symbols.js';
import { hex32 } from '../../platforms/machine/units.js';
import { isExpected, type Outcome } from '../../workloads/language/scenario.js';
import { describeStop } from '../stop.js';

const LISTED = 8;

/** What differs between two lists, from the first difference on: `report 3 is 7, not 9`. */
function difference<T extends number | string>(
  what: string,
  found: readonly T[],
  expected: readonly T[],
): string | undefined {
  const show = (list: readonly T[]): string =>
    list.length === 0 ? 'none' : `${list.slice(0, LISTED).join(', ')}${list.length > LISTED ? ', ...' : ''}`;
  const at = expected.findIndex((value, i) => found[i] !== value);
  if (at < 0 && found.length === expected.length) return undefined;
  if (found.length === expected.length) return `${what} ${at + 1} is ${found[at]}, not ${expected[at]}`;
  return `${found.length} ${what}s (${show(found)}), not ${expected.length} (${show(expected)})`;
}

/**
 * What is wrong with how a run ended, in one line; undefined if it ended as it must.
 * @param oneDomain all domains of the scenario are one (`isolation=none`)
 */
export function outcomeProblem(
  stop: Stop,
  reports: readonly number[],
  terminated: readonly string[],
  expected: Outcome,
  oneDomain: boolean,
): string | undefined {
  if (isExpected(expected, { stop, reports, ended: terminated }, oneDomain)) return undefined;
  if (stop.kind !== 'exit' || stop.code !== 0) return describeStop(stop);
  return (
    difference('report', reports, expected.reports) ??
    difference('ended domain', terminated, expected.terminated) ??
    'not the outcome that the workload states'
  );
}

/** Where a machine is: symbol and address of its program counter. */
export function placeOf(machine: Machine, symbols: SymbolTable): string {
  const { pc } = machine;
  const at = machine.translate(pc);
  const label = (at === undefined ? '' : symbols.labelPhysical(at)) || symbols.labelVirtual(pc);
  return label === '' ? hex32(pc) : `${label} (${hex32(pc)})`;
}

/** Names a physical address by symbol, else by number. */
export const physicalPlace =
  (symbols: SymbolTable) =>
  (at: number): string =>
    symbols.labelPhysical(at) || hex32(at);

/**
 * Names places of which only the pc is known: where several spaces have it, the symbols of all of them, since one of them it was.
 */
export function placeNames(image: Image, symbols: SymbolTable): (pc: number) => string {
  const spaces = [...new Set([0, ...image.symbols.map(({ space }) => space)])];
  return (pc) => {
    const labels = spaces.map((space) => symbols.labelVirtual(pc, space)).filter((label) => label !== '');
    return [...new Set(labels)].join(' or ') || hex32(pc);
  };
}
