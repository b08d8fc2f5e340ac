import type { ServiceHandle } from '../language/index.js';
import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { upTo } from '../common/words.js';
import { workload } from '../workload.js';

/** A service that calls a service that calls a service (IPC-6). */
export const chain = workload({
  id: 'ipc.chain',
  title: 'a call through a chain of domains to the last one, and back',
  purpose: 'whether a call gets dearer with the calls that it is part of, and how deep calls can be',
  parameters: {
    rounds: ROUNDS,
    depth: { kind: 'integer', minimum: 1, maximum: 6, default: 3, unit: 'calls', meaning: 'calls in one another' },
    state: STATE,
  },
  points: [{ depth: 1 }, { depth: 6 }, BEST_CASE],
  system(s, { rounds, depth, state }) {
    const client = s.domain('client');
    let next: ServiceHandle | undefined;
    for (const i of upTo(depth)) {
      const inner = next;
      next = s.service(`link${i}`, { domain: s.domain(`domain${i}`), words: 1 }, (f, [word]) => {
        if (inner === undefined) {
          f.mark('deepest');
          f.return(word.add(1));
        } else f.return(f.callService(inner, [word.add(1)]).add(1));
      });
    }
    const first = next!;
    const pollute = pollution(s, state);
    s.thread('caller', { domain: client, endsRun: true }, (f) => {
      f.repeat(rounds, (i) => {
        pollute(f);
        f.mark('called');
        const answer = f.callService(first, [i]);
        f.mark('answered');
        f.report(answer);
      });
    });
    s.span('there', { from: 'called', to: 'deepest', trip: 'one-way', path: 'call', meaning: 'to the last service' });
    s.span('back', {
      from: 'deepest',
      to: 'answered',
      trip: 'one-way',
      path: 'call',
      meaning: 'all answers; the last service adds one first',
    });
    s.span('round', { from: 'called', to: 'answered', trip: 'round-trip', path: 'call', meaning: 'there and back' });
    s.expect({ reports: upTo(rounds).map((i) => i + 2 * depth - 1) });
    s.excludes('connecting the domains');
  },
});
