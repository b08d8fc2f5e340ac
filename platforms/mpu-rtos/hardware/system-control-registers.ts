import { MpuRegister, type Mpu } from './mpu.js';
import { ExceptionNumber, type Nvic } from './nvic.js';
import type { Scb } from './scb.js';
import type { Architecture, SystemConfig } from './system-control-config.js';
import type { CycleCounter } from './system-control-debug.js';
import { CPUID, FEATURE_NAMES, featureRegister } from './system-control-identity.js';
import { SYSTICK_REGISTERS, type SysTick } from './systick.js';

/** What the registers are made of; `SystemControl` is one. */
export interface SystemParts {
  readonly config: SystemConfig;
  readonly mpu: Mpu;
  readonly nvic: Nvic;
  readonly scb: Scb;
  readonly systick: SysTick;
  readonly cycleCounter: CycleCounter;
  /** AIRCR.SYSRESETREQ was written. */
  resetRequested(): void;
}

/** A register of the private peripheral bus. */
export interface SystemRegister {
  readonly name: string;
  readonly address: number;
  readonly on: readonly Architecture[];
  /**
   * How bytes and halfwords are accessed; without it words only. `keep`: a store leaves the other bytes as they are;
   * `zero`: it stores 0 to them (registers where a 1 does something). Never on Armv6-M.
   */
  readonly narrow?: 'keep' | 'zero';
  /** Unprivileged code may store while CCR.USERSETMPEND is set. */
  readonly unprivilegedStore?: true;
  /** The value in cycle `now`; only bits 31:0 count. A register that cannot be read reads 0. */
  read?(parts: SystemParts, now: number): number;
  /** A store of an unsigned word in cycle `now`. A register that cannot be written ignores it. */
  write?(parts: SystemParts, value: number, now: number): void;
}

const ALL: readonly Architecture[] = ['v6m', 'v7m', 'v8m'];
const MAIN: readonly Architecture[] = ['v7m', 'v8m'];
const V8: readonly Architecture[] = ['v8m'];

const SCS = 0xe000e000;
const DWT = 0xe0001000;

/** ICSR (DDI0403E B3.2.4). */
const ICSR = {
  VECTPENDING_SHIFT: 12,
  RETTOBASE: 1 << 11,
  ISRPENDING: 1 << 22,
  PENDSTCLR: 1 << 25,
  PENDSTSET: 1 << 26,
  PENDSVCLR: 1 << 27,
  PENDSVSET: 1 << 28,
  /** Armv8-M only. */
  PENDNMICLR: 1 << 30,
  NMIPENDSET: 1 << 31,
} as const;

function readIcsr({ nvic, config }: SystemParts): number {
  const alone = nvic.activeCount <= 1 && config.architecture !== 'v6m';
  return (
    nvic.ipsr |
    (alone ? ICSR.RETTOBASE : 0) |
    (nvic.highestPending << ICSR.VECTPENDING_SHIFT) |
    (nvic.interruptPending ? ICSR.ISRPENDING : 0) |
    (nvic.isPending(ExceptionNumber.SYSTICK) ? ICSR.PENDSTSET : 0) |
    (nvic.isPending(ExceptionNumber.PENDSV) ? ICSR.PENDSVSET : 0) |
    (nvic.isPending(ExceptionNumber.NMI) ? ICSR.NMIPENDSET : 0)
  );
}

/** Setting and clearing in one store is UNPREDICTABLE; clearing wins here. */
function writeIcsr({ nvic, config }: SystemParts, value: number): void {
  if ((value & ICSR.NMIPENDSET) !== 0) nvic.setPending(ExceptionNumber.NMI);
  if ((value & ICSR.PENDSVSET) !== 0) nvic.setPending(ExceptionNumber.PENDSV);
  if ((value & ICSR.PENDSTSET) !== 0) nvic.setPending(ExceptionNumber.SYSTICK);
  if ((value & ICSR.PENDSVCLR) !== 0) nvic.clearPending(ExceptionNumber.PENDSV);
  if ((value & ICSR.PENDSTCLR) !== 0) nvic.clearPending(ExceptionNumber.SYSTICK);
  if ((value & ICSR.PENDNMICLR) !== 0 && config.architecture === 'v8m') nvic.clearPending(ExceptionNumber.NMI);
}

/**
 * AIRCR (DDI0403E B3.2.6). VECTCLRACTIVE and VECTRESET are for debuggers and ignored; ENDIANNESS reads 0. As there is one
 * security state, PRIS, BFHFNMINS and SYSRESETREQS of Armv8-M read 0 and ignore stores.
 */
const AIRCR = { SYSRESETREQ: 1 << 2, PRIGROUP_SHIFT: 8, VECTKEYSTAT: 0xfa050000, VECTKEY: 0x05fa } as const;

function writeAircr(parts: SystemParts, value: number): void {
  if (value >>> 16 !== AIRCR.VECTKEY) return;
  parts.nvic.prigroup = (value >>> AIRCR.PRIGROUP_SHIFT) & 7;
  if ((value & AIRCR.SYSRESETREQ) !== 0) parts.resetRequested();
}

/** Bits of SHCSR and the exception each is about (DDI0403E B3.2.13; NMIACT and the HARDFAULT bits only on Armv8-M, read-only here). */
const SHCSR_ACTIVE = [
  [0, ExceptionNumber.MEM_MANAGE],
  [1, ExceptionNumber.BUS_FAULT],
  [3, ExceptionNumber.USAGE_FAULT],
  [7, ExceptionNumber.SVCALL],
  [8, ExceptionNumber.DEBUG_MONITOR],
  [10, ExceptionNumber.PENDSV],
  [11, ExceptionNumber.SYSTICK],
] as const;
const SHCSR_PENDED = [
  [12, ExceptionNumber.USAGE_FAULT],
  [13, ExceptionNumber.MEM_MANAGE],
  [14, ExceptionNumber.BUS_FAULT],
  [15, ExceptionNumber.SVCALL],
] as const;
const SHCSR_ENABLED = [
  [16, ExceptionNumber.MEM_MANAGE],
  [17, ExceptionNumber.BUS_FAULT],
  [18, ExceptionNumber.USAGE_FAULT],
] as const;
const SHCSR_HARDFAULTACT = 2;
const SHCSR_NMIACT = 5;
const SHCSR_HARDFAULTPENDED = 21;

function readShcsr({ nvic, config }: SystemParts): number {
  let value = 0;
  for (const [bit, exception] of SHCSR_ACTIVE) if (nvic.isActive(exception)) value |= 1 << bit;
  for (const [bit, exception] of SHCSR_PENDED) if (nvic.isPending(exception)) value |= 1 << bit;
  for (const [bit, exception] of SHCSR_ENABLED) if (nvic.isEnabled(exception)) value |= 1 << bit;
  if (config.architecture === 'v8m') {
    if (nvic.isActive(ExceptionNumber.HARD_FAULT)) value |= 1 << SHCSR_HARDFAULTACT;
    if (nvic.isActive(ExceptionNumber.NMI)) value |= 1 << SHCSR_NMIACT;
    if (nvic.isPending(ExceptionNumber.HARD_FAULT)) value |= 1 << SHCSR_HARDFAULTPENDED;
  }
  return value;
}

function writeShcsr({ nvic }: SystemParts, value: number): void {
  const isSet = (bit: number): boolean => ((value >>> bit) & 1) !== 0;
  for (const [bit, exception] of SHCSR_ACTIVE) nvic.setActive(exception, isSet(bit));
  for (const [bit, exception] of SHCSR_PENDED) {
    if (isSet(bit)) nvic.setPending(exception);
    else nvic.clearPending(exception);
  }
  for (const [bit, exception] of SHCSR_ENABLED) nvic.setEnabled(exception, isSet(bit));
}

/** DEMCR (DDI0403E C1.6.5): TRCENA and, for the DebugMonitor exception, MON_EN and MON_PEND. */
const MON_EN = 1 << 16;
const MON_PEND = 1 << 17;

function readDemcr({ nvic, cycleCounter }: SystemParts): number {
  return (
    cycleCounter.demcr |
    (nvic.isEnabled(ExceptionNumber.DEBUG_MONITOR) ? MON_EN : 0) |
    (nvic.isPending(ExceptionNumber.DEBUG_MONITOR) ? MON_PEND : 0)
  );
}

function writeDemcr({ nvic, cycleCounter }: SystemParts, value: number, now: number): void {
  cycleCounter.setDemcr(value, now);
  nvic.setEnabled(ExceptionNumber.DEBUG_MONITOR, (value & MON_EN) !== 0);
  if ((value & MON_PEND) !== 0) nvic.setPending(ExceptionNumber.DEBUG_MONITOR);
  else nvic.clearPending(ExceptionNumber.DEBUG_MONITOR);
}

/** Four priorities of one byte each, from exception `first` on. */
function priorityRegister(name: string, address: number, first: number, on: readonly Architecture[]): SystemRegister {
  return {
    name,
    address,
    on,
    narrow: 'keep',
    read: ({ nvic }) =>
      nvic.priority(first) |
      (nvic.priority(first + 1) << 8) |
      (nvic.priority(first + 2) << 16) |
      (nvic.priority(first + 3) << 24),
    write: ({ nvic }, value) => {
      for (let i = 0; i < 4; i++) nvic.setPriority(first + i, (value >>> (8 * i)) & 0xff);
    },
  };
}

/** Calls `apply` with the exception number of each bit that is 1, for 32 interrupts from interrupt 32 * `index` on. */
function eachInterrupt(index: number, bits: number, apply: (exception: number) => void): void {
  for (let rest = bits | 0; rest !== 0; rest &= rest - 1) {
    apply(ExceptionNumber.FIRST_INTERRUPT + 32 * index + 31 - Math.clz32(rest & -rest));
  }
}

/** The NVIC's registers for 32 interrupts (DDI0403E B3.4.4 to B3.4.8). */
function interruptRegisters(index: number): readonly SystemRegister[] {
  const at = SCS + 4 * index;
  return [
    {
      name: `NVIC_ISER${index}`,
      address: at + 0x100,
      on: ALL,
      read: ({ nvic }) => nvic.interruptBits('enabled', index),
      write: ({ nvic }, value) => eachInterrupt(index, value, (exception) => nvic.setEnabled(exception, true)),
    },
    {
      name: `NVIC_ICER${index}`,
      address: at + 0x180,
      on: ALL,
      read: ({ nvic }) => nvic.interruptBits('enabled', index),
      write: ({ nvic }, value) => eachInterrupt(index, value, (exception) => nvic.setEnabled(exception, false)),
    },
    {
      name: `NVIC_ISPR${index}`,
      address: at + 0x200,
      on: ALL,
      read: ({ nvic }) => nvic.interruptBits('pending', index),
      write: ({ nvic }, value) => eachInterrupt(index, value, (exception) => nvic.setPending(exception)),
    },
    {
      name: `NVIC_ICPR${index}`,
      address: at + 0x280,
      on: ALL,
      read: ({ nvic }) => nvic.interruptBits('pending', index),
      write: ({ nvic }, value) => eachInterrupt(index, value, (exception) => nvic.clearPending(exception)),
    },
    {
      name: `NVIC_IABR${index}`,
      address: at + 0x300,
      on: MAIN,
      read: ({ nvic }) => nvic.interruptBits('active', index),
    },
  ];
}

/** A register of the MPU at `offset` from 0xE000E000. */
function mpuRegister(name: string, offset: number, on: readonly Architecture[]): SystemRegister {
  return {
    name,
    address: SCS + offset,
    on,
    read: ({ mpu }) => mpu.readRegister(offset),
    write: ({ mpu }, value) => void mpu.writeRegister(offset, value),
  };
}

function mpuRegisters(): readonly SystemRegister[] {
  const aliases = [1, 2, 3].flatMap((n) => [
    mpuRegister(`MPU_RBAR_A${n}`, MpuRegister.RBAR + 8 * n, MAIN),
    mpuRegister(`MPU_RASR_A${n}/RLAR_A${n}`, MpuRegister.RASR + 8 * n, MAIN),
  ]);
  return [
    mpuRegister('MPU_TYPE', MpuRegister.TYPE, ALL),
    mpuRegister('MPU_CTRL', MpuRegister.CTRL, ALL),
    mpuRegister('MPU_RNR', MpuRegister.RNR, ALL),
    mpuRegister('MPU_RBAR', MpuRegister.RBAR, ALL),
    mpuRegister('MPU_RASR/RLAR', MpuRegister.RASR, ALL),
    ...aliases,
    mpuRegister('MPU_MAIR0', MpuRegister.MAIR0, V8),
    mpuRegister('MPU_MAIR1', MpuRegister.MAIR1, V8),
  ];
}

/** A register of SysTick at `offset` from 0xE000E010. */
function sysTickRegister(name: string, offset: number): SystemRegister {
  return {
    name,
    address: SCS + 0x10 + offset,
    on: ALL,
    read: ({ systick }, now) => systick.read(offset, 4, now) ?? 0,
    write: ({ systick }, value, now) => void systick.write(offset, 4, value, now),
  };
}

/** A register that reads as a constant of the configuration. */
function constant(
  name: string,
  offset: number,
  on: readonly Architecture[],
  value: (config: SystemConfig) => number,
): SystemRegister {
  return { name, address: SCS + offset, on, read: ({ config }) => value(config) };
}

/** The system control block (DDI0403E table B3-4, DDI0419 B3.2, DDI0553). */
const SYSTEM_CONTROL_BLOCK: readonly SystemRegister[] = [
  // What it could switch off (write buffer, folding, interruption of long instructions) this model does not have.
  constant('ACTLR', 0x008, ALL, () => 0),
  constant('CPUID', 0xd00, ALL, (config) => CPUID[config.core]),
  { name: 'ICSR', address: SCS + 0xd04, on: ALL, read: readIcsr, write: writeIcsr },
  {
    name: 'VTOR',
    address: SCS + 0xd08,
    on: ALL,
    read: ({ scb }) => scb.vtor,
    write: ({ scb }, value) => (scb.vtor = value),
  },
  {
    name: 'AIRCR',
    address: SCS + 0xd0c,
    on: ALL,
    read: ({ nvic }) => AIRCR.VECTKEYSTAT | (nvic.prigroup << AIRCR.PRIGROUP_SHIFT),
    write: writeAircr,
  },
  {
    name: 'SCR',
    address: SCS + 0xd10,
    on: ALL,
    read: ({ scb }) => scb.scr,
    write: ({ scb }, value) => (scb.scr = value),
  },
  {
    name: 'CCR',
    address: SCS + 0xd14,
    on: ALL,
    read: ({ scb }) => scb.ccr,
    write: ({ scb }, value) => (scb.ccr = value),
  },
  priorityRegister('SHPR1', SCS + 0xd18, 4, MAIN),
  priorityRegister('SHPR2', SCS + 0xd1c, 8, ALL),
  priorityRegister('SHPR3', SCS + 0xd20, 12, ALL),
  // On Armv6-M SHCSR is for debuggers only (DDI0419 B3.2).
  { name: 'SHCSR', address: SCS + 0xd24, on: MAIN, read: readShcsr, write: writeShcsr },
  {
    name: 'CFSR',
    address: SCS + 0xd28,
    on: MAIN,
    narrow: 'zero',
    read: ({ scb }) => scb.cfsr,
    write: ({ scb }, value) => scb.clearCfsr(value),
  },
  {
    name: 'HFSR',
    address: SCS + 0xd2c,
    on: MAIN,
    read: ({ scb }) => scb.hfsr,
    write: ({ scb }, value) => scb.clearHfsr(value),
  },
  {
    name: 'DFSR',
    address: SCS + 0xd30,
    on: MAIN,
    read: ({ scb }) => scb.dfsr,
    write: ({ scb }, value) => scb.clearDfsr(value),
  },
  {
    name: 'MMFAR',
    address: SCS + 0xd34,
    on: MAIN,
    read: ({ scb }) => scb.mmfar,
    write: ({ scb }, value) => (scb.mmfar = value),
  },
  {
    name: 'BFAR',
    address: SCS + 0xd38,
    on: MAIN,
    read: ({ scb }) => scb.bfar,
    write: ({ scb }, value) => (scb.bfar = value),
  },
  constant('AFSR', 0xd3c, MAIN, () => 0),
  ...FEATURE_NAMES.map((name, index) =>
    constant(name, 0xd40 + 4 * index, MAIN, (config) => featureRegister(config, index)),
  ),
  constant('CLIDR', 0xd78, V8, () => 0),
  // DDI0553: format 4, no caches; the value of the M33 in QEMU.
  constant('CTR', 0xd7c, V8, () => 0x8000c000),
  // No coprocessor, no FPU: the fields of CP10 and CP11 are RAZ/WI.
  constant('CPACR', 0xd88, MAIN, () => 0),
  { name: 'DEMCR', address: SCS + 0xdfc, on: MAIN, read: readDemcr, write: writeDemcr },
  {
    name: 'STIR',
    address: SCS + 0xf00,
    on: MAIN,
    unprivilegedStore: true,
    write: ({ nvic }, value) => nvic.setPending(ExceptionNumber.FIRST_INTERRUPT + (value & 0x1ff)),
  },
];

/** The cycle counter (DDI0403E C1.8). The M0+ has none. */
const CYCLE_COUNTER: readonly SystemRegister[] = [
  {
    name: 'DWT_CTRL',
    address: DWT,
    on: MAIN,
    read: ({ cycleCounter }) => cycleCounter.control,
    write: ({ cycleCounter }, value, now) => cycleCounter.setControl(value, now),
  },
  {
    name: 'DWT_CYCCNT',
    address: DWT + 4,
    on: MAIN,
    read: ({ cycleCounter }, now) => cycleCounter.count(now),
    write: ({ cycleCounter }, value, now) => cycleCounter.setCount(value, now),
  },
];

/** Every register of the private peripheral bus that a core has. All other addresses of its components read 0 and ignore stores. */
export function systemRegisters(config: SystemConfig): readonly SystemRegister[] {
  const groups = Math.ceil(config.interruptLines / 32);
  const interrupts = Array.from({ length: groups }, (_, index) => interruptRegisters(index)).flat();
  const priorities = Array.from({ length: Math.ceil(config.interruptLines / 4) }, (_, i) =>
    priorityRegister(`NVIC_IPR${i}`, SCS + 0x400 + 4 * i, ExceptionNumber.FIRST_INTERRUPT + 4 * i, ALL),
  );
  return [
    constant('ICTR', 0x004, MAIN, () => groups - 1),
    sysTickRegister('SYST_CSR', SYSTICK_REGISTERS.CSR),
    sysTickRegister('SYST_RVR', SYSTICK_REGISTERS.RVR),
    sysTickRegister('SYST_CVR', SYSTICK_REGISTERS.CVR),
    sysTickRegister('SYST_CALIB', SYSTICK_REGISTERS.CALIB),
    ...interrupts,
    ...priorities,
    ...SYSTEM_CONTROL_BLOCK,
    ...mpuRegisters(),
    ...CYCLE_COUNTER,
  ].filter((register) => register.on.includes(config.architecture));
}
