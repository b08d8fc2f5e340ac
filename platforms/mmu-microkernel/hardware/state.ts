import type { Core } from './core.js';

/** Core fields that are numbers, in the order in which a snapshot holds them. */
const NUMBERS = [
  'base',
  'next',
  'last',
  'page',
  'pageSlot',
  'slot',
  'pendingPc',
  'lateUntil',
  'fetchFree',
  'faultedPage',
  'underWayFrom',
  'underWayTo',
  'retiredBase',
  'retired',
  'issueCharged',
  'hazard',
  'fetchStall',
  'dataStall',
  'translation',
  'exception',
  'interruptAt',
  'wakeAt',
  'trappedAt',
  'trappedTo',
] as const;

/** Parts of a core that save themselves, in that order. */
const PARTS = [
  'csr',
  'ledger',
  'bus',
  'freezes',
  'recentStores',
  'heldWalk',
  'instructionCache',
  'dataCache',
  'instructionTlb',
  'dataTlb',
] as const;

/** The state of a core apart from memory, as plain data. */
export interface CoreState {
  readonly numbers: readonly number[];
  readonly x: readonly number[];
  readonly ready: readonly number[];
  readonly counts: Core['counts'];
  readonly phases: readonly number[];
  readonly relocate: boolean;
  readonly fetched: boolean;
  readonly reserved: boolean;
  readonly waiting: boolean;
  readonly wedged: string | undefined;
  readonly parts: readonly (readonly number[])[];
}

/** Copies everything that decides about the core's future, decoded instructions and look-asides excepted. */
export function saveCore(core: Core): CoreState {
  return {
    numbers: NUMBERS.map((name) => core[name]),
    x: [...core.x],
    ready: [...core.ready],
    counts: { ...core.counts },
    phases: [...core.phaseBefore],
    relocate: core.relocate,
    fetched: core.isFetched,
    reserved: core.reserved,
    waiting: core.waiting,
    wedged: core.wedged,
    parts: PARTS.map((name) => [...core[name].save()]),
  };
}

/** Restores what `saveCore` gave. Call after the memory was restored. */
export function restoreCore(core: Core, state: CoreState): void {
  PARTS.forEach((name, i) => core[name].load(state.parts[i]));
  core.forgetDecoded();
  core.regimeChanged(true);
  NUMBERS.forEach((name, i) => (core[name] = state.numbers[i]));
  core.relocate = state.relocate;
  core.arrived = state.fetched;
  core.x.set(state.x);
  core.ready.set(state.ready);
  Object.assign(core.counts, state.counts);
  core.phaseBefore.set(state.phases);
  core.reserved = state.reserved;
  core.waiting = state.waiting;
  core.wedged = state.wedged;
  core.probe = undefined;
  core.pendingPhase = -1;
}
