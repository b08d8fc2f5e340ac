import type { Region } from './memory.js';
import { constant } from './source.js';

/** Roots that the loader derives from, as `RECORD_ROOT` numbers them. */
const ROOTS = { executable: 0, memory: 1, sealing: 2 } as const;

/** A capability that the loader makes. */
export interface Capability {
  readonly root: keyof typeof ROOTS;
  /** Bounds; undefined: those of the root. */
  readonly bounds: Region | undefined;
  readonly address: number;
  /** Mask, as candperm takes it. */
  readonly permissions: number;
  /** Type to seal it with; 0: none. */
  readonly type: number;
}

/** The loader's table: which capability goes where. */
export class LoaderTable {
  private readonly words: number[] = [];

  /** @param place address of its 8 bytes. */
  add(place: number, { root, bounds, address, permissions, type }: Capability): void {
    this.words.push(place, ROOTS[root], bounds?.base ?? 0, bounds?.bytes ?? 0, address, permissions, type);
  }

  get bytes(): number {
    return 4 * this.words.length;
  }

  /** As the loader reads it. */
  get image(): Uint8Array {
    const image = new Uint8Array(this.bytes);
    const view = new DataView(image.buffer);
    this.words.forEach((word, i) => view.setUint32(4 * i, word, true));
    return image;
  }
}

/** How the linker names the kinds of capabilities; `confined` is false with isolation=path: then bounds are the root's. */
export class Capabilities {
  constructor(private readonly confined: boolean) {}

  private bounds(region: Region): Region | undefined {
    return this.confined ? region : undefined;
  }

  code(region: Region, address: number, type = 0): Capability {
    return {
      root: 'executable',
      bounds: this.bounds(region),
      address,
      permissions: constant('CODE_PERMISSIONS'),
      type,
    };
  }

  /** Memory of a compartment: `permissions` by their name in `layout.s`. */
  memory(region: Region, permissions: string, address = region.base): Capability {
    return { root: 'memory', bounds: this.bounds(region), address, permissions: constant(permissions), type: 0 };
  }

  /** The switcher's code: bounded also where nothing else is. */
  switcher(region: Region, address: number, type = 0): Capability {
    return {
      root: 'executable',
      bounds: region,
      address,
      permissions: constant('SWITCHER_PERMISSIONS'),
      type,
    };
  }

  /** Memory of the kernel, bounded also where nothing else is. */
  kernel(region: Region, permissions: string, address = region.base, type = 0): Capability {
    return { root: 'memory', bounds: region, address, permissions: constant(permissions), type };
  }

  /** The right to seal or unseal with one type, or with `types` from it on. */
  key(type: number, permissions: string, types = 1): Capability {
    return {
      root: 'sealing',
      bounds: { base: type, bytes: types },
      address: type,
      permissions: constant(permissions),
      type: 0,
    };
  }
}
