import { describe, expect, test } from 'vitest';
import { DATA, hexOf, outputsOf, poke } from './guest.js';

/*
 * AES-128 (FIPS 197) written for this test on a 4x4 array of bytes, as the standard describes it: the S-box by search for
 * the inverse, the columns as polynomials. The guest computes the same with aes32esmi and aes32esi on words.
 */
type State = readonly number[]; // 16 bytes, column by column

/** Product in GF(2^8), by Russian peasant multiplication. */
function times(a: number, b: number): number {
  let [x, y, sum] = [a, b, 0];
  for (; y > 0; y >>= 1) {
    if (y % 2 === 1) sum ^= x;
    x = x < 128 ? 2 * x : (2 * x) ^ 0x11b;
  }
  return sum;
}

const bytes = Array.from({ length: 256 }, (_, i) => i);
/** 5.1.1: inverse, then b_i + b_(i+4) + b_(i+5) + b_(i+6) + b_(i+7) + c_i. */
const SBOX = bytes.map((value) => {
  const inverse = value === 0 ? 0 : bytes.find((candidate) => times(value, candidate) === 1)!;
  const bit = (i: number): number => (inverse >> (i % 8)) & 1;
  return bytes
    .slice(0, 8)
    .reduce(
      (out, i) => out | ((bit(i) ^ bit(i + 4) ^ bit(i + 5) ^ bit(i + 6) ^ bit(i + 7) ^ ((0x63 >> i) & 1)) << i),
      0,
    );
});
const INVERSE = bytes.map((value) => SBOX.indexOf(value));

const subBytes = (s: State, box: readonly number[]): State => s.map((b) => box[b]);
/** 5.1.2: row r moves left by r. */
const shiftRows = (s: State, by: 1 | -1): State => s.map((_, i) => s[(i + 4 * (16 + by * (i % 4))) % 16]);
const mixColumns = (s: State, factors: readonly number[]): State =>
  s.map((_, i) => {
    const column = i - (i % 4);
    return factors.reduce((sum, f, k) => sum ^ times(f, s[column + (((i % 4) + k) % 4)]), 0);
  });
const addKey = (s: State, key: State): State => s.map((b, i) => b ^ key[i]);

/** 5.2: eleven round keys. */
function expandKey(key: State): State[] {
  const words = [0, 4, 8, 12].map((i) => key.slice(i, i + 4));
  let constant = 1;
  for (let i = 4; i < 44; i++) {
    let last = [...words[i - 1]];
    if (i % 4 === 0) {
      last = [...last.slice(1), last[0]].map((b) => SBOX[b]);
      last[0] ^= constant;
      constant = times(constant, 2);
    }
    words.push(words[i - 4].map((b, k) => b ^ last[k]));
  }
  return Array.from({ length: 11 }, (_, r) => words.slice(4 * r, 4 * r + 4).flat());
}

/** The state after each round, the first key added included. */
function encryptionRounds(plain: State, keys: readonly State[]): State[] {
  const rounds = [addKey(plain, keys[0])];
  for (let r = 1; r <= 10; r++) {
    const shifted = shiftRows(subBytes(rounds[r - 1], SBOX), 1);
    rounds.push(addKey(r < 10 ? mixColumns(shifted, [2, 3, 1, 1]) : shifted, keys[r]));
  }
  return rounds;
}

/** 5.3.5, the equivalent inverse cipher: round keys pass through InvMixColumns. */
const inverseKeys = (keys: readonly State[]): State[] =>
  [...keys].reverse().map((k, r) => (r === 0 || r === 10 ? k : mixColumns(k, [14, 11, 13, 9])));

function decryptionRounds(cipher: State, keys: readonly State[]): State[] {
  const rounds = [addKey(cipher, keys[0])];
  for (let r = 1; r <= 10; r++) {
    const shifted = shiftRows(subBytes(rounds[r - 1], INVERSE), -1);
    rounds.push(addKey(r < 10 ? mixColumns(shifted, [14, 11, 13, 9]) : shifted, keys[r]));
  }
  return rounds;
}

const wordsOf = (s: State): number[] =>
  [0, 4, 8, 12].map((i) => s[i] + s[i + 1] * 2 ** 8 + s[i + 2] * 2 ** 16 + s[i + 3] * 2 ** 24);
const parse = (hex: string): State => hex.match(/../g)!.map((b) => parseInt(b, 16));
const print = (s: State): string => s.map((b) => b.toString(16).padStart(2, '0')).join('');

/** A guest that does ten rounds on words and outputs the four columns of each; `step` is the column distance of rows. */
function guest(middle: string, last: string, step: number): string {
  const round = (instruction: string): string =>
    [0, 1, 2, 3]
      .map((c) =>
        [
          `lw s${c + 4}, ${4 * c}(a0)`,
          ...[0, 1, 2, 3].map((row) => `${instruction} s${c + 4}, s${c + 4}, s${(c + step * row + 16) % 4}, ${row}`),
        ].join('\n'),
      )
      .join('\n');
  return `
    .option norvc
    _start: li a0, ${DATA}
      li a1, ${DATA + 16 * 11}
      ${[0, 1, 2, 3].map((c) => `lw s${c}, ${4 * c}(a1)\n lw t0, ${4 * c}(a0)\n xor s${c}, s${c}, t0`).join('\n')}
      li a2, 9
    next: addi a0, a0, 16
      ${round(middle)}
      ${[0, 1, 2, 3].map((c) => `mv s${c}, s${c + 4}\n out s${c}`).join('\n')}
      addi a2, a2, -1
      bnez a2, next
      addi a0, a0, 16
      ${round(last)}
      ${[0, 1, 2, 3].map((c) => `out s${c + 4}`).join('\n')}
      exit`;
}

const runGuest = (source: string, keys: readonly State[], block: State): readonly number[] =>
  outputsOf(source, { prepare: (m) => poke(m, DATA, ...keys.flatMap(wordsOf), ...wordsOf(block)) });

const VECTORS = [
  // FIPS 197 appendix B, and C.1
  ['2b7e151628aed2a6abf7158809cf4f3c', '3243f6a8885a308d313198a2e0370734', '3925841d02dc09fbdc118597196a0b32'],
  ['000102030405060708090a0b0c0d0e0f', '00112233445566778899aabbccddeeff', '69c4e0d86a7b0430d8cdb78070b4c55a'],
] as const;

describe('AES-128 by aes32*', () => {
  test.each(VECTORS)('the reference is FIPS 197: key %s', (key, plain, cipher) => {
    const keys = expandKey(parse(key));
    expect(print(encryptionRounds(parse(plain), keys)[10])).toBe(cipher);
    expect(print(decryptionRounds(parse(cipher), inverseKeys(keys))[10])).toBe(plain);
  });

  test.each(VECTORS)('every round of encryption, key %s', (key, plain) => {
    const keys = expandKey(parse(key));
    const expected = encryptionRounds(parse(plain), keys).slice(1).flatMap(wordsOf);
    expect(hexOf(runGuest(guest('aes32esmi', 'aes32esi', 1), keys, parse(plain)))).toEqual(hexOf(expected));
  });

  test.each(VECTORS)('every round of decryption, key %s', (key, _, cipher) => {
    const keys = inverseKeys(expandKey(parse(key)));
    const expected = decryptionRounds(parse(cipher), keys).slice(1).flatMap(wordsOf);
    expect(hexOf(runGuest(guest('aes32dsmi', 'aes32dsi', -1), keys, parse(cipher)))).toEqual(hexOf(expected));
  });

  const table = (mnemonic: string, factors: readonly number[] | undefined, box: readonly number[]): void => {
    for (const select of [0, 1, 2, 3]) {
      const source = `
        _start: li a0, 0
          li a1, 256
          li a2, 0x01010101
          li a4, 0xdeadbeef
        next: ${mnemonic} a3, a4, a0, ${select}
          out a3
          add a0, a0, a2
          addi a1, a1, -1
          bnez a1, next
          exit`;
      const expected = bytes.map((b) => {
        const column = factors === undefined ? [box[b], 0, 0, 0] : factors.map((f) => times(f, box[b]));
        const word = column.reduce((sum, value, i) => sum + value * 2 ** (8 * ((i + select) % 4)), 0);
        return Number(BigInt(word) ^ 0xdeadbeefn);
      });
      expect(hexOf(outputsOf(source))).toEqual(hexOf(expected));
    }
  };

  test('aes32esi, each byte in each place', () => table('aes32esi', undefined, SBOX));
  test('aes32esmi, each byte in each place', () => table('aes32esmi', [2, 1, 1, 3], SBOX));
  test('aes32dsi, each byte in each place', () => table('aes32dsi', undefined, INVERSE));
  test('aes32dsmi, each byte in each place', () => table('aes32dsmi', [14, 9, 13, 11], INVERSE));
});
