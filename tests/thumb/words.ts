import { extract, insert, readEncoding } from '../../platforms/thumb/fields.js';
import type { Instruction } from '../../platforms/thumb/instruction.js';

/** The bits of a word that fields hold. */
export function fieldBits(instruction: Instruction): number {
  let bits = 0;
  for (const { pieces } of readEncoding(instruction.encoding).layouts.values()) {
    for (const piece of pieces) bits |= ((1 << piece.bits) - 1) << piece.word;
  }
  return bits;
}

/**
 * A word of this encoding with these bits in its fields; bits that should have a value have it, and a register that stands
 * twice is the same twice.
 */
export function canonicalWord(instruction: Instruction, bits: number): number {
  const { base, layouts } = readEncoding(instruction.encoding);
  const word = base | (bits & fieldBits(instruction));
  const source = layouts.get('m');
  const copy = layouts.get('p');
  if (source === undefined || copy === undefined) return word;
  return (word & ~insert(copy, 15)) | insert(copy, extract(source, word));
}

/** True if bits that should have a value have it. */
export function isCanonical(instruction: Instruction, word: number): boolean {
  return canonicalWord(instruction, word) === word;
}
