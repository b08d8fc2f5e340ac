import { constant, type Instruction, type Operand } from '../../../workloads/language/ir/function.js';
import type { Operator } from '../../../workloads/language/program.js';
import { isModifiedImmediate } from './immediates.js';
import type { Selection } from './select.js';
import { DIVIDE_SIGNED, DIVIDE_UNSIGNED } from './division.js';

type Binary = Extract<Instruction, { op: 'binary' }>;

const MNEMONICS = {
  add: 'adds',
  sub: 'subs',
  mul: 'muls',
  and: 'ands',
  or: 'orrs',
  xor: 'eors',
  shl: 'lsls',
  shr: 'lsrs',
  sar: 'asrs',
} as const;

const COMMUTATIVE: ReadonlySet<Operator> = new Set(['add', 'mul', 'and', 'or', 'xor']);

/** AND, ORR with the complement of their number. */
const WITH_COMPLEMENT: Readonly<Partial<Record<Operator, string>>> = { and: 'bics', or: 'orns' };

/** Arithmetic on words. */
export function binary(s: Selection, i: Binary): void {
  const { operator, left, right } = i;
  const to = s.result(i.result);
  if (/^(div|rem)/.test(operator)) {
    divide(s, operator, to, left, right);
    return;
  }
  const swapped = s.folds.of(left) !== undefined;
  const [first, second] = swapped ? [right, left] : [left, right];
  const folded = s.folds.of(second);
  if (folded?.op === 'binary') withFolded(s, operator, to, first, folded);
  else if (right.kind === 'constant') withNumber(s, operator as keyof typeof MNEMONICS, to, left, right.value);
  else withRegisters(s, operator as keyof typeof MNEMONICS, to, left, right);
}

/** A product or shift that the instruction computes as well: MLA, MLS, or an operand that is shifted. */
function withFolded(s: Selection, operator: Operator, to: number, first: Operand, folded: Binary): void {
  const uses = [s.register(first), s.register(folded.left)];
  if (folded.operator === 'mul') {
    const form = operator === 'sub' ? 'mls' : 'mla';
    s.put(`${form} {d0}, {u1}, {u2}, {u0}`, [to], [...uses, s.register(folded.right)]);
    return;
  }
  const by = folded.right.kind === 'constant' ? folded.right.value : 0;
  const shift = { shl: 'lsl', shr: 'lsr', sar: 'asr' }[folded.operator as 'shl' | 'shr' | 'sar'];
  s.put(`${MNEMONICS[operator as 'add']} {d0}, {u0}, {u1}, ${shift} #${by}`, [to], uses);
}

function withNumber(s: Selection, operator: keyof typeof MNEMONICS, to: number, left: Operand, n: number): void {
  const mnemonic = MNEMONICS[operator];
  const one = (text: string): void => s.put(text, [to], [s.register(left)]);
  switch (operator) {
    case 'add':
      addNumber(s, to, left, n | 0);
      return;
    case 'sub':
      addNumber(s, to, left, -n | 0);
      return;
    case 'shl':
    case 'shr':
    case 'sar':
      one(n === 0 ? 'movs {d0}, {u0}' : `${mnemonic} {d0}, {u0}, #${n}`);
      return;
    case 'and':
      if (n === 0xff) one('uxtb {d0}, {u0}');
      else if (n === 0xffff) one('uxth {d0}, {u0}');
      else modified(s, operator, to, left, n);
      return;
    case 'xor':
      if (n >>> 0 === 0xffffffff) one('mvns {d0}, {u0}');
      else modified(s, operator, to, left, n);
      return;
    default:
      modified(s, operator, to, left, n);
  }
}

/** With a number as it is or complemented, if there is such a form; else in a register. */
function modified(s: Selection, operator: keyof typeof MNEMONICS, to: number, left: Operand, n: number): void {
  const complement = WITH_COMPLEMENT[operator];
  if (s.wide && operator !== 'mul' && isModifiedImmediate(n)) {
    s.put(`${MNEMONICS[operator]} {d0}, {u0}, #${n}`, [to], [s.register(left)]);
  } else if (s.wide && complement !== undefined && isModifiedImmediate(~n)) {
    s.put(`${complement} {d0}, {u0}, #${~n >>> 0}`, [to], [s.register(left)]);
  } else withRegisters(s, operator, to, left, constant(n));
}

/** ADDS and SUBS: 3 bits beside another register, 8 bits in place, 12 bits and modified immediates if wide. */
function addNumber(s: Selection, to: number, left: Operand, n: number): void {
  const [mnemonic, size] = n < 0 ? ['sub', -n >>> 0] : ['add', n];
  const flags = !s.wide || isModifiedImmediate(size);
  const fits = s.wide ? flags || size <= 4095 : size <= 255;
  if (!fits) withRegisters(s, 'add', to, left, constant(n));
  else if (s.wide || size <= 7) {
    s.put(`${mnemonic}${flags ? 's' : 'w'} {d0}, {u0}, #${size}`, [to], [s.register(left)]);
  } else s.put(`${mnemonic}s {d0}, #${size}`, [to], [s.changeable(to, left)]);
}

function withRegisters(
  s: Selection,
  operator: keyof typeof MNEMONICS,
  to: number,
  left: Operand,
  right: Operand,
): void {
  if (operator === 'sub' && left.kind === 'constant' && left.value === 0) {
    s.put('rsbs {d0}, {u0}, #0', [to], [s.register(right)]);
  } else if (operator === 'add' || operator === 'sub' || s.wide) {
    // MULS of 32 bits does not exist
    const mnemonic = operator === 'mul' ? 'mul' : MNEMONICS[operator];
    s.put(`${mnemonic} {d0}, {u0}, {u1}`, [to], [s.register(left), s.register(right)]);
  } else inPlace(s, operator, to, left, right);
}

/** The first operand is the result. Of two that can be either, the one that nothing else reads. */
function inPlace(s: Selection, operator: keyof typeof MNEMONICS, to: number, left: Operand, right: Operand): void {
  const swap = COMMUTATIVE.has(operator) && s.folds.reads(left) > 1 && s.folds.reads(right) === 1;
  const [first, second] = swap ? [right, left] : [left, right];
  const other = s.register(second);
  s.changeable(to, first);
  const text = operator === 'mul' ? 'muls {d0}, {u1}, {d0}' : `${MNEMONICS[operator]} {d0}, {d0}, {u1}`;
  s.put(text, [to], [to, other]);
}

/** Armv6-M has no division. */
function divide(s: Selection, operator: Operator, to: number, left: Operand, right: Operand): void {
  const signed = operator === 'divs' || operator === 'rems';
  const remainder = operator === 'remu' || operator === 'rems';
  if (!s.wide) {
    const results = s.divide(signed ? DIVIDE_SIGNED : DIVIDE_UNSIGNED, left, right);
    s.move(to, results[remainder ? 1 : 0]);
    return;
  }
  const form = signed ? 'sdiv' : 'udiv';
  const [a, b] = [s.register(left), s.register(right)];
  if (!remainder) {
    s.put(`${form} {d0}, {u0}, {u1}`, [to], [a, b]);
    return;
  }
  const quotient = s.word();
  s.put(`${form} {d0}, {u0}, {u1}`, [quotient], [a, b]);
  s.put('mls {d0}, {u0}, {u1}, {u2}', [to], [quotient, b, a]);
}
