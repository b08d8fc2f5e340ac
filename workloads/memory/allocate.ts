import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { upTo } from '../common/words.js';
import { workload } from '../workload.js';

/** Memory from the system and back (MEM-1). */
export const allocate = workload({
  id: 'memory.allocate',
  title: 'allocate memory, touch it, free it',
  purpose: 'what memory costs by its size: to get it, to use it for the first time, and to give it back',
  parameters: {
    rounds: ROUNDS,
    bytes: { kind: 'integer', minimum: 8, maximum: 32768, default: 4096, unit: 'bytes', meaning: 'size asked for' },
    state: STATE,
  },
  points: [{ bytes: 32 }, { bytes: 256 }, { bytes: 1024 }, { bytes: 16384 }, BEST_CASE],
  system(s, { rounds, bytes, state }) {
    const pollute = pollution(s, state);
    s.thread('main', { domain: s.domain('only'), endsRun: true }, (f) => {
      f.repeat(rounds, (i) => {
        pollute(f);
        f.mark('asks');
        const memory = f.allocate(bytes);
        f.mark('has');
        const first = f.loadWord(memory);
        f.storeWord(memory, i);
        f.mark('touched');
        f.report(f.loadWord(memory).add(first));
        f.mark('frees');
        f.free(memory, bytes);
        f.mark('freed');
      });
    });
    s.span('allocate', { from: 'asks', to: 'has', trip: 'round-trip', path: 'allocate', meaning: 'until it is there' });
    s.span('touch', {
      from: 'has',
      to: 'touched',
      trip: 'round-trip',
      path: 'allocate',
      meaning: 'first load and store: what the system has put off until then',
    });
    s.span('free', {
      from: 'frees',
      to: 'freed',
      trip: 'round-trip',
      path: 'allocate',
      meaning: 'until the program goes on; that nothing can reach it any more may take longer',
    });
    s.expect({ reports: upTo(rounds) });
    s.excludes('reporting what was read');
  },
});
