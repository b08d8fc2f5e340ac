import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { upTo } from '../common/words.js';
import { workload } from '../workload.js';

/** A thread of another domain woken (NTF-1); there and back, so that every wait finds nothing yet. */
export const wake = workload({
  id: 'notification.wake',
  title: 'a notification wakes the thread of another domain that waits for it',
  purpose: 'the price of telling somebody else without data: until the teller goes on, and until the told one runs',
  parameters: { rounds: ROUNDS, state: STATE },
  points: [BEST_CASE],
  system(s, { rounds, state }) {
    const teller = s.domain('teller');
    const told = s.domain('told');
    const [ping, pong, ready] = [s.notification('ping'), s.notification('pong'), s.notification('ready')];
    const pollute = pollution(s, state);
    s.thread('tells', { domain: teller, endsRun: true }, (f) => {
      f.wait(ready);
      f.repeat(rounds, (i) => {
        pollute(f);
        f.mark('gives');
        f.notify(ping);
        f.mark('given');
        f.wait(pong);
        f.mark('back');
        f.report(i);
      });
    });
    s.thread('waits', { domain: told }, (f) => {
      f.notify(ready);
      f.repeat(rounds, () => {
        f.wait(ping);
        f.mark('woken');
        f.notify(pong);
      });
    });
    s.span('teller', {
      from: 'gives',
      to: 'given',
      trip: 'round-trip',
      path: 'notify',
      meaning: 'until the teller goes on; where the woken thread runs first, its turn is in it',
    });
    s.span('wake', {
      from: 'gives',
      to: 'woken',
      trip: 'one-way',
      path: 'notify',
      meaning: "until the waiting thread's next instruction; the teller waits for the answer meanwhile",
    });
    s.span('round', { from: 'gives', to: 'back', trip: 'round-trip', path: 'notify', meaning: 'there and back' });
    s.expect({ reports: upTo(rounds) });
    s.excludes('starting the threads');
  },
});
