import { completeParameters } from '../../parameters.js';
import { type Isolation, ISOLATIONS, type Parameter, type ParameterValues } from '../../platform.js';

const CMRX = 'ventZl/cmrx 16fc43c';

/** Switches of the hardening steps, in the order of the price list; the kernel has a symbol for each. */
export const HARDENING = ['checkObject', 'checkMethod', 'checkStack', 'checkPointers'] as const;
export type Hardening = (typeof HARDENING)[number];

const hardening = (name: Hardening, meaning: string): Parameter => ({
  name,
  type: { kind: 'switch' },
  default: false,
  meaning,
  source: `ours: ${CMRX} does not check it (class O)`,
});

/** Every parameter of the kernel; the only home of their defaults. They reach the sources as symbols (`kernel.s`). */
export const KERNEL_PARAMETERS: readonly Parameter[] = [
  {
    name: 'threads',
    type: { kind: 'integer', minimum: 4, maximum: 32, powerOfTwo: true },
    default: 8,
    unit: 'threads',
    meaning: 'slots of the thread table, and stacks; the scheduler looks at all of them, and at one of them twice',
    source: `OS_THREADS and OS_STACKS, ${CMRX} conf/kernel.h; a power of two, because the table of timers must be one`,
  },
  {
    name: 'processes',
    type: { kind: 'integer', minimum: 1, maximum: 32 },
    default: 8,
    unit: 'processes',
    meaning: 'slots of the process table; an RPC looks for the owner of the vtable in them',
    source: `OS_PROCESSES, ${CMRX} conf/kernel.h`,
  },
  {
    name: 'stackBytes',
    type: { kind: 'integer', minimum: 256, maximum: 65536, powerOfTwo: true },
    default: 1024,
    unit: 'bytes',
    meaning: 'size of every stack, which is one MPU region',
    source: `OS_STACK_SIZE, ${CMRX} conf/kernel.h`,
  },
  {
    name: 'version',
    type: { kind: 'choice', values: ['v0.1.2', 'head'] },
    default: 'head',
    meaning: 'v0.1.2 looks the timer of a waiting thread up on every notification, head only if a thread was woken',
    source: 'cmrx v0.1.2 (2026-02-24), head 16fc43c (2026-08-20)',
  },
  {
    name: 'faultPolicy',
    type: { kind: 'choice', values: ['as-shipped', 'unwind', 'kill', 'restart'] },
    default: 'kill',
    meaning:
      'what an access without right ends in. as-shipped: HardFault, the system stands still. Ours: unwind = the RPC ' +
      'returns an error to its caller, without a caller as kill; kill = the threads of the process whose code ran end (a ' +
      'workload whose domains begin anew after a fault takes restart instead); restart = its variables are initialised again and its ' +
      'threads start again',
    source: `as-shipped: ${CMRX}, traced; the others are policies of ours: class O for what follows a fault, for all requests with unwind`,
  },
  hardening(
    'checkObject',
    'an RPC is refused unless the service object lies in variables of the process that owns its vtable',
  ),
  hardening(
    'checkMethod',
    'an RPC is refused unless the index of the method lies within the vtable block of the process',
  ),
  hardening(
    'checkStack',
    "system calls that build frames are refused unless the stack pointer lies in the thread's stack",
  ),
  hardening('checkPointers', 'a system call is refused unless what its pointers name is memory of the process'),
  {
    name: 'rpcCanary',
    type: { kind: 'switch' },
    default: false,
    meaning:
      'a word behind object and method of an RPC is checked at the call and put behind the words of the callee, where it ' +
      'is checked at the return; one that was overwritten counts as a fault of the callee',
    source:
      `CMRX_RPC_CANARY, off by default; ${CMRX} does not compile with it, so there is no trace to compare with, and what a wrong ` +
      'word ends in is ours (class O)',
  },
  {
    name: 'equal',
    type: { kind: 'switch' },
    default: false,
    meaning:
      "all checks, and an RPC gives what other platforms' calls give: the callee runs on a stack of its own, registers that " +
      'carry neither argument nor result are zero on both sides',
    source: 'ours (class O); DESIGN section 1, rule 7',
  },
  {
    name: 'regionLoad',
    type: { kind: 'choice', values: ['single', 'alias-burst'] },
    default: 'single',
    meaning:
      'how regions are written: number, base and attributes one after the other; or four at once through the alias ' +
      'registers, which m0plus lacks (it then leaves the number out, which the base register can carry)',
    source: `single: ${CMRX} mpu_priv.h; alias-burst: ours (class O), DDI0403E B3.5, DDI0553 MPU_RBAR_A<n>`,
  },
  {
    name: 'regionSizes',
    type: { kind: 'choice', values: ['as-shipped', 'tight'] },
    default: 'as-shipped',
    meaning:
      'as-shipped: variables are padded to a power of two of at least 256 bytes, an exact power is doubled, on every core; ' +
      'tight: to the next size that the MPU can describe',
    source: `as-shipped: genlink realign, ${CMRX} ld/; tight: ours`,
  },
  {
    name: 'clockMegahertz',
    type: { kind: 'integer', minimum: 1, maximum: 160 },
    default: 80,
    unit: 'MHz',
    meaning: 'core clock, by which the kernel turns microseconds into cycles of SysTick',
    source: 'STM32L432 of the published CMRX figures',
  },
  {
    name: 'tickMicroseconds',
    type: { kind: 'integer', minimum: 100, maximum: 100_000 },
    default: 1000,
    unit: 'us',
    meaning: 'period of the tick, in systems that use timers; the others have none',
    source: `SysTick timing provider, ${CMRX}: 1 ms typical`,
  },
  {
    name: 'isolation',
    type: { kind: 'choice', values: ISOLATIONS },
    default: 'full',
    meaning:
      'full: the MPU is on; path: the same path through the kernel, the MPU stays off and no region is written; none: all ' +
      'domains are one process, a request is a function call',
    source: 'DESIGN section 1, rule 6',
  },
];

export type Version = 'v0.1.2' | 'head';
export type FaultPolicy = 'as-shipped' | 'unwind' | 'kill' | 'restart';
export type KernelCore = 'm0plus' | 'm3' | 'm4' | 'm33';

/** The parameters as the linker reads them; units and meanings as in `KERNEL_PARAMETERS`. */
export interface KernelConfig extends Readonly<Record<Hardening, boolean>> {
  readonly threads: number;
  readonly processes: number;
  readonly stackBytes: number;
  readonly version: Version;
  readonly faultPolicy: FaultPolicy;
  readonly rpcCanary: boolean;
  readonly equal: boolean;
  readonly regionLoad: 'single' | 'alias-burst';
  readonly regionSizes: 'as-shipped' | 'tight';
  readonly clockMegahertz: number;
  readonly tickMicroseconds: number;
  /** `none` is the linker's: the kernel is then that of `full`. */
  readonly isolation: Isolation;
  /** The core (hardware parameter `core`): which instructions and which MPU there are. */
  readonly core: KernelCore;
}

const CORES: readonly KernelCore[] = ['m0plus', 'm3', 'm4', 'm33'];
const NAMES = new Set(KERNEL_PARAMETERS.map(({ name }) => name));

/**
 * Turns parameter values into a configuration; what is missing has its default, names that are not the kernel's are left alone
 * but for `core`.
 * @throws RangeError for a value out of its range.
 */
export function kernelConfig(values: ParameterValues): KernelConfig {
  const own = Object.fromEntries(Object.entries(values).filter(([name]) => NAMES.has(name)));
  const complete = completeParameters('mpu-rtos', KERNEL_PARAMETERS, own);
  const core = CORES.find((name) => name === (values.core ?? 'm4'));
  if (core === undefined) throw new RangeError(`mpu-rtos.core cannot be ${String(values.core)}`);
  return { ...complete, core } as unknown as KernelConfig;
}

/** The symbols that `kernel.s` expects. */
export function kernelSymbols(config: KernelConfig): Readonly<Record<string, number>> {
  const { core, version, faultPolicy, rpcCanary, equal, regionLoad, isolation } = config;
  const checks = HARDENING.map((name): [string, number] => [
    name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
    config[name] || equal ? 1 : 0,
  ]);
  return {
    ARCH: { m0plus: 6, m3: 7, m4: 7, m33: 8 }[core],
    THREADS: config.threads,
    PROCESSES: config.processes,
    STACK_BYTES: config.stackBytes,
    HEAD: version === 'head' ? 1 : 0,
    POLICY: ['as-shipped', 'unwind', 'kill', 'restart'].indexOf(faultPolicy),
    CANARY: rpcCanary ? 1 : 0,
    EQUAL: equal ? 1 : 0,
    BURST: regionLoad === 'alias-burst' ? 1 : 0,
    FULL: isolation === 'path' ? 0 : 1,
    CLOCK_MHZ: config.clockMegahertz,
    TICK_US: config.tickMicroseconds,
    ...Object.fromEntries(checks),
  };
}
