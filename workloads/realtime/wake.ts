import { upTo } from '../common/words.js';
import { workload } from '../workload.js';
import { ARRIVALS, driver, ROUNDS, sweepOver, VICTIM } from './sweep.js';

/** An interrupt while a thread of another domain is woken, and wakes back (RT-1 of NTF-1). */
export const realtimeWake = workload({
  id: 'realtime.wake',
  title: 'an interrupt arrives in any cycle of a notification that wakes another domain, and of its answer',
  purpose: 'how long notifying and waiting keep an interrupt waiting at worst',
  parameters: { rounds: ROUNDS, ...ARRIVALS },
  system(s, { rounds, ...arrivals }) {
    const waits = driver(s);
    const [teller, told] = [s.domain('teller'), s.domain('told')];
    const [ping, pong, listens] = [s.notification('ping'), s.notification('pong'), s.notification('listens')];
    s.thread('tells', { domain: teller, endsRun: true, priority: VICTIM }, (f) => {
      waits.await(f);
      f.wait(listens);
      f.repeat(rounds, (i) => {
        f.mark('gives');
        f.notify(ping);
        f.wait(pong);
        f.mark('back');
        f.report(i);
        f.yield();
      });
    });
    s.thread('waits', { domain: told, priority: VICTIM }, (f) => {
      f.notify(listens);
      f.repeat(rounds, () => {
        f.wait(ping);
        f.notify(pong);
      });
    });
    s.span('whole', {
      from: 'gives',
      to: 'back',
      trip: 'round-trip',
      path: 'notify',
      meaning: 'a notification there and one back; without interrupt',
    });
    sweepOver(s, arrivals);
    s.expect({ reports: upTo(rounds) });
    s.excludes('starting the threads');
  },
});
