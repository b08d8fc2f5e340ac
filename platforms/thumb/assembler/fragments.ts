import type { Expression } from '../../assembler/expression.js';
import { littleEndian } from '../../assembler/fragments.js';
import { Mistake } from '../../assembler/problems.js';
import type { Fragment, Place } from '../../assembler/section.js';
import { encodeBits } from '../codecs.js';
import { insert } from '../fields.js';
import type { Matched, Pending } from './match.js';
import { outOfRange } from './match.js';
import { joinReasons } from './messages.js';

/** Bytes of a word: 16-bit ones, or the first halfword before the second. */
export function wordBytes(word: number, length: 2 | 4): number[] {
  const value = BigInt(word >>> 0);
  return length === 2 ? littleEndian(value, 2) : [...littleEndian(value >> 16n, 2), ...littleEndian(value, 2)];
}

/** An instruction whose value is known only when addresses or later symbols are. */
export interface Waiting extends Matched {
  readonly pending: Pending;
}

/** How a value is found from an expression. */
type Reading = 'number' | 'target' | 'literal';

const readingOf = ({ pending }: Waiting): Reading => {
  const { form } = pending.field;
  return form === 'target' || form === 'literal' ? form : 'number';
};

const alignDown = (address: number): number => address & ~3;

/** The value of a field once everything has its address. A code address counts without its bit 0. */
function finalValue(place: Place, expression: Expression, reading: Reading, codeBit: number): number {
  if (reading === 'number') return Number(BigInt.asIntN(32, place.value(expression)));
  const bit = place.label(expression)?.codeBit ?? 0;
  const address = Number(BigInt.asUintN(32, place.value(expression))) - bit;
  if (reading === 'target') return (address - place.address - 4) | 0;
  return (address + codeBit - alignDown(place.address + 4)) | 0;
}

function finish(waiting: Waiting, value: number): number[] {
  const { field, layout } = waiting.pending;
  const bits = encodeBits(field.codec, value, layout.width);
  if (bits === undefined) throw new Mistake(outOfRange(field.codec, layout.width, value));
  return wordBytes(waiting.word | insert(layout, bits), waiting.prepared.instruction.length);
}

/** CBZ and CBNZ to the next instruction do nothing; their encoding cannot say it, so it is a NOP, as in GNU as. */
const NOP_BYTES = [0x00, 0xbf];

/**
 * An instruction of which several forms may serve, first the preferred one. With a 16-bit form among them the layout begins
 * with that and goes over to a 32-bit one where it does not reach.
 *
 * @param codeBit added to the place that ADR finds: 1 for a function that was defined before.
 */
export function waitingFragment(forms: readonly Waiting[], codeBit: 0 | 1): Fragment {
  const narrow = forms.find(({ prepared }) => prepared.instruction.length === 2);
  const wide = forms.filter(({ prepared }) => prepared.instruction.length === 4);
  const encodeWide = (place: Place): number[] => encodeFirst(place, wide, codeBit);
  // A number that is known only later takes the long form, as in GNU as
  const needsWide = narrow === undefined || (readingOf(narrow) === 'number' && wide.length > 0);
  if (needsWide) return { fixed: 4, size: () => 4, encode: encodeWide };
  const encodeNarrow = (place: Place): number[] => {
    const value = finalValue(place, narrow.pending.expression, readingOf(narrow), codeBit);
    if (value === -2 && /^cbn?z$/.test(narrow.prepared.instruction.mnemonic)) return NOP_BYTES;
    return finish(narrow, value);
  };
  if (wide.length === 0) return { fixed: 2, size: () => 2, encode: encodeNarrow };
  let size = 2;
  let frozen = false;
  return {
    size: (place, first) => {
      if (first || frozen) return size;
      size = reaches(place, narrow) ? 2 : 4;
      // A wide form at a place that has not moved on stays wide, lest the layout swing (GNU as: `arm_relax_frag`)
      frozen = size === 4 && place.moved <= 0;
      return size;
    },
    encode: (place) => (size === 2 ? encodeNarrow(place) : encodeWide(place)),
  };
}

/** True if the 16-bit form reaches its target in the present layout. */
function reaches(place: Place, narrow: Waiting): boolean {
  const { expression, field, layout } = narrow.pending;
  const distance = place.distanceMoving(expression);
  const label = place.label(expression);
  if (distance === undefined || label === undefined) return false;
  if (readingOf(narrow) === 'target') {
    // Another file may replace a global label, and a linker then needs the long form
    return !label.global && encodeBits(field.codec, (distance - 4) & ~1, layout.width) !== undefined;
  }
  const target = place.address + distance;
  if (label.codeBit === 1 || (target & 3) !== 0) return false;
  return encodeBits(field.codec, target - alignDown(place.address + 4), layout.width) !== undefined;
}

/** The first form whose field holds the value. */
function encodeFirst(place: Place, forms: readonly Waiting[], codeBit: 0 | 1): number[] {
  for (const form of forms) {
    const value = finalValue(place, form.pending.expression, readingOf(form), codeBit);
    const { field, layout } = form.pending;
    if (encodeBits(field.codec, value, layout.width) !== undefined) return finish(form, value);
  }
  throw new Mistake(
    joinReasons(
      forms.map((form) => {
        const { expression, field, layout } = form.pending;
        return outOfRange(field.codec, layout.width, finalValue(place, expression, readingOf(form), codeBit));
      }),
    ),
  );
}
