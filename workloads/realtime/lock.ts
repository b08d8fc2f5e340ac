import { passMutex } from '../synchronisation/mutex.js';
import { workload } from '../workload.js';
import { ARRIVALS, driver, ROUNDS, sweepOver, VICTIM } from './sweep.js';

/** An interrupt while a mutex passes to a thread that waits for it (RT-1 of SYN-2). */
export const realtimeLock = workload({
  id: 'realtime.lock',
  title: 'an interrupt arrives in any cycle of the passing of a mutex to a thread that waits for it',
  purpose: 'how long handing a mutex over keeps an interrupt waiting at worst',
  parameters: { rounds: ROUNDS, ...ARRIVALS },
  system(s, { rounds, ...arrivals }) {
    const waits = driver(s);
    const rival = { domain: s.domain('only'), priority: VICTIM };
    passMutex(s, rounds, rival, rival, (f) => waits.await(f));
    s.span('whole', {
      from: 'unlocks',
      to: 'locked',
      trip: 'one-way',
      path: 'lock',
      meaning: 'from the unlock to the next instruction of the thread that has waited; without interrupt',
    });
    sweepOver(s, arrivals);
  },
});
