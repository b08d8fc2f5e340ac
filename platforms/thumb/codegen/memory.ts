import { constant, type Instruction, type Operand } from '../../../workloads/language/ir/function.js';
import type { Width } from '../../../workloads/language/program.js';
import { fitsOffset } from './immediates.js';
import type { Selection } from './select.js';

/** An address as the operand of a load or store, with the registers that its text names from `{uN}` on. */
interface Address {
  readonly text: string;
  readonly uses: readonly number[];
  readonly indexed: boolean;
}

const SUFFIXES: Readonly<Record<Width, string>> = { 1: 'b', 2: 'h', 4: '', reference: '' };

export function load(s: Selection, i: Extract<Instruction, { op: 'load' }>): void {
  const moved = s.folds.step(i);
  if (moved !== undefined) {
    const pointer = s.changeable(s.result(moved.result), i.reference);
    const form = `ldr${i.signed && SUFFIXES[i.width] !== '' ? 's' : ''}${SUFFIXES[i.width]}`;
    s.put(`${form} {d0}, ${writtenBack(i.offset, moved.by, 'd1')}`, [s.result(i.result), pointer], [pointer]);
    return;
  }
  const address = addressOf(s, i.reference, i.offset, i.width, 0);
  const suffix = SUFFIXES[i.width];
  const signed = i.signed && suffix !== '';
  const to = [s.result(i.result)];
  if (!signed || s.wide || address.indexed) {
    s.put(`ldr${signed ? 's' : ''}${suffix} {d0}, ${address.text}`, to, address.uses);
    return;
  }
  // LDRSB and LDRSH of 16 bits have no offset but an index
  s.put(`ldr${suffix} {d0}, ${address.text}\nsxt${suffix} {d0}, {d0}`, to, address.uses);
}

export function store(s: Selection, i: Extract<Instruction, { op: 'store' }>): void {
  const value = s.register(i.value);
  const moved = s.folds.step(i);
  if (moved !== undefined) {
    const pointer = s.changeable(s.result(moved.result), i.reference);
    s.put(`str${SUFFIXES[i.width]} {u0}, ${writtenBack(i.offset, moved.by, 'u1')}`, [pointer], [value, pointer]);
    return;
  }
  const address = addressOf(s, i.reference, i.offset, i.width, 1);
  s.put(`str${SUFFIXES[i.width]} {u0}, ${address.text}`, [], [value, ...address.uses]);
}

/** The operand of an access that moves its pointer on: before it, if it is where the pointer moves to, else afterwards. */
function writtenBack(offset: number, by: Operand, pointer: string): string {
  const step = by.kind === 'constant' ? by.value | 0 : 0;
  return offset === 0 ? `[{${pointer}}], #${step}` : `[{${pointer}}, #${step}]!`;
}

function addressOf(s: Selection, reference: Operand, offset: number, width: Width, first: number): Address {
  const folded = s.folds.of(reference);
  const indexed = (base: number, index: number, shift = ''): Address => ({
    text: `[{u${first}}, {u${first + 1}}${shift}]`,
    uses: [base, index],
    indexed: true,
  });
  if (folded?.op === 'advance') {
    const shift = s.folds.of(folded.by);
    const base = s.register(folded.reference);
    if (shift?.op !== 'binary' || shift.right.kind !== 'constant') return indexed(base, s.register(folded.by));
    return indexed(base, s.register(shift.left), `, lsl #${shift.right.value}`);
  }
  const base = s.register(reference);
  if (!fitsOffset(s.wide, width, offset)) return indexed(base, s.register(constant(offset)));
  return { text: offset === 0 ? `[{u${first}}]` : `[{u${first}}, #${offset}]`, uses: [base], indexed: false };
}
