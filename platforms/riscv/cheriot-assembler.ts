import type { IsaPlugin } from '../assembler/isa.js';
import { riscvAssembler } from './assembler.js';
import { CHERIOT_ALIASES, CHERIOT_MACROS } from './assembler/cheriot.js';
import { CHERIOT_CSRS, CHERIOT_INSTRUCTIONS, CHERIOT_REGISTER_COUNT } from './cheriot.js';
import { CAPABILITY_REGISTERS } from './registers.js';

/** The assembler of CHERIoT-Ibex: the syntax of CHERIoT's LLVM, and the base ISA's names as well. */
export const cheriotAssembler = (): IsaPlugin =>
  riscvAssembler({
    table: CHERIOT_INSTRUCTIONS,
    registers: CAPABILITY_REGISTERS,
    registerCount: CHERIOT_REGISTER_COUNT,
    csrs: CHERIOT_CSRS,
    dialect: {
      aliases: CHERIOT_ALIASES,
      macros: CHERIOT_MACROS,
      neverCompressed: new Set(),
      // The vendor prefix that newer LLVM prints
      prefix: 'ct.',
    },
  });
