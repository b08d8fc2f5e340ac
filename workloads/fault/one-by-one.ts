import type { DomainHandle, FunctionBuilder, ScenarioBuilder } from '../language/index.js';
import { type State, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { upTo } from '../common/words.js';

/** Parameters of workloads in which one domain after the other is ended. */
export const ENDINGS = {
  rounds: {
    kind: 'integer',
    minimum: 1,
    maximum: 8,
    default: 4,
    unit: 'rounds',
    meaning: 'domains that do it, one after the other: what is ended does not come back',
  },
  state: STATE,
} as const;

/** Marks of each round: in front of what a domain does, and where the observer goes on. */
export interface Endings {
  readonly breaks: readonly string[];
  readonly goesOn: readonly string[];
}

/**
 * Domains that do something, one after the other, and an observer that wakes each and goes on when it is done with, one way or
 * another. States what must come out.
 * @param legal true if they do what they may and report 200 + i; false if each must be ended.
 * @param act what domain i does; called once for each.
 */
export function oneByOne(
  s: ScenarioBuilder,
  { rounds, state }: { readonly rounds: number; readonly state: State },
  legal: boolean,
  act: (domain: DomainHandle, i: number) => (f: FunctionBuilder) => void,
): Endings {
  const all = upTo(rounds);
  const witness = s.domain('witness');
  const breakers = all.map((i) => s.domain(`breaker${i}`));
  const orders = all.map((i) => s.notification(`go${i}`));
  const pollute = pollution(s, state);
  s.thread('observer', { domain: witness, endsRun: true }, (f) => {
    for (const i of all) {
      pollute(f);
      f.notify(orders[i]);
      f.yield();
      f.mark(`goes_on${i}`);
      f.report(100 + i);
    }
  });
  breakers.forEach((domain, i) => {
    const acts = act(domain, i);
    s.thread(`breaks${i}`, { domain }, (f) => {
      f.wait(orders[i]);
      f.report(i);
      f.mark(`breaks${i}`);
      acts(f);
    });
  });
  s.expect({
    reports: all.flatMap((i) => (legal ? [i, 200 + i, 100 + i] : [i, 100 + i])),
    terminated: legal ? [] : breakers,
  });
  return { breaks: all.map((i) => `breaks${i}`), goesOn: all.map((i) => `goes_on${i}`) };
}
