import type { Expression } from '../../assembler/expression.js';
import { Mistake } from '../../assembler/problems.js';
import { Shift } from '../instruction.js';
import type { Operand } from './operands.js';

/** An instruction as it might be read: tried in order, the first that fits is taken. */
export interface Attempt {
  /** Name of table entries. */
  readonly mnemonic: string;
  readonly operands: readonly Operand[];
  /** Only entries with a modified immediate constant: the value is converted. */
  readonly constantOnly?: boolean;
  /** Only entries of this length. */
  readonly length?: 2 | 4;
}

/** Instructions of which the first source may be left out if it is the destination. */
const THREE_OPERANDS = new Set([
  'add',
  'adc',
  'sub',
  'sbc',
  'rsb',
  'and',
  'orr',
  'orn',
  'eor',
  'bic',
  'lsl',
  'lsr',
  'asr',
  'ror',
  'addw',
  'subw',
  'sdiv',
  'udiv',
]);

/** Instructions whose sources may change places. */
export const COMMUTATIVE = new Set(['add', 'adc', 'and', 'orr', 'eor', 'mul']);

/** The same instruction under another name. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['cpy', 'mov'],
  ['ldm', 'ldmia'],
  ['ldmfd', 'ldmia'],
  ['ldmea', 'ldmdb'],
  ['stm', 'stmia'],
  ['stmea', 'stmia'],
  ['stmfd', 'stmdb'],
  ['swi', 'svc'],
]);

/** What a mnemonic without condition, width and `s` may be called besides the names of the table. */
export const EXTRA_NAMES: readonly string[] = [...SYNONYMS.keys(), 'neg'];

/** Instructions with a constant, and what does the same with another constant. */
const OPPOSITES: ReadonlyMap<string, readonly [string, 'negate' | 'invert']> = new Map([
  ['add', ['sub', 'negate']],
  ['sub', ['add', 'negate']],
  ['cmp', ['cmn', 'negate']],
  ['cmn', ['cmp', 'negate']],
  ['mov', ['mvn', 'invert']],
  ['mvn', ['mov', 'invert']],
  ['and', ['bic', 'invert']],
  ['bic', ['and', 'invert']],
  ['orr', ['orn', 'invert']],
  ['orn', ['orr', 'invert']],
  ['adc', ['sbc', 'invert']],
  ['sbc', ['adc', 'invert']],
]);

const SHIFT_MNEMONICS = ['lsl', 'lsr', 'asr', 'ror', 'rrx'];

const constant = (value: number): Operand => ({
  kind: 'value',
  expression: { kind: 'number', value: BigInt(value) },
  hash: true,
});

const register = (number: number): Operand => ({ kind: 'register', register: number, writeBack: false });

/**
 * The ways to read an instruction.
 * @param base name without condition, width and `s`
 * @param s `s` if the instruction sets the flags by its name, else empty
 * @param valueOf value of an expression that is known here
 */
export function attempts(
  base: string,
  s: '' | 's',
  written: readonly Operand[],
  valueOf: (expression: Expression) => number | undefined,
): Attempt[] {
  const name = SYNONYMS.get(base) ?? base;
  let operands = written;
  if (THREE_OPERANDS.has(name)) operands = threeOperands(operands);
  if (name === 'mul' && operands.length === 2) operands = [operands[0], operands[1], operands[0]];
  if (name === 'neg') return [{ mnemonic: `rsb${s}`, operands: [...operands, constant(0)] }];
  const plain: Attempt = { mnemonic: name + s, operands };
  switch (name) {
    case 'mov':
    case 'lsl':
    case 'lsr':
    case 'asr':
    case 'ror':
      return [...shifts(name, s, operands, valueOf), plain, ...opposites(name, s, operands, valueOf)];
    case 'add':
    case 'sub':
      return [...addresses(name, s, operands, valueOf), plain, ...opposites(name, s, operands, valueOf)];
    case 'pkhtb':
      // Without a shift the halves are those of PKHBT with its sources exchanged
      return operands.length === 3
        ? [{ mnemonic: 'pkhbt', operands: [operands[0], operands[2], operands[1]] }]
        : [plain];
    case 'strd':
    case 'ldrd':
      return [plain, ...pairs(name, operands)];
    case 'svc':
    case 'bkpt':
    case 'udf':
      return operands.length === 0 && name !== 'svc' ? [{ mnemonic: name, operands: [constant(0)] }] : [plain];
    case 'ldmia':
    case 'ldmdb':
    case 'stmia':
    case 'stmdb':
    case 'push':
    case 'pop':
      return multiple(name, operands);
    default:
      return [plain, ...opposites(name, s, operands, valueOf)];
  }
}

/** Puts the destination in as first source if that is left out. */
function threeOperands(operands: readonly Operand[]): readonly Operand[] {
  const [first] = operands;
  const sources = operands.filter((operand) => operand.kind !== 'shift').length;
  if (sources !== 2 || operands.length === 0) return operands;
  return [first, ...operands];
}

/** MOV with a shift is a shift; a shift by no bits is LSL #0, whatever is written. */
function shifts(
  name: string,
  s: string,
  operands: readonly Operand[],
  valueOf: (expression: Expression) => number | undefined,
): Attempt[] {
  const last = operands.at(-1);
  if (name === 'mov' && operands.length === 3 && last?.kind === 'shift') {
    const { type, amount, register: by } = last.shift;
    if (type === Shift.RRX) return [{ mnemonic: `rrx${s}`, operands: operands.slice(0, 2) }];
    if (by !== undefined)
      return [{ mnemonic: SHIFT_MNEMONICS[type] + s, operands: [...operands.slice(0, 2), register(by)] }];
    const value = amount === undefined ? undefined : valueOf(amount);
    if (value === undefined) throw new Mistake('the amount of a shift must be known here');
    return shifts(SHIFT_MNEMONICS[type], s, [...operands.slice(0, 2), constant(value)], valueOf).concat({
      mnemonic: SHIFT_MNEMONICS[type] + s,
      operands: [...operands.slice(0, 2), constant(value)],
    });
  }
  if (name !== 'mov' && operands.length === 3 && last?.kind === 'value' && valueOf(last.expression) === 0) {
    // A rotation has no 16-bit form, whatever becomes of it
    return [name === 'ror' ? { mnemonic: `lsl${s}`, operands, length: 4 } : { mnemonic: `lsl${s}`, operands }];
  }
  return [];
}

/** `add rd, pc, #n` is ADR. */
function addresses(
  name: string,
  s: string,
  operands: readonly Operand[],
  valueOf: (expression: Expression) => number | undefined,
): Attempt[] {
  const [rd, source, last] = operands;
  if (s !== '' || operands.length !== 3 || source.kind !== 'register' || source.register !== 15) return [];
  if (last.kind !== 'value') return [];
  const value = valueOf(last.expression);
  if (value === undefined) throw new Mistake('the distance from pc must be known here: adr takes a label');
  const offset: Expression = { kind: 'number', value: BigInt(name === 'add' ? value : -value) };
  return [{ mnemonic: 'adr', operands: [rd, { kind: 'memory', base: 15, offset, writeBack: false }] }];
}

/** The same effect with the negative or inverted constant, and ADDW, SUBW and MOVW for what is none. */
function opposites(
  name: string,
  s: string,
  operands: readonly Operand[],
  valueOf: (expression: Expression) => number | undefined,
): Attempt[] {
  const last = operands.at(-1);
  const value = last?.kind === 'value' ? valueOf(last.expression) : undefined;
  if (value === undefined) return [];
  const others = (number: number): Operand[] => [...operands.slice(0, -1), constant(number)];
  const found: Attempt[] = [];
  const opposite = OPPOSITES.get(name);
  if (opposite !== undefined) {
    const [other, how] = opposite;
    found.push({
      mnemonic: other + (other === 'cmp' || other === 'cmn' ? '' : s),
      operands: others((how === 'negate' ? -value : ~value) >>> 0),
      constantOnly: true,
    });
  }
  if (s === '' && (name === 'add' || name === 'sub')) {
    found.push(
      { mnemonic: `${name}w`, operands },
      { mnemonic: name === 'add' ? 'subw' : 'addw', operands: others(-value) },
    );
  }
  if (s === '' && name === 'mov') found.push({ mnemonic: 'movw', operands });
  return found;
}

/** The second register of a pair may be left out: it is the next one. */
function pairs(name: string, operands: readonly Operand[]): Attempt[] {
  const [first, second] = operands;
  if (first?.kind !== 'register' || second?.kind !== 'memory') return [];
  return [{ mnemonic: name, operands: [first, register(first.register + 1), ...operands.slice(1)] }];
}

/**
 * Load and store multiple. PUSH and POP have 32-bit forms named STMDB and LDMIA; one register alone moves with LDR or STR, as
 * GNU as does it.
 */
function multiple(name: string, operands: readonly Operand[]): Attempt[] {
  const stack: Operand = { kind: 'register', register: 13, writeBack: true };
  const base = name === 'push' || name === 'pop' ? stack : operands[0];
  const list = name === 'push' || name === 'pop' ? operands[0] : operands[1];
  const long = name === 'push' ? 'stmdb' : name === 'pop' ? 'ldmia' : name;
  const found: Attempt[] = [];
  if (name === 'push' || name === 'pop') found.push({ mnemonic: name, operands });
  if (base?.kind !== 'register' || list?.kind !== 'list') return [{ mnemonic: name, operands }];
  // The forms that have 16 bits come first; those of 32 bits are left to the single-register ones below
  if (long === 'ldmia' && base.register === 13 && base.writeBack && name !== 'pop' && (list.list & ~0xff) === 0) {
    found.push({ mnemonic: 'pop', operands: [list] });
  }
  const keepsBase = long === 'ldmia' && base.register < 8 && ((list.list >> base.register) & 1) !== 0;
  if (keepsBase && !base.writeBack) {
    found.push({ mnemonic: 'ldmia', operands: [{ ...base, writeBack: true }, list], length: 2 });
  } else if (!keepsBase && base.writeBack && base.register < 8) found.push({ mnemonic: long, operands, length: 2 });
  const single = singleRegister(list.list);
  if (single !== undefined) found.push(...oneRegister(long, base, single));
  else found.push({ mnemonic: long, operands: [base, list] });
  return found;
}

/** The only register of a list. */
function singleRegister(list: number): number | undefined {
  return list !== 0 && (list & (list - 1)) === 0 ? 31 - Math.clz32(list) : undefined;
}

function oneRegister(name: string, base: Extract<Operand, { kind: 'register' }>, transferred: number): Attempt[] {
  const mnemonic = name.startsWith('ld') ? 'ldr' : 'str';
  const rt = register(transferred);
  const address = (offset: number, writeBack: boolean): Operand => ({
    kind: 'memory',
    base: base.register,
    writeBack,
    offset: { kind: 'number', value: BigInt(offset) },
  });
  const down = name.endsWith('db');
  if (!base.writeBack) return [{ mnemonic, operands: [rt, address(down ? -4 : 0, false)] }];
  return down
    ? [{ mnemonic, operands: [rt, address(-4, true)] }]
    : [{ mnemonic, operands: [rt, { kind: 'memory', base: base.register, writeBack: false }, constant(4)] }];
}
