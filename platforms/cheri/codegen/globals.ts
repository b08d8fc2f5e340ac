import type { Buffer, Scenario } from '../../../workloads/language/scenario.js';
import { inPlace } from '../../placement.js';
import { alignmentMask, representableLength } from '../hardware/capability-bounds.js';
import { type GlobalPlace, LARGEST_STEP } from './abi.js';
import { bufferSymbol, copySymbol, interruptSeen, interruptWord } from './symbols.js';

/** A variable of a compartment. */
export interface Global {
  readonly symbol: string;
  readonly bytes: number;
  readonly alignment: number;
  readonly words: readonly number[];
}

/** A buffer of the language. */
const ofBuffer = ({ name, bytes, alignment, words }: Buffer): Global => ({
  symbol: bufferSymbol(name),
  bytes,
  alignment,
  words,
});

/** Where the services of these domains keep bytes that they are given by copy. */
const copies = ({ services }: Scenario, domains: ReadonlySet<string>): readonly Global[] =>
  services
    .filter(({ domain, transfer }) => domains.has(domain) && transfer === 'copy')
    .map(({ name, mostBytes }) => ({ symbol: copySymbol(name), bytes: mostBytes, alignment: 8, words: [] }));

/** What programs of these domains that wait for interrupts keep (`operations.ts`). */
const interrupts = ({ interrupts }: Scenario, domains: ReadonlySet<string>): readonly Global[] =>
  interrupts
    .filter(({ domain }) => domains.has(domain))
    .flatMap(({ notification }) => [
      { symbol: interruptWord(notification), bytes: 8, alignment: 8, words: [] },
      { symbol: interruptSeen(notification), bytes: 4, alignment: 8, words: [] },
    ]);

/**
 * The variables of these domains, small ones first: those find cgp within reach of one instruction. A buffer that is to lie behind
 * another does.
 */
export function globalsOf(scenario: Scenario, domains: ReadonlySet<string>): readonly Global[] {
  const own = scenario.buffers.filter(({ domain }) => domains.has(domain));
  const { first, last } = inPlace(own, scenario.buffers);
  const sorted = [...own.map(ofBuffer), ...copies(scenario, domains), ...interrupts(scenario, domains)]
    .map((global) => ({ ...global, alignment: Math.max(global.alignment, 8, -alignmentMask(sizeOf(global))) }))
    .sort((a, b) => a.bytes - b.bytes);
  // granules are 8 bytes and buffers multiples of them: whoever follows is adjacent, and in the next granule
  const follows = new Map(
    own.flatMap(({ name, behind }) =>
      behind === undefined ? [] : [[bufferSymbol(name), bufferSymbol(behind.buffer)] as const],
    ),
  );
  const named = (buffer: Buffer | undefined): readonly Global[] =>
    sorted.filter(({ symbol }) => buffer !== undefined && symbol === bufferSymbol(buffer.name));
  const between = sorted
    .filter(({ symbol }) => !follows.has(symbol) && !named(last).some((l) => l.symbol === symbol))
    .flatMap((global) => [global, ...sorted.filter(({ symbol }) => follows.get(symbol) === global.symbol)]);
  return [...named(first), ...between, ...named(last)];
}

/** Bytes that bounds can hold exactly, no others of the compartment among them. */
const sizeOf = ({ bytes }: { readonly bytes: number }): number => representableLength(Math.ceil(bytes / 8) * 8);

/** What the code generator needs to know of them. `globals` itself is only known to be a multiple of 8. */
export function placesOf(globals: readonly Global[]): ReadonlyMap<string, GlobalPlace> {
  const places = new Map<string, GlobalPlace>();
  let farthest = 0;
  for (const global of globals) {
    farthest += global.alignment - 8;
    places.set(global.symbol, { near: farthest <= LARGEST_STEP, bytes: global.bytes });
    farthest += sizeOf(global);
  }
  return places;
}

/** The data section. */
export const dataLines = (globals: readonly Global[]): readonly string[] =>
  globals.flatMap((global) => {
    const rest = sizeOf(global) - 4 * global.words.length;
    return [
      `.balign ${global.alignment}`,
      `${global.symbol}:`,
      ...global.words.map((word) => `.word 0x${word.toString(16)}`),
      ...(rest > 0 ? [`.space ${rest}`] : []),
    ];
  });
