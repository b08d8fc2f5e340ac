import { CONTROL_NPRIV, CONTROL_SPSEL, type Core } from './core.js';

/** SYSm numbers of MRS and MSR (DDI0403E B5.1.1, DDI0553 for the stack limits). */
const enum Special {
  /** 0 to 3: APSR with IPSR (bit 0) and EPSR (bit 1, reads 0); 4 to 7 without APSR. */
  PSR_LAST = 7,
  MSP = 8,
  PSP = 9,
  MSPLIM = 10,
  PSPLIM = 11,
  PRIMASK = 16,
  BASEPRI = 17,
  BASEPRI_MAX = 18,
  FAULTMASK = 19,
  CONTROL = 20,
}

/** MSR: bits of the mask field. */
const MASK_GE = 1 << 10;
const MASK_FLAGS = 1 << 11;

/** CPS: bits of its operand. */
const CPS_DISABLE = 1 << 4;
const CPS_PRIMASK = 1 << 1;
const CPS_FAULTMASK = 1 << 0;

/** MRS. Registers that do not exist or need privilege read 0. */
export function readSpecial(core: Core, register: number): number {
  if (register <= Special.PSR_LAST) {
    const apsr = (register & 4) === 0 ? core.apsr : 0;
    return apsr | ((register & 1) !== 0 ? core.nvic.ipsr : 0);
  }
  if (register === (Special.CONTROL as number)) return core.control;
  if (!core.privileged) return 0;
  const v8 = core.config.system.architecture === 'v8m';
  switch (register) {
    case Special.MSP:
      return core.msp;
    case Special.PSP:
      return core.psp;
    case Special.MSPLIM:
      return v8 ? core.msplim : 0;
    case Special.PSPLIM:
      return v8 ? core.psplim : 0;
    case Special.PRIMASK:
      return core.nvic.primask;
    case Special.BASEPRI:
    case Special.BASEPRI_MAX:
      return core.nvic.basepri;
    case Special.FAULTMASK:
      return core.nvic.faultmask;
    default:
      return 0;
  }
}

/** MSR. Everything but APSR needs privilege and is ignored without it. */
export function writeSpecial(core: Core, operand: number, value: number): void {
  const { nvic } = core;
  const register = operand & 255;
  if (register <= Special.PSR_LAST) {
    if ((register & 4) !== 0) return;
    if ((operand & MASK_FLAGS) !== 0) core.setFlags(value);
    if ((operand & MASK_GE) !== 0 && core.config.hasDsp) core.ge = (value >>> 16) & 15;
    return;
  }
  if (!core.privileged) return;
  const v6 = core.config.system.architecture === 'v6m';
  const v8 = core.config.system.architecture === 'v8m';
  switch (register) {
    case Special.MSP:
      core.msp = value;
      break;
    case Special.PSP:
      core.psp = value;
      break;
    case Special.MSPLIM:
      if (v8) core.msplim = value & ~7;
      break;
    case Special.PSPLIM:
      if (v8) core.psplim = value & ~7;
      break;
    case Special.PRIMASK:
      nvic.primask = value & 1;
      break;
    case Special.BASEPRI:
      nvic.basepri = value & 255;
      break;
    case Special.BASEPRI_MAX: {
      const wanted = value & 255;
      if (wanted !== 0 && (wanted < nvic.basepri || nvic.basepri === 0)) nvic.basepri = wanted;
      break;
    }
    case Special.FAULTMASK:
      setFaultMask(core, value & 1);
      break;
    case Special.CONTROL: {
      // In handler mode SPSEL cannot be set (DDI0403E B1.4.4).
      const spsel = core.handler ? core.control & CONTROL_SPSEL : value & CONTROL_SPSEL;
      core.setMode(core.handler, (value & CONTROL_NPRIV) | spsel);
      break;
    }
    default:
  }
  if (!v6) core.regimeChanged();
}

/** CPS, ignored without privilege. */
export function changeProcessorState(core: Core, operand: number): void {
  if (!core.privileged) return;
  const value = (operand & CPS_DISABLE) !== 0 ? 1 : 0;
  if ((operand & CPS_PRIMASK) !== 0) core.nvic.primask = value;
  if ((operand & CPS_FAULTMASK) !== 0) setFaultMask(core, value);
  core.regimeChanged();
}

/** FAULTMASK cannot be set by code that is as urgent as HardFault or more (DDI0403E B1.4.3). */
function setFaultMask(core: Core, value: number): void {
  if (value === 0 || core.nvic.executionPriority > -1) core.nvic.faultmask = value;
}
