import type { Expression } from '../../assembler/expression.js';
import { littleEndian } from '../../assembler/fragments.js';
import { Mistake } from '../../assembler/problems.js';
import type { Fragment, Place } from '../../assembler/section.js';
import { encode } from '../encode.js';
import type { Compressed } from '../encode.js';
import { Op } from '../operations.js';
import type { Context } from './context.js';
import type { RegisterOperands } from './emit.js';

/** The branch on the opposite condition (RISC-V Unprivileged ISA 20191213, section 2.5.2). */
const INVERSE: ReadonlyMap<Op, Op> = new Map([
  [Op.BEQ, Op.BNE],
  [Op.BNE, Op.BEQ],
  [Op.BLT, Op.BGE],
  [Op.BGE, Op.BLT],
  [Op.BLTU, Op.BGEU],
  [Op.BGEU, Op.BLTU],
]);

/** True if a signed offset of `reach` bytes in all gets there. */
const within = (distance: number, reach: number): boolean => distance >= -reach / 2 && distance < reach / 2;

/** Reach of formats CB, CJ, B and J in bytes, both directions together (sections 16.4, 2.5). */
const SHORT_BRANCH = 2 ** 9;
const SHORT_JUMP = 2 ** 12;
const BRANCH = 2 ** 13;

const bytes = (word: number, length: 2 | 4): number[] => littleEndian(BigInt(word >>> 0), length);

/** The 32-bit word of a branch or jump. */
function longWord(context: Context, op: Op, registers: RegisterOperands, distance: number): number[] {
  const instruction = context.operations.get(op);
  const word = instruction === undefined ? undefined : encode(instruction, { ...registers, imm: distance });
  if (word === undefined) {
    throw new Mistake(
      distance % 2 !== 0
        ? `target is ${distance} bytes away: an instruction is at an even address`
        : `target is ${distance} bytes away, out of the range of ${instruction?.mnemonic ?? 'the instruction'}`,
    );
  }
  return bytes(word, 4);
}

function shortWord(context: Context, op: Op, registers: RegisterOperands, distance: number): Compressed | undefined {
  return context.compressor.compress(op, { ...registers, imm: distance });
}

const NO_REGISTERS: RegisterOperands = { rd: 0, rs1: 0, rs2: 0 };

/** Bytes from the fragment to its target, also if that is in another section. */
const finalDistance = (place: Place, target: Expression): number =>
  (Number(BigInt.asIntN(32, place.value(target))) - place.address) | 0;

/**
 * A conditional branch to a label: 2 bytes where a compressed form reaches, else 4, else a branch on the opposite
 * condition around a jump. Targets in other sections always take the last form, as GNU as does it.
 */
export function branchFragment(
  context: Context,
  op: Op,
  registers: RegisterOperands,
  target: Expression,
  compressed: boolean,
): Fragment {
  const short = compressed && shortWord(context, op, registers, 0) !== undefined;
  const inverse = INVERSE.get(op) ?? op;
  let size = 8;
  return {
    size: (place) => {
      const distance = place.distance(target);
      if (distance === undefined) size = 8;
      else if (short && within(distance, SHORT_BRANCH)) size = 2;
      else if (within(distance, BRANCH)) size = 4;
      else size = short ? 6 : 8;
      return size;
    },
    encode: (place) => {
      const distance = finalDistance(place, target);
      switch (size) {
        case 2: {
          const word = shortWord(context, op, registers, distance);
          if (word === undefined) throw new Mistake(`target is ${distance} bytes away: it must be at an even address`);
          return bytes(word.word, 2);
        }
        case 4:
          return longWord(context, op, registers, distance);
        case 6: {
          const around = shortWord(context, inverse, registers, 6);
          const jump = longWord(context, Op.JAL, NO_REGISTERS, distance - 2);
          return [...bytes(around?.word ?? 0, 2), ...jump];
        }
        default:
          return [
            ...longWord(context, inverse, registers, 8),
            ...longWord(context, Op.JAL, NO_REGISTERS, distance - 4),
          ];
      }
    },
  };
}

/** A jump to a label: 2 bytes where a compressed form reaches, else 4. */
export function jumpFragment(context: Context, rd: number, target: Expression, compressed: boolean): Fragment {
  const registers = { rd, rs1: 0, rs2: 0 };
  const short = compressed && shortWord(context, Op.JAL, registers, 0) !== undefined;
  let size = 4;
  return {
    size: (place) => {
      const distance = place.distance(target);
      size = short && distance !== undefined && within(distance, SHORT_JUMP) ? 2 : 4;
      return size;
    },
    encode: (place) => {
      const distance = finalDistance(place, target);
      if (size === 4) return longWord(context, Op.JAL, registers, distance);
      const word = shortWord(context, Op.JAL, registers, distance);
      if (word === undefined) throw new Mistake(`target is ${distance} bytes away: it must be at an even address`);
      return bytes(word.word, 2);
    },
  };
}
