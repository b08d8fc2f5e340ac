import type { BufferHandle, FunctionBuilder } from '../language/index.js';
import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { upTo } from '../common/words.js';
import { workload } from '../workload.js';

const CALM = 0;
const RUNG = 1;

/** Waits until the word is rung, and calms it. */
function awaitRing(f: FunctionBuilder, word: BufferHandle): void {
  f.while(
    () => f.loadWord(f.buffer(word)).differs(RUNG),
    () => f.waitUntil(f.buffer(word), RUNG),
  );
  f.storeWord(f.buffer(word), CALM);
}

function ring(f: FunctionBuilder, word: BufferHandle): void {
  f.storeWord(f.buffer(word), RUNG);
  f.wakeAt(f.buffer(word));
}

/** The kernel's part of every lock that waits: sleep for the value of a word (SYN-4). */
export const futexWake = workload({
  id: 'synchronisation.futex.wake',
  title: 'a thread sleeps until a word has a value, another of its domain changes the word and wakes it',
  purpose: 'the price of what mutexes and semaphores of libraries are made of',
  parameters: { rounds: ROUNDS, state: STATE },
  points: [BEST_CASE],
  system(s, { rounds, state }) {
    const domain = s.domain('only');
    const [there, back] = ['there', 'back'].map((name) => s.buffer(name, { domain, bytes: 4 }));
    const pollute = pollution(s, state);
    s.thread('rings', { domain, endsRun: true }, (f) => {
      awaitRing(f, back); // the other is there
      f.repeat(rounds, (i) => {
        pollute(f);
        f.storeWord(f.buffer(there), RUNG);
        f.mark('wakes');
        f.wakeAt(f.buffer(there));
        f.mark('waits');
        awaitRing(f, back);
        f.mark('back');
        f.report(i.mul(2).add(1));
      });
    });
    s.thread('sleeps', { domain }, (f) => {
      ring(f, back);
      f.repeat(rounds, (i) => {
        awaitRing(f, there);
        f.mark('woken');
        f.report(i.mul(2));
        ring(f, back);
      });
    });
    s.span('waker', {
      from: 'wakes',
      to: 'waits',
      trip: 'round-trip',
      path: 'lock',
      meaning: 'until the waker goes on; where the woken thread runs first, its turn is in it',
    });
    s.span('wake', {
      from: 'wakes',
      to: 'woken',
      trip: 'one-way',
      path: 'lock',
      meaning: 'until the sleeper has seen the new value; the waker sleeps meanwhile',
    });
    s.span('round', { from: 'wakes', to: 'back', trip: 'round-trip', path: 'lock', meaning: 'there and back' });
    s.expect({ reports: upTo(2 * rounds) });
    s.excludes('starting the threads');
  },
});
