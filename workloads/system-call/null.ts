import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { workload } from '../workload.js';

/** Into the kernel and back (SYS-1). */
export const nullCall = workload({
  id: 'system-call.null',
  title: 'the cheapest request that enters the kernel',
  purpose: 'what every request to the kernel pays',
  parameters: { rounds: ROUNDS, state: STATE },
  points: [BEST_CASE],
  system(s, { rounds, state }) {
    const pollute = pollution(s, state);
    s.thread('caller', { domain: s.domain('client'), endsRun: true }, (f) => {
      f.repeat(rounds, (i) => {
        pollute(f);
        f.mark('before');
        f.nullCall();
        f.mark('after');
        f.report(i);
      });
    });
    s.span('round', {
      from: 'before',
      to: 'after',
      trip: 'round-trip',
      path: 'null-call',
      meaning: 'into the kernel and back',
    });
    s.expect({ reports: Array.from({ length: rounds }, (_, i) => i) });
    s.excludes('boot');
  },
});
