import type { Image, ImageSymbol } from '../../machine/image.js';
import type { KernelConfig } from './parameters.js';

/** Memory of a device that a process may use: a power of two of bytes, at a multiple of it; from 256 on m0plus, else from 32. */
export interface MmioRange {
  readonly start: number;
  readonly bytes: number;
}

/**
 * A process: a static program with its own variables. Numbers count from 0 in the order of the list; process 0 also owns the idle
 * thread.
 *
 * Its assembly (`.syntax unified`, `.thumb`) has up to six sections:
 *
 * | section | where | who may what |
 * |---|---|---|
 * | `.text`, `.rodata` | flash | everybody: read, execute |
 * | `.vtable` | flash | everybody: read; the kernel calls no method whose vtable is elsewhere |
 * | `.data`, `.bss` | RAM | read and write, while the process's code runs: in its threads and in RPCs to it |
 * | `.shared` (`.section .shared, "aw"`) | RAM | read and write, in the process's threads, also while they execute RPCs in other processes |
 *
 * Known in it: the symbols of `abi.s`, the functions of `library.s` (for `bl`), and `name.label` for each label that another
 * process exports.
 *
 * A service is an object in `.data`, `.bss` or `.shared` whose first word is the address of a vtable: words in `.vtable`, each the
 * address of a method (`.word method` with `.thumb_func`, or + 1). A method gets the object in r0, the words of the caller
 * in r1, r2, r3 and [sp], sp a multiple of 8, and returns with `bx lr`, its answer in r0.
 */
export interface ProcessSource {
  /** Prefix of its symbols (`name.symbol`) and name of its domain. */
  readonly name: string;
  readonly program: string;
  /** Labels that other processes may name, as `name.label`: objects and notification addresses. */
  readonly exports?: readonly string[];
  /** At most two. */
  readonly mmio?: readonly MmioRange[];
}

/** A thread that the kernel makes at boot. They get numbers from 0 in the order of the list; the idle thread is the next. */
export interface ThreadSource {
  /** Name of the process that owns it. */
  readonly process: string;
  /** Label in that process. r0 = `data`, the other registers 0; returning ends the thread. */
  readonly entry: string;
  /** 0, most urgent, to 254. */
  readonly priority: number;
  readonly data?: number;
}

/** An interrupt that notifies: its handler, which is part of the kernel, masks nothing and wakes who waits for the object. */
export interface InterruptSource {
  /** Line of the interrupt controller; board `cmrx` has `CMRX_BOARD` lines that software raises. */
  readonly line: number;
  /** The object, as `process.label`. */
  readonly object: string;
}

/** What is linked with the kernel. */
export interface SystemSource {
  readonly processes: readonly ProcessSource[];
  readonly threads: readonly ThreadSource[];
  readonly interrupts?: readonly InterruptSource[];
  /** Whether the tick runs; without it nothing times out. Default false. */
  readonly timers?: boolean;
}

/** A region of the MPU map of a process, as the kernel loads it. */
export interface LinkedRegion {
  /** Number of the MPU region: 0 data, 1 bss, 2 and 3 devices, 4 shared. */
  readonly number: number;
  readonly start: number;
  readonly bytes: number;
}

/** A kernel with its programs, ready to load. */
export interface LinkedSystem {
  readonly image: Image;
  /** Value of a kernel symbol. @throws RangeError if there is none. */
  readonly kernel: (name: string) => number;
  /** A program's symbol (`process.label`). @throws RangeError if there is none. */
  readonly symbol: (name: string) => ImageSymbol;
  /** Regions of a process, those that are not empty. @throws RangeError if there is no such process. */
  readonly regions: (process: string) => readonly LinkedRegion[];
}

/**
 * Lays out flash and RAM and links kernel and programs into an image.
 * @throws RangeError if something does not fit or no MPU region can describe it; SyntaxError if a source does not assemble.
 */
export function linkSystem(config: KernelConfig, source: SystemSource): LinkedSystem {
  throw new RangeError(`not linked yet: ${config.core}, ${source.processes.length}`);
}
