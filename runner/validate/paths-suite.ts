import type { Image } from '../../platforms/machine/image.js';
import type { LedgerSpan, Phase } from '../../platforms/machine/ledger.js';
import type { ProtectionCounts } from '../../platforms/machine/machine.js';
import type { PhysicalAddress } from '../../platforms/machine/units.js';
import type { ParameterValues } from '../../platforms/platform.js';

/** A kernel operation that programs repeat between two marks. */
export interface PathOperation {
  readonly id: string;
  /** What happens between the marks, one line. */
  readonly title: string;
  /** Symbols `program.label`; any of them starts and ends a measurement. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Number of different paths that the steady state goes through in turn; their mean is the steady value. Default 1. */
  readonly period?: number;
}

/** Programs of an operation with their kernel. */
export interface LinkedPath {
  readonly image: Image;
  /** Place of `program.label`. @throws RangeError if there is none. */
  readonly place: (symbol: string) => PhysicalAddress;
}

/** What one passage of an operation did. Everything counts from the first mark to the second. */
export interface PathSample {
  readonly cycles: number;
  readonly traps: number;
  readonly protection: ProtectionCounts;
  /** Instructions, and words that they load and store, those of the second mark not among them; an atomic is a load and a store. */
  readonly kernel: AccessCounts;
  /** The same of programs, the second mark excluded. */
  readonly user: AccessCounts;
  readonly instructionsByPhase: Readonly<Record<Phase, number>>;
  /** Most instructions in a row with interrupts masked, those that mask and unmask included; 0 if the suite cannot tell. */
  readonly masked: number;
  readonly ledger: LedgerSpan;
}

export interface AccessCounts {
  readonly instructions: number;
  readonly loads: number;
  readonly stores: number;
}

/** A quantity of a path. */
export interface PathQuantity {
  readonly name: string;
  readonly of: (sample: PathSample) => number;
  /** True if it must be exactly the real kernel's where that is known. */
  readonly exact?: true;
}

/** The real kernel's figures of one operation in one variant; what is not here is not known. */
export interface PathReference {
  readonly operation: string;
  readonly variant: string;
  readonly source: string;
  /** By name of the quantity; cycles of a memory set-up are `cycles NAME`. */
  readonly figures: Readonly<Record<string, number>>;
}

/** How the paths of a platform's kernel are measured and with what they are compared. One for each platform, in `paths-suites.ts`. */
export interface PathSuite<O extends PathOperation = PathOperation> {
  /** Id of the platform, and a board of it. */
  readonly platform: string;
  readonly board: string;
  /** The real kernel, as headings name it: `Xous`. */
  readonly kernel: string;
  /** How the real one was measured, as headings say it: `on the same core`. */
  readonly measured: string;
  /** What must be equal, as a sentence begins: `Traps and satp writes`. */
  readonly exactly: string;
  /** Memory set-ups: hardware parameters by name. Counts are those of the first. */
  readonly memories: Readonly<Record<string, ParameterValues>>;
  /** Kernels or cores that are compared; every operation runs in the first, in the others those that have a reference. */
  readonly variants: readonly string[];
  /** Parameters of kernel and hardware for a variant. */
  parameters(variant: string): { readonly kernel: ParameterValues; readonly hardware: ParameterValues };
  readonly operations: readonly O[];
  link(operation: O, kernel: ParameterValues): LinkedPath;
  /** What an instruction loads and stores: words, or of some platform capabilities. */
  access(word: number): { readonly loads: number; readonly stores: number };
  /** Whether an instruction masks or unmasks interrupts; absent if that cannot be told from its word. */
  masks?(word: number): 'mask' | 'unmask' | undefined;
  /** In the order of the rows; `instructions` is among them and decides about the class. */
  readonly quantities: readonly PathQuantity[];
  /** Columns of the table, in order, between `instructions` with its ratio and the cycles: names of quantities. */
  readonly columns: { readonly before: readonly string[]; readonly after: readonly string[] };
  readonly references: readonly PathReference[];
  /** Long tables, measured only if asked for. */
  readonly tables?: readonly PathTable<O>[];
}

/** Rows of a benchmark of the real kernel that take long, each measured by itself (`paths-tables.ts`). */
export interface PathTable<O extends PathOperation = PathOperation> {
  readonly name: string;
  readonly title: string;
  readonly cells: readonly PathCell<O>[];
}

/** What one row of a long table is of: the last passage of an operation. */
export interface PathCell<O extends PathOperation = PathOperation> {
  readonly path: O;
  /** Memory set-up of the suite. */
  readonly memory: string;
  readonly row: Omit<PathRow, 'ours'>;
}

/**
 * How far our path is the real kernel's (DESIGN section 1, rule 3): P within 20 % of its instructions, M otherwise or
 * unknown: the mechanism is the same, the length of the path is not.
 */
export type PathFidelity = 'P' | 'M';

/** One quantity of one operation, ours beside the real kernel's. */
export interface PathRow {
  readonly platform: string;
  readonly operation: string;
  readonly variant: string;
  readonly quantity: string;
  /** Null where the real kernel's is not known. */
  readonly real: number | null;
  readonly ours: number;
  readonly source: string;
  readonly fidelity: PathFidelity;
}

/** An operation of a variant with all its quantities. */
export interface PathResult {
  readonly operation: string;
  readonly title: string;
  readonly variant: string;
  readonly fidelity: PathFidelity;
  readonly rows: readonly PathRow[];
  /** Whether the quantities that must be exact are, where those of the real kernel are known. */
  readonly exact: boolean;
}
