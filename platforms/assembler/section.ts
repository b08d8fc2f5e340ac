import type { Expression } from './expression.js';
import type { Location } from './problems.js';

/** A place in a section: `offset` bytes after the beginning of an item. */
export interface Position {
  readonly section: Section;
  readonly item: Item;
  readonly offset: number;
}

/** A label. Undefined position: it is placed later (a forward reference, a literal pool), or never. */
export interface Label {
  /** Its name, as messages print it. */
  readonly name: string;
  position: Position | undefined;
  /** Set in the label's value, not in differences: bit 0 of a Thumb function's address. */
  codeBit: 0 | 1;
  /** Other files may replace it (`.weak`): distances to it are not known. */
  weak: boolean;
  /** Other files may see it (`.global`). */
  global: boolean;
  /** It names a function (`.type name, %function`). */
  function: boolean;
}

/** What a fragment may ask while it is laid out and encoded. */
export interface Place {
  /** Address of the fragment: relative to its section during layout, absolute when it is encoded. */
  readonly address: number;
  /**
   * Bytes from the fragment's beginning to the expression's place, if that is in the same section and not weak; else
   * undefined. Distances change from one pass of the layout to the next.
   */
  distance(expression: Expression): number | undefined;
  /**
   * As `distance`, but what this pass has not reached yet is taken to move as far as the fragment itself has moved in this
   * pass, less what alignments in between take up. GNU as for Arm measures so (`relaxed_symbol_addr`).
   */
  distanceMoving(expression: Expression): number | undefined;
  /** Bytes by which this pass has moved the fragment. */
  readonly moved: number;
  /** The label that the expression's place counts from, if there is one. */
  label(expression: Expression): Label | undefined;
  /** The expression's value during layout; undefined if it depends on an address or is not defined. */
  constant(expression: Expression): bigint | undefined;
  /**
   * The final value, addresses included. Only when encoding.
   * @throws Mistake for an undefined symbol.
   */
  value(expression: Expression): bigint;
}

/**
 * A part of a section whose bytes are known only after the layout. A fragment with `fixed` always has this size; another
 * one tells its size again in each pass of the layout, until no size changes.
 */
export interface Fragment {
  readonly fixed?: number;
  /** It ends at a multiple of this. */
  readonly alignment?: number;
  /** Size at this place. `first` is true in the first pass, in which everything further on is still at address 0. */
  size(place: Place, first: boolean): number;
  /** The bytes, as many as the last `size`. */
  encode(place: Place): readonly number[] | Uint8Array;
}

/** A run of bytes or one fragment. The layout sets `address` (relative to the section) and `size`. */
export interface Item {
  address: number;
  size: number;
  readonly content:
    | { readonly kind: 'bytes'; readonly bytes: number[] }
    | { readonly kind: 'fragment'; readonly fragment: Fragment; readonly location: Location };
}

/** Attributes of a section. */
export interface SectionKind {
  readonly writable: boolean;
  readonly executable: boolean;
  /** Holds no bytes in the image (`.bss`). */
  readonly empty: boolean;
}

/** A statement's first byte. */
export interface LineMark {
  readonly position: Position;
  readonly location: Location;
}

/** A section under construction. */
export class Section {
  readonly items: Item[] = [];
  readonly lines: LineMark[] = [];
  /** Largest alignment that a directive asked for, in bytes. */
  alignment = 1;
  /** Address of the section, set when all sections are laid out. */
  base = 0;

  constructor(
    readonly name: string,
    readonly kind: SectionKind,
  ) {}

  /** The current end, as a position that stays valid. */
  here(): Position {
    const item = this.openItem();
    return { section: this, item, offset: item.size };
  }

  /** Appends bytes. */
  append(bytes: readonly number[] | Uint8Array): void {
    const item = this.openItem();
    if (item.content.kind === 'bytes') for (const byte of bytes) item.content.bytes.push(byte);
    item.size += bytes.length;
  }

  /** Appends a fragment. */
  appendFragment(fragment: Fragment, location: Location): void {
    this.items.push({ address: 0, size: fragment.fixed ?? 0, content: { kind: 'fragment', fragment, location } });
  }

  /** Bytes from `b` to `a` if everything between them has a fixed size; else undefined. */
  fixedDistance(a: Position, b: Position): number | undefined {
    if (a.item === b.item) return a.offset - b.offset;
    const ia = this.items.indexOf(a.item);
    const ib = this.items.indexOf(b.item);
    const [from, to, low, high, sign] = ia < ib ? [ia, ib, a, b, -1] : [ib, ia, b, a, 1];
    let bytes = high.offset - low.offset;
    for (let i = from; i < to; i++) {
      const { content, size } = this.items[i];
      if (content.kind === 'fragment' && content.fragment.fixed === undefined) return undefined;
      bytes += size;
    }
    return sign * bytes;
  }

  /** Size after the layout. */
  get size(): number {
    const last = this.items.at(-1);
    return last === undefined ? 0 : last.address + last.size;
  }

  private openItem(): Item {
    const last = this.items.at(-1);
    if (last?.content.kind === 'bytes') return last;
    const item: Item = { address: 0, size: 0, content: { kind: 'bytes', bytes: [] } };
    this.items.push(item);
    return item;
  }
}
