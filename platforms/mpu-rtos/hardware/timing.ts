import type { CoreConfig } from './parameters.js';

/**
 * What instructions and exceptions cost on a core with memory without wait states, as the engine reads it. Numbers are
 * cycles beyond the one that every instruction takes, unless they say otherwise.
 */
export interface Timing {
  /** Loads and stores of one register; a store with a register offset has its own figure. */
  readonly load: number;
  readonly store: number;
  readonly storeRegister: number;
  /** A load or store right behind a load whose result is not part of its address overlaps it by a cycle. */
  readonly pipelined: boolean;
  /** Wait for an address register that the instruction before has computed. */
  readonly addressHazard: number;
  /** Cycles that a store stays in the write buffer after its instruction. */
  readonly writeBuffer: number;
  /** LDRD, STRD. */
  readonly double: number;
  /** LDM, STM, PUSH, POP: `multiple` and `perRegister` for each register. */
  readonly multiple: number;
  readonly perRegister: number;
  /** POP and LDM with PC, LDR to PC: what comes on top. */
  readonly popPc: number;
  readonly loadPc: number;
  /** LDREX and STREX beyond a load or store; unaligned accesses, for each further transfer. */
  readonly exclusive: number;
  readonly unaligned: number;
  /** Taken branches: to a label, with link, to a register (BX, BLX, MOV and ADD to PC). */
  readonly branch: number;
  readonly branchLink: number;
  readonly branchRegister: number;
  /** A branch to a 32-bit instruction that is not word-aligned: its second half is in the next fetch word. */
  readonly wideTarget: number;
  /** TBB, TBH. */
  readonly tableBranch: number;
  /** MUL; MLA and MLS; long products by operand size from least to most, the same with accumulation. */
  readonly multiply: number;
  readonly multiplyAccumulate: number;
  readonly long: readonly [least: number, most: number];
  readonly longAccumulate: readonly [least: number, most: number];
  /** SDIV, UDIV: from least to most, by the number of quotient bits. */
  readonly divide: readonly [least: number, most: number];
  /** MRS and MSR; CPS; DMB and DSB; ISB. */
  readonly special: number;
  readonly cps: number;
  readonly barrier: number;
  readonly instructionBarrier: number;
  /** IT behind a 16-bit instruction takes no cycle. */
  readonly itFolds: boolean;
  /** Whole cycles from an exception being recognised to the first instruction of its handler. */
  readonly entry: number;
  /** How long before the end of `entry` a more urgent exception can no longer take its place (late arrival). */
  readonly late: number;
  /** Whole cycles from the end of the returning instruction to the instruction returned to, or to the next handler. */
  readonly exit: number;
  readonly tailChain: number;
}

/**
 * Cortex-M0+: DDI0484C table 3-1 ("Cortex-M0+ instruction summary"; the same table is in the LPC800 user manual, appendix C)
 * and 3.6.1 (15 cycles of interrupt latency). POP with PC takes 3+N with N registers, PC among them. Exit and tail-chain are
 * RECALLED.
 */
const M0PLUS: Timing = {
  load: 1,
  store: 1,
  storeRegister: 1,
  pipelined: false,
  addressHazard: 0,
  writeBuffer: 0,
  double: 2,
  multiple: 0,
  perRegister: 1,
  popPc: 2,
  loadPc: 0,
  exclusive: 0,
  unaligned: 0,
  branch: 1,
  branchLink: 2,
  branchRegister: 1,
  wideTarget: 0,
  tableBranch: 0,
  multiply: 0,
  multiplyAccumulate: 0,
  long: [0, 0],
  longAccumulate: [0, 0],
  divide: [0, 0],
  special: 2,
  cps: 0,
  barrier: 2,
  instructionBarrier: 2,
  itFolds: false,
  entry: 15,
  late: 6,
  exit: 13,
  tailChain: 6,
};

/**
 * Cortex-M4: Arm 100166 table 3-1 and 3.3.2; the pairing rules also in TI SWCU185G. The refill P is 1 to 3 "depending on the
 * alignment and width of the target instruction, and whether the processor manages to speculate the address early": here 1
 * for a branch to a label, 2 for one to a register or a loaded address, and one more for a 32-bit target that is not
 * word-aligned. LDR to PC takes 5, TBB 6. Exceptions: 12, 10 (Arm KA 103489845), 6 (100166 3.9.1).
 */
const M4: Timing = {
  load: 1,
  store: 0,
  storeRegister: 1,
  pipelined: true,
  addressHazard: 1,
  writeBuffer: 1,
  double: 2,
  multiple: 0,
  perRegister: 1,
  popPc: 2,
  loadPc: 3,
  exclusive: 0,
  unaligned: 1,
  branch: 1,
  branchLink: 1,
  branchRegister: 2,
  wideTarget: 1,
  tableBranch: 5,
  multiply: 0,
  multiplyAccumulate: 0,
  long: [0, 0],
  longAccumulate: [0, 0],
  divide: [1, 11],
  special: 1,
  cps: 1,
  barrier: 0,
  instructionBarrier: 2,
  itFolds: true,
  entry: 12,
  late: 6,
  exit: 10,
  tailChain: 6,
};

/** Cortex-M3: DDI0337I table 3-1; the multiplier is what differs (MLA, MLS 2; long 3 to 5; long with accumulation 4 to 7). */
const M3: Timing = { ...M4, multiplyAccumulate: 1, long: [2, 4], longAccumulate: [3, 6] };

/**
 * Cortex-M33: Arm publishes no table. An assumption from below: single-cycle loads and stores, a refill of one cycle, and
 * the shortest exception sequences of the family.
 */
const M33_LOW: Timing = {
  ...M4,
  load: 0,
  storeRegister: 0,
  pipelined: false,
  addressHazard: 0,
  double: 1,
  multiple: -1,
  popPc: 1,
  loadPc: 2,
  branchRegister: 1,
  wideTarget: 0,
  tableBranch: 3,
  divide: [1, 10],
  special: 0,
  cps: 0,
  instructionBarrier: 1,
};

/** Cortex-M33, an assumption from above: as the Cortex-M4 without overlap of loads, with a refill of two cycles or more. */
const M33_HIGH: Timing = {
  ...M4,
  storeRegister: 1,
  pipelined: false,
  branch: 2,
  branchLink: 2,
  branchRegister: 3,
  popPc: 3,
  loadPc: 4,
  multiplyAccumulate: 1,
  long: [1, 1],
  longAccumulate: [1, 1],
  entry: 16,
  exit: 12,
  tailChain: 7,
  itFolds: false,
};

/**
 * `timing=common`: C(w) of DESIGN section 4. Stacking is eight beats, a vector one; entry, return and tail-chaining redirect.
 */
function common(wait: number): Timing {
  const beat = 1 + wait;
  return {
    load: beat,
    store: beat,
    storeRegister: beat,
    pipelined: false,
    addressHazard: 0,
    writeBuffer: 0,
    double: 2 * beat,
    multiple: 0,
    perRegister: beat,
    popPc: 2,
    loadPc: 2,
    exclusive: 0,
    unaligned: beat,
    branch: 2,
    branchLink: 2,
    branchRegister: 2,
    wideTarget: 0,
    tableBranch: beat + 2,
    multiply: 0,
    multiplyAccumulate: 0,
    long: [0, 0],
    longAccumulate: [0, 0],
    divide: [0, 0],
    special: 0,
    cps: 0,
    barrier: 0,
    instructionBarrier: 0,
    itFolds: false,
    entry: 9 * beat + 2,
    late: beat + 2,
    exit: 8 * beat + 2,
    tailChain: beat + 2,
  };
}

/** The timing of a configuration. */
export function timingOf({ core, timing, commonWait, m33Timing, multiplierCycles }: CoreConfig): Timing {
  if (timing === 'common') return common(commonWait);
  if (core === 'm0plus') return { ...M0PLUS, multiply: multiplierCycles - 1 };
  if (core === 'm3') return M3;
  if (core === 'm4') return M4;
  return m33Timing === 'low' ? M33_LOW : M33_HIGH;
}

/** Cycles between the least and the most by how large `size` is, 0 to `whole`. */
export const scaled = ([least, most]: readonly [number, number], size: number, whole: number): number =>
  least + Math.ceil(((most - least) * size) / whole);
