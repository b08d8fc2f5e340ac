import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { upTo } from '../common/words.js';
import { workload } from '../workload.js';

const CAPACITY = 8;

/** A word through a queue by one thread (MSG-1). */
export const queueSelf = workload({
  id: 'queue.self',
  title: 'a word put into a queue and taken out again by the same thread',
  purpose: 'the price of a queue without anybody to wake',
  parameters: { rounds: ROUNDS, state: STATE },
  points: [BEST_CASE],
  system(s, { rounds, state }) {
    const queue = s.queue('queue', CAPACITY);
    const pollute = pollution(s, state);
    s.thread('main', { domain: s.domain('only'), endsRun: true }, (f) => {
      f.repeat(rounds, (i) => {
        pollute(f);
        f.mark('puts');
        f.put(queue, i.add(7));
        f.mark('put');
        const word = f.get(queue);
        f.mark('got');
        f.report(word);
      });
    });
    s.span('put', { from: 'puts', to: 'put', trip: 'round-trip', path: 'queue', meaning: 'until it is in the queue' });
    s.span('get', { from: 'put', to: 'got', trip: 'round-trip', path: 'queue', meaning: 'until it is out of it' });
    s.expect({ reports: upTo(rounds).map((i) => i + 7) });
    s.excludes('boot');
  },
});

/** A word through a queue to a thread of another domain that waits for it (MSG-2). */
export const queueAcrossDomains = workload({
  id: 'queue.across-domains',
  title: 'a word put into a queue wakes the domain that waits for it',
  purpose:
    'the price of a queue with somebody to wake: until the producer goes on, and until the consumer has the word',
  parameters: { rounds: ROUNDS, state: STATE },
  points: [BEST_CASE],
  system(s, { rounds, state }) {
    const [producer, consumer] = [s.domain('producer'), s.domain('consumer')];
    const [there, back] = [s.queue('there', CAPACITY), s.queue('back', CAPACITY)];
    const pollute = pollution(s, state);
    s.thread('puts', { domain: producer, endsRun: true }, (f) => {
      f.report(f.get(back)); // the consumer is there
      f.repeat(rounds, (i) => {
        pollute(f);
        f.mark('puts');
        f.put(there, i);
        f.mark('put');
        f.report(f.get(back));
      });
    });
    s.thread('gets', { domain: consumer }, (f) => {
      f.put(back, 1000);
      f.repeat(rounds, () => {
        const word = f.get(there);
        f.mark('got');
        f.put(back, word.add(100));
      });
    });
    s.span('producer', {
      from: 'puts',
      to: 'put',
      trip: 'round-trip',
      path: 'queue',
      meaning: 'until the producer goes on; where the woken consumer runs first, its turn is in it',
    });
    s.span('delivery', {
      from: 'puts',
      to: 'got',
      trip: 'one-way',
      path: 'queue',
      meaning: 'until the consumer has the word; the producer waits for the answer meanwhile',
    });
    s.expect({ reports: [1000, ...upTo(rounds).map((i) => 100 + i)] });
    s.excludes('starting the threads; the way back');
  },
});
