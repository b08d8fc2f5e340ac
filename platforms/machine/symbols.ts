import type { Image, ImageSymbol } from './image.js';

/** Symbols of one kind of address in one space, ascending; arrays, so that a look-up makes no object. */
interface Index {
  readonly starts: Float64Array;
  /** One past the last address each symbol names: the end of its segment. */
  readonly ends: Float64Array;
  readonly symbols: readonly ImageSymbol[];
}

/**
 * Finds an image's symbols by name and by address. An address belongs to the nearest symbol at or below it, within the
 * same segment: what lies in no segment has no name, rather than the name of something far away. Where several symbols
 * share an address the first of `Image.symbols` names it. Look-ups by address allocate nothing but the text of a label.
 */
export class SymbolTable {
  private readonly byName = new Map<string, ImageSymbol[]>();
  private readonly physicalIndex: Index;
  private readonly virtualIndexes = new Map<number, Index>();

  /** Builds the indexes; time in proportion to n log n symbols. */
  constructor(image: Image) {
    const places: { symbol: ImageSymbol; end: number }[] = [];
    const segments = [...image.segments].sort((a, b) => a.physical - b.physical);
    const starts = Float64Array.from(segments, (s) => s.physical);
    for (const symbol of image.symbols) {
      const known = this.byName.get(symbol.name);
      if (known === undefined) this.byName.set(symbol.name, [symbol]);
      else known.push(symbol);
      if (symbol.absolute === true) continue;
      const segment = segments[lastAtOrBelow(starts, symbol.physical)];
      const segmentEnd = segment === undefined ? 0 : segment.physical + segment.bytes;
      places.push({ symbol, end: Math.max(segmentEnd, symbol.physical + 1) });
    }
    this.physicalIndex = buildIndex(places, (s) => s.physical);
    for (const space of new Set(places.map((p) => p.symbol.space))) {
      const own = places.filter((p) => p.symbol.space === space);
      this.virtualIndexes.set(
        space,
        buildIndex(own, (s) => s.virtual),
      );
    }
  }

  /** The symbol of this name; the first one of the image if several spaces or files have it. */
  find(name: string, space?: number): ImageSymbol | undefined {
    const known = this.byName.get(name);
    return space === undefined ? known?.[0] : known?.find((s) => s.space === space);
  }

  /** All symbols of this name, in the order of the image. */
  findAll(name: string): readonly ImageSymbol[] {
    return this.byName.get(name) ?? [];
  }

  /** The symbol that names a physical address, or undefined. */
  atPhysical(address: number): ImageSymbol | undefined {
    return lookUp(this.physicalIndex, address >>> 0);
  }

  /** The symbol that names a virtual address of a space, or undefined. */
  atVirtual(address: number, space = 0): ImageSymbol | undefined {
    const index = this.virtualIndexes.get(space);
    return index === undefined ? undefined : lookUp(index, address >>> 0);
  }

  /** `name` or `name+0x10` for a physical address; empty if nothing names it. */
  labelPhysical(address: number): string {
    const symbol = this.atPhysical(address);
    return symbol === undefined ? '' : label(symbol.name, (address >>> 0) - symbol.physical);
  }

  /** `name` or `name+0x10` for a virtual address of a space; empty if nothing names it. */
  labelVirtual(address: number, space = 0): string {
    const symbol = this.atVirtual(address, space);
    return symbol === undefined ? '' : label(symbol.name, (address >>> 0) - symbol.virtual);
  }
}

const label = (name: string, offset: number): string => (offset === 0 ? name : `${name}+0x${offset.toString(16)}`);

/** Index of the last of the ascending values that is at or below `value`, or -1. */
function lastAtOrBelow(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function buildIndex(
  places: readonly { readonly symbol: ImageSymbol; readonly end: number }[],
  address: (symbol: ImageSymbol) => number,
): Index {
  const sorted = [...places].sort((a, b) => address(a.symbol) - address(b.symbol));
  const first = sorted.filter((p, i) => i === 0 || address(p.symbol) !== address(sorted[i - 1].symbol));
  return {
    starts: Float64Array.from(first, (p) => address(p.symbol)),
    ends: Float64Array.from(first, (p) => address(p.symbol) + (p.end - p.symbol.physical)),
    symbols: first.map((p) => p.symbol),
  };
}

function lookUp(index: Index, address: number): ImageSymbol | undefined {
  const i = lastAtOrBelow(index.starts, address);
  return i >= 0 && address < index.ends[i] ? index.symbols[i] : undefined;
}
