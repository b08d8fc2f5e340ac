/* What a system on the kernel is made of, as plain data for the linker. */

/** Whether interrupts are taken while a function runs; `inherit` is for libraries only. */
export type InterruptPosture = 'enabled' | 'disabled' | 'inherit';

/** A function that others may call. */
export interface Export {
  /** Its label, and the name that imports use. */
  readonly name: string;
  /** Argument registers that it takes, 0 to 6 (ca0 on), or 7: ct0 too. The switcher clears the others. */
  readonly arguments: number;
  /** Bytes of stack that it must find, a multiple of 8 below 2048; else the call gives -NOT_ENOUGH_STACK. Default 0. */
  readonly minimumStack?: number;
  /** Default `enabled`; of a library `inherit`. */
  readonly interrupts?: InterruptPosture;
}

/**
 * What a compartment can reach beyond its own code, globals and the stack of the thread that it runs on. The import `name`
 * is the label `import.name`; `load_import`, `cross_call` and `library_call` of `abi.s` take the name.
 */
export type Import =
  /** An export of another compartment, to be called by `cross_call`. */
  | { readonly kind: 'call'; readonly name: string; readonly compartment: string; readonly export: string }
  /** A function of a library, to be called by `library_call`. */
  | { readonly kind: 'library'; readonly name: string; readonly library: string; readonly function: string }
  /** A function of its own, behind a sentry that gives it another interrupt posture; to be called by `library_call`. */
  | { readonly kind: 'own'; readonly name: string; readonly function: string; readonly interrupts: InterruptPosture }
  /** A function of the switcher that anybody may call, by `library_call`. Interrupts are off while it runs. */
  | { readonly kind: 'switcher'; readonly name: string; readonly function: SwitcherFunction }
  /** The registers of a device of the board. */
  | { readonly kind: 'device'; readonly name: string; readonly device: DeviceName }
  /** A shared object, by its name in `System.objects`. */
  | { readonly kind: 'object'; readonly name: string; readonly object: string; readonly access: 'read' | 'write' }
  /** The right to allocate from the heap, by its name in `System.quotas`: a sealed object. */
  | { readonly kind: 'quota'; readonly name: string; readonly quota: string }
  /** The right to wait for an interrupt (number of the board) and to complete it: a sealed object. */
  | { readonly kind: 'interrupt'; readonly name: string; readonly source: number }
  /** What only compartments and libraries of the kernel get. */
  | { readonly kind: 'authority'; readonly name: string; readonly authority: Authority };

/**
 * The heap; all of memory; the right to unseal static tokens; to seal and unseal, or only to unseal, those made at run time; the
 * numbers of their keys; to ask the switcher for the number of the running thread; to load from all threads' hazard slots; the word
 * of their epoch, or only to load it; where the heap is, without a right to it.
 */
export type Authority =
  | 'heap'
  | 'memory'
  | 'static tokens'
  | 'dynamic tokens'
  | 'unsealing dynamic tokens'
  | 'token keys'
  | 'thread number'
  | 'hazard slots'
  | 'hazard epoch'
  | 'reading the hazard epoch'
  | 'bounds of the heap';

/**
 * A call of a compartment (`cross_call` finds it under the name `switcher`); the count of handled faults begins anew (`scoped.s`); the
 * running thread's hazard slots (`ephemeral.s`).
 */
export type SwitcherFunction = 'call_compartment' | 'reset_handled' | 'hazard_slots';

/**
 * Devices that compartments may be given. `bench`: the test device, a word stored to its offset 0 is a report, one stored to
 * offset 4 ends the run with that exit code. `lines`: stand-ins for peripherals, a bit stored to offset 4 raises an interrupt.
 * The others are the kernel's.
 */
export type DeviceName = 'bench' | 'lines' | 'timer' | 'controller' | 'revoker' | 'bitmap';

/** Code with its globals: the unit of isolation. */
export interface Compartment {
  /** Name of its domain and prefix of its symbols (`name.symbol`); unique in the system. */
  readonly name: string;
  /**
   * Assembly, behind `abi.s`: .text (with constants) is what its PCC reaches, .data and .bss what its cgp reaches. Exports,
   * handlers and thread entries are labels of it. The linker adds the imports' slots in front of .text and the label
   * `globals` in front of .data.
   */
  readonly program: string;
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
  /** Label of the rich error handler (`abi.s`). */
  readonly errorHandler?: string;
  /** Label of the stackless error handler. */
  readonly stacklessHandler?: string;
  /** Name of the compartment whose globals those of this one directly follow. */
  readonly behind?: string;
}

/**
 * Code without globals of its own that runs with its callers' globals and stack, and with what it imports. Those of the kernel
 * (`compartments.ts`) are linked if a compartment imports them.
 */
export interface Library {
  readonly name: string;
  readonly program: string;
  readonly imports?: readonly Import[];
  readonly exports: readonly Export[];
}

/** A thread; all exist from the beginning. It ends when its entry function returns. */
export interface Thread {
  readonly name: string;
  readonly compartment: string;
  /** Label of the function that it starts with. */
  readonly entry: string;
  /** 0 to 30; the ready thread of the highest runs. */
  readonly priority: number;
  /** Bytes of its stack for all compartments that it visits, a multiple of 16, at most 8176. */
  readonly stackBytes: number;
  /** Calls between compartments that may be under way at the same time, 1 to 32. */
  readonly trustedFrames: number;
}

/** Memory that several compartments are given by imports. */
export interface SharedObject {
  readonly name: string;
  readonly bytes: number;
  /** A power of two, at least 8. */
  readonly alignment: number;
  /** First words; the rest is 0. */
  readonly words: readonly number[];
}

/** How much of the heap who holds it may use. */
export interface Quota {
  readonly name: string;
  readonly bytes: number;
}

/** Everything that runs on the kernel. */
export interface System {
  readonly compartments: readonly Compartment[];
  readonly libraries: readonly Library[];
  readonly threads: readonly Thread[];
  readonly objects: readonly SharedObject[];
  readonly quotas: readonly Quota[];
}

/** How far a layout with a seed moves code and globals of each compartment: bytes in front of them, multiples of 8. */
export interface Padding {
  readonly code: number;
  readonly globals: number;
}
