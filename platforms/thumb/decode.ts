import { Codec, decodeBits, decodeShift } from './codecs.js';
import { FIELDS, extract, operandFields, readEncoding } from './fields.js';
import type { Layout, RegisterField, RegisterSlot } from './fields.js';
import { Flags, Mode } from './instruction.js';
import type { Feature, Instruction, Operands } from './instruction.js';
import { Op } from './operations.js';

/** True if `half` is the first halfword of a 32-bit instruction (DDI0403E A5.1). */
export const isWide = (half: number): boolean => (half & 0xf800) > 0xe000;

/** What a field adds to the operands; one kind of object, so that decoding stays monomorphic. */
interface Step {
  readonly kind: StepKind;
  readonly bits: Layout;
  /** The shift type of `SHIFT`. */
  readonly second: Layout;
  readonly codec: Codec;
  /** Place of the value in `imm`. */
  readonly at: number;
}

const enum StepKind {
  RD,
  RN,
  RM,
  RA,
  IMMEDIATE,
  SHIFT,
  /** Width of a bit field, given by its highest bit or as one less. */
  HIGHEST,
  WIDTH,
}

/** Numbers that a register field must not hold, as 16 bits. */
interface Refusal {
  readonly bits: Layout;
  readonly refused: number;
}

interface Entry {
  readonly instruction: Instruction;
  readonly steps: readonly Step[];
  readonly refusals: readonly Refusal[];
  /** A bit field: it must end where it begins or above, and at bit 31 at most; else it is UNPREDICTABLE. */
  readonly bitField: { readonly lowest: Layout; readonly end: Layout; readonly endIsWidth: boolean } | undefined;
  /** A rotated constant of this entry is the carry. */
  readonly rotates: boolean;
}

const REGISTER_STEPS: Readonly<Record<RegisterSlot, StepKind>> = {
  rd: StepKind.RD,
  rn: StepKind.RN,
  rm: StepKind.RM,
  ra: StepKind.RA,
};

const PC = 1 << 15;
const SP = 1 << 13;

/** Registers that are UNDEFINED in a field: r15 unless allowed, r13 where it would be written. */
function refused(field: RegisterField): number {
  if (field.allowed === 'any') return 0;
  return field.written && field.allowed === 'general' ? PC | SP : PC;
}

/** Buckets of 32-bit words: bits 12:4 of the first halfword. */
const BUCKETS = 512;
const BUCKET_BITS = 0x1ff00000;

/**
 * Decodes words for a core with a set of features. Building one takes some milliseconds; decoding allocates nothing.
 *
 * 16-bit words have a precomputed entry each; 32-bit words are looked up by bits of the first halfword and compared with
 * the entries of that bucket in table order.
 */
export class Decoder {
  private readonly entries: readonly Entry[];
  private readonly buckets: readonly (readonly Entry[])[];
  private readonly narrowNames: ReadonlySet<string>;
  /** Entry index of each 16-bit word, -1 for none. */
  private readonly half = new Int16Array(0x10000).fill(-1);

  constructor(table: readonly Instruction[], features: ReadonlySet<Feature>) {
    this.entries = table.filter((instruction) => features.has(instruction.feature)).map(compile);
    this.buckets = Array.from({ length: BUCKETS }, (_, bucket) =>
      this.entries.filter(
        ({ instruction: { length, match, mask } }) =>
          length === 4 && (((bucket * 0x100000) ^ match) & mask & BUCKET_BITS) === 0,
      ),
    );
    this.narrowNames = new Set(
      this.entries.flatMap(({ instruction }) => (instruction.length === 2 ? namesOf(instruction) : [])),
    );
    this.fillHalf();
  }

  /** The instruction that `word` is, or undefined. A 16-bit one is in the low half, a 32-bit one has its first halfword above. */
  find(word: number): Instruction | undefined {
    return this.lookup(word)?.instruction;
  }

  /** True if a 16-bit instruction has the same name, apart from the `s` that it loses in an IT block. */
  hasNarrow(instruction: Instruction): boolean {
    return this.narrowNames.has(instruction.mnemonic);
  }

  /** Puts the operands of `word` into `out` and returns its operation, `Op.UNDEFINED` for no instruction. */
  decode(word: number, out: Operands): Op {
    out.rd = 0;
    out.rn = 0;
    out.rm = 0;
    out.ra = 0;
    out.imm = 0;
    out.shift = 0;
    out.carry = 0;
    out.flags = 0;
    out.mode = 0;
    out.size = 0;
    const entry = this.lookup(word);
    if (entry === undefined) return Op.UNDEFINED;
    const { instruction } = entry;
    const { op, implied } = instruction;
    out.flags = instruction.flags;
    if (implied !== undefined) imply(implied, out);
    for (const step of entry.steps) apply(step, word, out);
    if (entry.rotates) out.carry = extract(entry.steps[entry.steps.length - 1].bits, word) >= 0x400 ? 1 : 0;
    // The loaded value of the base stays; UNPREDICTABLE in 32-bit forms
    if ((op === Op.LDMIA || op === Op.LDMDB) && ((out.imm >>> out.rn) & 1) !== 0) out.mode = Mode.OFFSET;
    return op;
  }

  private lookup(word: number): Entry | undefined {
    if (word >>> 16 === 0) {
      const index = this.half[word];
      return index < 0 ? undefined : this.entries[index];
    }
    const bucket = this.buckets[(word >>> 20) & (BUCKETS - 1)];
    for (const entry of bucket) if (matches(entry, word)) return entry;
    return undefined;
  }

  private fillHalf(): void {
    this.entries.forEach((entry, index) => {
      const { length, match, mask } = entry.instruction;
      if (length !== 2) return;
      const free = ~mask & 0xffff;
      // All values of the free bits: each step adds one to the number they form
      let bits = 0;
      do {
        const word = match | bits;
        if (this.half[word] < 0 && matches(entry, word)) this.half[word] = index;
        bits = (bits - free) & free;
      } while (bits !== 0);
    });
  }
}

/** The names of an instruction outside and inside an IT block. */
function namesOf({ mnemonic, flags }: Instruction): string[] {
  return flags === Flags.OUTSIDE_IT ? [mnemonic, mnemonic.slice(0, -1)] : [mnemonic];
}

function matches(entry: Entry, word: number): boolean {
  const { match, mask, except } = entry.instruction;
  if ((word & mask) !== match) return false;
  for (const r of entry.refusals) if (((r.refused >> extract(r.bits, word)) & 1) !== 0) return false;
  if (except !== undefined) for (const p of except) if ((word & p.mask) === p.match) return false;
  return entry.bitField === undefined || isBitField(entry.bitField, word);
}

function isBitField({ lowest, end, endIsWidth }: NonNullable<Entry['bitField']>, word: number): boolean {
  const first = extract(lowest, word);
  const last = extract(end, word) + (endIsWidth ? first : 0);
  return last >= first && last < 32;
}

function imply(implied: Partial<Operands>, out: Operands): void {
  out.rd = implied.rd ?? 0;
  out.rn = implied.rn ?? 0;
  out.imm = implied.imm ?? 0;
  out.shift = implied.shift ?? 0;
  out.mode = implied.mode ?? 0;
  out.size = implied.size ?? 0;
}

function apply(step: Step, word: number, out: Operands): void {
  const raw = extract(step.bits, word);
  switch (step.kind) {
    case StepKind.RD:
      out.rd = raw;
      return;
    case StepKind.RN:
      out.rn = raw;
      return;
    case StepKind.RM:
      out.rm = raw;
      return;
    case StepKind.RA:
      out.ra = raw;
      return;
    case StepKind.IMMEDIATE:
      out.imm |= decodeBits(step.codec, raw, step.bits.width) << step.at;
      return;
    case StepKind.SHIFT: {
      const shift = decodeShift(extract(step.second, word), raw);
      out.shift = shift >> 8;
      out.imm = shift & 0xff;
      return;
    }
    case StepKind.HIGHEST:
      out.imm += (raw + 1 - out.imm) << step.at;
      return;
    case StepKind.WIDTH:
      out.imm += (raw + 1) << step.at;
  }
}

/** Prepares an entry for decoding. */
function compile(instruction: Instruction): Entry {
  const { layouts } = readEncoding(instruction.encoding);
  const steps: Step[] = [];
  const refusals: Refusal[] = [];
  const names = operandFields(instruction.operands);
  for (const name of names) {
    const field = FIELDS[name];
    const bits = layouts.get(field.letter);
    if (bits === undefined) throw new RangeError(`"${instruction.encoding}" has no field for ${name}`);
    const second = layouts.get('s') ?? bits;
    if (field.kind === 'register') {
      for (const slot of field.slots) {
        steps.push({ kind: REGISTER_STEPS[slot], bits, second, codec: Codec.UNSIGNED, at: 0 });
      }
      // Low registers never need the look
      if (refused(field) !== 0 && bits.width > 3) refusals.push({ bits, refused: refused(field) });
    } else if (field.kind === 'immediate') {
      steps.push({ kind: StepKind.IMMEDIATE, bits, second, codec: field.codec, at: field.at });
    } else {
      steps.push(shiftStep(field.shift, bits, second, field.at));
    }
  }
  const lowest = layouts.get('i');
  const end = layouts.get('j');
  const isField = names.includes('msb') || names.includes('width');
  const bitField =
    isField && lowest !== undefined && end !== undefined
      ? { lowest, end, endIsWidth: names.includes('width') }
      : undefined;
  return { instruction, steps, refusals, bitField, rotates: names.includes('imm.const') };
}

function shiftStep(shift: string, bits: Layout, second: Layout, at: number): Step {
  switch (shift) {
    case 'any':
      return { kind: StepKind.SHIFT, bits, second, codec: Codec.UNSIGNED, at };
    case 'asr':
      return { kind: StepKind.IMMEDIATE, bits, second, codec: Codec.RIGHT_SHIFT, at };
    case 'rotation':
      return { kind: StepKind.IMMEDIATE, bits, second, codec: Codec.BYTES, at };
    case 'msb':
      return { kind: StepKind.HIGHEST, bits, second, codec: Codec.UNSIGNED, at };
    case 'width':
      return { kind: StepKind.WIDTH, bits, second, codec: Codec.UNSIGNED, at };
    default:
      return { kind: StepKind.IMMEDIATE, bits, second, codec: Codec.UNSIGNED, at };
  }
}
