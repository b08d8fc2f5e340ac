import {
  divide,
  divideUnsigned,
  multiplyHigh,
  multiplyHighUnsigned,
  remainder,
  remainderUnsigned,
} from '../../riscv/arithmetic.js';
import { Op } from '../../riscv/operations.js';
import { ObjectType, TYPE_MASK, TYPE_SHIFT } from './capability.js';
import { addressTag } from './capability-bounds.js';
import { executeCapability } from './capability-operations.js';
import {
  FIRST_BIT_OPERATION,
  LAST_BIT_OPERATION,
  manipulateBits,
  takesImmediate,
  takesTwoCycles,
} from './bit-manipulation.js';
import { type Core, LINE_STORE_SLOW } from './core.js';
import { access, load, loadCapability, store, storeCapability } from './datapath.js';
import { fetched, fetchInstruction } from './fetch.js';
import { jumpRegister, link, returnType } from './jumps.js';
import { STATE } from './registers.js';
import { isRevoked } from './revocation.js';
import {
  accessesMemory,
  SINK,
  SLOT_FAR,
  SLOT_LONG,
  SLOT_LONG_SHIFT,
  SLOT_OP,
  SLOT_RD,
  SLOT_RS1,
  SLOT_RS2,
  SlotOp,
} from './slots.js';
import { FIRST_SCR, SCR } from './special.js';
import { accessSpecial, executeSystem } from './system.js';
import { STOP } from '../../machine/times.js';
import { LATE, LATE_FILTERED } from './timing.js';

const HAZARD = 0;
const FETCH = 1;
const DATA = 2;
const BEATS = 3;
const LOADS = 4;
const STORES = 5;

/** Cycles a division takes beyond its first, and one by zero (`ibex_multdiv_fast`). */
const DIVISION = 36;
const DIVISION_BY_ZERO = 1;

/** The globals register, which auicgp adds to; the link register. */
const GLOBALS = 3;
const LINK = 1;

/**
 * Makes the function that executes a core's instructions until `core.next` >= `core.limit`, the core waits in wfi, or a
 * slow path lowers `core.limit`.
 *
 * Its switch holds the instructions that run in their millions, one operation in one case. What they cannot do on their
 * own - a fault, a device, a change of the program counter's capability - functions of `datapath.ts`, `jumps.ts` and
 * `fetch.ts` do. All other instructions are in `executeSystem`, `executeCapability` and `manipulateBits`.
 *
 * @param detailed time is kept by `Pipeline`, cycle by cycle.
 *
 * A closure over the core's arrays, so that V8 takes them as constants: a third faster than arrays in local variables. It
 * does so only for a function that has one closure, see `interpreters.ts`.
 */
export function createInterpreter(core: Core, detailed: boolean): () => void {
  const { pipeline } = core;
  const { registers, readFrom, writeFrom, memory, common, config } = core;
  const { address: x, metadata, state, base, span } = registers;
  const { file: specials } = core.special;
  const { packed, immediate } = core.slots;
  const { words, halves, bytes, signedBytes, signedHalves, readMap, writeMap, lineFlags } = memory;
  const { tags } = core.tagMemory;
  const { stack } = core.csr;
  const { loadFilter } = config;
  const wait = 1 + config.commonWait;
  // What an access adds to the one cycle of its instruction.
  const wordCycles = common ? wait : 0;
  const capabilityCycles = common ? 2 * wait : config.dataBusBits === 33 ? 1 : 0;
  const capabilityBeats = common || config.dataBusBits === 33 ? 2 : 1;
  // Cycles from the response to a load until its result can be read; and until a capability can be read or overwritten.
  const late = common ? 0 : LATE;
  const lateFiltered = common ? 0 : LATE_FILTERED;
  const redirect = common ? 3 : 2;
  const multiply = common || config.multiplier === 'single-cycle' ? 0 : 2;
  const multiplyUpper = common ? 0 : config.multiplier === 'single-cycle' ? 1 : 3;
  const division = common ? 0 : DIVISION;
  const divideByZero = common ? 0 : DIVISION_BY_ZERO;
  const rotation = common ? 0 : 1;

  // Cycles to be booked, and bus transfers, kept out of local variables: registers are scarce in the loop.
  const stalls = new Int32Array(6);

  return function interpret(): void {
    let ip = core.relocate ? -1 : core.slot;
    let low = core.low;
    let high = core.relocate ? -1 : core.high;
    let t = core.next;
    let last = core.last;
    let lateUntil = core.lateUntil;
    let retired = core.retired;
    let limit = core.limit | 0;
    // The instruction in this slot, outside of the window, has been looked at: it may be executed once.
    let passed = -1;
    // Arena offset of the data of a load that is executed again.
    let found = 0;
    // That load is in decode.
    let arrived = false;
    stalls.fill(0);

    next: for (;;) {
      let forced = false;
      // The revoker may end, and raise an interrupt, in any cycle.
      if (t >= (detailed ? core.limit : limit)) {
        if (!core.once) break;
        core.once = false;
        forced = true;
      }
      let w = 0;
      if (ip < high) w = packed[ip];
      else {
        if (ip === passed) w = packed[ip];
        passed = -1;
      }
      if (detailed && !arrived && isInstruction(w)) {
        if (!pipeline.take((ip & 1) !== 0, (w & SLOT_LONG) !== 0, accessesMemory(w))) {
          t++;
          stalls[FETCH]++;
          if (ip >= high) passed = ip;
          core.once = forced;
          continue next;
        }
        arrived = true;
      }
      let d = t;
      if (t < lateUntil) {
        let free = readFrom[(w >>> SLOT_RS1) & 15];
        if (free > d) d = free;
        free = readFrom[(w >>> SLOT_RS2) & 15];
        if (free > d) d = free;
        free = writeFrom[(w >>> SLOT_RD) & 31];
        if (free > d) d = free;
        if (d !== t) stalls[HAZARD] += d - t;
      }
      // A branch sends the fetch unit elsewhere although it waits for the response to an access before it.
      let branchAt = d;
      if (detailed && arrived && found === 0 && d < pipeline.responseAt) {
        stalls[DATA] += pipeline.responseAt - d;
        d = pipeline.responseAt;
        if (!sendsFetchEarly(w)) branchAt = d;
      }
      const rd = (w >>> SLOT_RD) & 31;
      let value = 0;
      let busy = 0;

      dispatch: {
        integer: {
          landed: {
            landing: {
              jump: {
                slow: {
                  switch (w & SLOT_OP) {
                    case Op.ADDI:
                      value = x[(w >>> SLOT_RS1) & 15] + immediate[ip];
                      break integer;
                    case Op.SLTI:
                      value = x[(w >>> SLOT_RS1) & 15] < immediate[ip] ? 1 : 0;
                      break integer;
                    case Op.SLTIU:
                      value = x[(w >>> SLOT_RS1) & 15] >>> 0 < immediate[ip] >>> 0 ? 1 : 0;
                      break integer;
                    case Op.XORI:
                      value = x[(w >>> SLOT_RS1) & 15] ^ immediate[ip];
                      break integer;
                    case Op.ORI:
                      value = x[(w >>> SLOT_RS1) & 15] | immediate[ip];
                      break integer;
                    case Op.ANDI:
                      value = x[(w >>> SLOT_RS1) & 15] & immediate[ip];
                      break integer;
                    case Op.SLLI:
                      value = x[(w >>> SLOT_RS1) & 15] << immediate[ip];
                      break integer;
                    case Op.SRLI:
                      value = x[(w >>> SLOT_RS1) & 15] >>> immediate[ip];
                      break integer;
                    case Op.SRAI:
                      value = x[(w >>> SLOT_RS1) & 15] >> immediate[ip];
                      break integer;
                    case Op.LUI:
                      value = immediate[ip];
                      break integer;
                    case Op.ADD:
                      value = x[(w >>> SLOT_RS1) & 15] + x[(w >>> SLOT_RS2) & 15];
                      break integer;
                    case Op.SUB:
                      value = x[(w >>> SLOT_RS1) & 15] - x[(w >>> SLOT_RS2) & 15];
                      break integer;
                    case Op.SLL:
                      value = x[(w >>> SLOT_RS1) & 15] << x[(w >>> SLOT_RS2) & 15];
                      break integer;
                    case Op.SLT:
                      value = x[(w >>> SLOT_RS1) & 15] < x[(w >>> SLOT_RS2) & 15] ? 1 : 0;
                      break integer;
                    case Op.SLTU:
                      value = x[(w >>> SLOT_RS1) & 15] >>> 0 < x[(w >>> SLOT_RS2) & 15] >>> 0 ? 1 : 0;
                      break integer;
                    case Op.XOR:
                      value = x[(w >>> SLOT_RS1) & 15] ^ x[(w >>> SLOT_RS2) & 15];
                      break integer;
                    case Op.SRL:
                      value = x[(w >>> SLOT_RS1) & 15] >>> x[(w >>> SLOT_RS2) & 15];
                      break integer;
                    case Op.SRA:
                      value = x[(w >>> SLOT_RS1) & 15] >> x[(w >>> SLOT_RS2) & 15];
                      break integer;
                    case Op.OR:
                      value = x[(w >>> SLOT_RS1) & 15] | x[(w >>> SLOT_RS2) & 15];
                      break integer;
                    case Op.AND:
                      value = x[(w >>> SLOT_RS1) & 15] & x[(w >>> SLOT_RS2) & 15];
                      break integer;
                    case Op.MUL:
                      value = Math.imul(x[(w >>> SLOT_RS1) & 15], x[(w >>> SLOT_RS2) & 15]);
                      busy = multiply;
                      break integer;
                    case Op.MULH:
                      value = multiplyHigh(x[(w >>> SLOT_RS1) & 15], x[(w >>> SLOT_RS2) & 15]);
                      busy = multiplyUpper;
                      break integer;
                    case Op.MULHSU:
                      value =
                        multiplyHighUnsigned(x[(w >>> SLOT_RS1) & 15], x[(w >>> SLOT_RS2) & 15]) -
                        (x[(w >>> SLOT_RS1) & 15] < 0 ? x[(w >>> SLOT_RS2) & 15] : 0);
                      busy = multiplyUpper;
                      break integer;
                    case Op.MULHU:
                      value = multiplyHighUnsigned(x[(w >>> SLOT_RS1) & 15], x[(w >>> SLOT_RS2) & 15]);
                      busy = multiplyUpper;
                      break integer;
                    case Op.DIV:
                      value = divide(x[(w >>> SLOT_RS1) & 15], x[(w >>> SLOT_RS2) & 15]);
                      busy = x[(w >>> SLOT_RS2) & 15] === 0 ? divideByZero : division;
                      break integer;
                    case Op.DIVU:
                      value = divideUnsigned(x[(w >>> SLOT_RS1) & 15], x[(w >>> SLOT_RS2) & 15]);
                      busy = x[(w >>> SLOT_RS2) & 15] === 0 ? divideByZero : division;
                      break integer;
                    case Op.REM:
                      value = remainder(x[(w >>> SLOT_RS1) & 15], x[(w >>> SLOT_RS2) & 15]);
                      busy = x[(w >>> SLOT_RS2) & 15] === 0 ? divideByZero : division;
                      break integer;
                    case Op.REMU:
                      value = remainderUnsigned(x[(w >>> SLOT_RS1) & 15], x[(w >>> SLOT_RS2) & 15]);
                      busy = x[(w >>> SLOT_RS2) & 15] === 0 ? divideByZero : division;
                      break integer;
                    case Op.BEQ:
                      if (x[(w >>> SLOT_RS1) & 15] === x[(w >>> SLOT_RS2) & 15]) break jump;
                      break dispatch;
                    case Op.BNE:
                      if (x[(w >>> SLOT_RS1) & 15] !== x[(w >>> SLOT_RS2) & 15]) break jump;
                      break dispatch;
                    case Op.BLT:
                      if (x[(w >>> SLOT_RS1) & 15] < x[(w >>> SLOT_RS2) & 15]) break jump;
                      break dispatch;
                    case Op.BGE:
                      if (x[(w >>> SLOT_RS1) & 15] >= x[(w >>> SLOT_RS2) & 15]) break jump;
                      break dispatch;
                    case Op.BLTU:
                      if (x[(w >>> SLOT_RS1) & 15] >>> 0 < x[(w >>> SLOT_RS2) & 15] >>> 0) break jump;
                      break dispatch;
                    case Op.BGEU:
                      if (x[(w >>> SLOT_RS1) & 15] >>> 0 >= x[(w >>> SLOT_RS2) & 15] >>> 0) break jump;
                      break dispatch;
                    case Op.JAL: {
                      if (rd !== SINK) {
                        core.slot = ip;
                        link(
                          core,
                          rd,
                          core.page + ((ip - core.pageSlot) << 1) + 2 + ((w >>> (SLOT_LONG_SHIFT - 1)) & 2),
                        );
                      }
                      break jump;
                    }
                    case Op.JALR: {
                      const rs1 = (w >>> SLOT_RS1) & 15;
                      const type = (metadata[rs1] & TYPE_MASK) >>> TYPE_SHIFT;
                      core.slot = ip;
                      if (
                        (state[rs1] & STATE.EXECUTES) === 0 ||
                        immediate[ip] !== 0 ||
                        // It leaves interrupts as they are.
                        (rd === SINK && rs1 === LINK
                          ? type !== returnType(core.csr.status)
                          : type > ObjectType.SENTRY_INHERIT)
                      ) {
                        core.next = t;
                        core.last = last;
                        core.retired = retired;
                        book(core, stalls);
                        const jumped = jumpRegister(core, w, immediate[ip], d);
                        arrived = false;
                        t = core.next;
                        last = core.last;
                        retired = core.retired;
                        limit = core.limit | 0;
                        if (core.wedged !== undefined) limit = STOP;
                        if (jumped) {
                          value = core.pendingPc;
                          core.redirected = false;
                          break landing;
                        }
                        ip = -1;
                        high = -1;
                        continue next;
                      }
                      value = x[rs1] & ~1;
                      const elsewhere =
                        base[rs1] !== core.pccBase ||
                        span[rs1] !== core.pccSpan ||
                        (metadata[rs1] & ~TYPE_MASK) !== core.pccMetadata;
                      // The link may go where the target comes from.
                      if (elsewhere) registers.copy(SINK, registers, rs1);
                      if (rd !== SINK) {
                        link(
                          core,
                          rd,
                          core.page + ((ip - core.pageSlot) << 1) + 2 + ((w >>> (SLOT_LONG_SHIFT - 1)) & 2),
                        );
                      }
                      if (elsewhere) core.setPcc(registers, SINK);
                      last = d;
                      retired++;
                      t = d + redirect;
                      stalls[FETCH] += redirect - 1;
                      if (detailed) {
                        core.jumpFrom(ip, value, d, true);
                        arrived = false;
                      }
                      break landing;
                    }

                    case Op.LB:
                    case Op.LH:
                    case Op.LW:
                    case Op.LBU:
                    case Op.LHU: {
                      const op = w & SLOT_OP;
                      let p = found;
                      if (p !== 0) {
                        found = 0;
                        d = access.end;
                      } else {
                        const rs1 = (w >>> SLOT_RS1) & 15;
                        const at = x[rs1] + immediate[ip];
                        const more = op === Op.LW ? 3 : op === Op.LB || op === Op.LBU ? 0 : 1;
                        const page = readMap[at >>> 12];
                        if (
                          (state[rs1] & STATE.LOADS) === 0 ||
                          (at - base[rs1]) >>> 0 > (span[rs1] - more) >>> 0 ||
                          (at & more) !== 0 ||
                          page === 0
                        ) {
                          value = at | 0;
                          busy = more + 1;
                          break slow;
                        }
                        p = page + (at & 0xfff);
                        if (common) {
                          d += wordCycles;
                          stalls[DATA] += wordCycles;
                        }
                        if (detailed) {
                          const end = pipeline.access(d, 1, false);
                          stalls[DATA] += end - d;
                          d = end;
                        }
                        stalls[BEATS]++;
                      }
                      if (op === Op.LW) value = words[p >> 2];
                      else if (op === Op.LBU) value = bytes[p];
                      else if (op === Op.LB) value = signedBytes[p];
                      else if (op === Op.LHU) value = halves[p >> 1];
                      else value = signedHalves[p >> 1];
                      x[rd] = value;
                      state[rd] = 0;
                      if (rd !== SINK) {
                        const from = (detailed ? pipeline.responseAt : d + 1) + late;
                        readFrom[rd] = from;
                        if (from > lateUntil) lateUntil = from;
                      }
                      break dispatch;
                    }
                    case Op.SB:
                    case Op.SH:
                    case Op.SW: {
                      const op = w & SLOT_OP;
                      const rs1 = (w >>> SLOT_RS1) & 15;
                      const at = x[rs1] + immediate[ip];
                      const more = op === Op.SW ? 3 : op === Op.SB ? 0 : 1;
                      const page = writeMap[at >>> 12];
                      const p = page + (at & 0xfff);
                      if (
                        (state[rs1] & STATE.STORES) === 0 ||
                        (at - base[rs1]) >>> 0 > (span[rs1] - more) >>> 0 ||
                        (at & more) !== 0 ||
                        page === 0 ||
                        (lineFlags[p >>> 5] & LINE_STORE_SLOW) !== 0
                      ) {
                        value = at | 0;
                        busy = more + 1;
                        break slow;
                      }
                      if (detailed) {
                        const end = pipeline.access(d, 1, false);
                        stalls[DATA] += end - d;
                        d = end;
                        pipeline.revoker.snoop(at);
                      }
                      if (op === Op.SW) words[p >> 2] = x[(w >>> SLOT_RS2) & 15];
                      else if (op === Op.SB) bytes[p] = x[(w >>> SLOT_RS2) & 15];
                      else halves[p >> 1] = x[(w >>> SLOT_RS2) & 15];
                      tags[p >>> 3] = 0;
                      if (((at & ~15) - stack[0]) >>> 0 < stack[1] >>> 0) core.csr.lowerHighWaterMark(at);
                      stalls[BEATS]++;
                      if (common) {
                        d += wordCycles;
                        stalls[DATA] += wordCycles;
                      }
                      break dispatch;
                    }
                    case Op.CLC: {
                      const rs1 = (w >>> SLOT_RS1) & 15;
                      const at = x[rs1] + immediate[ip];
                      const page = readMap[at >>> 12];
                      if (
                        (state[rs1] & STATE.LOADS_CAPABILITIES) === 0 ||
                        (at - base[rs1]) >>> 0 > (span[rs1] - 7) >>> 0 ||
                        (at & 7) !== 0 ||
                        page === 0
                      ) {
                        value = at | 0;
                        break slow;
                      }
                      if (detailed) {
                        const end = pipeline.access(d, capabilityBeats, false);
                        stalls[DATA] += end - d;
                        d = end;
                      } else {
                        d += capabilityCycles;
                        stalls[DATA] += capabilityCycles;
                      }
                      const p = page + (at & 0xfff);
                      const m = words[(p >> 2) + 1];
                      registers.set(rd, words[p >> 2], m, tags[p >>> 3] !== 0);
                      if (loadFilter && (state[rd] & STATE.TAGGED) !== 0 && isRevoked(memory, m, base[rd]))
                        state[rd] = STATE.METADATA;
                      stalls[BEATS] += capabilityBeats;
                      stalls[LOADS]++;
                      if (rd !== SINK) {
                        const from = (detailed ? pipeline.responseAt : d + 1) + (loadFilter ? lateFiltered : late);
                        readFrom[rd] = from;
                        if (loadFilter) writeFrom[rd] = from;
                        if (from > lateUntil) lateUntil = from;
                      }
                      break dispatch;
                    }
                    case Op.CSC: {
                      const rs1 = (w >>> SLOT_RS1) & 15;
                      const rs2 = (w >>> SLOT_RS2) & 15;
                      const at = x[rs1] + immediate[ip];
                      const page = writeMap[at >>> 12];
                      const p = page + (at & 0xfff);
                      if (
                        (state[rs1] & STATE.STORES_CAPABILITIES) === 0 ||
                        (at - base[rs1]) >>> 0 > (span[rs1] - 7) >>> 0 ||
                        (at & 7) !== 0 ||
                        page === 0 ||
                        (lineFlags[p >>> 5] & LINE_STORE_SLOW) !== 0
                      ) {
                        value = at | 0;
                        break slow;
                      }
                      if (detailed) {
                        const end = pipeline.access(d, capabilityBeats, false);
                        stalls[DATA] += end - d;
                        d = end;
                        pipeline.revoker.snoop(at);
                      } else {
                        d += capabilityCycles;
                        stalls[DATA] += capabilityCycles;
                      }
                      const s = state[rs2];
                      words[p >> 2] = x[rs2];
                      words[(p >> 2) + 1] = (s & STATE.METADATA) !== 0 ? metadata[rs2] : 0;
                      tags[p >>> 3] = (s & STATE.TAGGED) !== 0 ? 1 : 0;
                      if (((at & ~15) - stack[0]) >>> 0 < stack[1] >>> 0) core.csr.lowerHighWaterMark(at);
                      stalls[BEATS] += capabilityBeats;
                      stalls[STORES]++;
                      break dispatch;
                    }

                    case Op.CGETADDR:
                      value = x[(w >>> SLOT_RS1) & 15];
                      break integer;
                    case Op.CGETTAG:
                      value = (state[(w >>> SLOT_RS1) & 15] & STATE.TAGGED) !== 0 ? 1 : 0;
                      break integer;
                    case Op.CSUB:
                      value = x[(w >>> SLOT_RS1) & 15] - x[(w >>> SLOT_RS2) & 15];
                      break integer;
                    case Op.CMOVE: {
                      const rs1 = (w >>> SLOT_RS1) & 15;
                      x[rd] = x[rs1];
                      metadata[rd] = metadata[rs1];
                      base[rd] = base[rs1];
                      span[rd] = span[rs1];
                      state[rd] = state[rs1];
                      break dispatch;
                    }
                    case Op.CINCADDR:
                    case Op.CINCADDRIMM:
                    case Op.CSETADDR:
                    case Op.AUICGP: {
                      const op = w & SLOT_OP;
                      const rs1 = op === Op.AUICGP ? GLOBALS : (w >>> SLOT_RS1) & 15;
                      const from = x[rs1];
                      const by = op === Op.CINCADDRIMM || op === Op.AUICGP ? immediate[ip] : x[(w >>> SLOT_RS2) & 15];
                      const to = op === Op.CSETADDR ? by : (from + by) | 0;
                      const s = state[rs1];
                      const m = metadata[rs1];
                      metadata[rd] = m;
                      // Inside of its bounds a capability keeps them; most never leave.
                      const inside =
                        (s & STATE.BOUNDED) !== 0 && (m & TYPE_MASK) === 0 && (to - base[rs1]) >>> 0 <= span[rs1] >>> 0;
                      if (inside || ((s & STATE.TAGGED) !== 0 && addressTag(1, m, from, to) !== 0)) {
                        base[rd] = base[rs1];
                        span[rd] = span[rs1];
                        state[rd] = s;
                      } else {
                        state[rd] = s & STATE.METADATA;
                      }
                      x[rd] = to;
                      break dispatch;
                    }
                    case Op.AUIPCC: {
                      const pc = core.page + ((ip - core.pageSlot) << 1);
                      const to = (pc + immediate[ip]) | 0;
                      x[rd] = to;
                      metadata[rd] = core.pccMetadata;
                      base[rd] = core.pccBase;
                      span[rd] = core.pccSpan;
                      state[rd] = addressTag(1, core.pccMetadata, pc, to) !== 0 ? core.pccState : STATE.METADATA;
                      break dispatch;
                    }
                    case Op.CSPECIALRW: {
                      const number = immediate[ip];
                      const rs1 = (w >>> SLOT_RS1) & 15;
                      const writes = rs1 !== 0;
                      if (
                        number < FIRST_SCR ||
                        !core.pccSystem ||
                        (writes && (number === SCR.MTCC || number === SCR.MEPCC))
                      ) {
                        break slow;
                      }
                      if (writes) registers.copy(SINK, registers, rs1);
                      if (rd !== SINK) registers.copy(rd, specials, number - FIRST_SCR);
                      if (writes) specials.copy(number - FIRST_SCR, registers, SINK);
                      break dispatch;
                    }
                    case Op.FENCE:
                      break dispatch;

                    case Op.NONE:
                    case SlotOp.TRANSIENT:
                    case SlotOp.MARKED:
                    default:
                      break slow;
                  }
                }
                // What the cases above cannot do, an instruction that is not decoded yet, is marked, or is none of the above.
                const kind = w & SLOT_OP;
                if (kind >= FIRST_BIT_OPERATION && kind <= LAST_BIT_OPERATION) {
                  const b = takesImmediate(kind) ? immediate[ip] : x[(w >>> SLOT_RS2) & 15];
                  const third = kind === Op.FSRI ? (w >>> SLOT_RS2) & 15 : immediate[ip] & 15;
                  value = manipulateBits(kind, x[(w >>> SLOT_RS1) & 15], b, x[third]);
                  if (takesTwoCycles(kind)) busy = rotation;
                  break integer;
                }
                if (kind >= FIRST_CAPABILITY_OPERATION && kind <= LAST_CAPABILITY_OPERATION) {
                  executeCapability(core, w, immediate[ip]);
                  break dispatch;
                }
                if (ip >= 0) core.slot = ip;
                core.next = kind === Op.NONE ? t : d;
                core.last = last;
                core.lateUntil = lateUntil;
                core.retired = retired;
                book(core, stalls);
                let done = false;
                if (kind === Op.NONE || kind === SlotOp.TRANSIENT) {
                  if (fetchInstruction(core)) {
                    if (core.slot >= core.high) passed = core.slot;
                    if (packed[core.slot] === (SlotOp.TRANSIENT | SLOT_LONG)) {
                      core.patch(fetched.packed, SlotOp.TRANSIENT | SLOT_LONG);
                    }
                  }
                } else if (kind === SlotOp.MARKED) {
                  core.patch(core.passMark(), w);
                  if (ip >= high) passed = ip;
                } else if (kind >= Op.LB && kind <= Op.LHU) {
                  found = load(core, (w >>> SLOT_RS1) & 15, value, busy as 1 | 2 | 4, d);
                  if (found < 0) found = 0;
                  else {
                    // The same instruction again, now with its data.
                    if (packed[ip] === Op.NONE) core.patch(w, Op.NONE);
                    if (ip >= high) passed = ip;
                    t = core.next;
                    limit = core.limit | 0;
                    core.once = t >= limit;
                    continue next;
                  }
                } else if (kind >= Op.SB && kind <= Op.SW) {
                  done = store(core, (w >>> SLOT_RS1) & 15, value, busy as 1 | 2 | 4, x[(w >>> SLOT_RS2) & 15], d);
                } else if (kind === Op.CLC) {
                  done = loadCapability(core, rd, (w >>> SLOT_RS1) & 15, value, d);
                  if (done && rd !== SINK) core.holdCapability(rd, access.end);
                } else if (kind === Op.CSC) {
                  done = storeCapability(core, (w >>> SLOT_RS2) & 15, (w >>> SLOT_RS1) & 15, value, d);
                } else if (kind === Op.CSPECIALRW) {
                  accessSpecial(core, w, immediate[ip], d);
                } else {
                  // What is illegal waits for a response, but for no register.
                  const early = !detailed ? t : kind === Op.FENCE_I ? branchAt : Math.max(t, pipeline.responseAt);
                  executeSystem(core, w, immediate[ip], d, early);
                }
                arrived = false;
                if (done) {
                  core.retire(access.end);
                  core.slot = ip + 1 + ((w >>> SLOT_LONG_SHIFT) & 1);
                }
                ip = core.relocate ? -1 : core.slot;
                low = core.low;
                high = core.relocate ? -1 : core.high;
                t = core.next;
                last = core.last;
                lateUntil = core.lateUntil;
                retired = core.retired;
                limit = core.limit | 0;
                if (core.waiting || core.wedged !== undefined) limit = STOP;
                continue next;
              }
              // A branch that is taken, or a jump to a displacement.
              value =
                (core.page +
                  ((ip - core.pageSlot) << 1) +
                  ((w & SLOT_FAR) !== 0 ? immediate[ip] : immediate[ip] << 1)) |
                0;
              last = d;
              retired++;
              if (detailed) {
                core.jumpFrom(ip, value, branchAt, branchAt === d);
                pipeline.pass(d);
                arrived = false;
                t = pipeline.now + 1;
              } else t = d + redirect;
              stalls[FETCH] += t - d - 1;
              if ((w & SLOT_FAR) === 0) {
                ip += immediate[ip];
                if (ip >= low && ip < high) break landed;
              }
            }
            // Execution goes on at address `value`, maybe in another page.
            ip = core.enterPage(value);
            low = core.low;
            high = core.high;
            if (ip < 0) {
              core.jumpTo(value);
              high = -1;
              continue next;
            }
          }
          if ((ip & 1) !== 0 && !common && !detailed) {
            if ((packed[ip] & SLOT_LONG) !== 0) {
              t++;
              stalls[FETCH]++;
            } else if (packed[ip] === Op.NONE) core.redirected = true;
          }
          continue next;
        }
        x[rd] = value;
        state[rd] = 0;
        if (busy !== 0) {
          d += busy;
          stalls[HAZARD] += busy;
        }
      }
      if (detailed) {
        pipeline.pass(d);
        arrived = false;
      }
      ip += 1 + ((w >>> SLOT_LONG_SHIFT) & 1);
      last = d;
      t = d + 1;
      retired++;
    }
    if (ip >= 0) core.slot = ip;
    core.next = t;
    core.last = last;
    core.lateUntil = lateUntil;
    core.retired = retired;
    book(core, stalls);
  };
}

/** Books what an interpreter has counted. */
function book(core: Core, counted: Int32Array): void {
  core.hazard += counted[HAZARD];
  core.fetchStall += counted[FETCH];
  core.dataStall += counted[DATA];
  core.counts.busBeats += counted[BEATS];
  core.counts.capabilityLoads += counted[LOADS];
  core.counts.capabilityStores += counted[STORES];
  for (let i = 0; i < counted.length; i++) counted[i] = 0;
}

/** Whether a slot holds an instruction, which decode takes in. */
const isInstruction = (packed: number): boolean => {
  const op = packed & SLOT_OP;
  return op !== Op.NONE && op !== SlotOp.MARKED && op !== SlotOp.TRANSIENT;
};

/** Whether an instruction sends the fetch unit elsewhere before it can leave decode: branches and fence.i, not jumps. */
const sendsFetchEarly = (packed: number): boolean => {
  const op = packed & SLOT_OP;
  return op === Op.FENCE_I || (op >= Op.BEQ && op <= Op.BGEU);
};

/** First and last operation of `executeCapability`, apart from those in the interpreter's switch. */
const FIRST_CAPABILITY_OPERATION = Op.CSETBOUNDS;
const LAST_CAPABILITY_OPERATION = Op.CGETTOP;
