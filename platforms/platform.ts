import type { Image } from './machine/image.js';
import type { Machine } from './machine/machine.js';
import type { RamRange } from './machine/memory.js';

export type { Checked } from './machine/checked.js';
export type { RamRange } from './machine/memory.js';

/** A parameter of a platform, as `--set platform.name=value` takes it. One entry is the only home of its default. */
export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly default: ParameterValue;
  /** What it means, one sentence. */
  readonly meaning: string;
  /** Unit of a number ('cycles', 'bytes', 'entries'); absent for switches and choices. */
  readonly unit?: string;
  /** Where the default comes from: manual and section, RTL file, vectors. */
  readonly source: string;
  /** True for hardware that no shipped core has; reports print the word beside every figure that uses it. */
  readonly hypothetical?: boolean;
}

export type ParameterType =
  | {
      readonly kind: 'integer';
      readonly minimum: number;
      readonly maximum: number;
      readonly powerOfTwo?: boolean;
      readonly step?: number;
    }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly values: readonly string[] };

export type ParameterValue = number | boolean | string;

/** A complete set of parameter values by name. */
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

/** A program that measures the host: how fast the platform's engine runs. It ends by the exit device, with code 0. */
export interface HostBenchmark {
  readonly name: string;
  /** What it exercises, one sentence. */
  readonly meaning: string;
  /** Overrides of the platform's defaults. */
  readonly parameters: ParameterValues;
  image(): Image;
  /** Other simulators that can run the image. */
  readonly rivals?: readonly Rival[];
}

/** Another simulator that runs the image of a benchmark, so that speeds are compared on one host in one run. */
export interface Rival {
  /** The npm package, as `npm install` takes it. */
  readonly package: string;
  /** Loads it; undefined if it is not installed. */
  load(): Promise<RivalEngine | undefined>;
}

/** A rival that is there. */
export interface RivalEngine {
  readonly version: string;
  /**
   * Readies a run of the image from reset. The result runs it to its end and gives the number of executed instructions; the
   * one that ends the run may count or not.
   */
  prepare(image: Image): () => number;
}

/** How to build a bare machine. */
export interface MachineRequest {
  readonly parameters: ParameterValues;
  /** Board name; a platform lists its own, the first is the default. */
  readonly board: string;
  /** RAM instead of the board's default memory; devices stay. */
  readonly ram?: readonly RamRange[];
  /**
   * Where the core starts when no image sets the entry; on a platform with `startsFromVectors` the address of its vector
   * table, instead of the lowest loaded one.
   */
  readonly resetVector?: number;
}

/**
 * What a platform plug-in provides. The hardware half is here; the kernel half (`supports`, `link`, `boot` of a
 * scenario) joins it with the scenario language, see `platforms/README.md`.
 */
export interface Platform {
  /** The id on the command line, for instance `mmu-microkernel`. */
  readonly id: string;
  readonly title: string;
  /** Name of the modelled core, as the vectors and reports name it. */
  readonly core: string;
  readonly parameters: readonly Parameter[];
  readonly boards: readonly string[];
  /** Programs for `bulkhead bench`. */
  readonly benchmarks: readonly HostBenchmark[];
  /** Changes when any simulated result may change; part of every record's key. */
  readonly modelVersion: string;
  /** The core starts with what a vector table in memory says; an image's entry is not used. */
  readonly startsFromVectors?: true;
  /**
   * How it models the cores that functional vectors (`tests/vectors/<core>/<set>`) are for: parameters by the name that the
   * vectors give a core; absent if there are none for this platform.
   */
  readonly vectorCores?: Readonly<Record<string, ParameterValues>>;
  /** The ELF machine number it accepts (243 = RISC-V, 40 = Arm). */
  readonly elfMachine: number;
  /**
   * Builds a machine. Building is slow and a second one in a process is slower to run; prefer `Machine.reset`.
   * @throws RangeError if a value is outside its parameter's range (callers validate with `readParameters` first).
   */
  createMachine(request: MachineRequest): Machine;
  /** One line of assembly for the instruction `word` at `address`, as the platform's disassembler prints it. */
  disassemble(word: number, address: number): string;
}
