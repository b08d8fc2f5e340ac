import type { Extension, Instruction } from './instruction.js';
import { FENCE_I } from './tables/base.js';
import { BITMANIP, BITMANIP_DRAFT, IBEX_BITMANIP } from './tables/bitmanip.js';
import { CHERIOT, CHERIOT_BASE, CHERIOT_COMPRESSED } from './tables/cheriot.js';
import { MULTIPLY } from './tables/multiply.js';
import { CSR, PRIVILEGED_INSTRUCTIONS } from './tables/system.js';

/**
 * Every instruction of CHERIoT-Ibex with the full bit-manipulation option (RV32BFull): what rtl/ibex_decoder.sv and
 * rtl/cheri_decoder.sv of microsoft/cheriot-ibex a3e4caf accept outside of debug mode.
 */
export const CHERIOT_INSTRUCTIONS: readonly Instruction[] = [
  ...CHERIOT_BASE,
  ...FENCE_I,
  ...CSR,
  ...MULTIPLY,
  ...PRIVILEGED_INSTRUCTIONS.filter(({ extension }) => extension === 'machine'),
  ...BITMANIP,
  ...BITMANIP_DRAFT,
  ...IBEX_BITMANIP,
  ...CHERIOT,
  ...CHERIOT_COMPRESSED,
];

/** The extensions of `CHERIOT_INSTRUCTIONS`: all of them. */
export const CHERIOT_EXTENSIONS: ReadonlySet<Extension> = new Set(
  CHERIOT_INSTRUCTIONS.map(({ extension }) => extension),
);

/** RV32E: 16 registers; an instruction that names another is illegal (RISC-V Unprivileged ISA 20191213, section 4.1). */
export const CHERIOT_REGISTER_COUNT = 16;

/** Control and status registers of CHERIoT (CHERIoT Architecture 1.0, stack high-water mark). */
export const CHERIOT_CSRS: ReadonlyMap<string, number> = new Map([
  ['mshwm', 0xbc1],
  ['mshwmb', 0xbc2],
]);
