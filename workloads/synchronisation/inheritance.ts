import { ROUNDS } from '../common/parameters.js';
import { workload } from '../workload.js';

/** Steps of the holder between lock and unlock. */
const SECTION = 50;

/** An urgent thread waits for what a slow one holds while one in between wants the processor (SYN-5). */
export const inheritance = workload({
  id: 'synchronisation.inheritance',
  title: 'an urgent thread waits for a mutex that a slow one holds, and one of middle priority has work to do',
  purpose: "how long an urgent thread waits for a lock's holder: the holder's section, or everybody's work in between",
  parameters: {
    rounds: ROUNDS,
    work: {
      kind: 'integer',
      minimum: 1,
      maximum: 100_000,
      default: 1000,
      unit: 'steps',
      meaning: `work of the thread in between: a load, an addition and a store each; the holder has ${SECTION} steps`,
    },
  },
  points: [{ work: 100 }, { work: 4000 }],
  system(s, { rounds, work }) {
    const domain = s.domain('only');
    const mutex = s.mutex('mutex');
    const [wanted, busy] = [s.notification('wanted'), s.notification('busy')];
    const [got, rested] = [s.notification('got'), s.notification('rested')];
    // steps of holder and hog, rounds that the hog has worked, rounds in which it was first
    const [HELD, WORKED, ROUND, FIRST] = [0, 4, 8, 12];
    const state = s.buffer('state', { domain, bytes: 16 });
    s.thread('urgent', { domain, priority: 5, endsRun: true }, (f) => {
      const data = f.buffer(state);
      f.repeat(rounds, (i) => {
        f.wait(wanted);
        f.mark('wants');
        f.lock(mutex);
        f.mark('has');
        f.if(f.loadWord(data, ROUND).above(i), () => f.storeWord(data, f.loadWord(data, FIRST).add(1), FIRST));
        f.unlock(mutex);
        f.notify(got);
      });
      f.wait(wanted); // the last round of the others
      f.report(f.loadWord(data, HELD));
      f.report(f.loadWord(data, WORKED));
      f.report(f.loadWord(data, FIRST));
    });
    s.thread('between', { domain, priority: 3 }, (f) => {
      const data = f.buffer(state);
      f.repeat(rounds, () => {
        f.wait(busy);
        f.repeat(work, () => f.storeWord(data, f.loadWord(data, WORKED).add(1), WORKED));
        f.storeWord(data, f.loadWord(data, ROUND).add(1), ROUND);
        f.notify(rested);
      });
    });
    s.thread('slow', { domain, priority: 1 }, (f) => {
      const data = f.buffer(state);
      f.repeat(rounds, () => {
        f.lock(mutex);
        f.notify(wanted);
        f.notify(busy);
        f.repeat(SECTION, () => f.storeWord(data, f.loadWord(data, HELD).add(1), HELD));
        f.unlock(mutex);
        f.wait(got);
        f.wait(rested);
      });
      f.notify(wanted);
    });
    s.span('blocked', {
      from: 'wants',
      to: 'has',
      trip: 'round-trip',
      path: 'lock',
      meaning: 'until the urgent thread has the mutex: the rest of the section, and what runs before it',
    });
    // where nobody is preempted the mutex is free again before anybody wants it
    s.needsPriorities();
    s.expect({ reports: [rounds * SECTION, rounds * work], observed: ['rounds_behind_work'] });
    s.excludes("the holder's lock; the work, where it comes after");
  },
});
