import { Counter, withWord } from '../../riscv/counter.js';
import { CSR } from '../../riscv/csrs.js';
import {
  MACHINE,
  pendingOfLines,
  previousMode,
  STATUS,
  statusAfterReturn,
  statusInTrap,
  USER,
} from '../../riscv/privileged.js';
import type { CoreConfig } from './parameters.js';

const MSTATUS_MASK = STATUS.MIE | STATUS.MPIE | STATUS.MPP | STATUS.MPRV | STATUS.TW;
/** misa: RV32 with B, C, E, M, U and X. */
const MISA = 0x40901016;
const MVENDORID = 0x255;
const MARCHID = 0xce1;
/** `tdata1`: an address trigger that is off and belongs to the debugger (Ibex, `tmatch_control_rdata`). */
const TRIGGER = 0x28001048;
/** Bits of `mcause` that exist. */
const CAUSE_BITS = 0x8000001f | 0;
/** Bits of `mie` and `mip` that exist: software, timer, external, and 15 fast interrupts from bit 16. */
const INTERRUPTS = 0x7fff0888;
/** Number of the external interrupt, software and timer, in the order in which they are taken after the fast ones. */
const PRIORITIES = [11, 3, 7] as const;

/** CSRs of this core alone: stack high-water mark (CHERIoT 1.0), CPU control and random seed (Ibex `cpuctrlsts`). */
export const OWN = {
  cpuctrl: 0x7c0,
  secureseed: 0x7c1,
  mshwm: 0xbc1,
  mshwmb: 0xbc2,
  cdbgctrl: 0xbc4,
} as const;

/** cpuctrl: the instruction cache is on. */
const CACHE_ENABLE = 1;
/** cpuctrl: a synchronous exception has been taken and not returned from; another came meanwhile. */
const EXCEPTION_SEEN = 1 << 6;
const DOUBLE_FAULT_SEEN = 1 << 7;

const STATE_CSRS: ReadonlyMap<string, number> = new Map<string, number>([
  ...(['mstatus', 'mie', 'mscratch', 'mcause', 'mtval', 'mip', 'mcountinhibit'] as const).map(
    (name) => [name, CSR[name]] as const,
  ),
  ...Object.entries(OWN).filter(([name]) => name !== 'secureseed'),
]);

/** Numbers of CSRs with names, for debuggers. */
export const CORE_CSRS: ReadonlyMap<string, number> = STATE_CSRS;

/** Fields of `CsrFile` that are words of state, in the order in which a snapshot holds them. */
const WORDS = [
  'privilege',
  'status',
  'enabled',
  'mscratch',
  'mcause',
  'mtval',
  'control',
  'debugControl',
  'inhibited',
  'lines',
  'fast',
] as const;

/** Ways to a CSR besides software: the counters, and what a write changes in the engine. */
export interface CsrHost {
  /** Cycles since reset, as the counter reads in the cycle of the access. */
  cycleCount(): number;
  /** Instructions retired before this one. */
  retiredCount(): number;
  /** Something that decides about interrupts changed. */
  interruptsChanged(): void;
  /** The instruction cache is switched on or off. */
  cacheSwitched(on: boolean): void;
  /** Addresses of MTCC and MEPCC. */
  trapAddress(): number;
  exceptionAddress(): number;
}

/**
 * Control and status registers without the special capability registers (privileged ISA chapter 3; microsoft/cheriot-ibex
 * `ibex_cs_registers`). All values are 32-bit words, signed in the fields and unsigned outside.
 */
export class CsrFile {
  privilege = MACHINE;
  status = 0;
  enabled = 0;
  mscratch = 0;
  mcause = 0;
  mtval = 0;
  /** `cpuctrl`. */
  control = 0;
  /** `cdbgctrl`: bit 0 turns a tag that an instruction clears into a fault. */
  debugControl = 0;
  /** `mcountinhibit`, the bits that can be written. */
  inhibited = 0;
  /** Interrupt lines from outside: bit 0 timer, 1 software, 2 and up external. */
  lines = 0;
  /** Fast interrupt lines. */
  fast = 0;
  /** MSHWMB, and the bytes from there to MSHWM (0 if MSHWM is not above): a store in that range lowers MSHWM. */
  readonly stack = new Int32Array(3);
  private readonly cycles: Counter;
  private readonly retired: Counter;

  constructor(
    private readonly config: CoreConfig,
    private readonly host: CsrHost,
  ) {
    this.cycles = new Counter(() => host.cycleCount());
    this.retired = new Counter(() => host.retiredCount());
    this.reset();
  }

  /** Reset state of `tests/vectors/README.md` section 1. */
  reset(): void {
    for (const name of WORDS) this[name] = 0;
    this.privilege = MACHINE;
    this.status = STATUS.MPIE;
    this.stack.fill(0);
    this.cycles.reset();
    this.retired.reset();
  }

  /** Whether the CSR exists and an instruction may access it in the current privilege mode. */
  allows(csr: number, write: boolean): boolean {
    if (this.privilege < ((csr >>> 8) & 3)) return false;
    if (csr >>> 10 === 3 && write) return false;
    return this.exists(csr);
  }

  private exists(csr: number): boolean {
    switch (csr) {
      case CSR.mtvec:
      case CSR.mepc:
        return this.config.addressCsrs;
      case CSR.mvendorid:
      case CSR.marchid:
      case CSR.mimpid:
      case CSR.mhartid:
      case CSR.mstatus:
      case CSR.misa:
      case CSR.mie:
      case CSR.mcounteren:
      case CSR.mscratch:
      case CSR.mcause:
      case CSR.mtval:
      case CSR.mip:
      case CSR.mcountinhibit:
      case OWN.cpuctrl:
      case OWN.secureseed:
      case OWN.mshwm:
      case OWN.mshwmb:
      case OWN.cdbgctrl:
        return true;
      default: {
        // Counters (one is not assigned), their events, and PMP registers, all of which read 0 where they do nothing.
        const low = csr & 0x1f;
        const group = csr & ~0x1f;
        if (group === CSR.mcycle || group === CSR.mcycleh) return low !== 1;
        if (group === CSR.mcountinhibit) return low >= 3;
        return (csr >= PMPCFG0 && csr < PMPCFG0 + 4) || (csr >= PMPADDR0 && csr < PMPADDR0 + 16) || isTrigger(csr);
      }
    }
  }

  /**
   * Whether code without SR may access the CSR: the counters, for reading (CHERIoT 1.0; tests/vectors/README.md section 3,
   * fact 4).
   */
  allowsWithoutSystem(csr: number, write: boolean): boolean {
    if (!this.config.counterWrites) return !write && COUNTERS.has(csr);
    const nibble = csr >>> 8;
    return (nibble === 0xb || nibble === 0xc) && ((csr & 0x80) === 0 || (csr & 0x60) === 0);
  }

  /** Reads a CSR that exists. */
  read(csr: number): number {
    switch (csr) {
      case CSR.mstatus:
        return this.status;
      case CSR.misa:
        return MISA;
      case CSR.mie:
        return this.enabled;
      case CSR.mtvec:
        return this.host.trapAddress();
      case CSR.mscratch:
        return this.mscratch;
      case CSR.mepc:
        return this.host.exceptionAddress();
      case CSR.mcause:
        return this.mcause;
      case CSR.mtval:
        return this.mtval;
      case CSR.mip:
        return this.pending;
      case CSR.mvendorid:
        return MVENDORID;
      case CSR.marchid:
        return MARCHID;
      case CSR.mcountinhibit:
        return this.inhibited | ~7;
      case CSR.mcycle:
        return this.cycles.word(0);
      case CSR.mcycleh:
        return this.cycles.word(1);
      case CSR.minstret:
        return this.retired.word(0);
      case CSR.minstreth:
        return this.retired.word(1);
      case CSR.tdata1:
        return TRIGGER;
      case OWN.cpuctrl:
        return this.control;
      case OWN.mshwm:
        return this.highWaterMark;
      case OWN.mshwmb:
        return this.stack[0];
      case OWN.cdbgctrl:
        return this.debugControl;
      default:
        return 0;
    }
  }

  /** Writes a CSR that exists; writes to read-only ones do nothing. */
  write(csr: number, value: number): void {
    switch (csr) {
      case CSR.mstatus:
        this.status = legalMpp(value & MSTATUS_MASK);
        this.host.interruptsChanged();
        break;
      case CSR.mie:
        this.enabled = value & INTERRUPTS;
        this.host.interruptsChanged();
        break;
      case CSR.mscratch:
        this.mscratch = value;
        break;
      case CSR.mcause:
        this.mcause = value & CAUSE_BITS;
        break;
      case CSR.mtval:
        this.mtval = value;
        break;
      case CSR.mcycle:
      case CSR.mcycleh:
        // The counter holds the new value in the cycle after the write; the other half does not count in it.
        this.cycles.set(withWord(this.cycles.value, csr === CSR.mcycleh ? 1 : 0, value), 1);
        break;
      case CSR.minstret:
      case CSR.minstreth:
        // The writing instruction itself counts.
        this.retired.set(withWord(this.retired.value, csr === CSR.minstreth ? 1 : 0, value));
        break;
      case CSR.mcountinhibit:
        this.inhibited = value & 5;
        this.cycles.stop((value & 1) !== 0, 1);
        this.retired.stop((value & 4) !== 0);
        break;
      case OWN.cpuctrl: {
        const writable = EXCEPTION_SEEN | DOUBLE_FAULT_SEEN | (this.config.instructionCache ? CACHE_ENABLE : 0);
        this.control = value & writable;
        this.host.cacheSwitched((this.control & CACHE_ENABLE) !== 0);
        break;
      }
      case OWN.mshwm:
        this.setStack(this.stack[0], value & ~15);
        break;
      case OWN.mshwmb:
        this.setStack(value & ~15, this.stack[2]);
        break;
      case OWN.cdbgctrl:
        this.debugControl = value & 1;
        break;
    }
  }

  /** `MSHWM`. */
  get highWaterMark(): number {
    return this.stack[2];
  }

  private setStack(base: number, mark: number): void {
    this.stack[0] = base;
    this.stack[1] = mark >>> 0 > base >>> 0 ? mark - base : 0;
    this.stack[2] = mark;
  }

  /** A bus transfer of a store goes to `address`, in the range of `stack`. */
  lowerHighWaterMark(address: number): void {
    this.setStack(this.stack[0], address & ~15);
  }

  /** An instruction that traps counts as retired. */
  countFault(): void {
    this.retired.add(1n);
  }

  /** Sets MIE as a sentry does. */
  setInterruptsEnabled(enabled: boolean): void {
    this.status = enabled ? this.status | STATUS.MIE : this.status & ~STATUS.MIE;
    this.host.interruptsChanged();
  }

  /** `mip`. */
  get pending(): number {
    return (this.fast << 16) | pendingOfLines(this.lines) | (this.lines >>> 2 !== 0 ? 1 << 11 : 0);
  }

  /** Cause of the interrupt to be taken now, or -1: fast, then external, software, timer (`ibex_controller`, IRQ_TAKEN). */
  get interrupt(): number {
    return (this.status & STATUS.MIE) !== 0 ? this.firstPending : -1;
  }

  private get firstPending(): number {
    const active = this.pending & this.enabled;
    if (active === 0) return -1;
    for (let i = 16; i < 31; i++) if (((active >>> i) & 1) !== 0) return i;
    return PRIORITIES.find((i) => ((active >>> i) & 1) !== 0) ?? -1;
  }

  /** Whether some enabled interrupt is pending, masked or not: what `wfi` waits for. */
  get wakes(): boolean {
    return (this.pending & this.enabled) !== 0;
  }

  /** Whether interrupts are masked. */
  get masked(): boolean {
    return (this.status & STATUS.MIE) === 0;
  }

  /** Whether the instruction cache is on. */
  get cacheEnabled(): boolean {
    return (this.control & CACHE_ENABLE) !== 0;
  }

  /**
   * Enters a trap, apart from the program counter.
   * @param cause exception code, or interrupt number with bit 31 set; @param value mtval.
   */
  enterTrap(cause: number, value: number): void {
    this.mcause = cause & CAUSE_BITS;
    this.mtval = value;
    this.status = statusInTrap(this.status, this.privilege);
    this.privilege = MACHINE;
    if (cause >= 0) this.control |= (this.control & EXCEPTION_SEEN) !== 0 ? DOUBLE_FAULT_SEEN : EXCEPTION_SEEN;
  }

  /** `mret`, apart from the program counter. */
  leaveTrap(): void {
    if (this.config.userMode) this.privilege = previousMode(this.status);
    this.status = statusAfterReturn(this.status);
    this.control &= ~EXCEPTION_SEEN;
  }

  /** Names and values of the registers that hold state, for debuggers and state hashes. */
  list(): { name: string; value: number }[] {
    return [...STATE_CSRS].map(([name, csr]) => ({ name, value: this.read(csr) >>> 0 }));
  }

  /** The state as numbers. */
  save(): number[] {
    return [...WORDS.map((name) => this[name]), ...this.stack, ...this.cycles.save(), ...this.retired.save()];
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    WORDS.forEach((name, i) => (this[name] = state[i]));
    const rest = state.slice(WORDS.length);
    this.stack.set(rest.slice(0, 3));
    const [, , , cyclesLow, cyclesHigh, retiredLow, retiredHigh] = rest;
    this.cycles.load(cyclesLow, cyclesHigh, (this.inhibited & 1) !== 0);
    this.retired.load(retiredLow, retiredHigh, (this.inhibited & 4) !== 0);
  }
}

const PMPCFG0 = 0x3a0;
const PMPADDR0 = 0x3b0;
/** Counters that the architecture lets code without SR read, where they exist. */
const COUNTERS: ReadonlySet<number> = new Set([CSR.mcycle, CSR.minstret, CSR.mcycleh, CSR.minstreth]);

/** Trigger registers: as long as no debugger sets them they are constants. */
const isTrigger = (csr: number): boolean =>
  (csr >= CSR.tselect && csr <= CSR.tdata3) || csr === CSR.mcontext || csr === CSR.scontext;

/** MPP holds M or U; another value becomes M. */
const legalMpp = (status: number): number => {
  const mpp = previousMode(status);
  return mpp === USER || mpp === MACHINE ? status : status | STATUS.MPP;
};
