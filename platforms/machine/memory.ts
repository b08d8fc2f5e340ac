import type { Device } from './device.js';
import { hex32, type PhysicalAddress, physical } from './units.js';

/** Bytes in a page of the physical map: the granularity of RAM, ROM, device and error ranges. */
export const PAGE_BYTES = 4096;

/** What a range of physical addresses answers with. */
export type Region =
  | { readonly kind: 'ram'; readonly start: number; readonly bytes: number }
  | { readonly kind: 'rom'; readonly start: number; readonly bytes: number }
  | { readonly kind: 'error'; readonly start: number; readonly bytes: number }
  | { readonly kind: 'device'; readonly start: number; readonly bytes: number; readonly device: Device };

/** A range of RAM, as a board has it or `exec --ram START:SIZE` asks for it instead. */
export interface RamRange {
  readonly start: number;
  readonly bytes: number;
}

export const ramRegions = (ranges: readonly RamRange[]): Region[] =>
  ranges.map(({ start, bytes }) => ({ kind: 'ram', start, bytes }));

/** How a physical access ended: data moved, or the bus answered with an error. */
export type BusResult = 'ok' | 'error';

/** Thrown when the guest touched more pages than the host set aside; an engine turns it into an outcome. */
export class MemoryExhausted extends Error {
  constructor(pages: number) {
    super(`the guest touched more than ${pages} pages of physical memory`);
    this.name = 'MemoryExhausted';
  }
}

const KIND_ERROR = 0;
const KIND_RAM = 1;
const KIND_ROM = 2;
const KIND_DEVICE = 3; // KIND_DEVICE + n is device n

/** Line flag: an engine holds decoded instructions of this line, a store to it must call `codeWritten`. */
export const LINE_HAS_CODE = 1;

/** Line flag: the watched word is in this line, a store to that word must call its handler. */
export const LINE_WATCHED = 2;

/** Line flags that belong to the engine; it may set and clear these and `LINE_HAS_CODE`, never `LINE_WATCHED`. */
export const LINE_ENGINE_BITS = 0xfc;

/** log2 of the bytes in a line of `lineFlags`. */
export const LINE_SHIFT = 5;

/** A page of memory: its physical address and a view of its 4096 bytes in the arena. */
export interface MemoryPage {
  readonly address: PhysicalAddress;
  readonly data: Uint8Array;
}

/** A copy of touched memory. Plain data; arena offsets in an engine's own snapshot stay valid with it. */
export interface MemorySnapshot {
  /** Physical page numbers in the order of the arena: entry i lies at arena page i + 1. */
  readonly pages: Int32Array;
  /** Contents of these pages, one after the other. */
  readonly data: Uint8Array;
  /** `lineFlags` of these pages, the engine's bits only. */
  readonly flags: Uint8Array;
}

/**
 * Sparse physical memory of one machine: 2^20 pages of 4 KiB, each RAM, ROM, a device or an error range.
 *
 * Pages get host memory on first touch from one arena that never moves, so that an engine may keep its typed-array views
 * in local variables. `readMap[page]` and `writeMap[page]` give the arena offset of a page, or 0 if the access must
 * go through `read`/`write` (untouched page, ROM store, device, error). All words are little endian.
 *
 * `lineFlags` has one byte per 32-byte arena line. Bit 0 is `LINE_HAS_CODE`, bit 1 `LINE_WATCHED`; bits 2 to 7 belong to
 * the engine (for instance "this line is in the modelled data cache"). An engine that stores into the arena itself calls
 * `stored` afterwards if one of the two low bits of the line is set; no other store costs anything more than that test.
 */
export class PhysicalMemory {
  readonly arena: ArrayBuffer;
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Int32Array;
  readonly signedBytes: Int8Array;
  readonly signedHalves: Int16Array;
  /** Arena offset by page number for loads and fetches, 0 = use `read`. */
  readonly readMap = new Int32Array(1 << 20);
  /** Arena offset by page number for stores, 0 = use `write`. */
  readonly writeMap = new Int32Array(1 << 20);
  readonly lineFlags: Uint8Array;
  /** Physical page number of each arena page, for snapshots, hashes and engines that walk lines. */
  readonly pageOfArena: Int32Array;
  /**
   * Set by the engine: called with an arena offset in a line that holds decoded code, after a store or a loader changed
   * the line. All of the line is to be decoded again (an instruction that begins at the end of the line before it too).
   */
  codeWritten: (arenaOffset: number) => void = () => undefined;

  private readonly kinds = new Uint16Array(1 << 20);
  private readonly devices: Device[] = [];
  private readonly deviceStart: number[] = [];
  private watched = -1; // physical address, -1 = none
  private watchedPage = -1;
  private watcher: (value: number) => void = () => undefined;
  private usedPages = 1; // arena page 0 stays unused, so that offset 0 can mean "slow path"

  /**
   * @param regions ranges in order; a later one covers an earlier one. Starts and sizes are multiples of 4 KiB. What no
   *   region covers answers with a bus error.
   * @param capacityPages pages of guest memory that can be touched in one run (host memory is committed on touch).
   */
  constructor(
    regions: readonly Region[],
    readonly capacityPages = 16384,
  ) {
    this.arena = new ArrayBuffer((capacityPages + 1) * PAGE_BYTES);
    this.bytes = new Uint8Array(this.arena);
    this.halves = new Uint16Array(this.arena);
    this.words = new Int32Array(this.arena);
    this.signedBytes = new Int8Array(this.arena);
    this.signedHalves = new Int16Array(this.arena);
    this.lineFlags = new Uint8Array(this.arena.byteLength >>> LINE_SHIFT);
    this.pageOfArena = new Int32Array(capacityPages + 1).fill(-1);
    for (const region of regions) this.addRegion(region);
  }

  private addRegion(region: Region): void {
    const { start, bytes, kind } = region;
    if (start % PAGE_BYTES !== 0 || bytes % PAGE_BYTES !== 0 || bytes <= 0 || start < 0 || start + bytes > 2 ** 32) {
      throw new RangeError(`memory region at ${hex32(start)} of ${bytes} bytes: must be whole 4 KiB pages in 32 bits`);
    }
    let code = kind === 'ram' ? KIND_RAM : kind === 'rom' ? KIND_ROM : KIND_ERROR;
    if (region.kind === 'device') {
      code = KIND_DEVICE + this.devices.length;
      this.devices.push(region.device);
      this.deviceStart.push(start);
    }
    this.kinds.fill(code, start / PAGE_BYTES, (start + bytes) / PAGE_BYTES);
  }

  /**
   * Makes every page untouched (reads as zero) again and clears all line flags. Keeps regions, devices and the watch.
   * Costs time in proportion to the touched pages. The engine discards what it has decoded; `codeWritten` is not called.
   */
  reset(): void {
    const end = this.usedPages * PAGE_BYTES;
    this.bytes.fill(0, 0, end);
    this.lineFlags.fill(0, 0, end >>> LINE_SHIFT);
    for (let i = 1; i < this.usedPages; i++) {
      const page = this.pageOfArena[i];
      this.readMap[page] = 0;
      this.writeMap[page] = 0;
      this.pageOfArena[i] = -1;
    }
    this.usedPages = 1;
  }

  /**
   * Arena offset of the page that holds `address`, giving it host memory if it has none.
   * @returns 0 if the address is a device or an error range.
   * @throws MemoryExhausted if no host memory is left.
   */
  touch(address: number): number {
    const page = address >>> 12;
    const known = this.readMap[page];
    if (known !== 0) return known;
    const kind = this.kinds[page];
    if (kind !== KIND_RAM && kind !== KIND_ROM) return 0;
    if (this.usedPages > this.capacityPages) throw new MemoryExhausted(this.capacityPages);
    const offset = this.usedPages * PAGE_BYTES;
    this.pageOfArena[this.usedPages++] = page;
    this.readMap[page] = offset;
    if (kind === KIND_RAM) this.writeMap[page] = offset;
    if (page === this.watchedPage) this.flagWatched(offset);
    return offset;
  }

  /** Arena pages in use, the unused page 0 included: engines size what they keep per arena page by it. */
  get usedArenaPages(): number {
    return this.usedPages;
  }

  /** Whether the bus answers an access to this address with data (RAM, ROM, device) rather than an error. */
  answers(address: number): boolean {
    return this.kinds[address >>> 12] !== KIND_ERROR;
  }

  /** The device at this address, or undefined. */
  deviceAt(address: number): Device | undefined {
    return this.devices[this.kinds[address >>> 12] - KIND_DEVICE];
  }

  /**
   * Reads 1, 2 or 4 bytes at an aligned physical address, device reads included.
   * @param now cycle stamp a device sees.
   * @returns the value, unsigned, or undefined for a bus error.
   */
  read(address: number, size: 1 | 2 | 4, now: number): number | undefined {
    const base = this.touch(address);
    if (base !== 0) {
      const at = base + (address & 0xfff);
      if (size === 4) return this.words[at >> 2] >>> 0;
      return size === 2 ? this.halves[at >> 1] : this.bytes[at];
    }
    const index = this.kinds[address >>> 12] - KIND_DEVICE;
    const device = this.devices[index];
    if (device === undefined) return undefined;
    return device.read((address >>> 0) - this.deviceStart[index], size, now);
  }

  /**
   * Writes 1, 2 or 4 bytes at an aligned physical address, device writes included. A store to ROM is a bus error.
   * @param now cycle stamp a device sees.
   */
  write(address: number, size: 1 | 2 | 4, value: number, now: number): BusResult {
    const page = address >>> 12;
    if (this.kinds[page] === KIND_ROM) return 'error';
    const base = this.touch(address);
    if (base !== 0) {
      this.store(base + (address & 0xfff), size, value);
      return 'ok';
    }
    const index = this.kinds[page] - KIND_DEVICE;
    const device = this.devices[index];
    if (device === undefined) return 'error';
    return device.write((address >>> 0) - this.deviceStart[index], size, value >>> 0, now);
  }

  private store(at: number, size: 1 | 2 | 4, value: number): void {
    if (size === 4) this.words[at >> 2] = value;
    else if (size === 2) this.halves[at >> 1] = value;
    else this.bytes[at] = value;
    if ((this.lineFlags[at >>> LINE_SHIFT] & (LINE_HAS_CODE | LINE_WATCHED)) !== 0) this.stored(at);
  }

  /**
   * What has to happen after a store at arena offset `at` to a line with `LINE_HAS_CODE` or `LINE_WATCHED` set; `write`
   * does it itself. Calls `codeWritten` and the handler of the watch, each if it is concerned.
   */
  stored(at: number): void {
    const flags = this.lineFlags[at >>> LINE_SHIFT];
    if ((flags & LINE_HAS_CODE) !== 0) this.codeWritten(at);
    if ((flags & LINE_WATCHED) !== 0 && ((at ^ this.watched) & 0xffc) === 0) this.watcher(this.words[at >> 2] >>> 0);
  }

  /**
   * Calls `handler` after every guest store to the word at `address`, or to a part of it, with the whole word, unsigned.
   * There is one watch; a new one replaces it. It outlives `reset` and `restore`. Loaders (`load`, `zero`) do not set it off.
   * @throws RangeError if the address is not a multiple of 4 or not in RAM.
   */
  watch(address: PhysicalAddress, handler: (value: number) => void): void {
    if (address % 4 !== 0)
      throw new RangeError(`cannot watch ${hex32(address)}: a watched word starts at a multiple of 4`);
    if (this.kinds[address >>> 12] !== KIND_RAM) throw new RangeError(`cannot watch ${hex32(address)}: no RAM there`);
    this.unwatch();
    this.watched = address;
    this.watchedPage = address >>> 12;
    this.watcher = handler;
    const base = this.readMap[address >>> 12];
    if (base !== 0) this.flagWatched(base);
  }

  /** Ends the watch, if there is one. */
  unwatch(): void {
    if (this.watched < 0) return;
    const base = this.readMap[this.watched >>> 12];
    if (base !== 0) this.lineFlags[(base + (this.watched & 0xfff)) >>> LINE_SHIFT] &= ~LINE_WATCHED;
    this.watched = -1;
    this.watchedPage = -1;
  }

  private flagWatched(base: number): void {
    this.lineFlags[(base + (this.watched & 0xfff)) >>> LINE_SHIFT] |= LINE_WATCHED;
  }

  private mustHold(address: PhysicalAddress, length: number): void {
    const end = address + length;
    if (end > 2 ** 32) throw new RangeError(`${length} bytes at ${hex32(address)} run past the address space`);
    for (let a = address - (address % PAGE_BYTES); a < end; a += PAGE_BYTES) {
      const kind = this.kinds[a / PAGE_BYTES];
      if (kind !== KIND_RAM && kind !== KIND_ROM) {
        throw new RangeError(`no RAM or ROM at ${hex32(Math.max(a, address))} for ${length} bytes to be loaded`);
      }
    }
  }

  /**
   * Copies bytes into RAM or ROM, as a loader does: no device is called and no time passes.
   * @throws RangeError if a byte would fall outside RAM and ROM; nothing is written then.
   * @throws MemoryExhausted if no host memory is left.
   */
  load(address: PhysicalAddress, data: Uint8Array): void {
    this.mustHold(address, data.length);
    for (let done = 0; done < data.length;) {
      const inPage = (address + done) % PAGE_BYTES;
      const part = data.subarray(done, done + PAGE_BYTES - inPage);
      const at = this.touch(address + done) + inPage;
      this.bytes.set(part, at);
      this.loaded(at, part.length);
      done += part.length;
    }
  }

  /**
   * Clears a range of RAM or ROM, as a loader does. Untouched pages are zero already and stay untouched.
   * @throws RangeError if a byte would fall outside RAM and ROM; nothing is written then.
   */
  zero(address: PhysicalAddress, length: number): void {
    this.mustHold(address, length);
    for (let done = 0; done < length;) {
      const inPage = (address + done) % PAGE_BYTES;
      const part = Math.min(PAGE_BYTES - inPage, length - done);
      const base = this.readMap[(address + done) >>> 12];
      if (base !== 0) {
        this.bytes.fill(0, base + inPage, base + inPage + part);
        this.loaded(base + inPage, part);
      }
      done += part;
    }
  }

  private loaded(at: number, length: number): void {
    const last = (at + length - 1) >>> LINE_SHIFT;
    for (let line = at >>> LINE_SHIFT; line <= last; line++) {
      if ((this.lineFlags[line] & LINE_HAS_CODE) !== 0) this.codeWritten(line << LINE_SHIFT);
    }
  }

  /**
   * Copies `length` bytes out of RAM or ROM; untouched, device and error pages read as zero. No device is called and no
   * page is touched. Addresses wrap around at 2^32.
   */
  dump(address: PhysicalAddress, length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const a = (address + done) >>> 0;
      const inPage = a & 0xfff;
      const part = Math.min(PAGE_BYTES - inPage, length - done);
      const base = this.readMap[a >>> 12];
      if (base !== 0) out.set(this.bytes.subarray(base + inPage, base + inPage + part), done);
      done += part;
    }
    return out;
  }

  /** A copy of all touched memory and of the engine's line flags. */
  save(): MemorySnapshot {
    const end = this.usedPages * PAGE_BYTES;
    return {
      pages: this.pageOfArena.slice(1, this.usedPages),
      data: this.bytes.slice(PAGE_BYTES, end),
      flags: this.lineFlags.slice(PAGE_BYTES >>> LINE_SHIFT, end >>> LINE_SHIFT).map((f) => f & LINE_ENGINE_BITS),
    };
  }

  /**
   * Brings back what `save` gave: the same pages at the same arena offsets, all others untouched. No line has
   * `LINE_HAS_CODE` afterwards: the engine discards what it has decoded. `codeWritten` and the watch are not called.
   * @throws RangeError if the pages are not RAM or ROM here or are more than this memory can hold; nothing changes then.
   */
  restore(snapshot: MemorySnapshot): void {
    const { pages, data, flags } = snapshot;
    if (pages.length > this.capacityPages) {
      throw new RangeError(`a snapshot of ${pages.length} pages does not fit a memory of ${this.capacityPages} pages`);
    }
    for (const page of pages) this.mustHold(physical(page * PAGE_BYTES), PAGE_BYTES);
    this.reset();
    this.bytes.set(data, PAGE_BYTES);
    this.lineFlags.set(flags, PAGE_BYTES >>> LINE_SHIFT);
    for (const page of pages) this.touch(page * PAGE_BYTES);
  }

  /** Touched pages in address order, with their contents (views into the arena, not copies). */
  *touched(): Generator<MemoryPage> {
    const order = Array.from({ length: this.usedPages - 1 }, (_, i) => i + 1);
    order.sort((a, b) => this.pageOfArena[a] - this.pageOfArena[b]);
    for (const arena of order) {
      const at = arena * PAGE_BYTES;
      yield {
        address: physical(this.pageOfArena[arena] * PAGE_BYTES),
        data: this.bytes.subarray(at, at + PAGE_BYTES),
      };
    }
  }

  /**
   * Pages that hold something other than zero, in address order: what a state hash covers. Two memories with the same
   * contents give the same pages, whatever was touched and in whatever order.
   */
  *nonZeroPages(): Generator<MemoryPage> {
    for (const page of this.touched()) {
      const first = page.data.byteOffset >> 2;
      let i = first;
      while (i < first + PAGE_BYTES / 4 && this.words[i] === 0) i++;
      if (i < first + PAGE_BYTES / 4) yield page;
    }
  }
}
