import type { Instruction } from './instruction.js';
import { ATOMIC } from './tables/atomic.js';
import { BASE, FENCE_I } from './tables/base.js';
import { COMPRESSED } from './tables/compressed.js';
import { AES, VEXRISCV } from './tables/extras.js';
import { MULTIPLY } from './tables/multiply.js';
import { CSR, PRIVILEGED_INSTRUCTIONS } from './tables/system.js';

/**
 * Every instruction of RV32IMAC with Zicsr, Zifencei, the privileged instructions, AES of Zkn and VexRiscv's own. A
 * platform whose core has other instructions builds its own list from the same parts, for instance without `COMPRESSED`
 * entries that its core encodes differently.
 */
export const INSTRUCTIONS: readonly Instruction[] = [
  ...BASE,
  ...FENCE_I,
  ...CSR,
  ...MULTIPLY,
  ...ATOMIC,
  ...PRIVILEGED_INSTRUCTIONS,
  ...AES,
  ...VEXRISCV,
  ...COMPRESSED,
];
