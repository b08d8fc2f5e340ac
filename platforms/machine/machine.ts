import type { BenchDevice } from './devices/bench.js';
import type { Image } from './image.js';
import type { Ledger } from './ledger.js';
import type { PhysicalMemory } from './memory.js';
import type { ProbeSet } from './probes.js';
import type { Cycles, Instructions, PhysicalAddress, VirtualAddress } from './units.js';

/** Why `run` returned. `limit` and `probe` can be continued with another `run`; the others end the run. */
export type Stop =
  /** The first instruction boundary with cycles >= limit. */
  | { readonly kind: 'limit' }
  /** A probe handler asked to stop after the instruction it fired on. */
  | { readonly kind: 'probe' }
  /** The guest stored to an exit device (or to `tohost`). */
  | { readonly kind: 'exit'; readonly code: number }
  /** The instruction budget is used up: the guest loops, or the budget was too small. */
  | { readonly kind: 'budget'; readonly budget: Instructions }
  /** The core waits for an interrupt that no device will ever raise, or that 65,536 events have not brought. */
  | { readonly kind: 'asleep'; readonly pc: VirtualAddress }
  /** The core cannot go on: lockup, untagged trap vector, a trap whose handler cannot be fetched. */
  | { readonly kind: 'wedged'; readonly pc: VirtualAddress; readonly reason: string }
  /** The guest touched more memory than the host set aside. */
  | { readonly kind: 'memory'; readonly reason: string };

/** Operations on protection hardware, counted by the engine as the instructions retire. */
export interface ProtectionCounts {
  /** Stores to MPU registers. */
  readonly mpuStores: number;
  /** Writes to `satp`. */
  readonly satpWrites: number;
  /** `sfence.vma` instructions. */
  readonly sfences: number;
  /** Capability loads and stores. */
  readonly capabilityLoads: number;
  readonly capabilityStores: number;
}

/** Everything the machine counts, at one moment; differences of two readings describe a span. */
export interface Counters {
  readonly cycles: Cycles;
  readonly instructions: Instructions;
  /** Traps taken (exceptions and interrupts). */
  readonly traps: number;
  /** Interrupts among them. */
  readonly interrupts: number;
  /** 32-bit data beats on the bus or bus equivalents, fetches included. */
  readonly busBeats: number;
  /** Page-table entries read by the hardware walker (MMU platform). */
  readonly pageWalkReads: number;
  readonly protection: ProtectionCounts;
}

/** A register as debuggers name it, with its current value. Words are unsigned; a capability also has its tag and metadata word. */
export interface RegisterValue {
  readonly name: string;
  readonly value: number;
  readonly metadata?: number;
  readonly tag?: boolean;
}

/** One retired instruction or taken trap, as the trace hook sees it. The object is reused between calls: copy what you keep. */
export interface TraceEvent {
  kind: 'retire' | 'trap';
  /** Cycle of retirement, or of trap entry. */
  cycle: number;
  pc: number;
  /** Instruction word (16 or 32 bits); for a trap that hit the fetch, 0. */
  word: number;
  /** Address space and privilege of the instruction, as the platform numbers them. */
  space: number;
  privilege: number;
  /** Phase index (`PHASES`) the cycle is booked to. */
  phase: number;
  /** Trap cause as the architecture encodes it, for `trap`. */
  cause: number;
}

/** Receives every retired instruction and trap, in order. */
export type TraceHook = (event: TraceEvent) => void;

/** An opaque copy of the complete machine state (architecture, timing, memory, devices, counters). */
export interface Snapshot {
  readonly machine: string;
}

/**
 * A simulated machine: one core, its memory and devices. Built once and reused by `reset` (V8 keeps one specialised
 * engine fast; a second machine in the same process is slower).
 *
 * `run(limit)` is exact: however a run is cut into slices, states and cycles are the same.
 */
export interface Machine {
  readonly memory: PhysicalMemory;
  readonly ledger: Ledger;
  readonly probes: ProbeSet;
  /** Runs until the first instruction boundary with cycles >= `limit` (absolute), or until something else stops it. */
  run(limit: Cycles): Stop;
  /** Power-on state with empty memory. Probes and trace hook stay; the instruction budget stays. */
  reset(): void;
  /** Loads the image's segments and sets the program counter to its entry. Call after `reset`. */
  load(image: Image): void;
  /**
   * The word whose store ends the run: with code 0 for value 1, else with value >>> 1 (the `tohost` of RISC-V tests). A
   * reset forgets it.
   */
  setToHost(address: PhysicalAddress | undefined): void;
  /** Total instructions after which `run` stops with `budget`; default 10^9. */
  setBudget(budget: Instructions): void;
  readonly counters: Counters;
  readonly pc: VirtualAddress;
  /** Stores that have left the pipeline but not yet reached memory. */
  readonly storeBacklog: number;
  registers(): readonly RegisterValue[];
  /** @throws RangeError for a name that `registers()` does not list. */
  setRegister(name: string, value: number): void;
  /** Translates in the current address space without side effects (no TLB fill, no cycles); undefined if it would fault. */
  translate(address: VirtualAddress): PhysicalAddress | undefined;
  /** Console output so far. */
  readonly console: string;
  /** The test device of the vector programs, on boards that have one. */
  readonly bench: BenchDevice | undefined;
  setTrace(hook: TraceHook | undefined): void;
  snapshot(): Snapshot;
  /** @throws Error if the snapshot is of another kind of machine. */
  restore(snapshot: Snapshot): void;
  /** 64-bit FNV-1a hash in hex over the architectural state, memory and devices, timing state excluded. */
  stateHash(): string;
}
