import type { Assembly, Directive } from '../assembly.js';
import type { Cursor } from '../cursor.js';
import { littleEndian, orgFragment, spaceFragment } from '../fragments.js';
import { Mistake } from '../problems.js';

/** Values of one size, separated by commas. */
const values =
  (size: number): Directive =>
  (assembly, operands) => {
    if (operands.atEnd) return;
    do assembly.data(operands.expression(), size);
    while (operands.accept(','));
  };

/** Strings, each followed by `end`. */
const strings =
  (end: readonly number[]): Directive =>
  (assembly, operands) => {
    if (operands.atEnd) return;
    do assembly.bytes([...operands.string(), ...end]);
    while (operands.accept(','));
  };

/** `.space length, fill`. */
const space: Directive = (assembly, operands) => {
  const length = operands.expression();
  const fill = operands.accept(',') ? byte(assembly, operands) : 0;
  const known = assembly.constant(length);
  if (known === undefined) assembly.fragment(spaceFragment(length, fill));
  else if (known < 0n) throw new Mistake(`length of the gap is negative: ${known}`);
  else assembly.bytes(new Array<number>(checkedLength(known)).fill(fill));
};

/** `.fill count, size, value`: a size above 8 counts as 8, a value has at most 4 bytes that are not zero. */
const fill: Directive = (assembly, operands) => {
  const count = assembly.constant(operands.expression());
  if (count === undefined) throw new Mistake('count of .fill must be a number that is known here');
  const size = operands.accept(',') ? Math.min(assembly.number(operands.expression(), 'size of .fill'), 8) : 1;
  const value = operands.accept(',') ? assembly.constant(operands.expression()) : 0n;
  if (value === undefined) throw new Mistake('value of .fill must be a number that is known here');
  if (count < 0n || size < 0) throw new Mistake('count and size of .fill cannot be negative');
  const pattern = littleEndian(value & 0xffffffffn, size);
  assembly.bytes(Array.from({ length: checkedLength(count * BigInt(size)) }, (_, i) => pattern[i % size]));
};

/** `.org offset, fill`. */
const org: Directive = (assembly, operands) => {
  const target = operands.expression();
  assembly.fragment(orgFragment(target, operands.accept(',') ? byte(assembly, operands) : 0));
};

/** `.align boundary, fill, maximum`; a missing fill is padding as the section and instruction set want it. */
const align =
  (meaning: 'power' | 'bytes' | 'isa', fillSize: number): Directive =>
  (assembly, operands) => {
    const bare = meaning === 'isa' ? (assembly.isa.bareAlign ?? 0) : 0;
    const argument = operands.atEnd ? bare : assembly.number(operands.expression(), 'alignment');
    const power = meaning === 'power' || (meaning === 'isa' && assembly.isa.alignIsPowerOfTwo);
    if (power && (argument < 0 || argument > 31))
      throw new Mistake(`alignment 2^${argument} is not within 2^0 to 2^31`);
    const bytes = power ? 2 ** argument : argument;
    if (bytes < 0 || (bytes & (bytes - 1)) !== 0) throw new Mistake(`alignment ${bytes} is not a power of two`);
    let pattern: number[] | undefined;
    let maximum = 0;
    if (operands.accept(',')) {
      const next = operands.peek();
      const filled = next !== undefined && !(next.kind === 'punctuation' && next.text === ',');
      if (filled) pattern = littleEndian(BigInt(assembly.number(operands.expression(), 'fill of alignment')), fillSize);
      if (operands.accept(',')) maximum = assembly.number(operands.expression(), 'maximum of alignment');
    }
    assembly.align(bytes, pattern, maximum);
  };

/** LEB128 numbers of any length. */
const leb128 =
  (signed: boolean): Directive =>
  (assembly, operands) => {
    do {
      let value = assembly.constant(operands.expression());
      if (value === undefined) throw new Mistake('value must be a number that is known here');
      const bytes: number[] = [];
      for (let more = true; more;) {
        const low = value & 0x7fn;
        value >>= 7n;
        const rest = signed && (low & 0x40n) !== 0n ? -1n : 0n;
        more = value !== rest;
        bytes.push(Number(low) | (more ? 0x80 : 0));
      }
      assembly.bytes(bytes);
    } while (operands.accept(','));
  };

function byte(assembly: Assembly, operands: Cursor): number {
  return assembly.number(operands.expression(), 'fill value') & 0xff;
}

const MAXIMUM_LENGTH = 1n << 26n;

function checkedLength(length: bigint): number {
  if (length > MAXIMUM_LENGTH) throw new Mistake(`gap of ${length} bytes is larger than ${MAXIMUM_LENGTH}`);
  return Number(length);
}

/** Directives that emit data (Using as, chapter 7). */
export const DATA: ReadonlyMap<string, Directive> = new Map<string, Directive>([
  ['.byte', values(1)],
  ['.dc.b', values(1)],
  ['.2byte', values(2)],
  ['.half', values(2)],
  ['.hword', values(2)],
  ['.short', values(2)],
  ['.4byte', values(4)],
  ['.word', values(4)],
  ['.long', values(4)],
  ['.int', values(4)],
  ['.8byte', values(8)],
  ['.dword', values(8)],
  ['.quad', values(8)],
  ['.ascii', strings([])],
  ['.asciz', strings([0])],
  ['.string', strings([0])],
  ['.space', space],
  ['.skip', space],
  ['.zero', space],
  ['.fill', fill],
  ['.org', org],
  ['.align', align('isa', 1)],
  ['.p2align', align('power', 1)],
  ['.p2alignw', align('power', 2)],
  ['.p2alignl', align('power', 4)],
  ['.balign', align('bytes', 1)],
  ['.balignw', align('bytes', 2)],
  ['.balignl', align('bytes', 4)],
  ['.uleb128', leb128(false)],
  ['.sleb128', leb128(true)],
]);
