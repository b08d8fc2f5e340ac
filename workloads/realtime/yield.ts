import { upTo } from '../common/words.js';
import { workload } from '../workload.js';
import { ARRIVALS, driver, ROUNDS, sweepOver, VICTIM } from './sweep.js';

/** An interrupt during a switch from one domain to another (RT-1 of CTX-2). */
export const realtimeYield = workload({
  id: 'realtime.yield',
  title: 'an interrupt arrives in any cycle of a yield to the thread of another domain',
  purpose: 'how long a switch between domains keeps an interrupt waiting at worst',
  parameters: { rounds: ROUNDS, ...ARRIVALS },
  system(s, { rounds, ...arrivals }) {
    const waits = driver(s);
    const [first, second] = [s.domain('first'), s.domain('second')];
    s.thread('leaves', { domain: first, endsRun: true, priority: VICTIM }, (f) => {
      waits.await(f);
      // the other's first turn, if it has not had one yet
      f.yield();
      f.repeat(rounds, (i) => {
        f.report(i);
        f.mark('leaves');
        f.yield();
      });
    });
    s.thread('enters', { domain: second, priority: VICTIM }, (f) => {
      f.loop(() => {
        f.yield();
        f.mark('enters');
      });
    });
    s.span('whole', {
      from: 'leaves',
      to: 'enters',
      trip: 'one-way',
      path: 'switch',
      meaning: "from the yield to the other domain's next instruction; without interrupt",
    });
    sweepOver(s, arrivals);
    s.expect({ reports: upTo(rounds) });
    s.excludes('starting the threads; the way back');
  },
});
