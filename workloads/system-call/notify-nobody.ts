import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { upTo } from '../common/words.js';
import { workload } from '../workload.js';

/** A service of the kernel that does its work and switches to nobody (SYS-2). */
export const notifyNobody = workload({
  id: 'system-call.notify-nobody',
  title: 'a notification that nobody waits for, and taking it at once',
  purpose: 'the price of a kernel service that changes something and switches to nobody',
  parameters: { rounds: ROUNDS, state: STATE },
  points: [BEST_CASE],
  system(s, { rounds, state }) {
    const given = s.notification('given');
    const pollute = pollution(s, state);
    s.thread('main', { domain: s.domain('only'), endsRun: true }, (f) => {
      f.repeat(rounds, (i) => {
        pollute(f);
        f.mark('gives');
        f.notify(given);
        f.mark('given');
        f.wait(given);
        f.mark('taken');
        f.report(i);
      });
    });
    s.span('give', {
      from: 'gives',
      to: 'given',
      trip: 'round-trip',
      path: 'notify',
      meaning: 'into the kernel, the notification is noted, and back',
    });
    s.span('take', {
      from: 'given',
      to: 'taken',
      trip: 'round-trip',
      path: 'notify',
      meaning: 'a wait that finds its notification',
    });
    s.expect({ reports: upTo(rounds) });
    s.excludes('boot');
  },
});
