import { PHASE_INDEX } from '../../machine/ledger.js';
import { hex32 } from '../../machine/units.js';
import { AccessFault, bankOf, datum, loadAccess, storeAccess } from './access.js';
import { CONTROL_NPRIV, CONTROL_SPSEL, type Core, Sleep } from './core.js';
import { ExceptionNumber } from './nvic.js';
import { CCR, CFSR, HFSR, SCR } from './scb.js';
import { iciOf, itOfEpsr, XPSR_PAD, XPSR_T } from './status.js';
import { STOP } from '../../machine/times.js';

/** Bytes of an exception frame: r0 to r3, r12, lr, return address, xPSR (DDI0403E B1.5.6). */
const FRAME_BYTES = 0x20;
/** Cycles before the end of a return in which a pending exception no longer stops the unstacking. */
const RETURN_COMMITS = 2;

/** EXC_RETURN: Thread mode, process stack (DDI0403E table B1-8, DDI0553 EXC_RETURN). */
const RETURN_THREAD = 1 << 3;
const RETURN_PSP = 1 << 2;
/** Armv8-M: S and ES of a core in Secure state. */
const RETURN_SECURE = 0x41;

/**
 * A fault of the instruction to come, or an SVC: pends the exception, or HardFault if it is disabled or not urgent enough
 * (DDI0403E B1.5.11). It is entered at the boundary that follows. Where not even HardFault can be taken the core locks up.
 * @param word the instruction if it is abandoned in its execution, 0 for a fetch and for SVC.
 */
export function raise(core: Core, exception: ExceptionNumber, word: number): void {
  const { nvic, scb } = core;
  const taken = nvic.taken(exception);
  if (word !== 0) {
    core.abandoned++;
    core.it = core.itAt;
  }
  core.limit = STOP;
  if (taken === ExceptionNumber.HARD_FAULT) {
    if (nvic.executionPriority < 0) {
      lockup(core, `${nameOf(exception)} at execution priority ${nvic.executionPriority}`);
      return;
    }
    if (exception !== ExceptionNumber.HARD_FAULT) scb.reportHardFault(HFSR.FORCED);
  }
  nvic.setPending(taken);
}

/** The core stops executing for ever (DDI0403E B1.5.15). */
function lockup(core: Core, what: string): void {
  const { scb, nvic } = core;
  const status =
    core.config.system.architecture === 'v6m'
      ? ''
      : `, CFSR ${hex32(scb.cfsr)}, HFSR ${hex32(scb.hfsr)}, MMFAR ${hex32(scb.mmfar)}, BFAR ${hex32(scb.bfar)}`;
  const place = `pc ${hex32(core.pc)}, IPSR ${nvic.ipsr}, SP ${hex32(core.r[13])}, LR ${hex32(core.r[14])}`;
  core.wedge(`lockup: ${what}; ${place}, VTOR ${hex32(scb.vtor)}${status}`);
}

const NAMES: Readonly<Record<number, string>> = {
  [ExceptionNumber.NMI]: 'NMI',
  [ExceptionNumber.HARD_FAULT]: 'HardFault',
  [ExceptionNumber.MEM_MANAGE]: 'MemManage',
  [ExceptionNumber.BUS_FAULT]: 'BusFault',
  [ExceptionNumber.USAGE_FAULT]: 'UsageFault',
  [ExceptionNumber.SVCALL]: 'SVCall',
};
const nameOf = (exception: number): string => NAMES[exception] ?? `exception ${exception}`;

const isAsynchronous = (exception: number): boolean =>
  exception >= ExceptionNumber.PENDSV || exception === ExceptionNumber.NMI;

/** Spends cycles of exception handling. */
function spend(core: Core, cycles: number): void {
  core.next += cycles;
  core.exception += cycles;
}

/** Enters the exception that is due: stacks a frame and starts the handler (DDI0403E B1.5.6, ExceptionEntry). */
export function enterException(core: Core): void {
  const { nvic } = core;
  const interrupted = core.ledger.phase;
  core.setPhase(PHASE_INDEX['hardware entry']);
  // A core that cannot go on with an interrupted LDM or STM, or that is in an IT block, begins it anew; so it does a push.
  if (core.config.system.architecture === 'v6m' || core.it !== 0 || core.restarts) core.ici = 0;
  const returnValue = returnValueOf(core);
  const priority = nvic.executionPriority;
  const fault = pushFrame(core);
  if (fault !== 0) derived(core, fault, priority);
  spend(core, core.timing.entry);
  startHandler(core, returnValue, interrupted);
}

/** EXC_RETURN for what is being interrupted. */
function returnValueOf(core: Core): number {
  const mode = core.handler ? 0 : RETURN_THREAD | (core.usesPsp ? RETURN_PSP : 0);
  if (core.config.system.architecture !== 'v8m') return 0xfffffff1 | mode | 0;
  return 0xffffffb0 | mode | (core.config.security === 'secure' ? RETURN_SECURE : 0) | 0;
}

/** A fault while a frame was stored or loaded: pends what `fault` (bits of CFSR) stands for. */
function derived(core: Core, fault: number, priority: number): void {
  const { nvic, scb } = core;
  scb.reportFault(fault);
  const exception =
    (fault & (CFSR.MSTKERR | CFSR.MUNSTKERR)) !== 0
      ? ExceptionNumber.MEM_MANAGE
      : (fault & CFSR.STKOF) !== 0
        ? ExceptionNumber.USAGE_FAULT
        : ExceptionNumber.BUS_FAULT;
  const taken = nvic.taken(exception);
  if (taken === ExceptionNumber.HARD_FAULT) {
    if (priority < 0) {
      lockup(core, `${nameOf(exception)} on ${stackingOf(fault)} at execution priority ${priority}`);
      return;
    }
    scb.reportHardFault(HFSR.FORCED);
  }
  nvic.setPending(taken);
}

const stackingOf = (fault: number): string =>
  (fault & (CFSR.MUNSTKERR | CFSR.UNSTKERR)) !== 0 ? 'unstacking' : 'stacking';

const STACKED = [0, 1, 2, 3, 12, 14] as const;

/**
 * Stores the frame below the current stack pointer with the rights of the interrupted code.
 * @returns bits of CFSR if that failed; the stack pointer is moved all the same.
 */
function pushFrame(core: Core): number {
  const { r, scb } = core;
  const bank = bankOf(core, core.privileged);
  const sp = r[13] & ~3;
  const pad = (scb.ccr & CCR.STKALIGN) !== 0 && (sp & 4) !== 0;
  const frame = (sp - FRAME_BYTES - (pad ? 4 : 0)) | 0;
  const limit = core.stackLimit;
  if (frame >>> 0 < limit >>> 0 && !ignoresLimit(core)) {
    r[13] = limit;
    return CFSR.STKOF;
  }
  r[13] = frame;
  core.counts.busBeats += FRAME_BYTES / 4;
  let fault: AccessFault = AccessFault.NONE;
  for (let i = 0; i < FRAME_BYTES / 4 && fault === AccessFault.NONE; i++) {
    const value = i < 6 ? r[STACKED[i]] : i === 6 ? core.pc : core.xpsr | (pad ? XPSR_PAD : 0);
    fault = storeAccess(core, (frame + 4 * i) | 0, 4, value, bank);
  }
  if (fault === AccessFault.NONE) return 0;
  return fault === AccessFault.PROTECTION ? CFSR.MSTKERR : CFSR.STKERR;
}

/** Armv8-M: CCR.STKOFHFNMIGN switches the stack limits off at negative priority. */
const ignoresLimit = (core: Core): boolean =>
  (core.scb.ccr & CCR.STKOFHFNMIGN) !== 0 && core.nvic.executionPriority < 0;

/**
 * Starts the handler of the most urgent pending exception; the frame is stacked. One that has become pending meanwhile takes
 * the place of the one that began the entry (late arrival).
 */
function startHandler(core: Core, returnValue: number, interrupted: number): void {
  const { nvic, scb } = core;
  core.fireEvents(core.base + core.next - core.timing.late);
  if (core.wedged !== undefined) return;
  let exception = nvic.due;
  if (exception === 0) {
    // The device that asked has withdrawn meanwhile.
    core.handler = true;
    core.r[14] = returnValue;
    unstack(core, returnValue, interrupted);
    return;
  }
  let vector = readVector(core, exception);
  if (vector === undefined) {
    scb.reportHardFault(HFSR.VECTTBL);
    if (exception === ExceptionNumber.HARD_FAULT || exception === ExceptionNumber.NMI || nvic.executionPriority < 0) {
      lockup(core, `no vector of ${nameOf(exception)} can be read at ${hex32(scb.vtor + 4 * exception)}`);
      return;
    }
    nvic.setPending(ExceptionNumber.HARD_FAULT);
    exception = nvic.due;
    vector = readVector(core, exception);
    if (vector === undefined) {
      lockup(core, `no vector of ${nameOf(exception)} can be read at ${hex32(scb.vtor + 4 * exception)}`);
      return;
    }
  }
  core.phaseBefore[exception & 0xff] = interrupted;
  nvic.activate(exception);
  core.setMode(true, core.control & CONTROL_NPRIV);
  core.r[14] = returnValue;
  core.it = core.itAt = core.ici = 0;
  core.exclusive = false;
  core.event = true;
  core.sleep = Sleep.AWAKE;
  core.thumb = (vector & 1) !== 0;
  core.counts.traps++;
  if (isAsynchronous(exception)) core.counts.interrupts++;
  core.lastException = exception;
  core.jumpTo(vector);
  core.redirected = false;
  core.noteMasking();
}

/** Reads a vector with the default memory map (DDI0403E B3.5). */
function readVector(core: Core, exception: number): number | undefined {
  core.counts.busBeats++;
  return core.memory.read((core.scb.vtor + 4 * exception) >>> 0, 4, core.base + core.next);
}

/**
 * Carries out the return that a branch to `value` in handler mode has begun (DDI0403E B1.5.8, ExceptionReturn). A pending
 * exception that preempts what would be returned to is entered at once, the frame stays (tail-chaining).
 */
export function returnFromException(core: Core, value: number): void {
  const { nvic, timing } = core;
  const returning = nvic.ipsr;
  const interrupted = core.phaseBefore[returning & 0xff];
  const wasActive = nvic.isActive(returning);
  nvic.deactivate(returning);
  core.regimeChanged();
  if (!wasActive || !isValid(core, value)) {
    core.scb.reportFault(CFSR.INVPC);
    raiseOnReturn(core, value, interrupted);
    return;
  }
  // An exception that arrives while the frame is loaded stops that.
  const commits = core.next + timing.exit - RETURN_COMMITS;
  if (nvic.due === 0 && core.eventAt < commits) {
    const arrival = Math.max(0, core.eventAt - core.next);
    core.fireEvents(core.base + commits);
    if (nvic.due !== 0) spend(core, arrival);
  }
  if (nvic.due !== 0) {
    tailChain(core, value, interrupted);
    return;
  }
  spend(core, timing.exit);
  unstack(core, value, interrupted);
}

/** A UsageFault of the return itself, on the frame that is there. */
function raiseOnReturn(core: Core, value: number, interrupted: number): void {
  raise(core, ExceptionNumber.USAGE_FAULT, 0);
  if (core.wedged === undefined) tailChain(core, value, interrupted);
}

/** Goes from one handler to the next; the frame stays. */
function tailChain(core: Core, value: number, interrupted: number): void {
  core.setPhase(PHASE_INDEX['hardware entry']);
  spend(core, core.timing.tailChain);
  startHandler(core, value, interrupted);
}

/** Integrity checks of EXC_RETURN, `returning` being inactive already (DDI0403E B1.5.8, DDI0553 ValidateExceptionReturn). */
function isValid(core: Core, value: number): boolean {
  if (core.config.system.architecture === 'v8m') {
    const secure = core.config.security === 'secure' ? RETURN_SECURE : 0;
    if (((value ^ secure) & ~(RETURN_THREAD | RETURN_PSP)) !== (0xffffffb0 | 0)) return false;
    return (value & RETURN_THREAD) !== 0 || (value & RETURN_PSP) === 0;
  }
  const { activeCount } = core.nvic;
  switch (value | 0) {
    case 0xfffffff1 | 0:
      return activeCount > 0;
    case 0xfffffff9 | 0:
    case 0xfffffffd | 0:
      return activeCount === 0 || (core.scb.ccr & CCR.NONBASETHRDENA) !== 0;
    default:
      return false;
  }
}

const frameWords = new Int32Array(FRAME_BYTES / 4);

/** Loads the frame and goes on with the interrupted code (PopStack). */
function unstack(core: Core, value: number, interrupted: number): void {
  const { r, nvic, scb } = core;
  const toThread = (value & RETURN_THREAD) !== 0;
  const process = (value & RETURN_PSP) !== 0;
  const privileged = !toThread || (core.control & CONTROL_NPRIV) === 0;
  const bank = bankOf(core, privileged);
  const frame = (process ? core.psp : core.msp) & ~3;
  core.counts.busBeats += FRAME_BYTES / 4;
  for (let i = 0; i < FRAME_BYTES / 4; i++) {
    const fault = loadAccess(core, (frame + 4 * i) | 0, 4, bank);
    if (fault !== AccessFault.NONE) {
      derived(core, fault === AccessFault.PROTECTION ? CFSR.MUNSTKERR : CFSR.UNSTKERR, nvic.executionPriority);
      if (core.wedged === undefined) tailChain(core, value, interrupted);
      return;
    }
    frameWords[i] = datum.value;
  }
  const xpsr = frameWords[7];
  const v6 = core.config.system.architecture === 'v6m';
  const v8 = core.config.system.architecture === 'v8m';
  const exception = xpsr & (v6 ? 0x3f : 0x1ff);
  if (v8 && toThread !== (exception === 0)) {
    scb.reportFault(CFSR.INVPC);
    raiseOnReturn(core, value, interrupted);
    return;
  }
  const pad = (xpsr & XPSR_PAD) !== 0 && (scb.ccr & CCR.STKALIGN) !== 0 ? 4 : 0;
  const sp = (frame + FRAME_BYTES) | pad;
  if (process) core.psp = sp;
  else core.msp = sp;
  core.setMode(!toThread, (core.control & CONTROL_NPRIV) | (toThread && process ? CONTROL_SPSEL : 0));
  nvic.ipsr = exception;
  for (let i = 0; i < 6; i++) r[STACKED[i]] = frameWords[i];
  core.setFlags(xpsr);
  if (core.config.hasDsp) core.ge = (xpsr >>> 16) & 15;
  core.thumb = (xpsr & XPSR_T) !== 0;
  const it = v6 ? 0 : itOfEpsr(xpsr);
  core.it = (it & 15) === 0 ? 0 : it;
  core.itAt = 0;
  core.ici = v6 ? 0 : iciOf(xpsr);
  core.exclusive = false;
  core.event = true;
  core.jumpTo(frameWords[6]);
  core.redirected = false;
  core.noteMasking();
  core.setPhase(toThread && !privileged ? PHASE_INDEX.user : interrupted);
  if (!v8 && toThread !== (exception === 0)) {
    // Armv7-M finds this out when the frame is gone, and stacks it again.
    scb.reportFault(CFSR.INVPC);
    raise(core, ExceptionNumber.USAGE_FAULT, 0);
    return;
  }
  if (toThread && nvic.activeCount === 0 && (scb.scr & SCR.SLEEPONEXIT) !== 0) core.sleep = Sleep.FOR_INTERRUPT;
  core.limit = STOP;
}
