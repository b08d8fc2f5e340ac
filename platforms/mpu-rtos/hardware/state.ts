import type { Core } from './core.js';

/** Core fields that are numbers, in the order in which a snapshot holds them. */
const NUMBERS = [
  'n',
  'z',
  'c',
  'v',
  'q',
  'ge',
  'it',
  'itAt',
  'ici',
  'control',
  'msplim',
  'psplim',
  'sleep',
  'base',
  'next',
  'done',
  'retiredBase',
  'retired',
  'abandoned',
  'issueCharged',
  'folded',
  'hazard',
  'fetchStall',
  'dataStall',
  'exception',
  'returning',
  'fetchedWord',
  'lastException',
] as const;

const SWITCHES = ['thumb', 'handler', 'exclusive', 'event', 'redirected', 'restarts'] as const;

/** The state of a core apart from memory, as plain data. */
export interface CoreState {
  readonly numbers: readonly number[];
  readonly switches: readonly boolean[];
  readonly r: readonly number[];
  readonly stackPointers: readonly [msp: number, psp: number];
  readonly pc: number;
  readonly phases: readonly number[];
  readonly counts: Core['counts'];
  readonly system: readonly number[];
  readonly flash: readonly number[];
  readonly ledger: readonly number[];
  readonly wedged: string | undefined;
}

/** Copies everything that decides about the core's future, decoded instructions and look-asides excepted. */
export function saveCore(core: Core): CoreState {
  return {
    numbers: NUMBERS.map((name) => core[name]),
    switches: SWITCHES.map((name) => core[name]),
    r: [...core.r],
    stackPointers: [core.msp, core.psp],
    pc: core.pc,
    phases: [...core.phaseBefore],
    counts: { ...core.counts },
    system: [...core.system.save()],
    flash: [...(core.flash?.save() ?? [])],
    ledger: core.ledger.save(),
    wedged: core.wedged,
  };
}

/** Restores what `saveCore` gave. Call after the memory was restored. */
export function restoreCore(core: Core, state: CoreState): void {
  core.forgetDecoded();
  core.system.load(state.system);
  core.flash?.load(state.flash);
  core.ledger.load(state.ledger);
  NUMBERS.forEach((name, i) => (core[name] = state.numbers[i]));
  SWITCHES.forEach((name, i) => (core[name] = state.switches[i]));
  core.r.set(state.r);
  [core.msp, core.psp] = state.stackPointers;
  core.phaseBefore.set(state.phases);
  Object.assign(core.counts, state.counts);
  core.wedged = state.wedged;
  core.probe = undefined;
  core.relocateTo(state.pc);
  core.regimeChanged();
}
