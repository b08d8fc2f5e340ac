import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { pseudoRandom, upTo } from '../common/words.js';
import { workload } from '../workload.js';

const WORDS = 48;

/** Loads, stores and branches that depend on them. */
export const sort = workload({
  id: 'compute.sort',
  title: 'insertion sort of 48 words',
  purpose: 'the floor of code that no kernel takes part in: loads and branches',
  parameters: { rounds: ROUNDS, state: STATE },
  points: [BEST_CASE],
  system(s, { rounds, state }) {
    const domain = s.domain('only');
    const given = pseudoRandom(WORDS, 7);
    const source = s.buffer('source', { domain, bytes: 4 * WORDS, words: given });
    const data = s.buffer('data', { domain, bytes: 4 * WORDS });
    const pollute = pollution(s, state);
    s.thread('main', { domain, endsRun: true }, (f) => {
      const list = f.buffer(data);
      f.repeat(rounds, () => {
        f.copyWords(list, f.buffer(source), WORDS);
        pollute(f);
        f.mark('begins');
        f.repeat(WORDS - 1, (i) => {
          const word = f.loadWord(list, i.add(1).shiftLeft(2));
          const at = f.word('at', i.add(1));
          f.loop(() => {
            f.if(at.equals(0), () => f.break());
            const before = f.loadWord(list, at.sub(1).shiftLeft(2));
            f.if(before.atMost(word), () => f.break());
            f.storeWord(list, before, at.shiftLeft(2));
            f.set(at, at.sub(1));
          });
          f.storeWord(list, word, at.shiftLeft(2));
        });
        f.mark('ends');
        const digest = f.word('digest', 0);
        f.repeat(WORDS, (i) => f.set(digest, digest.mul(31).add(f.loadWord(list, i.shiftLeft(2)))));
        f.report(digest);
      });
    });
    s.span('all', { from: 'begins', to: 'ends', trip: 'one-way', path: 'compute', meaning: 'one sort' });
    const sorted = [...given].sort((a, b) => a - b);
    const digest = sorted.reduce((sum, word) => (Math.imul(sum, 31) + word) >>> 0, 0);
    s.expect({ reports: upTo(rounds).map(() => digest) });
    s.excludes('restoring the list; checking the result');
  },
});
