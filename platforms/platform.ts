import type { Scenario, SpanPath } from '../workloads/language/scenario.js';
import type { Image, ImageSymbol } from './machine/image.js';
import type { Machine } from './machine/machine.js';
import type { RamRange } from './machine/memory.js';
import type { PhysicalAddress } from './machine/units.js';

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

/** Values of the parameter `isolation`, which every platform with a kernel has (DESIGN.md section 1, rule 6). */
export const ISOLATIONS = ['full', 'path', 'none'] as const;
export type Isolation = (typeof ISOLATIONS)[number];

/**
 * How far a measured path is the real system's (DESIGN.md section 1, rule 3). `R`: a real kernel's own binary ran. `P`: our
 * kernel, its instructions within 20 % of the real kernel's. `M`: mechanism only, protection operations exact. `O`: the policy
 * is ours because the real system has none.
 */
export type Fidelity = 'R' | 'P' | 'M' | 'O';

/** A scenario with its kernel, ready to run. */
export interface LinkedScenario {
  readonly image: Image;
  /** Where the first instruction behind each mark is. Every mark of the scenario is here. */
  readonly marks: ReadonlyMap<string, PhysicalAddress>;
  /**
   * Bytes of memory, read-only and writable, that kernel and programs take when the system starts: what can be given to nobody
   * else. What the kernel takes later for what programs ask for is not in it.
   */
  readonly occupied: number;
  /** Words that programs reported so far, in order. */
  reports(machine: Machine): readonly number[];
  /**
   * What is in a buffer of the scenario, whoever may reach it.
   * @throws RangeError if it does not lie in one piece of physical memory.
   */
  contents(machine: Machine, buffer: string): Uint8Array;
  /** Where a buffer of the scenario is: its symbol. */
  placeOf(buffer: string): ImageSymbol;
  /**
   * Watches, by probes, which domains the guest kernel ends because of what they did; called after the image is loaded.
   * @param ended called when the kernel has decided so, in the probe of the first instruction that ends the domain.
   * @returns asks for the names so far, in the order in which they were ended.
   */
  watchTerminated(machine: Machine, ended?: (domain: string) => void): () => readonly string[];
  /**
   * Watches when the variables of domains that begin anew have their first values again; called after the image is loaded. Absent
   * where no domain ever begins anew.
   */
  watchInitialised?(machine: Machine, initialised: () => void): void;
  /**
   * Bytes of memory that the service can reach because of the bytes it was given, as the protection hardware stands at this
   * moment; undefined where nothing is protected. Asked at a mark at the head of the service's body.
   */
  granted(machine: Machine, service: string): number | undefined;
}

/** The kernel half of a platform: runs scenarios. */
export interface ScenarioKernel {
  /** `Xous-like message-passing microkernel`. */
  readonly title: string;
  /** Board of the platform that the kernel is for. */
  readonly board: string;
  /**
   * Whether the scenario can run with these parameter values (complete, checked), capacity included.
   * @returns one line on why not; undefined if it can.
   */
  supports(scenario: Scenario, parameters: ParameterValues): string | undefined;
  /**
   * Compiles, assembles and links.
   * @param seed 0 for the canonical layout; others move code and data within what the kernel allows, each in its own way.
   * @throws RangeError if the scenario is not supported.
   */
  link(scenario: Scenario, parameters: ParameterValues, seed: number): LinkedScenario;
  /** Class of a path, as `validate paths` measures it; undefined for paths without kernel. */
  fidelity(path: SpanPath, parameters: ParameterValues): Fidelity | undefined;
}

/** What a platform plug-in provides: the hardware, and in `kernel` what runs scenarios on it. */
export interface Platform {
  /** The id on the command line, for instance `mmu-microkernel`. */
  readonly id: string;
  readonly title: string;
  /** Name of the modelled core, as the vectors and reports name it. */
  readonly core: string;
  readonly parameters: readonly Parameter[];
  readonly boards: readonly string[];
  /** Runs scenarios; absent while a platform is hardware only. Its parameters are among the platform's. */
  readonly kernel?: ScenarioKernel;
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
