import { BEST_CASE } from '../common/parameters.js';
import { type Workload, workload } from '../workload.js';
import { ENDINGS, oneByOne } from './one-by-one.js';
import { spanDetected, spanOver } from './spans.js';

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
    parameters: ENDINGS,
    points: legal ? [] : [BEST_CASE],
    system(s, values) {
      const { breaks, goesOn } = oneByOne(s, values, legal, (domain, i) => {
        const own = s.buffer(`own${i}`, { domain, bytes: 4, words: [i] });
        return (f) => {
          if (legal) f.report(f.loadWord(f.buffer(own)).add(200));
          else f.violate('load', FOREIGN);
        };
      });
      s.excludes('waking the domain that loads');
      if (legal) {
        s.span('over', {
          from: breaks,
          to: goesOn,
          trip: 'one-way',
          path: 'switch',
          meaning: 'the load, the end of the thread, and until the next thread runs',
        });
        return;
      }
      const entered = spanDetected(s, breaks);
      s.span('decided', {
        from: entered,
        to: { event: 'ended', after: breaks },
        trip: 'one-way',
        path: 'fault',
        meaning: 'until the kernel has found out and decides to end the domain',
      });
      spanOver(s, breaks, goesOn);
    },
  });
}

export const faultLoad = load(false);
export const faultLoadBenign = load(true);
