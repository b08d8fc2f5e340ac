import type { PhysicalMemory } from './memory.js';

// The 64-bit FNV-1a offset basis and the low part of its prime, 2^40 + 0x1B3.
const BASIS_HIGH = 0xcbf29ce4 | 0;
const BASIS_LOW = 0x84222325 | 0;
const PRIME_LOW = 0x1b3;

/**
 * 64-bit FNV-1a, the hash of machine states and images. The 64 bits are two 32-bit halves: no BigInt in the loop. It
 * tells states apart and finds differences; it does not protect against somebody who wants two states to collide.
 */
export class Fnv1a64 {
  private high = BASIS_HIGH;
  private low = BASIS_LOW;

  /** Adds one byte (the low 8 bits of the number). */
  byte(value: number): this {
    const low = this.low ^ (value & 0xff);
    // (high:low) * (2^40 + 0x1B3) mod 2^64; the low half's product in two steps so that every step fits 32 bits
    const first = (low & 0xffff) * PRIME_LOW;
    const second = (low >>> 16) * PRIME_LOW + (first >>> 16);
    this.high = (Math.imul(this.high, PRIME_LOW) + (second >>> 16) + (low << 8)) | 0;
    this.low = (second << 16) | (first & 0xffff);
    return this;
  }

  /** Adds every byte in order. */
  bytes(data: Uint8Array): this {
    let high = this.high;
    let low = this.low;
    for (let i = 0; i < data.length; i++) {
      low ^= data[i];
      const first = (low & 0xffff) * PRIME_LOW;
      const second = (low >>> 16) * PRIME_LOW + (first >>> 16);
      high = (Math.imul(high, PRIME_LOW) + (second >>> 16) + (low << 8)) | 0;
      low = (second << 16) | (first & 0xffff);
    }
    this.high = high;
    this.low = low;
    return this;
  }

  /** Adds the low 32 bits of a number as four bytes, lowest first. */
  word(value: number): this {
    return this.byte(value)
      .byte(value >>> 8)
      .byte(value >>> 16)
      .byte(value >>> 24);
  }

  /** Adds an integer of up to 53 bits (a cycle stamp, for instance) as eight bytes, lowest first, in two's complement. */
  integer(value: number): this {
    return this.word(value).word(Math.floor(value / 2 ** 32));
  }

  /** Adds the length of a list and its integers, so that two lists in a row cannot be taken for other two. */
  integers(values: readonly number[]): this {
    this.word(values.length);
    for (const value of values) this.integer(value);
    return this;
  }

  /** Adds the UTF-8 bytes of a text. */
  text(value: string): this {
    return this.bytes(new TextEncoder().encode(value));
  }

  /** Adds the contents of a memory: address and bytes of each page that is not all zero, in address order. */
  memory(memory: PhysicalMemory): this {
    for (const { address, data } of memory.nonZeroPages()) this.word(address).bytes(data);
    return this;
  }

  /** The hash so far: 16 lower-case hexadecimal digits. More may be added afterwards. */
  digest(): string {
    const half = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
    return half(this.high) + half(this.low);
  }
}
