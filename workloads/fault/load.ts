import { POLLUTED, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { upTo } from '../common/words.js';
import { type Workload, workload } from '../workload.js';

const ROUNDS = {
  kind: 'integer',
  minimum: 1,
  maximum: 8,
  default: 4,
  unit: 'rounds',
  meaning: 'domains that load, one after the other: what is ended does not come back',
} as const;

/** An address that no domain has: the null page on machines with pages, an untagged number on capabilities. */
export const FOREIGN = 0x10;

/** A domain loads a word and, if it has no right to it, is ended; the others go on (FLT-1, FLT-4). */
function load(legal: boolean): Workload {
  return workload({
    id: legal ? 'fault.load.benign' : 'fault.load',
    title: legal
      ? 'the program of fault.load with an address of its own: nothing happens'
      : 'load from an address that the domain has no right to: detected, ended, the next thread runs',
    purpose: legal
      ? 'that fault.load ends domains for their address and nothing else'
      : 'how long a fault takes until it is noticed, decided on, and over for everybody else',
    parameters: { rounds: ROUNDS, state: STATE },
    points: legal ? [] : [POLLUTED],
    system(s, { rounds, state }) {
      const witness = s.domain('witness');
      const breakers = upTo(rounds).map((i) => s.domain(`breaker${i}`));
      const orders = upTo(rounds).map((i) => s.notification(`go${i}`));
      const pollute = pollution(s, state);
      s.thread('observer', { domain: witness, endsRun: true }, (f) => {
        for (const i of upTo(rounds)) {
          pollute(f);
          f.notify(orders[i]);
          f.yield();
          f.mark(`goes_on${i}`);
          f.report(100 + i);
        }
      });
      breakers.forEach((domain, i) => {
        const own = s.buffer(`own${i}`, { domain, bytes: 4, words: [i] });
        s.thread(`breaks${i}`, { domain }, (f) => {
          f.wait(orders[i]);
          f.report(i);
          f.mark(`breaks${i}`);
          if (legal) f.report(f.loadWord(f.buffer(own)).add(200));
          else f.violate('load', FOREIGN);
        });
      });
      const breaks = upTo(rounds).map((i) => `breaks${i}`);
      const goesOn = upTo(rounds).map((i) => `goes_on${i}`);
      if (legal) {
        s.span('over', {
          from: breaks,
          to: goesOn,
          trip: 'one-way',
          path: 'switch',
          meaning: 'the load, the end of the thread, and until the next thread runs',
        });
      } else {
        const trap = { event: 'trap', after: breaks } as const;
        const ended = { event: 'ended', after: breaks } as const;
        s.span('detected', {
          from: breaks,
          to: trap,
          trip: 'one-way',
          path: 'fault',
          meaning: 'from the instruction in front of the load until the core traps',
        });
        s.span('decided', {
          from: trap,
          to: ended,
          trip: 'one-way',
          path: 'fault',
          meaning: 'until the kernel has found out and decides to end the domain',
        });
        s.span('over', {
          from: ended,
          to: goesOn,
          trip: 'one-way',
          path: 'fault',
          meaning: 'until the domain is gone and the next thread runs',
        });
      }
      s.expect({
        reports: upTo(rounds).flatMap((i) => (legal ? [i, 200 + i, 100 + i] : [i, 100 + i])),
        terminated: legal ? [] : breakers,
      });
      s.excludes('waking the domain that loads');
    },
  });
}

export const faultLoad = load(false);
export const faultLoadBenign = load(true);
