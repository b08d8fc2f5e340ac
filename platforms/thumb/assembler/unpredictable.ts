import { Decoder } from '../decode.js';
import { noOperands } from '../fields.js';
import { Mode, Shift } from '../instruction.js';
import type { Feature } from '../instruction.js';
import { Op } from '../operations.js';
import { INSTRUCTIONS } from '../table.js';
import type { Matched } from './match.js';

const decoder = new Decoder(INSTRUCTIONS, new Set<Feature>(['v6-M', 'v7-M', 'DSP', 'v8-M', 'Security']));
const operands = noOperands();

/** What the manuals call UNPREDICTABLE about the registers of an instruction, in words; undefined if nothing. */
export function whyUnpredictable({ word, prepared }: Matched): string | undefined {
  const { length, implied } = prepared.instruction;
  const op = decoder.decode(word, operands);
  const { rd, rn, rm, ra, imm, mode, shift } = operands;
  switch (op) {
    case Op.LDR_W:
    case Op.LDRB_W:
    case Op.LDRH_W:
    case Op.LDRSB_W:
    case Op.LDRSH_W:
    case Op.STR_W:
    case Op.STRB_W:
    case Op.STRH_W:
      return rd === rn ? 'the base is written back and cannot be the other register too' : undefined;
    case Op.LDRD:
    case Op.STRD:
      if (op === Op.LDRD && rd === ra) return 'the two registers must differ';
      return mode !== Mode.OFFSET && (rd === rn || ra === rn)
        ? 'the base is written back and cannot be another register too'
        : undefined;
    case Op.LDMIA:
    case Op.LDMDB:
    case Op.STMIA:
    case Op.STMDB:
      if (length === 2) return undefined;
      if ((op === Op.LDMIA || op === Op.LDMDB) && imm >>> 14 === 3) return 'lr and pc cannot both be in the list';
      return implied?.mode === Mode.WRITE_BACK && ((imm >>> rn) & 1) !== 0
        ? 'the base is written back and cannot be in the list'
        : undefined;
    case Op.STORE_EXCLUSIVE:
      return ra === rd || ra === rn ? 'the status register must differ from the others' : undefined;
    case Op.SMULL:
    case Op.UMULL:
    case Op.SMLAL:
    case Op.UMLAL:
    case Op.UMAAL:
    case Op.SMLALXY:
    case Op.SMLALD:
    case Op.SMLSLD:
      return rd === ra ? 'the two destinations must differ' : undefined;
    case Op.ADD_SP_X:
    case Op.SUB_SP_X:
      if (rm === 13 && length === 4) return 'sp cannot be this operand';
      return shift !== (Shift.LSL as number) || imm > 3
        ? 'to sp, a register may be shifted by lsl #0 to #3'
        : undefined;
    default:
      return undefined;
  }
}
