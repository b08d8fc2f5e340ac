import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { upTo } from '../common/words.js';
import { workload } from '../workload.js';

/** A service of another domain called with words (IPC-1, IPC-2). */
export const call = workload({
  id: 'ipc.call',
  title: 'call of a service in another domain, and its answer',
  purpose: 'the price of one request across a boundary, each way and both',
  parameters: {
    rounds: ROUNDS,
    words: { kind: 'integer', minimum: 0, maximum: 4, default: 2, unit: 'words', meaning: 'words in the request' },
    state: STATE,
  },
  points: [{ words: 0 }, { words: 1 }, { words: 3 }, { words: 4 }, BEST_CASE],
  system(s, { rounds, words, state }) {
    const client = s.domain('client');
    const server = s.domain('server');
    const adder = s.service('adder', { domain: server, words }, (f, given) => {
      f.mark('served');
      const sum = f.word('sum', 1);
      for (const word of given) f.set(sum, sum.add(word));
      f.mark('answers');
      f.return(sum);
    });
    const pollute = pollution(s, state);
    s.thread('caller', { domain: client, endsRun: true }, (f) => {
      f.repeat(rounds, (i) => {
        pollute(f);
        f.mark('called');
        const sum = f.callService(
          adder,
          upTo(words).map((k) => i.add(k)),
        );
        f.mark('answered');
        f.report(sum);
      });
    });
    s.span('there', {
      from: 'called',
      to: 'served',
      trip: 'one-way',
      path: 'call',
      meaning: "from the request to the service's first instruction",
    });
    s.span('back', {
      from: 'answers',
      to: 'answered',
      trip: 'one-way',
      path: 'call',
      meaning: "from the service's last instruction to the caller's next",
    });
    s.span('round', {
      from: 'called',
      to: 'answered',
      trip: 'round-trip',
      path: 'call',
      meaning: 'request, service and answer',
    });
    s.expect({ reports: upTo(rounds).map((i) => 1 + words * i + (words * (words - 1)) / 2) });
    s.excludes('connecting to the service; reporting the answer');
  },
});
