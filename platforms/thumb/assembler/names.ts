import { CONDITION_NAMES, CONDITION_NUMBERS } from '../registers.js';
import { EXTRA_NAMES } from './rewrite.js';

/** A mnemonic taken apart. */
export interface Name {
  /** Without condition, width and the `s` of flag-setting instructions. */
  readonly base: string;
  readonly s: '' | 's';
  /** Number of the condition that is written. */
  readonly condition?: number;
  /** Bytes, if `.n` or `.w` asks for a width. */
  readonly width?: 2 | 4;
}

const IT = /^it[te]{0,3}$/;
const BRANCH = /^b([a-z]{2})$/;
const EXTRA = new Set(EXTRA_NAMES);

/**
 * Takes a mnemonic apart; undefined if it is none.
 * @param exists whether the table has an entry of this name
 */
export function nameOf(mnemonic: string, exists: (name: string) => boolean): Name | undefined {
  const suffix = /\.([nw])$/.exec(mnemonic)?.[1];
  const whole = suffix === undefined ? mnemonic : mnemonic.slice(0, -2);
  const width = suffix === undefined ? {} : { width: suffix === 'n' ? (2 as const) : (4 as const) };
  if (IT.test(whole)) return { base: whole, s: '', ...width };
  const branch = CONDITION_NUMBERS.get(BRANCH.exec(whole)?.[1] ?? '');
  if (branch !== undefined) return { base: 'b', s: '', condition: branch, ...width };
  const plain = split(whole, exists);
  if (plain !== undefined) return { ...plain, ...width };
  const condition = CONDITION_NUMBERS.get(whole.slice(-2));
  const rest = condition === undefined ? undefined : split(whole.slice(0, -2), exists);
  return rest === undefined || condition === undefined ? undefined : { ...rest, condition, ...width };
}

/** A name without condition, with its `s` taken off if the name without it exists too. */
function split(name: string, exists: (name: string) => boolean): Pick<Name, 'base' | 's'> | undefined {
  const known = (text: string): boolean => exists(text) || EXTRA.has(text);
  if (
    name.endsWith('s') &&
    known(name.slice(0, -1)) &&
    (known(name) || EXTRA.has(name.slice(0, -1))) &&
    name !== 'bls'
  ) {
    return { base: name.slice(0, -1), s: 's' };
  }
  return known(name) ? { base: name, s: '' } : undefined;
}

/** The name of a conditional branch in the table. */
export const branchName = (condition: number): string => (condition === 14 ? 'b' : `b${CONDITION_NAMES[condition]}`);
