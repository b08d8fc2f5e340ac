/** Guest memory as a semihosting call sees it: privileged, unchecked by the MPU. */
export interface SemihostingMemory {
  /** The byte or word at `address`, unsigned; undefined where nothing answers. Words may be unaligned. */
  read(address: number, size: 1 | 4): number | undefined;
  /** Stores a byte or word; false where nothing can be stored. */
  write(address: number, size: 1 | 4, value: number): boolean;
}

/** How a call ends. */
export type SemihostingOutcome =
  /** The guest goes on after the BKPT with `value` in r0. */
  | { readonly kind: 'return'; readonly value: number }
  /** SYS_EXIT or SYS_EXIT_EXTENDED. `code` is 0 for success, unsigned. */
  | { readonly kind: 'exit'; readonly code: number }
  /** The call names memory that does not answer: one line for the report. */
  | { readonly kind: 'fault'; readonly reason: string };

/** What the host answers about time and memory. */
export interface SemihostingOptions {
  /** Core clock in Hz for SYS_CLOCK and SYS_TIME; default 25 MHz, as on the MPS2 boards. */
  readonly clockHz?: number;
  /** Answers of SYS_HEAPINFO: heap base and limit, stack base and limit; default 0 (unknown). */
  readonly heap?: readonly [number, number, number, number];
  /** Command line of SYS_GET_CMDLINE; default empty. */
  readonly commandLine?: string;
  /** Bytes of console output that are kept; default 1 MiB. */
  readonly capacity?: number;
}

/** The host side of semihosting calls (BKPT 0xAB). Deterministic: time is guest cycles. Only the console `:tt` can be opened. */
export class Semihosting {
  constructor(readonly options: SemihostingOptions = {}) {}

  /** Console output so far as text. */
  get text(): string {
    throw new Error('to come');
  }

  /**
   * Carries out one call.
   * @param operation r0, @param parameter r1, @param now guest cycles.
   */
  call(operation: number, parameter: number, memory: SemihostingMemory, now: number): SemihostingOutcome {
    throw new Error(`to come ${operation} ${parameter} ${now} ${typeof memory}`);
  }

  reset(): void {
    throw new Error('to come');
  }
  save(): readonly number[] {
    throw new Error('to come');
  }
  load(state: readonly number[]): void {
    throw new Error(`to come ${state.length}`);
  }
}
