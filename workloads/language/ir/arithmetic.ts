import type { Comparison, Operator } from '../program.js';

/**
 * What the language's operators mean, for the interpreter and constant folding.
 * @returns the unsigned result; undefined where the language gives none (division by 0, shift by more than 31).
 */
export function compute(operator: Operator, left: number, right: number): number | undefined {
  switch (operator) {
    case 'add':
      return (left + right) >>> 0;
    case 'sub':
      return (left - right) >>> 0;
    case 'mul':
      return Math.imul(left, right) >>> 0;
    case 'divu':
      return right === 0 ? undefined : Math.floor((left >>> 0) / (right >>> 0)) >>> 0;
    case 'divs':
      return right === 0 ? undefined : Math.trunc((left | 0) / (right | 0)) >>> 0;
    case 'remu':
      return right === 0 ? undefined : ((left >>> 0) % (right >>> 0)) >>> 0;
    case 'rems':
      return right === 0 ? undefined : ((left | 0) % (right | 0)) >>> 0;
    case 'and':
      return (left & right) >>> 0;
    case 'or':
      return (left | right) >>> 0;
    case 'xor':
      return (left ^ right) >>> 0;
    case 'shl':
      return right > 31 ? undefined : (left << right) >>> 0;
    case 'shr':
      return right > 31 ? undefined : left >>> right;
    case 'sar':
      return right > 31 ? undefined : (left >> right) >>> 0;
  }
}

/** Whether a comparison of two words holds. */
export function holds(comparison: Comparison, left: number, right: number): boolean {
  switch (comparison) {
    case 'eq':
      return left >>> 0 === right >>> 0;
    case 'ne':
      return left >>> 0 !== right >>> 0;
    case 'lts':
      return (left | 0) < (right | 0);
    case 'ges':
      return (left | 0) >= (right | 0);
    case 'ltu':
      return left >>> 0 < right >>> 0;
    case 'geu':
      return left >>> 0 >= right >>> 0;
  }
}

/** The comparison that holds exactly when the other does not. */
export const INVERSE: Readonly<Record<Comparison, Comparison>> = {
  eq: 'ne',
  ne: 'eq',
  lts: 'ges',
  ges: 'lts',
  ltu: 'geu',
  geu: 'ltu',
};
