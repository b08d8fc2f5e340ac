import { Mistake } from '../../assembler/problems.js';
import { CONDITION_NAMES, CONDITION_NUMBERS } from '../registers.js';

/** Number of the condition "always". */
const ALWAYS = 14;

/** The IT block that the next instruction is in, if any. */
export class IfThen {
  /** Conditions of the instructions that are left, in order. */
  private left: number[] = [];

  /** Condition of the next instruction; undefined outside a block. */
  get condition(): number | undefined {
    return this.left[0];
  }

  get isLast(): boolean {
    return this.left.length === 1;
  }

  /** Goes on to the next instruction. */
  advance(): void {
    this.left.shift();
  }

  /**
   * Begins a block.
   * @param letters `t` and `e` after `it`.
   * @returns ITSTATE: the first condition and the mask (DDI0403E A7.3.3).
   */
  begin(letters: string, name: string): number {
    const first = CONDITION_NUMBERS.get(name.toLowerCase());
    if (first === undefined) throw new Mistake(`"${name}" is no condition: ${CONDITION_NAMES.join(', ')}`);
    if (this.condition !== undefined) {
      this.left = [];
      throw new Mistake('an IT block cannot begin inside another one');
    }
    if (first === ALWAYS && letters.includes('e')) throw new Mistake('there is no "else" of always');
    this.left = [first, ...[...letters].map((letter) => (letter === 't' ? first : first ^ 1))];
    let mask = 8;
    [...letters].forEach((letter, i) => {
      const bit = (letter === 't' ? first : first ^ 1) & 1;
      mask = (mask & ~(8 >> i)) | (bit << (3 - i)) | (8 >> (i + 1));
    });
    return (first << 4) | mask;
  }

  /** Checks the suffix of an instruction against the block. */
  check(mnemonic: string, condition: number | undefined): void {
    const wanted = this.condition;
    if (wanted === undefined) {
      if (condition !== undefined && condition !== ALWAYS) {
        throw new Mistake(`${mnemonic} is conditional: write "it ${CONDITION_NAMES[condition]}" before it`);
      }
      return;
    }
    if ((condition ?? ALWAYS) === wanted) return;
    // One message is enough: the block ends here
    this.left = [];
    const suffix = wanted === ALWAYS ? 'no condition' : `condition ${CONDITION_NAMES[wanted]}`;
    throw new Mistake(`${mnemonic} must have ${suffix} in this place of its IT block`);
  }

  /** Checks that no block is left open where code ends or a label would let code jump into it. */
  finish(): void {
    if (this.condition === undefined) return;
    const count = this.left.length;
    this.left = [];
    throw new Mistake(`the IT block wants ${count} more ${count === 1 ? 'instruction' : 'instructions'}`);
  }
}
