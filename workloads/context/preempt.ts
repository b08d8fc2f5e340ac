import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { upTo } from '../common/words.js';
import { type Workload, workload } from '../workload.js';

const DISTANCE = {
  kind: 'integer',
  minimum: 1,
  maximum: 6,
  default: 1,
  unit: 'priorities',
  meaning: 'by how much the preempting thread is above the other, where the platform has priorities',
} as const;

/** A thread makes one of a higher priority ready, which runs at once (CTX-3). */
function preempt(across: boolean): Workload {
  return workload({
    id: across ? 'context.preempt.across-domains' : 'context.preempt.same-domain',
    title: `a thread makes a more urgent one of ${across ? 'another' : 'its own'} domain ready and is preempted by it`,
    purpose: 'the price of letting go of the processor in the middle of a program, and of getting it back',
    parameters: { rounds: ROUNDS, distance: DISTANCE, state: STATE },
    points: [{ distance: 6 }, BEST_CASE],
    system(s, { rounds, distance, state }) {
      const low = s.domain('low');
      const high = across ? s.domain('high') : low;
      const [go, ready] = [s.notification('go'), s.notification('ready')];
      const pollute = pollution(s, state);
      s.thread('slow', { domain: low, endsRun: true, priority: 1 }, (f) => {
        f.wait(ready);
        f.repeat(rounds, (i) => {
          pollute(f);
          f.mark('gives');
          f.notify(go);
          f.mark('resumed');
          f.report(i.mul(2).add(1));
        });
      });
      s.thread('urgent', { domain: high, priority: 1 + distance }, (f) => {
        f.notify(ready);
        f.repeat(rounds, (i) => {
          f.wait(go);
          f.mark('runs');
          f.report(i.mul(2));
          f.mark('done');
        });
        // so that the last round ends as the others do
        f.wait(go);
      });
      s.span('preempt', {
        from: 'gives',
        to: 'runs',
        trip: 'one-way',
        path: 'notify',
        meaning: "until the more urgent thread's first instruction",
      });
      s.span('resume', {
        from: 'done',
        to: 'resumed',
        trip: 'one-way',
        path: 'switch',
        meaning: 'from its next wait until the preempted thread goes on',
      });
      s.needsPriorities();
      // the urgent one first, each time
      s.expect({ reports: upTo(2 * rounds) });
      s.excludes('starting the threads');
    },
  });
}

export const preemptSameDomain = preempt(false);
export const preemptAcrossDomains = preempt(true);
