import { KINDS, type LedgerReading, ledgerSpan, type LedgerSpan, PHASES } from '../../platforms/machine/ledger.js';
import type { Counters, Machine, ProtectionCounts } from '../../platforms/machine/machine.js';
import type { ProbeEvent } from '../../platforms/machine/probes.js';
import type { PhysicalAddress } from '../../platforms/machine/units.js';

/**
 * One passage from the retirement of the instruction at `from` to the retirement of the one at `to`. The first is not
 * part of it, the last is.
 */
export interface Passage extends LedgerSpan {
  /** Cycle stamp of its start. */
  readonly start: number;
  readonly cycles: number;
  readonly instructions: number;
  readonly traps: number;
  readonly interrupts: number;
  /** 32-bit data beats on the bus, fetches included. */
  readonly busBeats: number;
  /** Page-table entries that the hardware read. */
  readonly pageWalkReads: number;
  readonly protection: ProtectionCounts;
  /** Longest interval with interrupts masked inside the passage, cut at its ends, and the pc at which it began. */
  readonly longestMasked: { readonly cycles: number; readonly from: number };
  /** Stores that had not yet reached memory, at the start and at the end. */
  readonly storeBacklog: { readonly start: number; readonly end: number };
}

/** All passages of a run, and what did not pair up. */
export interface Passages {
  readonly passages: readonly Passage[];
  /** Passages beyond those listed. */
  readonly notListed: number;
  /** `from` retired again before `to`, or no `to` followed. */
  readonly unmatchedFrom: number;
  /** `to` retired with no `from` before it. */
  readonly unmatchedTo: number;
}

/** What a machine has counted at one moment, to the cycle. */
export interface Moment {
  readonly cycle: number;
  readonly instructions: number;
  readonly counters: Counters;
  readonly ledger: LedgerReading;
  readonly storeBacklog: number;
}

/** The moment of a probe event, read while it is being told. */
export function momentOf(machine: Machine, cycle: number, instructions: number): Moment {
  const { ledger, counters, storeBacklog } = machine;
  return { cycle, instructions, counters, ledger: ledger.read(cycle), storeBacklog };
}

/**
 * What happened between two moments.
 * @param longestMasked the longest masked interval between them
 * @throws LedgerMismatch if the ledger does not account for exactly the cycles between them.
 */
export function passageBetween(from: Moment, to: Moment, longestMasked: Passage['longestMasked']): Passage {
  const cycles = to.cycle - from.cycle;
  return {
    start: from.cycle,
    cycles,
    instructions: to.instructions - from.instructions,
    traps: to.counters.traps - from.counters.traps,
    interrupts: to.counters.interrupts - from.counters.interrupts,
    busBeats: to.counters.busBeats - from.counters.busBeats,
    pageWalkReads: to.counters.pageWalkReads - from.counters.pageWalkReads,
    protection: protectionBetween(from.counters.protection, to.counters.protection),
    longestMasked,
    storeBacklog: { start: from.storeBacklog, end: to.storeBacklog },
    ...ledgerSpan(from.ledger, to.ledger, cycles),
  };
}

const MAX_LISTED = 200_000;

/** Protection operations from one reading of the counters to a later one. */
export const protectionBetween = (from: ProtectionCounts, to: ProtectionCounts): ProtectionCounts => ({
  mpuStores: to.mpuStores - from.mpuStores,
  satpWrites: to.satpWrites - from.satpWrites,
  sfences: to.sfences - from.sfences,
  capabilityLoads: to.capabilityLoads - from.capabilityLoads,
  capabilityStores: to.capabilityStores - from.capabilityStores,
});

/**
 * Watches the passages between two addresses of a machine. A second `from` before `to` restarts the passage. The two may
 * be one address: then a passage is the time between two retirements of it.
 */
export class PassageRecorder {
  private readonly list: Passage[] = [];
  private started: Moment | undefined;
  private notListed = 0;
  private unmatchedFrom = 0;
  private unmatchedTo = 0;

  /** Adds the probes; the machine has been reset. */
  constructor(
    private readonly machine: Machine,
    from: PhysicalAddress,
    to: PhysicalAddress,
  ) {
    // At one address the end comes before the next start: handlers are called in the order in which they were added.
    machine.probes.add(to, (event) => {
      if (this.started !== undefined) this.end(this.started, event);
      else if (from !== to) this.unmatchedTo++;
      return false;
    });
    machine.probes.add(from, (event) => {
      this.start(event);
      return false;
    });
  }

  private start({ cycle, instructions }: ProbeEvent): void {
    if (this.started !== undefined) this.unmatchedFrom++;
    this.machine.ledger.restartMasked(cycle);
    this.started = momentOf(this.machine, cycle, instructions);
  }

  private end(start: Moment, { cycle, instructions }: ProbeEvent): void {
    this.started = undefined;
    const end = momentOf(this.machine, cycle, instructions);
    const passage = passageBetween(start, end, end.ledger.longestMasked);
    if (this.list.length >= MAX_LISTED) this.notListed++;
    else this.list.push(passage);
  }

  /** The passages so far; one under way counts as unmatched. */
  read(): Passages {
    const open = this.started === undefined ? 0 : 1;
    return {
      passages: this.list,
      notListed: this.notListed,
      unmatchedFrom: this.unmatchedFrom + open,
      unmatchedTo: this.unmatchedTo,
    };
  }
}

/** Titles of the protection operations as tables print them. */
export const PROTECTION_TITLES: Readonly<Record<keyof ProtectionCounts, string>> = {
  mpuStores: 'MPU stores',
  satpWrites: 'satp writes',
  sfences: 'sfences',
  capabilityLoads: 'capability loads',
  capabilityStores: 'capability stores',
};

/**
 * The passages as a table: header and lines. Always start, instructions, cycles, traps; of interrupts, protection operations, phases
 * and kinds only those that occur in some passage.
 */
export function passageTable(passages: readonly Passage[]): string[][] {
  const columns: [string, (p: Passage) => number][] = [
    ['start', (p) => p.start],
    ['instructions', (p) => p.instructions],
    ['cycles', (p) => p.cycles],
    ['traps', (p) => p.traps],
  ];
  const optional: [string, (p: Passage) => number][] = [['interrupts among them', (p) => p.interrupts]];
  for (const [key, title] of Object.entries(PROTECTION_TITLES)) {
    optional.push([title, (p) => p.protection[key as keyof ProtectionCounts]]);
  }
  for (const phase of PHASES) optional.push([`phase ${phase}`, (p) => p.byPhase[phase]]);
  for (const kind of KINDS) optional.push([kind, (p) => p.byKind[kind]]);
  optional.push(['longest masked', (p) => p.longestMasked.cycles]);
  for (const column of optional) if (passages.some((p) => column[1](p) !== 0)) columns.push(column);
  const lines = passages.map((p, i) => [String(i + 1), ...columns.map(([, of]) => String(of(p)))]);
  return [['passage', ...columns.map(([title]) => title)], ...lines];
}
