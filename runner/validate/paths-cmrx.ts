import { linkSystem } from '../../platforms/mpu-rtos/kernel/link.js';
import { OPERATIONS } from '../../platforms/mpu-rtos/kernel/operations.js';
import type { Operation } from '../../platforms/mpu-rtos/kernel/programs.js';
import { THREAD_METRIC } from '../../platforms/mpu-rtos/kernel/thread-metric.js';
import { kernelConfig } from '../../platforms/mpu-rtos/kernel/parameters.js';
import { pathReferences } from '../reproduce/path-references.js';
import type { PathSample, PathSuite } from './paths-suite.js';

const ones = (bits: number): number => {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
};

/** Words that a 16-bit Thumb instruction loads and stores (DDI0403E A5.2); bytes and halfwords count as words. */
function narrow(word: number): { loads: number; stores: number } {
  const moved = (load: boolean, count: number): { loads: number; stores: number } => ({
    loads: load ? count : 0,
    stores: load ? 0 : count,
  });
  const top = word >>> 12;
  if (word >>> 11 === 0b01001) return moved(true, 1); // LDR from the literal pool
  if (top === 5) return moved(((word >>> 9) & 7) >= 3, 1); // register offset: STR STRH STRB LDRSB LDR LDRH LDRB LDRSH
  if (top === 6 || top === 7 || top === 8 || top === 9) return moved((word & 0x800) !== 0, 1);
  if (top === 12) return moved((word & 0x800) !== 0, ones(word & 0xff)); // STM, LDM
  if (word >>> 9 === 0b1011010 || word >>> 9 === 0b1011110) return moved((word & 0x800) !== 0, ones(word & 0x1ff));
  return moved(true, 0);
}

/** Words of the 32-bit instructions that kernel and library use: exclusives; and of LDM, STM, LDRD, STRD and single accesses. */
function wide(word: number): { loads: number; stores: number } {
  const load = (word & 0x00100000) !== 0;
  const moved = (count: number): { loads: number; stores: number } => ({
    loads: load ? count : 0,
    stores: load ? 0 : count,
  });
  const top = word >>> 25;
  if (top === 0b1110100) {
    const dual = (word & 0x00400000) !== 0;
    if (!dual) return moved(ones(word & 0xffff));
    const exclusive = (word & 0x01200000) === 0;
    return moved(exclusive ? 1 : 2);
  }
  if (top === 0b1111100) return moved(1);
  return moved(0);
}

/** Phases of a path as far as a trace of the real kernel tells them apart; the last is what its functions do not show apart. */
export const PHASE_QUANTITIES = ['user', 'validate', 'schedule', 'switch protection', 'save, restore and return'].map(
  (phase) => `instructions of ${phase}`,
);

/** Our instructions by phase, in the order of `PHASE_QUANTITIES`. */
const PHASES: readonly ((sample: PathSample) => number)[] = [
  (s) => s.user.instructions,
  (s) => s.instructionsByPhase.validate,
  (s) => s.instructionsByPhase.schedule,
  (s) => s.instructionsByPhase['switch protection'],
  ({ instructionsByPhase: { save, restore, return: back } }) => save + restore + back,
];

const CPSID_I = 0xb672;
const CPSIE_I = 0xb662;
const THREADS = /(\d+) threads/;
const CORE = /m0plus|m33/;

/** The CMRX-like kernel beside CMRX; counts are of everything between the marks, argument set-up and stub included. */
export const CMRX_PATHS: PathSuite<Operation> = {
  platform: 'mpu-rtos',
  board: 'cmrx',
  kernel: 'CMRX',
  measured: 'as GCC 12.2 compiles it',
  exactly: 'Exceptions and MPU stores',
  memories: { zero: { flash: 'zero' }, stm32l4: { flash: 'stm32l4' } },
  variants: ['head', 'v0.1.2', 'v0.1.2, 16 threads', 'head, m0plus', 'head, m33'],
  parameters(variant) {
    const core = CORE.exec(variant)?.[0] ?? 'm4';
    const threads = Number(THREADS.exec(variant)?.[1] ?? 8);
    const [version] = variant.split(',');
    return { kernel: { core, version, threads, tickMicroseconds: 100, clockMegahertz: 10 }, hardware: { core } };
  },
  operations: [...OPERATIONS, ...THREAD_METRIC],
  link(operation, kernel) {
    const { image, symbol } = linkSystem(kernelConfig(kernel), operation.system);
    return { image, place: (name) => symbol(name).physical };
  },
  access: (word) => (word > 0xffff ? wide(word) : narrow(word)),
  masks: (word) => (word === CPSID_I ? 'mask' : word === CPSIE_I ? 'unmask' : undefined),
  quantities: [
    { name: 'exceptions', of: (s) => s.traps, exact: true },
    { name: 'MPU stores', of: (s) => s.protection.mpuStores, exact: true },
    { name: 'instructions', of: both('instructions') },
    { name: 'loads', of: both('loads') },
    { name: 'stores', of: both('stores') },
    { name: 'longest masked', of: (s) => s.masked },
    ...PHASE_QUANTITIES.map((name, i) => ({ name, of: PHASES[i] })),
  ],
  columns: { before: ['exceptions', 'MPU stores'], after: ['loads', 'stores', 'longest masked'] },
  references: pathReferences('mpu-rtos'),
};

function both(what: 'instructions' | 'loads' | 'stores'): (sample: PathSample) => number {
  return ({ kernel, user }) => kernel[what] + user[what];
}
