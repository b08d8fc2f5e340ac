import { upTo } from '../common/words.js';
import { workload } from '../workload.js';
import { ARRIVALS, driver, ROUNDS, sweepOver, VICTIM } from './sweep.js';

/** Yields of the holder: long enough for the other to try, give up and wait. */
const HELD = 8;

/** An interrupt while a mutex passes to a thread that waits for it (RT-1 of SYN-2). */
export const realtimeLock = workload({
  id: 'realtime.lock',
  title: 'an interrupt arrives in any cycle of the passing of a mutex to a thread that waits for it',
  purpose: 'how long handing a mutex over keeps an interrupt waiting at worst',
  parameters: { rounds: ROUNDS, ...ARRIVALS },
  system(s, { rounds, ...arrivals }) {
    const waits = driver(s);
    const domain = s.domain('only');
    const mutex = s.mutex('mutex');
    const [held, done] = [s.notification('held'), s.notification('done')];
    s.thread('holds', { domain, endsRun: true, priority: VICTIM }, (f) => {
      waits.await(f);
      f.repeat(rounds, (i) => {
        f.lock(mutex);
        f.notify(held);
        f.repeat(HELD, () => f.yield());
        f.report(i.mul(2));
        f.mark('unlocks');
        f.unlock(mutex);
        f.wait(done);
      });
    });
    s.thread('contends', { domain, priority: VICTIM }, (f) => {
      f.repeat(rounds, (i) => {
        f.wait(held);
        f.lock(mutex);
        f.mark('locked');
        f.report(i.mul(2).add(1));
        f.unlock(mutex);
        f.notify(done);
      });
    });
    s.span('whole', {
      from: 'unlocks',
      to: 'locked',
      trip: 'one-way',
      path: 'lock',
      meaning: 'from the unlock to the next instruction of the thread that has waited; without interrupt',
    });
    sweepOver(s, arrivals);
    s.expect({ reports: upTo(2 * rounds) });
    s.excludes('telling each other whose turn it is');
  },
});
