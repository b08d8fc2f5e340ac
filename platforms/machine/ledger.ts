/**
 * The cycle ledger: every cycle of a run has a phase (what the system was doing) and a kind (what the hardware was
 * doing). DESIGN.md rule 5.
 */

/** Phases of a measured path, in the order in which tables print them. */
export const PHASES = [
  'user',
  'hardware entry',
  'save',
  'validate',
  'switch protection',
  'schedule',
  'clear',
  'restore',
  'return',
  'kernel',
] as const;

/** A phase of a measured path. `user` is set by the machine outside traps, `hardware entry` by a trap, the rest by `.phase`. */
export type Phase = (typeof PHASES)[number];

/** Kinds of cycles, in the order in which tables print them. */
export const KINDS = ['issue', 'hazard', 'fetch stall', 'data stall', 'translation', 'exception'] as const;

/**
 * A kind of cycle. `issue`: one per retired instruction; `hazard`: waiting for a result or a busy unit; `fetch stall`:
 * redirects and instruction-cache misses; `data stall`: data-cache misses, bus and write-buffer waits; `translation`:
 * page walks; `exception`: entry and return of traps.
 */
export type Kind = (typeof KINDS)[number];

/** Index of each phase and kind in the matrices below; engines use the numbers. */
export const PHASE_INDEX = Object.fromEntries(PHASES.map((p, i) => [p, i])) as Record<Phase, number>;
export const KIND_INDEX = Object.fromEntries(KINDS.map((k, i) => [k, i])) as Record<Kind, number>;

/** The ledger's totals at one moment. Differences of two readings describe a span. */
export interface LedgerReading {
  /** Cycles by phase (row, `PHASES` order) and kind (column, `KINDS` order), row by row. */
  readonly matrix: Float64Array;
  /**
   * Longest interval with interrupts masked so far, in cycles, and the physical address at which it began. The interval under way
   * counts up to the time of the reading, if one was given.
   */
  readonly longestMasked: { readonly cycles: number; readonly from: number };
}

/** The longest interval with interrupts masked inside a window of time, cut at the window's ends. */
export interface MaskedWindow {
  readonly since: number;
  cycles: number;
  /** The physical address of the instruction at which the interval began; 0 while there is none. */
  from: number;
}

/**
 * Accumulates cycles by phase and kind. An engine counts kinds in local variables and calls `charge` when the phase
 * changes, when a probe reads the ledger and when a slice ends: nothing is written per instruction.
 */
export class Ledger {
  private readonly matrix = new Float64Array(PHASES.length * KINDS.length);
  private phaseIndex = 0;
  private maskedSince = -1;
  private maskedFrom = 0;
  private longest = { cycles: 0, from: 0 };
  private readonly windows = new Set<MaskedWindow>();

  /** The current phase, as an index into `PHASES`. */
  get phase(): number {
    return this.phaseIndex;
  }

  /** Books cycles of the kinds, in `KINDS` order, to the current phase. */
  charge(issue: number, hazard: number, fetch: number, data: number, translation: number, exception: number): void {
    const row = this.phaseIndex * KINDS.length;
    const m = this.matrix;
    m[row] = m[row] + issue;
    m[row + 1] = m[row + 1] + hazard;
    m[row + 2] = m[row + 2] + fetch;
    m[row + 3] = m[row + 3] + data;
    m[row + 4] = m[row + 4] + translation;
    m[row + 5] = m[row + 5] + exception;
  }

  /** Changes the phase; the engine has charged everything up to this moment. */
  setPhase(index: number): void {
    this.phaseIndex = index;
  }

  /** Interrupts became masked at `now` by the instruction at the physical address `at`; ignored if they already were. */
  interruptsMasked(now: number, at: number): void {
    if (this.maskedSince < 0) {
      this.maskedSince = now;
      this.maskedFrom = at;
    }
  }

  /** Interrupts became enabled at `now`; ignored if they already were. */
  interruptsEnabled(now: number): void {
    if (this.maskedSince < 0) return;
    const length = now - this.maskedSince;
    if (length > this.longest.cycles) this.longest = { cycles: length, from: this.maskedFrom };
    for (const window of this.windows) this.extend(window, now);
    this.maskedSince = -1;
  }

  /** The interval under way, up to `now`, counts for a window. */
  private extend(window: MaskedWindow, now: number): void {
    const length = now - Math.max(this.maskedSince, window.since);
    if (length <= window.cycles) return;
    window.cycles = length;
    window.from = this.maskedFrom;
  }

  /** Opens a window at `now`; any number may be open, each has its own longest interval. Snapshots do not keep them. */
  openMasked(now: number): MaskedWindow {
    const window: MaskedWindow = { since: now, cycles: 0, from: 0 };
    this.windows.add(window);
    return window;
  }

  /** Closes a window at `now`; what it holds is final then. */
  closeMasked(window: MaskedWindow, now: number): void {
    if (this.maskedSince >= 0) this.extend(window, now);
    this.windows.delete(window);
  }

  /**
   * A copy of the totals.
   * @param now cycle stamp up to which a masked interval under way counts; without it only intervals that ended count.
   */
  read(now?: number): LedgerReading {
    let longestMasked = { ...this.longest };
    if (now !== undefined && this.maskedSince >= 0 && now - this.maskedSince > longestMasked.cycles) {
      longestMasked = { cycles: now - this.maskedSince, from: this.maskedFrom };
    }
    return { matrix: this.matrix.slice(), longestMasked };
  }

  /** Forgets the longest masked interval, so that a span has its own. An interval under way begins anew at `now`. */
  restartMasked(now: number): void {
    this.longest = { cycles: 0, from: 0 };
    if (this.maskedSince >= 0) this.maskedSince = now;
  }

  /** Back to an empty ledger in phase `user`, interrupts enabled. */
  reset(): void {
    this.matrix.fill(0);
    this.phaseIndex = 0;
    this.maskedSince = -1;
    this.maskedFrom = 0;
    this.longest = { cycles: 0, from: 0 };
    this.windows.clear();
  }

  /** The ledger as numbers, for snapshots. */
  save(): number[] {
    const { cycles, from } = this.longest;
    return [this.phaseIndex, this.maskedSince, this.maskedFrom, cycles, from, ...this.matrix];
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    const [phase, since, maskedFrom, cycles, from] = state;
    this.phaseIndex = phase;
    this.maskedSince = since;
    this.maskedFrom = maskedFrom;
    this.longest = { cycles, from };
    this.matrix.set(state.slice(5));
  }
}

/** Cycles of a span by phase and by kind. */
export interface LedgerSpan {
  readonly byPhase: Readonly<Record<Phase, number>>;
  readonly byKind: Readonly<Record<Kind, number>>;
}

/** A span whose phases or kinds do not sum to its cycles: a defect of the model, never a number to report. */
export class LedgerMismatch extends Error {
  constructor(
    readonly what: 'phases' | 'kinds',
    readonly sum: number,
    readonly expected: number,
  ) {
    super(`cycle ledger: ${what} sum to ${sum}, the span has ${expected} cycles`);
    this.name = 'LedgerMismatch';
  }
}

/**
 * The span between two readings.
 * @param cycles length of the span by the cycle counter, which the engine keeps apart from the ledger.
 * @throws LedgerMismatch if the ledger does not account for exactly these cycles.
 */
export function ledgerSpan(from: LedgerReading, to: LedgerReading, cycles: number): LedgerSpan {
  const byPhase = Object.fromEntries(PHASES.map((p) => [p, 0])) as Record<Phase, number>;
  const byKind = Object.fromEntries(KINDS.map((k) => [k, 0])) as Record<Kind, number>;
  PHASES.forEach((phase, p) =>
    KINDS.forEach((kind, k) => {
      const i = p * KINDS.length + k;
      const amount = to.matrix[i] - from.matrix[i];
      byPhase[phase] += amount;
      byKind[kind] += amount;
    }),
  );
  for (const [what, parts] of [
    ['phases', byPhase],
    ['kinds', byKind],
  ] as const) {
    const sum = Object.values(parts).reduce((a, b) => a + b, 0);
    if (sum !== cycles) throw new LedgerMismatch(what, sum, cycles);
  }
  return { byPhase, byKind };
}
