/*
 * What probes of registers have in common on RV32: showing a word in them, counting those that hold one. `workloads/language/
 * operations.ts` says what an exposed call is.
 */

/** The word in every one of the registers. */
export const fillRegisters = (registers: readonly string[], word: number): readonly string[] =>
  registers.map((register) => `li ${register}, 0x${word.toString(16)}`);

/** Adds to register `count` how many of the registers hold the word that is in register `word`. */
export const countHolding = (registers: readonly string[], word: string, count: string): readonly string[] =>
  registers.flatMap((register) => [`bne ${register}, ${word}, 1f`, `addi ${count}, ${count}, 1`, '1:']);

/** Counts in a1 the registers, a1 among them, that hold the word in a0. */
export const lookIntoRegisters = (others: readonly string[]): readonly string[] => [
  'sub a1, a1, a0',
  'seqz a1, a1',
  ...countHolding(others, 'a0', 'a1'),
];

/** Whether the word at an address is not `word` any more: 1 in `register`. Uses `scratch`. */
export const changedWord = (load: string, register: string, word: number, scratch: string): readonly string[] => [
  load,
  `li ${scratch}, 0x${word.toString(16)}`,
  `xor ${register}, ${register}, ${scratch}`,
  `snez ${register}, ${register}`,
];
