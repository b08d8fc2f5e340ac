import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { pseudoRandom, upTo } from '../common/words.js';
import { workload } from '../workload.js';

const POLYNOMIAL = 0xedb88320;
const WORDS = 64;

/** CRC-32 of little-endian words, as the guest computes it. */
function crc32(words: readonly number[]): number {
  let crc = 0xffffffff;
  for (const byte of new Uint8Array(Uint32Array.from(words).buffer)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (POLYNOMIAL & -(crc & 1));
  }
  return ~crc >>> 0;
}

/** Byte loads, shifts and branches. */
export const crc = workload({
  id: 'compute.crc',
  title: 'CRC-32 of 256 bytes, bit by bit',
  purpose: 'the floor of code that no kernel takes part in: shifts and branches',
  parameters: { rounds: ROUNDS, state: STATE },
  points: [BEST_CASE],
  system(s, { rounds, state }) {
    const domain = s.domain('only');
    const given = pseudoRandom(WORDS);
    const data = s.buffer('data', { domain, bytes: 4 * WORDS, words: given });
    const pollute = pollution(s, state);
    s.thread('main', { domain, endsRun: true }, (f) => {
      f.repeat(rounds, () => {
        pollute(f);
        f.mark('begins');
        const crc = f.word('crc', 0xffffffff);
        f.repeat(4 * WORDS, (i) => {
          f.set(crc, crc.xor(f.loadByte(f.buffer(data), i)));
          f.repeat(8, () => {
            const bit = f.let('bit', crc.and(1));
            f.set(crc, crc.shiftRight(1));
            f.if(bit.differs(0), () => f.set(crc, crc.xor(POLYNOMIAL)));
          });
        });
        f.mark('ends');
        f.report(crc.xor(0xffffffff));
      });
    });
    s.span('all', { from: 'begins', to: 'ends', trip: 'one-way', path: 'compute', meaning: 'one CRC' });
    s.expect({ reports: upTo(rounds).map(() => crc32(given)) });
    s.excludes('reporting the result');
  },
});
