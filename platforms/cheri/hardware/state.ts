import type { Core } from './core.js';

/** Core fields that are numbers, in the order in which a snapshot holds them. */
const NUMBERS = [
  'base',
  'next',
  'last',
  'drained',
  'asleepFrom',
  'pccMetadata',
  'pccBase',
  'pccSpan',
  'pccState',
  'lateUntil',
  'retiredBase',
  'retired',
  'issueCharged',
  'hazard',
  'fetchStall',
  'dataStall',
  'exception',
  'interruptAt',
  'wakeAt',
  'trappedAt',
  'trappedTo',
  'interruptedPhase',
  'interruptedPc',
] as const;

/** Core fields that are true or false. */
const FLAGS = ['pccTag', 'pccSystem', 'pccEmpty', 'redirected', 'waiting', 'detailed'] as const;

/** Parts of a core that save themselves, in that order. */
const PARTS = ['registers', 'special', 'csr', 'ledger', 'pipeline'] as const;

/** The state of a core apart from memory, as plain data. */
export interface CoreState {
  readonly numbers: readonly number[];
  readonly pc: number;
  readonly readFrom: readonly number[];
  readonly writeFrom: readonly number[];
  readonly counts: Core['counts'];
  readonly flags: readonly boolean[];
  readonly wedged: string | undefined;
  readonly parts: readonly (readonly number[])[];
}

/** Copies everything that decides about the core's future, decoded instructions excepted. */
export function saveCore(core: Core): CoreState {
  return {
    numbers: NUMBERS.map((name) => core[name]),
    pc: core.pc,
    readFrom: [...core.readFrom],
    writeFrom: [...core.writeFrom],
    counts: { ...core.counts },
    flags: FLAGS.map((name) => core[name]),
    wedged: core.wedged,
    parts: PARTS.map((name) => [...core[name].save()]),
  };
}

/** Restores what `saveCore` gave. Call after the memory was restored. */
export function restoreCore(core: Core, state: CoreState): void {
  PARTS.forEach((name, i) => core[name].load(state.parts[i]));
  core.forgetDecoded();
  NUMBERS.forEach((name, i) => (core[name] = state.numbers[i]));
  core.jumpTo(state.pc);
  FLAGS.forEach((name, i) => (core[name] = state.flags[i]));
  core.readFrom.set(state.readFrom);
  core.writeFrom.set(state.writeFrom);
  Object.assign(core.counts, state.counts);
  core.wedged = state.wedged;
  core.probe = undefined;
  core.pendingPhase = -1;
}
