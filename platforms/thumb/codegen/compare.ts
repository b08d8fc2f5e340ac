import { type Instruction, type Operand } from '../../../workloads/language/ir/function.js';
import type { Comparison } from '../../../workloads/language/program.js';
import { fitsCompare, isModifiedImmediate } from './immediates.js';
import type { Selection } from './select.js';

/** Conditions of branches (DDI0403E A7.3), those that comparisons use. */
export type Condition = 'eq' | 'ne' | 'lt' | 'ge' | 'gt' | 'le' | 'lo' | 'hs' | 'hi' | 'ls';

const CONDITIONS: Readonly<Record<Comparison, Condition>> = {
  eq: 'eq',
  ne: 'ne',
  lts: 'lt',
  ges: 'ge',
  ltu: 'lo',
  geu: 'hs',
};

/** The condition for operands the other way round. */
const MIRRORED: Readonly<Record<Comparison, Condition>> = {
  eq: 'eq',
  ne: 'ne',
  lts: 'gt',
  ges: 'le',
  ltu: 'hi',
  geu: 'ls',
};

const OPPOSITES: readonly (readonly [Condition, Condition])[] = [
  ['eq', 'ne'],
  ['lt', 'ge'],
  ['gt', 'le'],
  ['lo', 'hs'],
  ['hi', 'ls'],
];

/** The condition that holds exactly when the other does not. */
export function inverseOf(condition: Condition): Condition {
  const pair = OPPOSITES.find((p) => p.includes(condition))!;
  return pair[0] === condition ? pair[1] : pair[0];
}

/** An instruction that sets the flags, and the condition that then says whether a comparison holds. */
export interface Test {
  readonly text: string;
  readonly uses: readonly number[];
  readonly condition: Condition;
}

/** Compares two operands by the flags: CMP, CMN, or TST for a conjunction with 0. */
export function test(s: Selection, comparison: Comparison, left: Operand, right: Operand): Test {
  const folded = s.folds.of(left);
  if (folded?.op === 'binary') {
    const condition = CONDITIONS[comparison];
    const n = folded.right;
    if (n.kind === 'constant' && isModifiedImmediate(n.value)) {
      return { text: `tst {u0}, #${n.value}`, uses: [s.register(folded.left)], condition };
    }
    return { text: 'tst {u0}, {u1}', uses: [s.register(folded.left), s.register(n)], condition };
  }
  if (left.kind === 'constant' && right.kind === 'value') {
    return { ...flags(s, right, left), condition: MIRRORED[comparison] };
  }
  return { ...flags(s, left, right), condition: CONDITIONS[comparison] };
}

function flags(s: Selection, left: Operand, right: Operand): { text: string; uses: readonly number[] } {
  const register = s.register(left);
  if (right.kind !== 'constant' || !fitsCompare(s.wide, right.value)) {
    return { text: 'cmp {u0}, {u1}', uses: [register, s.register(right)] };
  }
  const n = right.value;
  const negated = -n >>> 0;
  if (!s.wide || isModifiedImmediate(n)) return { text: `cmp {u0}, #${n}`, uses: [register] };
  return { text: `cmn {u0}, #${negated}`, uses: [register] };
}

/** A comparison as a number, 0 or 1. */
export function compare(s: Selection, i: Extract<Instruction, { op: 'compare' }>): void {
  const { comparison, left, right } = i;
  const to = s.result(i.result);
  if (right.kind === 'constant' && right.value === 0 && (comparison === 'lts' || comparison === 'ges')) {
    sign(s, comparison, to, left);
  } else if (s.wide) withConditions(s, to, test(s, comparison, left, right));
  else withCarry(s, comparison, to, left, right);
}

/** The sign bit, or its complement. */
function sign(s: Selection, comparison: 'lts' | 'ges', to: number, left: Operand): void {
  let from = s.register(left);
  if (comparison === 'ges') {
    const complement = s.word();
    s.put('mvns {d0}, {u0}', [complement], [from]);
    from = complement;
  }
  s.put('lsrs {d0}, {u0}, #31', [to], [from]);
}

/** IT block: one of two instructions is executed. */
function withConditions(s: Selection, to: number, { text, uses, condition }: Test): void {
  const lines = [text, `ite ${condition}`, `mov${condition} {d0}, #1`, `mov${inverseOf(condition)} {d0}, #0`];
  s.put(lines.join('\n'), [to], uses);
}

/**
 * Armv6-M has no conditional instructions but branches: the carry that a subtraction leaves becomes the number. It is 1
 * if nothing was borrowed.
 */
function withCarry(s: Selection, comparison: Comparison, to: number, left: Operand, right: Operand): void {
  switch (comparison) {
    case 'eq':
    case 'ne':
      equality(s, comparison, to, left, right);
      break;
    case 'ltu': {
      const { text, uses } = flags(s, left, right);
      s.put(`${text}\nsbcs {d0}, {d0}\nrsbs {d0}, {d0}, #0`, [to], uses);
      break;
    }
    case 'geu': {
      const { text, uses } = flags(s, left, right);
      s.put(`${text}\nmovs {d0}, #0\nadcs {d0}, {d0}`, [to], uses);
      break;
    }
    case 'ges': {
      // the difference's upper word: -(left < 0) + (right < 0) + carry is 1 if left >= right, else 0
      const [a, b] = [s.register(left), s.register(right)];
      const above = s.word();
      s.put('asrs {d0}, {u0}, #31', [to], [a]);
      s.put('lsrs {d0}, {u0}, #31', [above], [b]);
      s.put('cmp {u2}, {u3}\nadcs {d0}, {d0}, {u1}', [to], [to, above, a, b]);
      break;
    }
    case 'lts': {
      const notLess = s.word();
      const [a, b] = [s.register(left), s.register(right)];
      const above = s.word();
      s.put('asrs {d0}, {u0}, #31', [notLess], [a]);
      s.put('lsrs {d0}, {u0}, #31', [above], [b]);
      s.put('cmp {u2}, {u3}\nadcs {d0}, {d0}, {u1}', [notLess], [notLess, above, a, b]);
      s.put('rsbs {d0}, {u0}, #0\nadds {d0}, {d0}, #1', [to], [notLess]);
      break;
    }
  }
}

function equality(s: Selection, comparison: 'eq' | 'ne', to: number, left: Operand, right: Operand): void {
  const difference = s.word();
  const isZero = right.kind === 'constant' && right.value === 0;
  if (isZero) s.move(difference, s.register(left));
  else if (right.kind === 'constant' && right.value <= 7) {
    s.put(`subs {d0}, {u0}, #${right.value}`, [difference], [s.register(left)]);
  } else if (right.kind === 'constant' && right.value <= 255) {
    s.put(`subs {d0}, #${right.value}`, [difference], [s.changeable(difference, left)]);
  } else s.put('subs {d0}, {u0}, {u1}', [difference], [s.register(left), s.register(right)]);
  if (comparison === 'eq') {
    // 0 - difference borrows nothing only if that is 0; then the difference and its negative cancel out
    s.put('rsbs {d0}, {u0}, #0\nadcs {d0}, {d0}, {u0}', [to, difference], [difference]);
  } else {
    const less = s.word();
    s.put('subs {d1}, {u0}, #1\nsbcs {d0}, {d0}, {d1}', [difference, less], [difference]);
    s.move(to, difference);
  }
}
