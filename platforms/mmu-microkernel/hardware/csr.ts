import { Counter, withWord } from '../../riscv/counter.js';
import { CSR } from '../../riscv/csrs.js';
import {
  MACHINE,
  pendingOfLines,
  previousMode,
  STATUS,
  statusAfterReturn,
  statusInTrap,
  SUPERVISOR,
  USER,
} from '../../riscv/privileged.js';
import type { CoreConfig } from './parameters.js';

const MSTATUS_MASK =
  STATUS.SIE | STATUS.MIE | STATUS.SPIE | STATUS.MPIE | STATUS.SPP | STATUS.MPP | STATUS.MPRV | STATUS.SUM | STATUS.MXR;
/** `sstatus` also shows MPRV (vectors/README.md section 3, fact 9). */
const SSTATUS_MASK = STATUS.SIE | STATUS.SPIE | STATUS.SPP | STATUS.MPRV | STATUS.SUM | STATUS.MXR;
/** MXL = 32 and no extension, the reset value; the RTL lets software write all of them. */
const MISA = 0x40000000;
const MISA_MASK = 0xc3ffffff | 0;
/** Bits of `mcause` and `scause` that exist. */
const CAUSE_BITS = 0x8000000f | 0;
const SUPERVISOR_INTERRUPTS = 0x222;
const INTERRUPTS = 0xaaa;
/** Delegable exceptions without breakpoint; with it where `breakpointNotDelegated` is off. */
const MEDELEG_MASK = 0xb3f7;

/** Interrupt causes; the last one in this list that is pending and enabled is taken (VexRiscv `CsrPlugin`). */
const PRIORITIES = [5, 1, 9, 7, 3, 11] as const;

/** CSRs of this core alone (VexRiscv `ExternalInterruptArrayPlugin`, `DBusCachedPlugin`). */
const OWN = {
  supervisorMask: 0x9c0,
  machineMask: 0xbc0,
  dataCacheInfo: 0xcc0,
  supervisorPending: 0xdc0,
  machinePending: 0xfc0,
} as const;

const STANDARD: readonly (keyof typeof CSR)[] = [
  'sstatus',
  'sie',
  'stvec',
  'sscratch',
  'sepc',
  'scause',
  'stval',
  'sip',
  'satp',
  'mstatus',
  'misa',
  'medeleg',
  'mideleg',
  'mie',
  'mtvec',
  'mscratch',
  'mepc',
  'mcause',
  'mtval',
  'mip',
  'mcycle',
  'minstret',
  'mcycleh',
  'minstreth',
  'cycle',
  'instret',
  'cycleh',
  'instreth',
  'mvendorid',
  'marchid',
  'mimpid',
  'mhartid',
];

/** Numbers of the core's CSRs by name; others are illegal. */
export const CORE_CSRS: ReadonlyMap<string, number> = new Map([
  ...STANDARD.map((name) => [name, CSR[name]] as const),
  ...Object.entries(OWN),
]);
const NUMBERS: ReadonlySet<number> = new Set(CORE_CSRS.values());
/** Counters: they follow from cycles and instructions. */
const DERIVED = /^m?(cycle|instret)h?$/;
const NAMES = [...CORE_CSRS].filter(([name]) => !DERIVED.test(name));

/** Fields of `CsrFile` that are words of state, in the order in which a snapshot holds them. */
const WORDS = [
  'privilege',
  'status',
  'medeleg',
  'mideleg',
  'enabled',
  'mtvec',
  'mscratch',
  'mepc',
  'mcause',
  'mtval',
  'stvec',
  'sscratch',
  'sepc',
  'scause',
  'stval',
  'satp',
  'machineMask',
  'supervisorMask',
  'misa',
  'soft',
  'lines',
] as const;

/** Ways to a CSR besides software: the counters, and what a write changes in the engine. */
export interface CsrHost {
  /** Cycles since reset, as the counter reads in the cycle of the access. */
  cycleCount(): number;
  /** Instructions retired before this one. */
  retiredCount(): number;
  /** Status bits that decide about translation changed (MPRV, SUM, MXR, privilege). */
  translationChanged(): void;
  /** `satp` was written. */
  satpWritten(): void;
  /** Something that decides about interrupts changed. */
  interruptsChanged(): void;
}

/**
 * Control and status registers, trap entry and return (privileged ISA chapters 3 and 4; VexRiscv `CsrPlugin` in
 * configuration `linuxFull`). All values are 32-bit words, signed in the fields and unsigned outside.
 */
export class CsrFile {
  privilege = MACHINE;
  status = 0;
  medeleg = 0;
  mideleg = 0;
  enabled = 0;
  mtvec = 0;
  mscratch = 0;
  mepc = 0;
  mcause = 0;
  mtval = 0;
  stvec = 0;
  sscratch = 0;
  sepc = 0;
  scause = 0;
  stval = 0;
  satp = 0;
  machineMask = 0;
  supervisorMask = 0;
  /** `misa` of this core is a register; its bits enable nothing. */
  misa = MISA;
  /** Bits of `mip` that software sets: SSIP, STIP, SEIP. */
  soft = 0;
  /** Interrupt lines from outside: bit 0 timer, 1 software, 2 and up the external array. */
  lines = 0;
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
    this.privilege = MACHINE;
    this.status = STATUS.MPP | STATUS.SPP;
    this.mtvec = 0x60000000;
    this.medeleg = this.mideleg = this.enabled = this.mscratch = this.mepc = this.mcause = this.mtval = 0;
    this.stvec = this.sscratch = this.sepc = this.scause = this.stval = this.satp = 0;
    this.machineMask = this.supervisorMask = this.soft = this.lines = 0;
    this.misa = MISA;
    this.cycles.reset();
    this.retired.reset();
  }

  /**
   * Whether an instruction may access this CSR in the current mode.
   * @param write the instruction writes; @param read it reads (all but csrrw/csrrwi with rd = x0).
   */
  allows(csr: number, write: boolean, read: boolean): boolean {
    if (this.privilege < ((csr >>> 8) & 3)) return false;
    if (!NUMBERS.has(csr)) return false;
    if (!this.config.countersEverywhere && this.privilege < MACHINE && csr >= CSR.cycle && csr <= CSR.instreth)
      return false;
    if (csr >>> 10 !== 3) return true;
    // The core's quirk: a read-only CSR refuses only an instruction that does nothing but write.
    return this.config.readOnlyWritesIgnored ? read : !write;
  }

  /** Reads a CSR that exists. */
  read(csr: number): number {
    switch (csr) {
      case CSR.sstatus:
        return this.status & SSTATUS_MASK;
      case CSR.sie:
        return this.enabled & SUPERVISOR_INTERRUPTS;
      case CSR.stvec:
        return this.stvec;
      case CSR.sscratch:
        return this.sscratch;
      case CSR.sepc:
        return this.sepc;
      case CSR.scause:
        return this.scause;
      case CSR.stval:
        return this.stval;
      case CSR.sip:
        return this.pending & SUPERVISOR_INTERRUPTS;
      case CSR.satp:
        return this.satp;
      case CSR.mstatus:
        return this.status;
      case CSR.misa:
        return this.misa;
      case CSR.medeleg:
        return this.medeleg;
      case CSR.mideleg:
        return this.mideleg;
      case CSR.mie:
        return this.enabled;
      case CSR.mtvec:
        return this.mtvec;
      case CSR.mscratch:
        return this.mscratch;
      case CSR.mepc:
        return this.mepc;
      case CSR.mcause:
        return this.mcause;
      case CSR.mtval:
        return this.mtval;
      case CSR.mip:
        return this.pending;
      case OWN.supervisorMask:
        return this.supervisorMask;
      case OWN.machineMask:
        return this.machineMask;
      case OWN.supervisorPending:
        return (this.lines >>> 2) & this.supervisorMask;
      case OWN.machinePending:
        return (this.lines >>> 2) & this.machineMask;
      case OWN.dataCacheInfo:
        return (this.config.dataCacheBytes / this.config.dataCacheWays) | (32 << 20);
      case CSR.mcycle:
      case CSR.cycle:
        return this.cycles.word(0);
      case CSR.mcycleh:
      case CSR.cycleh:
        return this.cycles.word(1);
      case CSR.minstret:
      case CSR.instret:
        return this.retired.word(0);
      case CSR.minstreth:
      case CSR.instreth:
        return this.retired.word(1);
      case CSR.mvendorid:
        return 1;
      case CSR.marchid:
        return 2;
      case CSR.mimpid:
        return 3;
      default:
        return 0;
    }
  }

  /** The value a read-modify-write instruction starts from: `sip`/`mip` show only the software part of SEIP. */
  readForUpdate(csr: number): number {
    const value = this.read(csr);
    return csr === CSR.sip || csr === CSR.mip ? (value & ~0x200) | (this.soft & 0x200) : value;
  }

  /** Writes a CSR that exists; writes to read-only ones do nothing. */
  write(csr: number, value: number): void {
    switch (csr) {
      case CSR.sstatus:
        this.setStatus((this.status & ~SSTATUS_MASK) | (value & SSTATUS_MASK));
        break;
      case CSR.mstatus:
        this.setStatus(legalMpp(value & MSTATUS_MASK, this.status));
        break;
      case CSR.sie:
        this.enabled = (this.enabled & ~SUPERVISOR_INTERRUPTS) | (value & SUPERVISOR_INTERRUPTS);
        this.host.interruptsChanged();
        break;
      case CSR.mie:
        this.enabled = value & INTERRUPTS;
        this.host.interruptsChanged();
        break;
      case CSR.sip:
      case CSR.mip:
        this.soft = value & SUPERVISOR_INTERRUPTS;
        this.host.interruptsChanged();
        break;
      case CSR.stvec:
        this.stvec = value;
        break;
      case CSR.sscratch:
        this.sscratch = value;
        break;
      case CSR.sepc:
        this.sepc = this.epc(value);
        break;
      case CSR.scause:
        this.scause = value & CAUSE_BITS;
        break;
      case CSR.stval:
        this.stval = value;
        break;
      case CSR.satp:
        this.satp = value;
        this.host.satpWritten();
        break;
      case CSR.misa:
        this.misa = value & MISA_MASK;
        break;
      case CSR.medeleg:
        this.medeleg = value & (this.config.breakpointNotDelegated ? MEDELEG_MASK : MEDELEG_MASK | 8);
        break;
      case CSR.mideleg:
        this.mideleg = value & SUPERVISOR_INTERRUPTS;
        this.host.interruptsChanged();
        break;
      case CSR.mtvec:
        this.mtvec = value;
        break;
      case CSR.mscratch:
        this.mscratch = value;
        break;
      case CSR.mepc:
        this.mepc = this.epc(value);
        break;
      case CSR.mcause:
        this.mcause = value & CAUSE_BITS;
        break;
      case CSR.mtval:
        this.mtval = value;
        break;
      case OWN.supervisorMask:
        this.supervisorMask = value;
        this.host.interruptsChanged();
        break;
      case OWN.machineMask:
        this.machineMask = value;
        this.host.interruptsChanged();
        break;
      case CSR.mcycle:
      case CSR.mcycleh:
        // The counter holds the new value in the cycle after the write; the other half counts on.
        this.cycles.set(withWord(this.cycles.value + 1n, csr === CSR.mcycleh ? 1 : 0, value), 1);
        break;
      case CSR.minstret:
      case CSR.minstreth:
        this.retired.set(withWord(this.retired.value, csr === CSR.minstreth ? 1 : 0, value));
        break;
    }
  }

  private epc(value: number): number {
    return this.config.epcKeepsLowBits ? value : value & ~1;
  }

  private setStatus(status: number): void {
    const changed = this.status ^ status;
    this.status = status;
    if ((changed & (STATUS.MPRV | STATUS.SUM | STATUS.MXR | STATUS.MPP)) !== 0) this.host.translationChanged();
    if ((changed & (STATUS.MIE | STATUS.SIE)) !== 0) this.host.interruptsChanged();
  }

  /** `mip`. */
  get pending(): number {
    const array = this.lines >>> 2;
    const machine = pendingOfLines(this.lines) | ((array & this.machineMask) !== 0 ? 1 << 11 : 0);
    return machine | this.soft | ((array & this.supervisorMask) !== 0 ? 1 << 9 : 0);
  }

  /** Cause of the interrupt to be taken now, or -1. */
  get interrupt(): number {
    const active = this.pending & this.enabled;
    if (active === 0) return -1;
    const machine = this.privilege < MACHINE || (this.status & STATUS.MIE) !== 0 ? active & ~this.mideleg : 0;
    const supervised =
      this.privilege < SUPERVISOR || (this.privilege === SUPERVISOR && (this.status & STATUS.SIE) !== 0);
    const supervisor = supervised ? active & this.mideleg : 0;
    const candidates = machine !== 0 ? machine : supervisor;
    for (let i = PRIORITIES.length - 1; i >= 0; i--) {
      if (((candidates >>> PRIORITIES[i]) & 1) !== 0) return PRIORITIES[i];
    }
    return -1;
  }

  /** Whether some enabled interrupt is pending, masked or not: what `wfi` waits for. */
  get wakes(): boolean {
    return (this.pending & this.enabled) !== 0;
  }

  /** Whether interrupts of the current mode are masked. */
  get masked(): boolean {
    if (this.privilege === USER) return false;
    return (this.status & (this.privilege === MACHINE ? STATUS.MIE : STATUS.SIE)) === 0;
  }

  /**
   * Enters a trap.
   * @param cause exception code, or interrupt number with bit 31 set; @param value xtval (interrupts keep the old one).
   * @returns the handler's address.
   */
  enterTrap(cause: number, value: number, pc: number): number {
    const delegated = ((cause < 0 ? this.mideleg : this.medeleg) >>> (cause & 31)) & 1;
    if (this.privilege < MACHINE && delegated !== 0) {
      this.scause = cause & CAUSE_BITS;
      this.sepc = pc;
      if (cause >= 0) this.stval = value;
      const enabled = (this.status & STATUS.SIE) !== 0 ? STATUS.SPIE : 0;
      const from = this.privilege === SUPERVISOR ? STATUS.SPP : 0;
      this.status = (this.status & ~(STATUS.SIE | STATUS.SPIE | STATUS.SPP)) | enabled | from;
      this.privilege = SUPERVISOR;
      return this.stvec & ~3;
    }
    this.mcause = cause & CAUSE_BITS;
    this.mepc = pc;
    if (cause >= 0) this.mtval = value;
    this.status = statusInTrap(this.status, this.privilege);
    this.privilege = MACHINE;
    return this.mtvec & ~3;
  }

  /** `mret`. @returns the address to go on at. */
  machineReturn(): number {
    this.privilege = previousMode(this.status);
    this.status = statusAfterReturn(this.status);
    return this.mepc;
  }

  /** `sret`. @returns the address to go on at. */
  supervisorReturn(): number {
    this.privilege = (this.status & STATUS.SPP) !== 0 ? SUPERVISOR : USER;
    const enabled = (this.status & STATUS.SPIE) !== 0 ? STATUS.SIE : 0;
    this.status = (this.status & ~(STATUS.SPP | STATUS.SIE | STATUS.MPRV)) | STATUS.SPIE | enabled;
    return this.sepc;
  }

  /** Names and values of the registers that hold state, for debuggers and state hashes. */
  list(): { name: string; value: number }[] {
    return NAMES.map(([name, csr]) => ({ name, value: this.read(csr) >>> 0 }));
  }

  /** The state as numbers. */
  save(): number[] {
    return [...WORDS.map((name) => this[name]), ...this.cycles.save(), ...this.retired.save()];
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    WORDS.forEach((name, i) => (this[name] = state[i]));
    const [cyclesLow, cyclesHigh, retiredLow, retiredHigh] = state.slice(WORDS.length);
    this.cycles.load(cyclesLow, cyclesHigh);
    this.retired.load(retiredLow, retiredHigh);
  }
}

/** MPP is WARL over 0, 1 and 3: writing 2 keeps the old value. */
function legalMpp(value: number, old: number): number {
  return (value & STATUS.MPP) === 2 << 11 ? (value & ~STATUS.MPP) | (old & STATUS.MPP) : value;
}
