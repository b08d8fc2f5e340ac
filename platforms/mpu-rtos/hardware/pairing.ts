import { Op } from '../../thumb/operations.js';
import { SLOT_RD, SLOT_RM, SLOT_RN } from './slots.js';
import type { Timing } from './timing.js';

/** What an instruction may mean for the load or store right behind it. */
const enum Role {
  NONE = 0,
  /** It computes rd in its last stage: an address that uses rd waits (`Timing.addressHazard`). */
  COMPUTES = 1,
  /** A load that the next load or store may overlap (`Timing.pipelined`). */
  LOAD = 2,
}

/** The role of each operation. */
const OP_ROLE = new Uint8Array(256);

// Data processing with a destination; the comparisons in between have none.
OP_ROLE.fill(Role.COMPUTES, Op.AND_I, Op.MVN_X + 1);
OP_ROLE.fill(Role.COMPUTES, Op.MOV_FROM_PC, Op.UMAAL + 1);
for (const op of [
  Op.LDR_I,
  Op.LDRB_I,
  Op.LDRH_I,
  Op.LDRSB_I,
  Op.LDRSH_I,
  Op.LDR_R,
  Op.LDRB_R,
  Op.LDRH_R,
  Op.LDRSB_R,
  Op.LDRSH_R,
  Op.LDR_W,
  Op.LDRB_W,
  Op.LDRH_W,
  Op.LDRSB_W,
  Op.LDRSH_W,
  Op.LDR_LITERAL,
  Op.LOAD_LITERAL,
  Op.LOAD_UNPRIVILEGED,
  Op.LOAD_EXCLUSIVE,
]) {
  OP_ROLE[op] = Role.LOAD;
}

/**
 * What a load or store of one register costs more or less because of the instruction right before it (DDI0337I 3.3.3, TI
 * SWCU185G): -1 if it overlaps a load whose result is not part of its address, `addressHazard` if its address waits for the
 * result of data processing.
 * @param before packed form of that instruction, 0 if there is none. @param w its own.
 */
export function pairing(before: number, w: number, timing: Timing): number {
  const role = OP_ROLE[before & 255] as Role;
  if (role === Role.NONE || !timing.pipelined) return 0;
  const op = w & 255;
  const result = (before >> SLOT_RD) & 15;
  const depends =
    op !== (Op.LDR_LITERAL as number) &&
    (result === ((w >> SLOT_RN) & 15) || (isIndexedByRegister(op) && result === ((w >> SLOT_RM) & 15)));
  if (role === Role.COMPUTES) return depends ? timing.addressHazard : 0;
  const cost = !isStore(op) ? timing.load : isIndexedByRegister(op) ? timing.storeRegister : timing.store;
  return depends || cost === 0 ? 0 : -1;
}

const isIndexedByRegister = (op: number): boolean => op >= Op.LDR_R && op <= Op.STRH_R;

/** 1 for loads and stores of one register that write rn back. */
export const OP_WRITES_BACK = new Uint8Array(256).fill(1, Op.LDR_W, Op.LDR_PC_W + 1);

/** Whether an operation ends with a store that the write buffer may still hold. */
export const isStore = (op: number): boolean =>
  (op >= Op.STR_I && op <= Op.STRH_I) ||
  (op >= Op.STR_R && op <= Op.STRH_R) ||
  (op >= Op.STR_W && op <= Op.STRH_W) ||
  op === Op.STORE_UNPRIVILEGED ||
  op === Op.STORE_RELEASE;
