import { Shift, Size } from '../../thumb/instruction.js';
import { Op } from '../../thumb/operations.js';
import { datum, LINE_STORE_SLOW } from './access.js';
import { multiplyHigh, multiplyHighUnsigned, shiftCarry, shiftLeft, shiftRight, shifted } from './arithmetic.js';
import { type Core } from './core.js';
import { load, store, unaligned } from './datapath.js';
import { checkFetch, fetched, fetchInstruction } from './fetch.js';
import { DATA_ENTRIES, FETCH_ENTRIES } from './lookaside.js';
import { executeDsp } from './dsp.js';
import { executeSystem, raiseInvalidState } from './system.js';
import { raiseStackOverflow, raiseUsage } from './retire.js';
import { OP_WRITES_BACK, pairing } from './pairing.js';
import { CCR, CFSR } from './scb.js';
import {
  SLOT_FLAGS,
  SLOT_LONG,
  SLOT_MODE,
  SLOT_OUTSIDE_IT,
  SLOT_RA,
  SLOT_RD,
  SLOT_RM,
  SLOT_RN,
  SLOT_SHIFT,
  SlotOp,
} from './slots.js';
import { advanceIt, holds } from './status.js';
import { STOP } from '../../machine/times.js';
import { scaled } from './timing.js';
import { branchTo, isReturn } from './transfer.js';
import { loadMultiple, storeMultiple } from './load-multiple.js';

const HAZARD = 0;
const FETCH = 1;
const DATA = 2;
const BEATS = 3;
const FOLDED = 4;

/** Where a value that does not come from the arena is put: arena page 0 is never guest memory. */
const SCRATCH = 8;

/**
 * Makes the function that executes a core's instructions until `core.next` >= `core.limit` or a slow path lowers
 * `core.limit`.
 *
 * Its switch holds the instructions that run in their millions, one operation in one case; `executeDsp` has the DSP
 * extension, `executeSystem` the rest. What an access cannot do with the look-aside - a check by the MPU, a device, an unaligned
 * address - `load` and `store` do. A fault or SVC pends its exception and stops here; `enterException` does the rest.
 *
 * While an IT block, an interrupted LDM, or a page with more than one answer of the MPU is being executed, `limit` is `STOP`:
 * every instruction passes the head of the loop, which costs the others nothing.
 *
 * A closure over the core's arrays and constants, so that V8 takes them as constants; it does so only for a function that has
 * one closure, see `interpreters.ts`.
 */
export function createInterpreter(core: Core): () => void {
  const { r: x, memory, timing, slots, flash } = core;
  const { packed, immediate, pairedWith, pairCost } = slots;
  const { loads, stores, fetches } = core;
  const { tags: loadTags, values: loadValues } = loads;
  const { tags: storeTags, values: storeValues } = stores;
  const { tags: fetchTags, values: fetchValues } = fetches;
  const { bytes, halves, words, lineFlags, signedBytes, signedHalves } = memory;
  const { pipelined, wideTarget, branchRegister, branchLink, branch } = timing;
  const flashed = flash !== undefined;
  const limited = core.config.system.architecture === 'v8m';
  const { load: loadCost, store: storeCost, storeRegister: storeRegisterCost } = timing;

  const writesBack = OP_WRITES_BACK;

  // Cycles to be booked, kept out of local variables: registers are scarce in the loop.
  const stalls = new Int32Array(5);

  return function interpret(): void {
    let ip = core.relocate ? 0 : core.slot;
    let t = core.next;
    let n = core.n;
    let z = core.z;
    let c = core.c;
    let v = core.v;
    let done = core.done;
    let retired = core.retired;
    const entered = retired;
    // The head of the loop decides.
    let limit = STOP;
    // Left over if the last call ended by `MemoryExhausted`.
    stalls.fill(0);

    next: for (;;) {
      let w = packed[ip];
      if (t >= limit) {
        if (t >= core.limit) {
          if (!core.once) break;
          core.once = false;
        }
        if (core.stepping && retired !== entered) break;
        const op = w & 255;
        if (op !== Op.NONE && op < SlotOp.MARKED) {
          if (core.checking) {
            core.slot = ip;
            if (!checkFetch(core, (w & SLOT_LONG) !== 0)) continue next;
          }
          if (core.ici !== 0 && (op < Op.LDMIA || op > Op.STMDB)) {
            core.slot = ip;
            raiseInvalidState(core);
            continue next;
          }
          core.itAt = core.it;
          if (core.it !== 0) {
            const condition = core.it >> 4;
            core.it = advanceIt(core.it);
            if (!holds(condition, n, z, c, v) && op !== Op.BKPT) w = SlotOp.SKIPPED | (w & SLOT_LONG);
            else if ((w & SLOT_OUTSIDE_IT) !== 0) w--;
          }
        }
        limit = bound();
      }
      if (flashed) {
        // Instruction fetches of wait-state memory; see `fetchWait`.
        const op = w & 255;
        if (op !== Op.NONE && (op < SlotOp.MARKED || op === SlotOp.SKIPPED)) {
          core.slot = ip;
          core.next = t;
          const wait = core.fetchWait((w & SLOT_LONG) !== 0);
          t += wait;
          stalls[FETCH] += wait;
        }
      }
      let a = 0;
      let b = 0;
      let result = 0;
      let address = 0;
      let kind: Size = Size.WORD;
      let taken = true;
      let refill = branchRegister;

      dispatch: {
        slow: {
          write: {
            read: {
              register: {
                jump: {
                  logical: {
                    arithmetic: {
                      switch (w & 255) {
                        case Op.AND_I:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] & immediate[ip];
                          break dispatch;
                        case Op.ANDS_I:
                          result = x[(w >> SLOT_RN) & 15] & immediate[ip];
                          if ((w & SLOT_FLAGS) !== 0) c = immediate[ip] >>> 31;
                          break logical;
                        case Op.BIC_I:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] & ~immediate[ip];
                          break dispatch;
                        case Op.BICS_I:
                          result = x[(w >> SLOT_RN) & 15] & ~immediate[ip];
                          if ((w & SLOT_FLAGS) !== 0) c = immediate[ip] >>> 31;
                          break logical;
                        case Op.ORR_I:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] | immediate[ip];
                          break dispatch;
                        case Op.ORRS_I:
                          result = x[(w >> SLOT_RN) & 15] | immediate[ip];
                          if ((w & SLOT_FLAGS) !== 0) c = immediate[ip] >>> 31;
                          break logical;
                        case Op.ORN_I:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] | ~immediate[ip];
                          break dispatch;
                        case Op.ORNS_I:
                          result = x[(w >> SLOT_RN) & 15] | ~immediate[ip];
                          if ((w & SLOT_FLAGS) !== 0) c = immediate[ip] >>> 31;
                          break logical;
                        case Op.EOR_I:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] ^ immediate[ip];
                          break dispatch;
                        case Op.EORS_I:
                          result = x[(w >> SLOT_RN) & 15] ^ immediate[ip];
                          if ((w & SLOT_FLAGS) !== 0) c = immediate[ip] >>> 31;
                          break logical;
                        case Op.ADD_I:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] + immediate[ip];
                          break dispatch;
                        case Op.ADDS_I:
                          a = x[(w >> SLOT_RN) & 15];
                          b = immediate[ip];
                          result = (a + b) | 0;
                          c = result >>> 0 < a >>> 0 ? 1 : 0;
                          break arithmetic;
                        case Op.ADC_I:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] + immediate[ip] + c;
                          break dispatch;
                        case Op.ADCS_I:
                          a = x[(w >> SLOT_RN) & 15];
                          b = immediate[ip];
                          result = (a + b + c) | 0;
                          c = result >>> 0 < a >>> 0 || (c !== 0 && result === a) ? 1 : 0;
                          break arithmetic;
                        case Op.SBC_I:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] + ~immediate[ip] + c;
                          break dispatch;
                        case Op.SBCS_I:
                          a = x[(w >> SLOT_RN) & 15];
                          b = ~immediate[ip];
                          result = (a + b + c) | 0;
                          c = result >>> 0 < a >>> 0 || (c !== 0 && result === a) ? 1 : 0;
                          break arithmetic;
                        case Op.SUB_I:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] - immediate[ip];
                          break dispatch;
                        case Op.SUBS_I:
                          a = x[(w >> SLOT_RN) & 15];
                          b = immediate[ip];
                          result = (a - b) | 0;
                          c = a >>> 0 >= b >>> 0 ? 1 : 0;
                          b = ~b;
                          break arithmetic;
                        case Op.RSB_I:
                          x[(w >> SLOT_RD) & 15] = immediate[ip] - x[(w >> SLOT_RN) & 15];
                          break dispatch;
                        case Op.RSBS_I:
                          a = immediate[ip];
                          b = x[(w >> SLOT_RN) & 15];
                          result = (a - b) | 0;
                          c = a >>> 0 >= b >>> 0 ? 1 : 0;
                          b = ~b;
                          break arithmetic;
                        case Op.MOV_I:
                          x[(w >> SLOT_RD) & 15] = immediate[ip];
                          break dispatch;
                        case Op.MOVS_I:
                          result = immediate[ip];
                          if ((w & SLOT_FLAGS) !== 0) c = result >>> 31;
                          break logical;
                        case Op.MVN_I:
                          x[(w >> SLOT_RD) & 15] = ~immediate[ip];
                          break dispatch;
                        case Op.MVNS_I:
                          result = ~immediate[ip];
                          if ((w & SLOT_FLAGS) !== 0) c = immediate[ip] >>> 31;
                          break logical;

                        case Op.AND_R:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] & x[(w >> SLOT_RM) & 15];
                          break dispatch;
                        case Op.ANDS_R:
                          result = x[(w >> SLOT_RN) & 15] & x[(w >> SLOT_RM) & 15];
                          break logical;
                        case Op.BIC_R:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] & ~x[(w >> SLOT_RM) & 15];
                          break dispatch;
                        case Op.BICS_R:
                          result = x[(w >> SLOT_RN) & 15] & ~x[(w >> SLOT_RM) & 15];
                          break logical;
                        case Op.ORR_R:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] | x[(w >> SLOT_RM) & 15];
                          break dispatch;
                        case Op.ORRS_R:
                          result = x[(w >> SLOT_RN) & 15] | x[(w >> SLOT_RM) & 15];
                          break logical;
                        case Op.EOR_R:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] ^ x[(w >> SLOT_RM) & 15];
                          break dispatch;
                        case Op.EORS_R:
                          result = x[(w >> SLOT_RN) & 15] ^ x[(w >> SLOT_RM) & 15];
                          break logical;
                        case Op.ADD_R:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] + x[(w >> SLOT_RM) & 15];
                          break dispatch;
                        case Op.ADDS_R:
                          a = x[(w >> SLOT_RN) & 15];
                          b = x[(w >> SLOT_RM) & 15];
                          result = (a + b) | 0;
                          c = result >>> 0 < a >>> 0 ? 1 : 0;
                          break arithmetic;
                        case Op.ADC_R:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] + x[(w >> SLOT_RM) & 15] + c;
                          break dispatch;
                        case Op.ADCS_R:
                          a = x[(w >> SLOT_RN) & 15];
                          b = x[(w >> SLOT_RM) & 15];
                          result = (a + b + c) | 0;
                          c = result >>> 0 < a >>> 0 || (c !== 0 && result === a) ? 1 : 0;
                          break arithmetic;
                        case Op.SBC_R:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] + ~x[(w >> SLOT_RM) & 15] + c;
                          break dispatch;
                        case Op.SBCS_R:
                          a = x[(w >> SLOT_RN) & 15];
                          b = ~x[(w >> SLOT_RM) & 15];
                          result = (a + b + c) | 0;
                          c = result >>> 0 < a >>> 0 || (c !== 0 && result === a) ? 1 : 0;
                          break arithmetic;
                        case Op.SUB_R:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] - x[(w >> SLOT_RM) & 15];
                          break dispatch;
                        case Op.SUBS_R:
                          a = x[(w >> SLOT_RN) & 15];
                          b = x[(w >> SLOT_RM) & 15];
                          result = (a - b) | 0;
                          c = a >>> 0 >= b >>> 0 ? 1 : 0;
                          b = ~b;
                          break arithmetic;
                        case Op.MOV_R:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RM) & 15];
                          break dispatch;
                        case Op.MOVS_R:
                          result = x[(w >> SLOT_RM) & 15];
                          break logical;
                        case Op.MVN_R:
                          x[(w >> SLOT_RD) & 15] = ~x[(w >> SLOT_RM) & 15];
                          break dispatch;
                        case Op.MVNS_R:
                          result = ~x[(w >> SLOT_RM) & 15];
                          break logical;

                        case Op.LSL_I:
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RM) & 15] << immediate[ip];
                          break dispatch;
                        case Op.LSLS_I:
                          a = x[(w >> SLOT_RM) & 15];
                          b = immediate[ip];
                          result = a << b;
                          if (b !== 0) c = (a >>> (32 - b)) & 1;
                          break logical;
                        case Op.LSR_I:
                          b = immediate[ip];
                          x[(w >> SLOT_RD) & 15] = b === 32 ? 0 : x[(w >> SLOT_RM) & 15] >>> b;
                          break dispatch;
                        case Op.LSRS_I:
                          a = x[(w >> SLOT_RM) & 15];
                          b = immediate[ip];
                          result = b === 32 ? 0 : (a >>> b) | 0;
                          c = (a >>> (b - 1)) & 1;
                          break logical;
                        case Op.ASR_I:
                          b = immediate[ip];
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RM) & 15] >> (b === 32 ? 31 : b);
                          break dispatch;
                        case Op.ASRS_I:
                          a = x[(w >> SLOT_RM) & 15];
                          b = immediate[ip];
                          result = a >> (b === 32 ? 31 : b);
                          c = (a >> (b - 1)) & 1;
                          break logical;
                        case Op.ROR_I:
                          a = x[(w >> SLOT_RM) & 15];
                          b = immediate[ip];
                          x[(w >> SLOT_RD) & 15] = (a >>> b) | (a << (32 - b));
                          break dispatch;
                        case Op.RORS_I:
                          a = x[(w >> SLOT_RM) & 15];
                          b = immediate[ip];
                          result = (a >>> b) | (a << (32 - b));
                          c = result >>> 31;
                          break logical;
                        case Op.RRX:
                          x[(w >> SLOT_RD) & 15] = (x[(w >> SLOT_RM) & 15] >>> 1) | (c << 31);
                          break dispatch;
                        case Op.RRXS:
                          a = x[(w >> SLOT_RM) & 15];
                          result = (a >>> 1) | (c << 31);
                          c = a & 1;
                          break logical;
                        case Op.LSL_R:
                          x[(w >> SLOT_RD) & 15] = shiftLeft(x[(w >> SLOT_RN) & 15], x[(w >> SLOT_RM) & 15] & 255);
                          break dispatch;
                        case Op.LSLS_R:
                          a = x[(w >> SLOT_RN) & 15];
                          b = x[(w >> SLOT_RM) & 15] & 255;
                          result = shiftLeft(a, b);
                          c = shiftCarry(a, Shift.LSL, b, c);
                          break logical;
                        case Op.LSR_R:
                          x[(w >> SLOT_RD) & 15] = shiftRight(x[(w >> SLOT_RN) & 15], x[(w >> SLOT_RM) & 15] & 255);
                          break dispatch;
                        case Op.LSRS_R:
                          a = x[(w >> SLOT_RN) & 15];
                          b = x[(w >> SLOT_RM) & 15] & 255;
                          result = shiftRight(a, b);
                          c = shiftCarry(a, Shift.LSR, b, c);
                          break logical;
                        case Op.ASR_R:
                          b = x[(w >> SLOT_RM) & 15] & 255;
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RN) & 15] >> (b > 31 ? 31 : b);
                          break dispatch;
                        case Op.ASRS_R:
                          a = x[(w >> SLOT_RN) & 15];
                          b = x[(w >> SLOT_RM) & 15] & 255;
                          result = a >> (b > 31 ? 31 : b);
                          c = shiftCarry(a, Shift.ASR, b, c);
                          break logical;
                        case Op.ROR_R:
                          a = x[(w >> SLOT_RN) & 15];
                          b = x[(w >> SLOT_RM) & 15] & 31;
                          x[(w >> SLOT_RD) & 15] = (a >>> b) | (a << (32 - b));
                          break dispatch;
                        case Op.RORS_R:
                          a = x[(w >> SLOT_RN) & 15];
                          b = x[(w >> SLOT_RM) & 15] & 255;
                          result = (a >>> (b & 31)) | (a << (32 - (b & 31)));
                          if (b !== 0) c = result >>> 31;
                          break logical;
                        case Op.MUL:
                          x[(w >> SLOT_RD) & 15] = Math.imul(x[(w >> SLOT_RN) & 15], x[(w >> SLOT_RM) & 15]);
                          t += timing.multiply;
                          stalls[HAZARD] += timing.multiply;
                          break dispatch;
                        case Op.MULS:
                          result = Math.imul(x[(w >> SLOT_RN) & 15], x[(w >> SLOT_RM) & 15]);
                          t += timing.multiply;
                          stalls[HAZARD] += timing.multiply;
                          break logical;

                        case Op.AND_X:
                          a = x[(w >> SLOT_RM) & 15];
                          result = x[(w >> SLOT_RN) & 15] & shifted(a, (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                          if ((w & SLOT_FLAGS) !== 0) {
                            c = shiftCarry(a, (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                            break logical;
                          }
                          x[(w >> SLOT_RD) & 15] = result;
                          break dispatch;
                        case Op.BIC_X:
                          a = x[(w >> SLOT_RM) & 15];
                          result = x[(w >> SLOT_RN) & 15] & ~shifted(a, (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                          if ((w & SLOT_FLAGS) !== 0) {
                            c = shiftCarry(a, (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                            break logical;
                          }
                          x[(w >> SLOT_RD) & 15] = result;
                          break dispatch;
                        case Op.ORR_X:
                          a = x[(w >> SLOT_RM) & 15];
                          result = x[(w >> SLOT_RN) & 15] | shifted(a, (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                          if ((w & SLOT_FLAGS) !== 0) {
                            c = shiftCarry(a, (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                            break logical;
                          }
                          x[(w >> SLOT_RD) & 15] = result;
                          break dispatch;
                        case Op.ORN_X:
                          a = x[(w >> SLOT_RM) & 15];
                          result = x[(w >> SLOT_RN) & 15] | ~shifted(a, (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                          if ((w & SLOT_FLAGS) !== 0) {
                            c = shiftCarry(a, (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                            break logical;
                          }
                          x[(w >> SLOT_RD) & 15] = result;
                          break dispatch;
                        case Op.EOR_X:
                          a = x[(w >> SLOT_RM) & 15];
                          result = x[(w >> SLOT_RN) & 15] ^ shifted(a, (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                          if ((w & SLOT_FLAGS) !== 0) {
                            c = shiftCarry(a, (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                            break logical;
                          }
                          x[(w >> SLOT_RD) & 15] = result;
                          break dispatch;
                        case Op.ADD_X:
                          a = x[(w >> SLOT_RN) & 15];
                          b = shifted(x[(w >> SLOT_RM) & 15], (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                          result = (a + b) | 0;
                          if ((w & SLOT_FLAGS) !== 0) {
                            c = result >>> 0 < a >>> 0 ? 1 : 0;
                            break arithmetic;
                          }
                          x[(w >> SLOT_RD) & 15] = result;
                          break dispatch;
                        case Op.ADC_X:
                          a = x[(w >> SLOT_RN) & 15];
                          b = shifted(x[(w >> SLOT_RM) & 15], (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                          result = (a + b + c) | 0;
                          if ((w & SLOT_FLAGS) !== 0) {
                            c = result >>> 0 < a >>> 0 || (c !== 0 && result === a) ? 1 : 0;
                            break arithmetic;
                          }
                          x[(w >> SLOT_RD) & 15] = result;
                          break dispatch;
                        case Op.SBC_X:
                          a = x[(w >> SLOT_RN) & 15];
                          b = ~shifted(x[(w >> SLOT_RM) & 15], (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                          result = (a + b + c) | 0;
                          if ((w & SLOT_FLAGS) !== 0) {
                            c = result >>> 0 < a >>> 0 || (c !== 0 && result === a) ? 1 : 0;
                            break arithmetic;
                          }
                          x[(w >> SLOT_RD) & 15] = result;
                          break dispatch;
                        case Op.SUB_X:
                          a = x[(w >> SLOT_RN) & 15];
                          b = shifted(x[(w >> SLOT_RM) & 15], (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                          result = (a - b) | 0;
                          if ((w & SLOT_FLAGS) !== 0) {
                            c = a >>> 0 >= b >>> 0 ? 1 : 0;
                            b = ~b;
                            break arithmetic;
                          }
                          x[(w >> SLOT_RD) & 15] = result;
                          break dispatch;
                        case Op.RSB_X:
                          a = shifted(x[(w >> SLOT_RM) & 15], (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                          b = x[(w >> SLOT_RN) & 15];
                          result = (a - b) | 0;
                          if ((w & SLOT_FLAGS) !== 0) {
                            c = a >>> 0 >= b >>> 0 ? 1 : 0;
                            b = ~b;
                            break arithmetic;
                          }
                          x[(w >> SLOT_RD) & 15] = result;
                          break dispatch;
                        case Op.MVN_X:
                          a = x[(w >> SLOT_RM) & 15];
                          result = ~shifted(a, (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                          if ((w & SLOT_FLAGS) !== 0) {
                            c = shiftCarry(a, (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                            break logical;
                          }
                          x[(w >> SLOT_RD) & 15] = result;
                          break dispatch;

                        case Op.TST_I:
                          n = z = x[(w >> SLOT_RN) & 15] & immediate[ip];
                          if ((w & SLOT_FLAGS) !== 0) c = immediate[ip] >>> 31;
                          break dispatch;
                        case Op.TEQ_I:
                          n = z = x[(w >> SLOT_RN) & 15] ^ immediate[ip];
                          if ((w & SLOT_FLAGS) !== 0) c = immediate[ip] >>> 31;
                          break dispatch;
                        case Op.CMN_I:
                          a = x[(w >> SLOT_RN) & 15];
                          b = immediate[ip];
                          n = z = (a + b) | 0;
                          c = n >>> 0 < a >>> 0 ? 1 : 0;
                          v = (a ^ n) & (b ^ n);
                          break dispatch;
                        case Op.CMP_I:
                          a = x[(w >> SLOT_RN) & 15];
                          b = immediate[ip];
                          n = z = (a - b) | 0;
                          c = a >>> 0 >= b >>> 0 ? 1 : 0;
                          v = (a ^ b) & (a ^ n);
                          break dispatch;
                        case Op.TST_R:
                          n = z = x[(w >> SLOT_RN) & 15] & x[(w >> SLOT_RM) & 15];
                          break dispatch;
                        case Op.CMN_R:
                          a = x[(w >> SLOT_RN) & 15];
                          b = x[(w >> SLOT_RM) & 15];
                          n = z = (a + b) | 0;
                          c = n >>> 0 < a >>> 0 ? 1 : 0;
                          v = (a ^ n) & (b ^ n);
                          break dispatch;
                        case Op.CMP_R:
                          a = x[(w >> SLOT_RN) & 15];
                          b = x[(w >> SLOT_RM) & 15];
                          n = z = (a - b) | 0;
                          c = a >>> 0 >= b >>> 0 ? 1 : 0;
                          v = (a ^ b) & (a ^ n);
                          break dispatch;
                        case Op.TST_X:
                          a = x[(w >> SLOT_RM) & 15];
                          n = z = x[(w >> SLOT_RN) & 15] & shifted(a, (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                          c = shiftCarry(a, (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                          break dispatch;
                        case Op.TEQ_X:
                          a = x[(w >> SLOT_RM) & 15];
                          n = z = x[(w >> SLOT_RN) & 15] ^ shifted(a, (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                          c = shiftCarry(a, (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                          break dispatch;
                        case Op.CMN_X:
                          a = x[(w >> SLOT_RN) & 15];
                          b = shifted(x[(w >> SLOT_RM) & 15], (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                          n = z = (a + b) | 0;
                          c = n >>> 0 < a >>> 0 ? 1 : 0;
                          v = (a ^ n) & (b ^ n);
                          break dispatch;
                        case Op.CMP_X:
                          a = x[(w >> SLOT_RN) & 15];
                          b = shifted(x[(w >> SLOT_RM) & 15], (w >> SLOT_SHIFT) & 7, immediate[ip], c);
                          n = z = (a - b) | 0;
                          c = a >>> 0 >= b >>> 0 ? 1 : 0;
                          v = (a ^ b) & (a ^ n);
                          break dispatch;

                        case Op.ADD_SP_I:
                        case Op.SUB_SP_I:
                          a = x[(w >> SLOT_RN) & 15];
                          b = (w & 255) === Op.ADD_SP_I ? immediate[ip] : -immediate[ip];
                          result = (a + b) & ~3;
                          if (limited && result >>> 0 < core.stackLimit >>> 0) {
                            core.slot = ip;
                            raiseStackOverflow(core);
                            limit = STOP;
                            continue next;
                          }
                          x[13] = result;
                          if ((w & SLOT_FLAGS) !== 0) {
                            n = z = (a + b) | 0;
                            c = (w & 255) === Op.ADD_SP_I ? (n >>> 0 < a >>> 0 ? 1 : 0) : a >>> 0 >= -b >>> 0 ? 1 : 0;
                            v = (w & 255) === Op.ADD_SP_I ? (a ^ n) & (b ^ n) : (a ^ -b) & (a ^ n);
                          }
                          break dispatch;
                        case Op.MOV_FROM_PC:
                          x[(w >> SLOT_RD) & 15] = w < 0 ? immediate[ip] & ~3 : immediate[ip];
                          break dispatch;
                        case Op.ADR:
                          x[(w >> SLOT_RD) & 15] = immediate[ip];
                          break dispatch;
                        case Op.ADD_FROM_PC:
                          result = x[(w >> SLOT_RN) & 15] + immediate[ip];
                          x[(w >> SLOT_RD) & 15] = w < 0 ? result & ~3 : result;
                          break dispatch;

                        case Op.MOVT:
                          x[(w >> SLOT_RD) & 15] = (x[(w >> SLOT_RD) & 15] & 0xffff) | (immediate[ip] << 16);
                          break dispatch;
                        case Op.BFC:
                          a = immediate[ip] & 255;
                          b = (-1 >>> (32 - (immediate[ip] >> 8))) << a;
                          x[(w >> SLOT_RD) & 15] = x[(w >> SLOT_RD) & 15] & ~b;
                          break dispatch;
                        case Op.BFI:
                          a = immediate[ip] & 255;
                          b = (-1 >>> (32 - (immediate[ip] >> 8))) << a;
                          x[(w >> SLOT_RD) & 15] = (x[(w >> SLOT_RD) & 15] & ~b) | ((x[(w >> SLOT_RN) & 15] << a) & b);
                          break dispatch;
                        case Op.SBFX:
                          a = immediate[ip] & 255;
                          b = 32 - (immediate[ip] >> 8);
                          x[(w >> SLOT_RD) & 15] = (x[(w >> SLOT_RN) & 15] << (b - a)) >> b;
                          break dispatch;
                        case Op.UBFX:
                          a = immediate[ip] & 255;
                          b = 32 - (immediate[ip] >> 8);
                          x[(w >> SLOT_RD) & 15] = (x[(w >> SLOT_RN) & 15] << (b - a)) >>> b;
                          break dispatch;
                        case Op.SXTB:
                          a = x[(w >> SLOT_RM) & 15];
                          x[(w >> SLOT_RD) & 15] = ((a >>> immediate[ip]) << 24) >> 24;
                          break dispatch;
                        case Op.SXTH:
                          a = x[(w >> SLOT_RM) & 15];
                          b = immediate[ip];
                          x[(w >> SLOT_RD) & 15] = (((a >>> b) | (a << (32 - b))) << 16) >> 16;
                          break dispatch;
                        case Op.UXTB:
                          x[(w >> SLOT_RD) & 15] = (x[(w >> SLOT_RM) & 15] >>> immediate[ip]) & 0xff;
                          break dispatch;
                        case Op.UXTH:
                          a = x[(w >> SLOT_RM) & 15];
                          b = immediate[ip];
                          x[(w >> SLOT_RD) & 15] = ((a >>> b) | (a << (32 - b))) & 0xffff;
                          break dispatch;
                        case Op.CLZ:
                          x[(w >> SLOT_RD) & 15] = Math.clz32(x[(w >> SLOT_RM) & 15]);
                          break dispatch;
                        case Op.RBIT:
                          a = x[(w >> SLOT_RM) & 15];
                          a = ((a >>> 1) & 0x55555555) | ((a & 0x55555555) << 1);
                          a = ((a >>> 2) & 0x33333333) | ((a & 0x33333333) << 2);
                          a = ((a >>> 4) & 0x0f0f0f0f) | ((a & 0x0f0f0f0f) << 4);
                          a = ((a >>> 8) & 0x00ff00ff) | ((a & 0x00ff00ff) << 8);
                          x[(w >> SLOT_RD) & 15] = (a >>> 16) | (a << 16);
                          break dispatch;
                        case Op.REV:
                          a = x[(w >> SLOT_RM) & 15];
                          a = ((a >>> 8) & 0x00ff00ff) | ((a & 0x00ff00ff) << 8);
                          x[(w >> SLOT_RD) & 15] = (a >>> 16) | (a << 16);
                          break dispatch;
                        case Op.REV16:
                          a = x[(w >> SLOT_RM) & 15];
                          x[(w >> SLOT_RD) & 15] = ((a >>> 8) & 0x00ff00ff) | ((a & 0x00ff00ff) << 8);
                          break dispatch;
                        case Op.REVSH:
                          a = x[(w >> SLOT_RM) & 15];
                          x[(w >> SLOT_RD) & 15] = ((a << 24) >> 16) | ((a >>> 8) & 0xff);
                          break dispatch;

                        case Op.MLA:
                          x[(w >> SLOT_RD) & 15] =
                            x[(w >> SLOT_RA) & 15] + Math.imul(x[(w >> SLOT_RN) & 15], x[(w >> SLOT_RM) & 15]);
                          t += timing.multiplyAccumulate;
                          stalls[HAZARD] += timing.multiplyAccumulate;
                          break dispatch;
                        case Op.MLS:
                          x[(w >> SLOT_RD) & 15] =
                            x[(w >> SLOT_RA) & 15] - Math.imul(x[(w >> SLOT_RN) & 15], x[(w >> SLOT_RM) & 15]);
                          t += timing.multiplyAccumulate;
                          stalls[HAZARD] += timing.multiplyAccumulate;
                          break dispatch;
                        case Op.SMULL: {
                          a = x[(w >> SLOT_RN) & 15];
                          b = x[(w >> SLOT_RM) & 15];
                          x[(w >> SLOT_RD) & 15] = Math.imul(a, b);
                          x[(w >> SLOT_RA) & 15] = multiplyHigh(a, b);
                          const cost = scaled(
                            timing.long,
                            64 - Math.clz32(a ^ (a >> 31)) - Math.clz32(b ^ (b >> 31)),
                            62,
                          );
                          t += cost;
                          stalls[HAZARD] += cost;
                          break dispatch;
                        }
                        case Op.UMULL: {
                          a = x[(w >> SLOT_RN) & 15];
                          b = x[(w >> SLOT_RM) & 15];
                          x[(w >> SLOT_RD) & 15] = Math.imul(a, b);
                          x[(w >> SLOT_RA) & 15] = multiplyHighUnsigned(a, b);
                          const cost = scaled(timing.long, 64 - Math.clz32(a) - Math.clz32(b), 64);
                          t += cost;
                          stalls[HAZARD] += cost;
                          break dispatch;
                        }
                        case Op.SMLAL: {
                          a = x[(w >> SLOT_RN) & 15];
                          b = x[(w >> SLOT_RM) & 15];
                          result = (x[(w >> SLOT_RD) & 15] + Math.imul(a, b)) | 0;
                          x[(w >> SLOT_RA) & 15] +=
                            multiplyHigh(a, b) + (result >>> 0 < x[(w >> SLOT_RD) & 15] >>> 0 ? 1 : 0);
                          x[(w >> SLOT_RD) & 15] = result;
                          const cost = scaled(
                            timing.longAccumulate,
                            64 - Math.clz32(a ^ (a >> 31)) - Math.clz32(b ^ (b >> 31)),
                            62,
                          );
                          t += cost;
                          stalls[HAZARD] += cost;
                          break dispatch;
                        }
                        case Op.UMLAL: {
                          a = x[(w >> SLOT_RN) & 15];
                          b = x[(w >> SLOT_RM) & 15];
                          result = (x[(w >> SLOT_RD) & 15] + Math.imul(a, b)) | 0;
                          x[(w >> SLOT_RA) & 15] +=
                            multiplyHighUnsigned(a, b) + (result >>> 0 < x[(w >> SLOT_RD) & 15] >>> 0 ? 1 : 0);
                          x[(w >> SLOT_RD) & 15] = result;
                          const cost = scaled(timing.longAccumulate, 64 - Math.clz32(a) - Math.clz32(b), 64);
                          t += cost;
                          stalls[HAZARD] += cost;
                          break dispatch;
                        }
                        case Op.SDIV: {
                          a = x[(w >> SLOT_RN) & 15];
                          b = x[(w >> SLOT_RM) & 15];
                          if (b === 0 && trapsOnZero()) {
                            core.slot = ip;
                            raiseUsage(core, CFSR.DIVBYZERO);
                            limit = STOP;
                            continue next;
                          }
                          // x / 0 is an infinity or no number, which a word holds as 0.
                          x[(w >> SLOT_RD) & 15] = a / b;
                          const bits = Math.clz32(b < 0 ? -b : b) - Math.clz32(a < 0 ? -a : a);
                          const cost = scaled(timing.divide, bits < 0 ? 0 : bits + 1, 32);
                          t += cost;
                          stalls[HAZARD] += cost;
                          break dispatch;
                        }
                        case Op.UDIV: {
                          a = x[(w >> SLOT_RN) & 15];
                          b = x[(w >> SLOT_RM) & 15];
                          if (b === 0 && trapsOnZero()) {
                            core.slot = ip;
                            raiseUsage(core, CFSR.DIVBYZERO);
                            limit = STOP;
                            continue next;
                          }
                          x[(w >> SLOT_RD) & 15] = (a >>> 0) / (b >>> 0);
                          const bits = Math.clz32(b) - Math.clz32(a);
                          const cost = scaled(timing.divide, bits < 0 ? 0 : bits + 1, 32);
                          t += cost;
                          stalls[HAZARD] += cost;
                          break dispatch;
                        }

                        case Op.LDR_I:
                          address = (x[(w >> SLOT_RN) & 15] + immediate[ip]) | 0;
                          break read;
                        case Op.LDRB_I:
                          address = (x[(w >> SLOT_RN) & 15] + immediate[ip]) | 0;
                          kind = Size.BYTE;
                          break read;
                        case Op.LDRH_I:
                          address = (x[(w >> SLOT_RN) & 15] + immediate[ip]) | 0;
                          kind = Size.HALF;
                          break read;
                        case Op.LDRSB_I:
                          address = (x[(w >> SLOT_RN) & 15] + immediate[ip]) | 0;
                          kind = Size.SIGNED_BYTE;
                          break read;
                        case Op.LDRSH_I:
                          address = (x[(w >> SLOT_RN) & 15] + immediate[ip]) | 0;
                          kind = Size.SIGNED_HALF;
                          break read;
                        case Op.STR_I:
                          address = (x[(w >> SLOT_RN) & 15] + immediate[ip]) | 0;
                          break write;
                        case Op.STRB_I:
                          address = (x[(w >> SLOT_RN) & 15] + immediate[ip]) | 0;
                          kind = Size.BYTE;
                          break write;
                        case Op.STRH_I:
                          address = (x[(w >> SLOT_RN) & 15] + immediate[ip]) | 0;
                          kind = Size.HALF;
                          break write;
                        case Op.LDR_R:
                          address = (x[(w >> SLOT_RN) & 15] + (x[(w >> SLOT_RM) & 15] << immediate[ip])) | 0;
                          break read;
                        case Op.LDRB_R:
                          address = (x[(w >> SLOT_RN) & 15] + (x[(w >> SLOT_RM) & 15] << immediate[ip])) | 0;
                          kind = Size.BYTE;
                          break read;
                        case Op.LDRH_R:
                          address = (x[(w >> SLOT_RN) & 15] + (x[(w >> SLOT_RM) & 15] << immediate[ip])) | 0;
                          kind = Size.HALF;
                          break read;
                        case Op.LDRSB_R:
                          address = (x[(w >> SLOT_RN) & 15] + (x[(w >> SLOT_RM) & 15] << immediate[ip])) | 0;
                          kind = Size.SIGNED_BYTE;
                          break read;
                        case Op.LDRSH_R:
                          address = (x[(w >> SLOT_RN) & 15] + (x[(w >> SLOT_RM) & 15] << immediate[ip])) | 0;
                          kind = Size.SIGNED_HALF;
                          break read;
                        case Op.STR_R:
                          address = (x[(w >> SLOT_RN) & 15] + (x[(w >> SLOT_RM) & 15] << immediate[ip])) | 0;
                          break write;
                        case Op.STRB_R:
                          address = (x[(w >> SLOT_RN) & 15] + (x[(w >> SLOT_RM) & 15] << immediate[ip])) | 0;
                          kind = Size.BYTE;
                          break write;
                        case Op.STRH_R:
                          address = (x[(w >> SLOT_RN) & 15] + (x[(w >> SLOT_RM) & 15] << immediate[ip])) | 0;
                          kind = Size.HALF;
                          break write;
                        case Op.LDR_W:
                          address = indexed(w, immediate[ip]);
                          break read;
                        case Op.LDRB_W:
                          address = indexed(w, immediate[ip]);
                          kind = Size.BYTE;
                          break read;
                        case Op.LDRH_W:
                          address = indexed(w, immediate[ip]);
                          kind = Size.HALF;
                          break read;
                        case Op.LDRSB_W:
                          address = indexed(w, immediate[ip]);
                          kind = Size.SIGNED_BYTE;
                          break read;
                        case Op.LDRSH_W:
                          address = indexed(w, immediate[ip]);
                          kind = Size.SIGNED_HALF;
                          break read;
                        case Op.STR_W:
                          address = indexed(w, immediate[ip]);
                          break write;
                        case Op.STRB_W:
                          address = indexed(w, immediate[ip]);
                          kind = Size.BYTE;
                          break write;
                        case Op.STRH_W:
                          address = indexed(w, immediate[ip]);
                          kind = Size.HALF;
                          break write;
                        case Op.LDR_LITERAL:
                          address = immediate[ip];
                          break read;

                        case Op.B_EQ:
                          taken = z === 0;
                          break jump;
                        case Op.B_NE:
                          taken = z !== 0;
                          break jump;
                        case Op.B_CS:
                          taken = c !== 0;
                          break jump;
                        case Op.B_CC:
                          taken = c === 0;
                          break jump;
                        case Op.B_MI:
                          taken = n < 0;
                          break jump;
                        case Op.B_PL:
                          taken = n >= 0;
                          break jump;
                        case Op.B_VS:
                          taken = v < 0;
                          break jump;
                        case Op.B_VC:
                          taken = v >= 0;
                          break jump;
                        case Op.B_HI:
                          taken = c !== 0 && z !== 0;
                          break jump;
                        case Op.B_LS:
                          taken = c === 0 || z === 0;
                          break jump;
                        case Op.B_GE:
                          taken = (n ^ v) >= 0;
                          break jump;
                        case Op.B_LT:
                          taken = (n ^ v) < 0;
                          break jump;
                        case Op.B_GT:
                          taken = z !== 0 && (n ^ v) >= 0;
                          break jump;
                        case Op.B_LE:
                          taken = z === 0 || (n ^ v) < 0;
                          break jump;
                        case Op.CBZ:
                          taken = x[(w >> SLOT_RN) & 15] === 0;
                          break jump;
                        case Op.CBNZ:
                          taken = x[(w >> SLOT_RN) & 15] !== 0;
                          break jump;
                        case Op.B:
                          break jump;
                        case Op.BL:
                          x[14] = (core.page + ((ip - core.pageSlot) << 1) + 4) | 1;
                          t += branchLink - branch;
                          stalls[FETCH] += branchLink - branch;
                          break jump;
                        case Op.BX:
                          a = w < 0 ? (core.page + ((ip - core.pageSlot) << 1) + 4) | 0 : x[(w >> SLOT_RM) & 15];
                          break register;
                        case Op.BLX:
                          a = x[(w >> SLOT_RM) & 15];
                          x[14] = (core.page + ((ip - core.pageSlot) << 1) + 2) | 1;
                          if (a >>> 28 !== 15) break register;
                          // Only BX, POP and loads of PC return from exceptions: no EXC_RETURN here.
                          t += 1 + branchRegister;
                          stalls[FETCH] += branchRegister;
                          retired++;
                          core.thumb = (a & 1) !== 0;
                          core.jumpTo(a);
                          done = 0;
                          ip = 0;
                          continue next;

                        case Op.LDMIA:
                        case Op.LDMDB: {
                          a = loadMultiple(core, w, immediate[ip], t);
                          if (a < 0) break slow;
                          t += a;
                          stalls[DATA] += a;
                          if (immediate[ip] >= 0x8000) {
                            a = x[15];
                            refill = timing.popPc;
                            break register;
                          }
                          break dispatch;
                        }
                        case Op.STMIA:
                        case Op.STMDB: {
                          a = storeMultiple(core, w, immediate[ip], t);
                          if (a < 0) break slow;
                          t += a;
                          stalls[DATA] += a;
                          break dispatch;
                        }

                        case Op.IT:
                          core.it = immediate[ip];
                          limit = STOP;
                          if (timing.itFolds && done !== 0 && (done & SLOT_LONG) === 0) {
                            t--;
                            stalls[FOLDED]++;
                          }
                          break dispatch;
                        case Op.NOP:
                        case SlotOp.SKIPPED:
                          break dispatch;

                        case Op.NONE:
                        case SlotOp.PAGE_END:
                        case SlotOp.TRANSIENT:
                        case SlotOp.MARKED:
                        default:
                          break slow;
                      }
                    }
                    // Additions; b is inverted for subtractions.
                    x[(w >> SLOT_RD) & 15] = result;
                    n = z = result;
                    v = (a ^ result) & (b ^ result);
                    break dispatch;
                  }
                  x[(w >> SLOT_RD) & 15] = result;
                  n = z = result;
                  break dispatch;
                }
                // A branch to a label.
                if (!taken) break dispatch;
                t += 1 + branch;
                stalls[FETCH] += branch;
                retired++;
                done = 0;
                if (w < 0) {
                  core.next = t;
                  core.jumpTo(immediate[ip]);
                  ip = 0;
                  continue next;
                }
                ip += immediate[ip];
                if (
                  wideTarget !== 0 &&
                  (ip & 1) !== 0 &&
                  (packed[ip] === 0 ? core.isWideAt(ip) : (packed[ip] & SLOT_LONG) !== 0)
                ) {
                  t += wideTarget;
                  stalls[FETCH] += wideTarget;
                }
                continue next;
              }
              // A branch to the address in `a`, with interworking.
              t++;
              retired++;
              done = 0;
              const h = core.fetchBank + ((a >>> 12) & (FETCH_ENTRIES - 1));
              if ((a & 1) === 0 || a >>> 28 === 15 || fetchTags[h] !== ((a & ~0xfff) | fetches.epoch)) {
                if (!isReturn(core, a)) {
                  t += refill;
                  stalls[FETCH] += refill;
                }
                core.next = t;
                branchTo(core, a);
                ip = 0;
                limit = limit === STOP ? STOP : core.limit | 0;
                continue next;
              }
              t += refill;
              stalls[FETCH] += refill;
              core.page = a & ~0xfff;
              core.pageSlot = fetchValues[h];
              core.checking = false;
              ip = core.pageSlot + ((a >>> 1) & 2047);
              if (
                wideTarget !== 0 &&
                (ip & 1) !== 0 &&
                (packed[ip] === 0 ? core.isWideAt(ip) : (packed[ip] & SLOT_LONG) !== 0)
              ) {
                t += wideTarget;
                stalls[FETCH] += wideTarget;
              }
              continue next;
            }
            // A load of one register.
            if (limited && w < 0 && overflows(w, immediate[ip])) {
              core.slot = ip;
              raiseStackOverflow(core);
              limit = STOP;
              continue next;
            }
            const size = (1 << (kind & 3)) as 1 | 2 | 4;
            const h = core.dataBank + ((address >>> 5) & (DATA_ENTRIES - 1));
            let cost = loadCost;
            let p = SCRATCH;
            if (loadTags[h] === ((address & ~(32 - size)) | loads.epoch)) {
              p = (address + loadValues[h]) | 0;
            } else {
              core.slot = ip;
              core.next = t;
              core.retired = retired;
              if (!load(core, address, size, core.bank, false)) {
                limit = STOP;
                continue next;
              }
              words[SCRATCH >> 2] = datum.value;
              cost += unaligned.cycles;
              if (limit !== STOP) limit = core.limit | 0;
            }
            if (kind === Size.WORD) result = words[p >> 2];
            else if (kind === Size.BYTE) result = bytes[p];
            else if (kind === Size.HALF) result = halves[p >> 1];
            else if (kind === Size.SIGNED_BYTE) result = signedBytes[p];
            else result = signedHalves[p >> 1];
            if (pipelined) {
              const pair = done === pairedWith[ip] ? pairCost[ip] : pairUp(ip, done, w);
              if (pair <= 0) cost += pair;
              else {
                t += pair;
                stalls[HAZARD] += pair;
              }
            }
            if (flashed) cost += core.readWait(address, t);
            if (w < 0) {
              // Writing rn back, or loading SP.
              if (writesBack[w & 255] !== 0) x[(w >> SLOT_RN) & 15] += immediate[ip];
              if (((w >> SLOT_RD) & 15) === 13) result &= ~3;
              x[13] &= ~3;
            }
            x[(w >> SLOT_RD) & 15] = result;
            t += cost;
            stalls[DATA] += cost;
            stalls[BEATS]++;
            break dispatch;
          }
          // A store of one register.
          if (limited && w < 0 && overflows(w, immediate[ip])) {
            core.slot = ip;
            raiseStackOverflow(core);
            limit = STOP;
            continue next;
          }
          const size = (1 << kind) as 1 | 2 | 4;
          const h = core.dataBank + ((address >>> 5) & (DATA_ENTRIES - 1));
          let cost = (w & 255) >= Op.LDR_R && (w & 255) <= Op.STRH_R ? storeRegisterCost : storeCost;
          const p = (address + storeValues[h]) | 0;
          let moved = false;
          if (
            storeTags[h] === ((address & ~(32 - size)) | stores.epoch) &&
            (lineFlags[p >>> 5] & LINE_STORE_SLOW) === 0
          ) {
            if (kind === Size.WORD) words[p >> 2] = x[(w >> SLOT_RD) & 15];
            else if (kind === Size.BYTE) bytes[p] = x[(w >> SLOT_RD) & 15];
            else halves[p >> 1] = x[(w >> SLOT_RD) & 15];
          } else {
            core.slot = ip;
            core.next = t;
            core.retired = retired;
            if (!store(core, address, size, x[(w >> SLOT_RD) & 15], core.bank, false)) {
              limit = STOP;
              continue next;
            }
            cost += unaligned.cycles;
            if (limit !== STOP) limit = core.limit | 0;
            moved = core.relocate;
          }
          if (pipelined) {
            const pair = done === pairedWith[ip] ? pairCost[ip] : pairUp(ip, done, w);
            if (pair <= 0) cost += pair;
            else {
              t += pair;
              stalls[HAZARD] += pair;
            }
          }
          if (w < 0) {
            x[(w >> SLOT_RN) & 15] += immediate[ip];
            x[13] &= ~3;
          }
          t += cost;
          stalls[DATA] += cost;
          stalls[BEATS]++;
          if (moved) {
            // The MPU has other answers from here on.
            t++;
            retired++;
            done = w;
            core.relocateTo((core.page + ((ip - core.pageSlot) << 1) + 2 + ((w >> 23) & 2)) | 0);
            ip = 0;
            continue next;
          }
          break dispatch;
        }
        // An instruction that is not decoded yet, is marked, or is none of the above.
        if (ip !== 0) core.slot = ip;
        core.next = t;
        core.n = n;
        core.z = z;
        core.c = c;
        core.v = v;
        core.done = done;
        core.retired = retired;
        // A mark changes the phase: what came before it belongs to the old one.
        flush();
        const op = w & 255;
        if (op === Op.NONE || op === SlotOp.PAGE_END) fetchInstruction(core);
        else if (op === SlotOp.TRANSIENT) core.patch(fetchInstruction(core) ? fetched.packed : Op.NONE, Op.NONE);
        else if (op === SlotOp.MARKED) core.patch(core.passMark(), w);
        else if (op >= Op.SSAT && op <= Op.UMAAL) executeDsp(core, w, immediate[ip]);
        else executeSystem(core, w, immediate[ip]);
        ip = core.relocate ? 0 : core.slot;
        t = core.next;
        n = core.n;
        z = core.z;
        c = core.c;
        v = core.v;
        done = core.done;
        retired = core.retired;
        limit = bound();
        continue next;
      }
      ip += 1 + ((w >> 24) & 1);
      t++;
      retired++;
      done = w;
    }
    if (ip !== 0) core.slot = ip;
    core.next = t;
    core.n = n;
    core.z = z;
    core.c = c;
    core.v = v;
    core.done = done;
    core.retired = retired;
    flush();
  };

  /** Books the cycles that were kept here. */
  function flush(): void {
    core.hazard += stalls[HAZARD];
    core.fetchStall += stalls[FETCH];
    core.dataStall += stalls[DATA];
    core.counts.busBeats += stalls[BEATS];
    core.folded += stalls[FOLDED];
    stalls.fill(0);
  }

  /** Cycle at which the head of the loop has to look at the core's state. */
  function bound(): number {
    const watched = (core.it | core.itAt | core.ici) !== 0 || core.checking || core.stepping;
    return watched ? STOP : core.limit | 0;
  }

  /** Finds out, and remembers in the slot, what an access costs behind the instruction `before`. */
  function pairUp(ip: number, before: number, w: number): number {
    pairedWith[ip] = before;
    return (pairCost[ip] = pairing(before, w, timing));
  }

  /** CCR.DIV_0_TRP. */
  function trapsOnZero(): boolean {
    return (core.scb.ccr & CCR.DIV_0_TRP) !== 0;
  }

  /** Whether an access that writes rn back would bring SP below its limit. */
  function overflows(w: number, offset: number): boolean {
    return ((w >> SLOT_RN) & 15) === 13 && writesBack[w & 255] !== 0 && (x[13] + offset) >>> 0 < core.stackLimit >>> 0;
  }

  /** Address of an access that writes rn back. */
  function indexed(w: number, offset: number): number {
    const base = x[(w >> SLOT_RN) & 15];
    return ((w >> SLOT_MODE) & 3) === 1 ? (base + offset) | 0 : base;
  }
}
