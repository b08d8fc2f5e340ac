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

/** log2 of the bytes in a line of `lineFlags`. */
export const LINE_SHIFT = 5;

/**
 * Sparse physical memory of one machine: 2^20 pages of 4 KiB, each RAM, ROM, a device or an error range.
 *
 * Pages get host memory on first touch from one arena that never moves, so that an engine may keep its typed-array views
 * in local variables. `readMap[page]` and `writeMap[page]` give the arena offset of a page, or 0 if the access must
 * go through `read`/`write` (untouched page, ROM store, device, error). All words are little endian.
 *
 * `lineFlags` has one byte per 32-byte arena line. Bit 0 is `LINE_HAS_CODE`; the other bits belong to the engine (for
 * instance "this line is in the modelled data cache").
 */
export class PhysicalMemory {
  readonly arena: ArrayBuffer;
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Int32Array;
  /** Arena offset by page number for loads and fetches, 0 = use `read`. */
  readonly readMap = new Int32Array(1 << 20);
  /** Arena offset by page number for stores, 0 = use `write`. */
  readonly writeMap = new Int32Array(1 << 20);
  readonly lineFlags: Uint8Array;
  /** Physical page number of each arena page, for snapshots, hashes and engines that walk lines. */
  readonly pageOfArena: Int32Array;
  /** Called with the arena offset of a line that holds decoded code, after a store changed it. */
  codeWritten: (arenaOffset: number) => void = () => undefined;

  private readonly kinds = new Uint16Array(1 << 20);
  private readonly devices: Device[] = [];
  private readonly deviceStart: number[] = [];
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

  /** Makes every page untouched (reads as zero) again and clears all line flags. Keeps regions and devices. */
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
    return offset;
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
    if ((this.lineFlags[at >>> LINE_SHIFT] & LINE_HAS_CODE) !== 0) this.codeWritten(at);
  }

  /**
   * Copies bytes into RAM or ROM, as a loader does: no device is called and no time passes.
   * @throws RangeError if a byte would fall outside RAM and ROM; nothing is written then.
   */
  load(address: PhysicalAddress, data: Uint8Array): void {
    const end = address + data.length;
    if (end > 2 ** 32) throw new RangeError(`${data.length} bytes at ${hex32(address)} run past the address space`);
    for (let a = address - (address % PAGE_BYTES); a < end; a += PAGE_BYTES) {
      const kind = this.kinds[a / PAGE_BYTES];
      if (kind !== KIND_RAM && kind !== KIND_ROM) {
        throw new RangeError(`no RAM or ROM at ${hex32(Math.max(a, address))} for ${data.length} bytes to be loaded`);
      }
    }
    for (let i = 0; i < data.length; i++) {
      const a = address + i;
      const at = this.touch(a) + (a % PAGE_BYTES);
      this.bytes[at] = data[i];
      if ((this.lineFlags[at >>> LINE_SHIFT] & LINE_HAS_CODE) !== 0) this.codeWritten(at);
    }
  }

  /** Copies `length` bytes out of RAM or ROM; device and error pages read as zero. No device is called. */
  dump(address: PhysicalAddress, length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      const a = (address + i) >>> 0;
      const base = this.readMap[a >>> 12];
      if (base !== 0) out[i] = this.bytes[base + (a & 0xfff)];
    }
    return out;
  }

  /** Touched pages in address order, with their contents (views into the arena, not copies). */
  *touched(): Generator<{ readonly address: PhysicalAddress; readonly data: Uint8Array }> {
    const order = Array.from(this.pageOfArena.subarray(1, this.usedPages), (page, i) => ({ page, arena: i + 1 }));
    order.sort((a, b) => a.page - b.page);
    for (const { page, arena } of order) {
      const at = arena * PAGE_BYTES;
      yield { address: physical(page * PAGE_BYTES), data: this.bytes.subarray(at, at + PAGE_BYTES) };
    }
  }
}
