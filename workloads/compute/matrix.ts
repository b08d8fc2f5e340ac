import type { Word } from '../language/index.js';
import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { pseudoRandom, sumOf, upTo } from '../common/words.js';
import { workload } from '../workload.js';

const N = 10;

/** Multiplications and address arithmetic. */
export const matrix = workload({
  id: 'compute.matrix',
  title: 'product of two matrices of 10 x 10 words',
  purpose: 'the floor of code that no kernel takes part in: multiplication',
  parameters: { rounds: ROUNDS, state: STATE },
  points: [BEST_CASE],
  system(s, { rounds, state }) {
    const domain = s.domain('only');
    const [a, b] = [pseudoRandom(N * N, 3), pseudoRandom(N * N, 5)];
    const left = s.buffer('left', { domain, bytes: 4 * N * N, words: a });
    const right = s.buffer('right', { domain, bytes: 4 * N * N, words: b });
    const product = s.buffer('product', { domain, bytes: 4 * N * N });
    const pollute = pollution(s, state);
    s.thread('main', { domain, endsRun: true }, (f) => {
      const at = (row: Word, column: Word): Word => row.mul(N).add(column).shiftLeft(2);
      f.repeat(rounds, () => {
        pollute(f);
        f.mark('begins');
        f.repeat(N, (i) => {
          f.repeat(N, (j) => {
            const sum = f.word('sum', 0);
            f.repeat(N, (k) => {
              const factor = f.loadWord(f.buffer(left), at(i, k));
              f.set(sum, sum.add(factor.mul(f.loadWord(f.buffer(right), at(k, j)))));
            });
            f.storeWord(f.buffer(product), sum, at(i, j));
          });
        });
        f.mark('ends');
        const digest = f.word('digest', 0);
        f.repeat(N * N, (i) => f.set(digest, digest.mul(31).add(f.loadWord(f.buffer(product), i.shiftLeft(2)))));
        f.report(digest);
      });
    });
    s.span('all', { from: 'begins', to: 'ends', trip: 'one-way', path: 'compute', meaning: 'one product' });
    const element = (i: number, j: number): number => sumOf(upTo(N).map((k) => Math.imul(a[i * N + k], b[k * N + j])));
    const elements = upTo(N * N).map((at) => element(Math.floor(at / N), at % N));
    const digest = elements.reduce((sum, word) => (Math.imul(sum, 31) + word) >>> 0, 0);
    s.expect({ reports: upTo(rounds).map(() => digest) });
    s.excludes('checking the result');
  },
});
