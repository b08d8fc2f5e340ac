import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { upTo } from '../common/words.js';
import { type Workload, workload } from '../workload.js';
import { FOREIGN } from './load.js';
import { spanDetected } from './spans.js';

/** A domain has a handler for its own faults, which puts right what the load was for and lets the thread go on (FLT-2). */
function resume(legal: boolean): Workload {
  return workload({
    id: legal ? 'fault.resume.benign' : 'fault.resume',
    title: legal
      ? 'the program of fault.resume with an address of its own: the handler never runs'
      : 'load from an address that the domain has no right to: a handler of the domain repairs it, the thread goes on',
    purpose: legal
      ? 'that fault.resume runs the handler for the address and nothing else'
      : 'how long a fault takes until code of the domain decides on it, and until the thread goes on',
    parameters: { rounds: ROUNDS, state: STATE },
    points: legal ? [] : [BEST_CASE],
    system(s, { rounds, state }) {
      const domain = s.domain('faulty');
      const handled = s.buffer('handled', { domain, bytes: 4 });
      const pollute = pollution(s, state);
      s.onFault(domain, (f) => {
        f.mark('handles');
        const count = f.let('count', f.loadWord(f.buffer(handled)).add(1));
        f.storeWord(f.buffer(handled), count);
        // more than expected: let the kernel end it
        const given_up = f.let('given_up', count.is('geu', rounds + 1));
        f.mark('decides');
        f.return(given_up);
      });
      s.thread('loads', { domain, endsRun: true }, (f) => {
        f.repeat(rounds, () => {
          pollute(f);
          f.mark('breaks');
          if (legal) f.loadWord(f.buffer(handled));
          else f.violate('load', FOREIGN);
          f.mark('resumes');
          f.report(f.loadWord(f.buffer(handled)));
        });
      });
      s.excludes('what the thread does with what the handler left');
      s.expect({ reports: upTo(rounds).map((i) => (legal ? 0 : i + 1)) });
      if (legal) {
        s.span('round', {
          from: 'breaks',
          to: 'resumes',
          trip: 'round-trip',
          path: 'compute',
          meaning: 'the load, and the instruction behind it',
        });
        return;
      }
      const entered = spanDetected(s, 'breaks');
      s.span('handed', {
        from: entered,
        to: 'handles',
        trip: 'one-way',
        path: 'fault',
        meaning: "until the first instruction of the domain's own handler",
      });
      s.span('decided', {
        from: 'handles',
        to: 'decides',
        trip: 'round-trip',
        path: 'compute',
        meaning: 'the handler puts things right and decides that the thread goes on',
      });
      s.span('resumed', {
        from: 'decides',
        to: 'resumes',
        trip: 'one-way',
        path: 'fault',
        meaning: 'until the instruction behind the load',
      });
      s.span('round', {
        from: 'breaks',
        to: 'resumes',
        trip: 'round-trip',
        path: 'fault',
        meaning: 'all of it',
      });
    },
  });
}

export const faultResume = resume(false);
export const faultResumeBenign = resume(true);
