import { Op } from '../../riscv/operations.js';
import type { Core } from './core.js';
import { accessesMemory, SLOT_FAR, SLOT_LONG, SLOT_OP, SLOT_RD, SLOT_RS1, SLOT_RS2 } from './slots.js';

/**
 * The instruction to come has left decode in cycle `end` and faults in write-back with the response in cycle `response`:
 * until then decode may have taken in the instruction behind it, in vain.
 * @returns the cycle in which the fetch unit is sent to the handler.
 */
export function failBehind(core: Core, end: number, response: number): number {
  const { pipeline, slots } = core;
  if (core.detailed) {
    const failing = slots.packed[core.slot];
    const behind = core.slot + ((failing & SLOT_LONG) !== 0 ? 2 : 1);
    const packed = core.look(behind);
    pipeline.pass(end);
    let taken = false;
    while (!taken && pipeline.now < response) {
      taken = pipeline.take((behind & 1) !== 0, (packed & SLOT_LONG) !== 0, accessesMemory(packed));
    }
    if (taken) branchInVain(core, failing, behind, response);
    pipeline.pass(response + 1);
  }
  return response + 1;
}

/**
 * A branch or fence.i that decode has taken in sends the fetch unit elsewhere as soon as its registers can be read, even in
 * the very cycle `response` in which it is killed (`ibex_id_stage`, instr_executing_spec); a jump does not.
 */
function branchInVain(core: Core, failing: number, slot: number, response: number): void {
  const { pipeline, readFrom, registers, slots } = core;
  const packed = core.look(slot);
  const op = packed & SLOT_OP;
  const pc = core.pc + ((slot - core.slot) << 1);
  const bytes = (packed & SLOT_LONG) !== 0 ? 4 : 2;
  if (!core.fetchable(pc, bytes)) return;
  if (op === Op.FENCE_I) {
    // It stays in decode until the redirect to the handler.
    return pipeline.redirect(pipeline.now, (pc + bytes) | 0, response + 1);
  }
  if (op < Op.BEQ || op > Op.BGEU) return;
  const rs1 = (packed >>> SLOT_RS1) & 15;
  const rs2 = (packed >>> SLOT_RS2) & 15;
  // It waits for what the access behind which it stands would have loaded.
  const rd = (failing >>> SLOT_RD) & 31;
  if (accessesMemory(failing) && (rd === rs1 || rd === rs2)) return;
  const at = Math.max(pipeline.now, readFrom[rs1], readFrom[rs2]);
  if (at > response || !isTaken(op, registers.address[rs1], registers.address[rs2])) return;
  const displacement = (packed & SLOT_FAR) !== 0 ? slots.peeked : slots.peeked << 1;
  pipeline.redirect(at, (pc + displacement) | 0);
}

/** Whether a branch that is to be killed would be taken: in pairs, a comparison and its opposite. */
function isTaken(op: number, a: number, b: number): boolean {
  const holds = op <= Op.BNE ? a === b : op <= Op.BGE ? a < b : a >>> 0 < b >>> 0;
  return holds !== (op === Op.BNE || op === Op.BGE || op === Op.BGEU);
}
