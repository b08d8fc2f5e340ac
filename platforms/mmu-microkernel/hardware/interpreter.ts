import {
  divide,
  divideUnsigned,
  multiplyHigh,
  multiplyHighUnsigned,
  remainder,
  remainderUnsigned,
} from '../../riscv/arithmetic.js';
import { Op } from '../../riscv/operations.js';
import { decryptLast, decryptMiddle, encryptLast, encryptMiddle } from './aes.js';
import { type Core, LINE_IN_D, LINE_STORE_SLOW } from './core.js';
import { datum, enterQuickStore, load, store } from './datapath.js';
import { fetched, fetchInstruction } from './fetch.js';
import { BANK_PAGES } from './lookaside.js';
import { Access } from './mmu.js';
import { SLOT_LONG, SLOT_RD, SLOT_RS1, SLOT_RS2, SlotOp } from './slots.js';
import { executeSystem } from './system.js';
import { STOP } from '../../machine/times.js';
import { followWrongPath } from './wrong-path.js';

/** What of an address must equal a look-aside tag: the page, and the bits that an aligned access of `size` bytes has clear. */
const tagMask = (size: number): number => ~(0x1000 - size);

const HAZARD = 0;
const FETCH = 1;

/**
 * Makes the function that executes a core's instructions until `core.next` >= `core.limit`, the core waits in wfi, or a
 * slow path lowers `core.limit`.
 *
 * Its switch holds the instructions that run in their millions, one operation in one case. What they cannot do on their
 * own - a miss, a fault, a device - `load`, `store` and `fetchInstruction` do, after which the same case runs again with
 * the place of its data in `found`. All other instructions are in `executeSystem`.
 *
 * A closure over the core's arrays, so that V8 takes them as constants: a third faster than arrays in local variables. It
 * does so only for a function that has one closure, see `interpreters.ts`.
 */
export function createInterpreter(core: Core): () => void {
  const { x, ready, memory, common } = core;
  const { packed, immediate, harmless } = core.slots;
  const { tags: loadTags, bases: loadBases } = core.loads;
  const { tags: storeTags, bases: storeBases } = core.stores;
  const { tags: fetchTags, bases: fetchBases } = core.fetches;
  const { recentStores } = core;
  const { bytes, halves, words, lineFlags, signedBytes, signedHalves } = memory;
  // Cycles from D until a late result can be read in D, and what a redirect from decode or memory costs.
  const late = common ? 1 : 3;
  const lateShift = common ? 1 : 2;
  const predicted = common ? 2 : 1;
  const corrected = common ? 2 : 3;

  // Cycles to be booked, kept out of local variables: registers are scarce in the loop.
  const stalls = new Int32Array(2);

  return function interpret(): void {
    let ip = core.relocate ? 0 : core.slot;
    let t = core.next;
    let last = core.last;
    let lateUntil = core.lateUntil;
    let retired = core.retired;
    let limit = core.limit | 0;
    let found = 0;
    // Left over if the last call ended by `MemoryExhausted`.
    stalls.fill(0);

    next: for (;;) {
      if (t >= limit) {
        if (!core.once) break;
        core.once = false;
      }
      const w = packed[ip];
      let d = t;
      if (t < lateUntil) {
        let free = ready[(w >> SLOT_RS1) & 31];
        if (free > d) d = free;
        free = ready[(w >> SLOT_RS2) & 31];
        if (free > d) d = free;
        if (d !== t) stalls[HAZARD] += d - t;
      }
      let access = Access.LOAD;
      let size: 1 | 2 | 4 = 4;
      let address = 0;
      let taken = true;
      let pc = 0;

      dispatch: {
        lateResult: {
          shiftResult: {
            slow: {
              memoryAccess: {
                jump: {
                  switch (w & 127) {
                    case Op.ADDI:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] + immediate[ip];
                      break dispatch;
                    case Op.SLTI:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] < immediate[ip] ? 1 : 0;
                      break dispatch;
                    case Op.SLTIU:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] >>> 0 < immediate[ip] >>> 0 ? 1 : 0;
                      break dispatch;
                    case Op.XORI:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] ^ immediate[ip];
                      break dispatch;
                    case Op.ORI:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] | immediate[ip];
                      break dispatch;
                    case Op.ANDI:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] & immediate[ip];
                      break dispatch;
                    case Op.SLLI:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] << immediate[ip];
                      break shiftResult;
                    case Op.SRLI:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] >>> immediate[ip];
                      break shiftResult;
                    case Op.SRAI:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] >> immediate[ip];
                      break shiftResult;
                    case Op.LUI:
                      x[(w >> SLOT_RD) & 63] = immediate[ip];
                      break dispatch;
                    case Op.AUIPC:
                      x[(w >> SLOT_RD) & 63] = core.page + ((ip - core.pageSlot) << 1) + immediate[ip];
                      break dispatch;
                    case Op.ADD:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] + x[(w >> SLOT_RS2) & 31];
                      break dispatch;
                    case Op.SUB:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] - x[(w >> SLOT_RS2) & 31];
                      break dispatch;
                    case Op.SLL:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] << x[(w >> SLOT_RS2) & 31];
                      break shiftResult;
                    case Op.SLT:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] < x[(w >> SLOT_RS2) & 31] ? 1 : 0;
                      break dispatch;
                    case Op.SLTU:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] >>> 0 < x[(w >> SLOT_RS2) & 31] >>> 0 ? 1 : 0;
                      break dispatch;
                    case Op.XOR:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] ^ x[(w >> SLOT_RS2) & 31];
                      break dispatch;
                    case Op.SRL:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] >>> x[(w >> SLOT_RS2) & 31];
                      break shiftResult;
                    case Op.SRA:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] >> x[(w >> SLOT_RS2) & 31];
                      break shiftResult;
                    case Op.OR:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] | x[(w >> SLOT_RS2) & 31];
                      break dispatch;
                    case Op.AND:
                      x[(w >> SLOT_RD) & 63] = x[(w >> SLOT_RS1) & 31] & x[(w >> SLOT_RS2) & 31];
                      break dispatch;
                    case Op.MUL:
                      x[(w >> SLOT_RD) & 63] = Math.imul(x[(w >> SLOT_RS1) & 31], x[(w >> SLOT_RS2) & 31]);
                      break lateResult;
                    case Op.MULH:
                      x[(w >> SLOT_RD) & 63] = multiplyHigh(x[(w >> SLOT_RS1) & 31], x[(w >> SLOT_RS2) & 31]);
                      break lateResult;
                    case Op.MULHSU:
                      x[(w >> SLOT_RD) & 63] =
                        multiplyHighUnsigned(x[(w >> SLOT_RS1) & 31], x[(w >> SLOT_RS2) & 31]) -
                        (x[(w >> SLOT_RS1) & 31] < 0 ? x[(w >> SLOT_RS2) & 31] : 0);
                      break lateResult;
                    case Op.MULHU:
                      x[(w >> SLOT_RD) & 63] = multiplyHighUnsigned(x[(w >> SLOT_RS1) & 31], x[(w >> SLOT_RS2) & 31]);
                      break lateResult;
                    case Op.DIV:
                      x[(w >> SLOT_RD) & 63] = divide(x[(w >> SLOT_RS1) & 31], x[(w >> SLOT_RS2) & 31]);
                      d = core.dividing(d);
                      break shiftResult;
                    case Op.DIVU:
                      x[(w >> SLOT_RD) & 63] = divideUnsigned(x[(w >> SLOT_RS1) & 31], x[(w >> SLOT_RS2) & 31]);
                      d = core.dividing(d);
                      break shiftResult;
                    case Op.REM:
                      x[(w >> SLOT_RD) & 63] = remainder(x[(w >> SLOT_RS1) & 31], x[(w >> SLOT_RS2) & 31]);
                      d = core.dividing(d);
                      break shiftResult;
                    case Op.REMU:
                      x[(w >> SLOT_RD) & 63] = remainderUnsigned(x[(w >> SLOT_RS1) & 31], x[(w >> SLOT_RS2) & 31]);
                      d = core.dividing(d);
                      break shiftResult;
                    case Op.AES32ESI:
                      x[(w >> SLOT_RD) & 63] = encryptLast(
                        x[(w >> SLOT_RS1) & 31],
                        x[(w >> SLOT_RS2) & 31],
                        immediate[ip],
                      );
                      break lateResult;
                    case Op.AES32ESMI:
                      x[(w >> SLOT_RD) & 63] = encryptMiddle(
                        x[(w >> SLOT_RS1) & 31],
                        x[(w >> SLOT_RS2) & 31],
                        immediate[ip],
                      );
                      break lateResult;
                    case Op.AES32DSI:
                      x[(w >> SLOT_RD) & 63] = decryptLast(
                        x[(w >> SLOT_RS1) & 31],
                        x[(w >> SLOT_RS2) & 31],
                        immediate[ip],
                      );
                      break lateResult;
                    case Op.AES32DSMI:
                      x[(w >> SLOT_RD) & 63] = decryptMiddle(
                        x[(w >> SLOT_RS1) & 31],
                        x[(w >> SLOT_RS2) & 31],
                        immediate[ip],
                      );
                      break lateResult;
                    case Op.FENCE:
                      break dispatch;

                    case Op.JAL:
                      x[(w >> SLOT_RD) & 63] = core.page + ((ip - core.pageSlot) << 1) + 2 + ((w >>> 29) & 2);
                      t = d + 1 + predicted;
                      stalls[FETCH] += predicted;
                      break jump;
                    case Op.JALR: {
                      pc = (x[(w >> SLOT_RS1) & 31] + immediate[ip]) & ~1;
                      x[(w >> SLOT_RD) & 63] = core.page + ((ip - core.pageSlot) << 1) + 2 + ((w >>> 29) & 2);
                      t = d + 1 + corrected;
                      if ((lateUntil > d + 1 || harmless[ip + 1 + ((w >>> 30) & 1)] === 0) && !common) {
                        t += followWrongPath(core, ip + 1 + ((w >>> 30) & 1), d, d + 2);
                        if (core.fetchFree + 2 > t) t = core.fetchFree + 2;
                      }
                      stalls[FETCH] += t - d - 1;
                      last = d;
                      retired++;
                      const h = core.fetchBank + ((pc >>> 12) & (BANK_PAGES - 1));
                      if (fetchTags[h] !== (pc & ~0xfff)) {
                        core.jumpTo(pc);
                        ip = 0;
                        continue next;
                      }
                      core.page = pc & ~0xfff;
                      core.pageSlot = fetchBases[h];
                      ip = core.pageSlot + ((pc >>> 1) & 2047);
                      if ((ip & 1) !== 0 && (packed[ip] & SLOT_LONG) !== 0 && !common) {
                        t++;
                        stalls[FETCH]++;
                      }
                      continue next;
                    }
                    case Op.BEQ:
                      taken = x[(w >> SLOT_RS1) & 31] === x[(w >> SLOT_RS2) & 31];
                      break jump;
                    case Op.BNE:
                      taken = x[(w >> SLOT_RS1) & 31] !== x[(w >> SLOT_RS2) & 31];
                      break jump;
                    case Op.BLT:
                      taken = x[(w >> SLOT_RS1) & 31] < x[(w >> SLOT_RS2) & 31];
                      break jump;
                    case Op.BGE:
                      taken = x[(w >> SLOT_RS1) & 31] >= x[(w >> SLOT_RS2) & 31];
                      break jump;
                    case Op.BLTU:
                      taken = x[(w >> SLOT_RS1) & 31] >>> 0 < x[(w >> SLOT_RS2) & 31] >>> 0;
                      break jump;
                    case Op.BGEU:
                      taken = x[(w >> SLOT_RS1) & 31] >>> 0 >= x[(w >> SLOT_RS2) & 31] >>> 0;
                      break jump;
                    case Op.LB:
                    case Op.LH:
                    case Op.LW:
                    case Op.LBU:
                    case Op.LHU: {
                      const op = w & 127;
                      let p = found;
                      found = 0;
                      if (p === 0) {
                        address = (x[(w >> SLOT_RS1) & 31] + immediate[ip]) | 0;
                        size = op === Op.LW ? 4 : op === Op.LB || op === Op.LBU ? 1 : 2;
                        const h = core.dataBank + ((address >>> 12) & (BANK_PAGES - 1));
                        if (loadTags[h] !== (address & tagMask(size)) || d <= recentStores.window) break memoryAccess;
                        p = loadBases[h] + (address & 0xfff);
                        if ((lineFlags[p >>> 5] & LINE_IN_D) === 0) break memoryAccess;
                      }
                      let value: number;
                      if (op === Op.LW) value = words[p >> 2];
                      else if (op === Op.LBU) value = bytes[p];
                      else if (op === Op.LB) value = signedBytes[p];
                      else if (op === Op.LHU) value = halves[p >> 1];
                      else value = signedHalves[p >> 1];
                      x[(w >> SLOT_RD) & 63] = value;
                      break lateResult;
                    }
                    case Op.SB:
                    case Op.SH:
                    case Op.SW: {
                      const op = w & 127;
                      let p = found;
                      found = 0;
                      if (p === 0) {
                        address = (x[(w >> SLOT_RS1) & 31] + immediate[ip]) | 0;
                        access = Access.STORE;
                        size = op === Op.SW ? 4 : op === Op.SB ? 1 : 2;
                        const h = core.dataBank + ((address >>> 12) & (BANK_PAGES - 1));
                        if (storeTags[h] !== (address & tagMask(size))) break memoryAccess;
                        p = storeBases[h] + (address & 0xfff);
                        if ((lineFlags[p >>> 5] & LINE_STORE_SLOW) !== 0) break memoryAccess;
                        d = enterQuickStore(core, p, size, d);
                      }
                      if (op === Op.SW) words[p >> 2] = x[(w >> SLOT_RS2) & 31];
                      else if (op === Op.SB) bytes[p] = x[(w >> SLOT_RS2) & 31];
                      else halves[p >> 1] = x[(w >> SLOT_RS2) & 31];
                      break dispatch;
                    }
                    case Op.NONE:
                    case SlotOp.PAGE_END:
                    case SlotOp.TRANSIENT:
                    case SlotOp.MARKED:
                    default:
                      break slow;
                  }
                }
                // A branch or a jump to a displacement.
                last = d;
                retired++;
                const displacement = immediate[ip];
                const following = ip + 1 + ((w >>> 30) & 1);
                if ((w & 127) !== Op.JAL) {
                  // Static prediction: backward is taken, found wrong in the memory stage.
                  const back = displacement < 0;
                  const penalty = common ? (taken ? 2 : 0) : taken === back ? (taken ? predicted : 0) : corrected;
                  t = d + 1 + penalty;
                  if (penalty === corrected && !common) {
                    // Behind a branch predicted taken, its target's first word is there when the mistake is found.
                    if (!back) {
                      if (lateUntil > d + 1 || harmless[following] === 0)
                        t += followWrongPath(core, following, d, d + 2);
                    } else if (w >= 0) t += followWrongPath(core, ip + displacement, d + 1, d + 2, d + 2, true);
                    if (core.fetchFree + 2 > t) t = core.fetchFree + 2;
                  }
                  stalls[FETCH] += t - d - 1;
                  if (!taken) {
                    ip = following;
                    if (penalty !== 0 && (ip & 1) !== 0 && (packed[ip] & SLOT_LONG) !== 0) {
                      t++;
                      stalls[FETCH]++;
                    }
                    continue next;
                  }
                }
                if (w < 0) {
                  core.jumpTo(core.page + ((ip - core.pageSlot) << 1) + displacement);
                  ip = 0;
                  continue next;
                }
                ip += displacement;
                if ((ip & 1) !== 0 && (packed[ip] & SLOT_LONG) !== 0 && !common) {
                  t++;
                  stalls[FETCH]++;
                }
                continue next;
              }
              // A load or store that needs more than its data.
              core.slot = ip;
              core.next = t;
              core.last = last;
              core.lateUntil = lateUntil;
              core.retired = retired;
              // a trap changes the phase: what came before it belongs to the old one
              core.hazard += stalls[HAZARD];
              core.fetchStall += stalls[FETCH];
              stalls[HAZARD] = 0;
              stalls[FETCH] = 0;
              found =
                access === Access.STORE
                  ? store(core, address, size, x[(w >> SLOT_RS2) & 31], d)
                  : load(core, address, size, d, access);
              if (found >= 0) {
                // The same instruction again, now with its data. A slot that was forgotten meanwhile (its line has left the
                // cache, or the store is to itself) holds it for this time only.
                if (packed[ip] === Op.NONE) core.patch(w, Op.NONE);
                limit = core.limit | 0;
                t = datum.at;
                core.once = t >= limit;
                continue next;
              }
              found = 0;
              limit = core.limit | 0;
              ip = core.relocate ? 0 : core.slot;
              t = core.next;
              last = core.last;
              continue next;
            }
            // An instruction that is not decoded yet, is marked, or is none of the above.
            if (ip !== 0) core.slot = ip;
            core.next = t;
            core.last = last;
            core.lateUntil = lateUntil;
            core.retired = retired;
            core.hazard += stalls[HAZARD];
            core.fetchStall += stalls[FETCH];
            stalls[HAZARD] = 0;
            stalls[FETCH] = 0;
            const kind = w & 127;
            if (kind === Op.NONE || kind === SlotOp.PAGE_END) fetchInstruction(core);
            else if (kind === SlotOp.TRANSIENT) core.patch(fetchInstruction(core) ? fetched.packed : Op.NONE, Op.NONE);
            else if (kind === SlotOp.MARKED) core.patch(core.passMark(), w);
            else executeSystem(core, w, immediate[ip], d);
            ip = core.relocate ? 0 : core.slot;
            t = core.next;
            last = core.last;
            lateUntil = core.lateUntil;
            retired = core.retired;
            limit = core.limit | 0;
            if (core.waiting || core.wedged !== undefined) limit = STOP;
            continue next;
          }
          ready[(w >> SLOT_RD) & 63] = d + lateShift;
          if (d + lateShift > lateUntil) lateUntil = d + lateShift;
          break dispatch;
        }
        ready[(w >> SLOT_RD) & 63] = d + late;
        if (d + late > lateUntil) lateUntil = d + late;
      }
      ip += 1 + ((w >>> 30) & 1);
      last = d;
      t = d + 1;
      retired++;
    }
    if (ip !== 0) core.slot = ip;
    core.next = t;
    core.last = last;
    core.lateUntil = lateUntil;
    core.retired = retired;
    core.hazard += stalls[HAZARD];
    core.fetchStall += stalls[FETCH];
    stalls.fill(0);
  };
}
