import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { semaphore } from '../common/semaphore.js';
import { upTo } from '../common/words.js';
import { workload } from '../workload.js';

/** A semaphore that is never empty (SYN-3). */
export const semaphoreFree = workload({
  id: 'synchronisation.semaphore.free',
  title: 'give and take a semaphore for which nobody waits',
  purpose: 'the price of a semaphore over mutex and notification when there is no need to wait',
  parameters: { rounds: ROUNDS, state: STATE },
  points: [BEST_CASE],
  system(s, { rounds, state }) {
    const domain = s.domain('only');
    const free = semaphore(s, 'free', domain, 0);
    const pollute = pollution(s, state);
    s.thread('main', { domain, endsRun: true }, (f) => {
      f.repeat(rounds, (i) => {
        pollute(f);
        f.mark('gives');
        free.give(f);
        f.mark('given');
        free.take(f);
        f.mark('taken');
        f.report(i);
      });
    });
    s.span('give', { from: 'gives', to: 'given', trip: 'round-trip', path: 'lock', meaning: 'until it is given' });
    s.span('take', { from: 'given', to: 'taken', trip: 'round-trip', path: 'lock', meaning: 'until it is taken' });
    s.expect({ reports: upTo(rounds) });
    s.excludes('boot');
  },
});

/** Two threads that wait for each other (SYN-3, ping-pong). */
export const semaphorePingPong = workload({
  id: 'synchronisation.semaphore.ping-pong',
  title: 'two threads of one domain give each other a semaphore in turn',
  purpose: 'the price of a semaphore with somebody to wake, there and back',
  parameters: { rounds: ROUNDS, state: STATE },
  points: [BEST_CASE],
  system(s, { rounds, state }) {
    const domain = s.domain('only');
    const [there, back] = [semaphore(s, 'there', domain, 0), semaphore(s, 'back', domain, 0)];
    const pollute = pollution(s, state);
    s.thread('pings', { domain, endsRun: true }, (f) => {
      back.take(f); // the other is there
      f.repeat(rounds, (i) => {
        pollute(f);
        f.mark('gives');
        there.give(f);
        back.take(f);
        f.mark('back');
        f.report(i.mul(2).add(1));
      });
    });
    s.thread('pongs', { domain }, (f) => {
      back.give(f);
      f.repeat(rounds, (i) => {
        there.take(f);
        f.mark('taken');
        f.report(i.mul(2));
        back.give(f);
      });
    });
    s.span('wake', {
      from: 'gives',
      to: 'taken',
      trip: 'one-way',
      path: 'lock',
      meaning: 'until the other thread has it; the giver waits for the other semaphore meanwhile',
    });
    s.span('round', {
      from: 'gives',
      to: 'back',
      trip: 'round-trip',
      path: 'lock',
      meaning: 'there and back',
    });
    s.expect({ reports: upTo(2 * rounds) });
    s.excludes('starting the threads');
  },
});
