import { askUntil } from '../common/ask-until.js';
import { ROUNDS } from '../common/parameters.js';
import { upTo } from '../common/words.js';
import { workload } from '../workload.js';

/** Several domains that call one service at the same time (IPC-7). */
export const clients = workload({
  id: 'ipc.clients',
  title: 'clients of several domains call one service that takes its time',
  purpose:
    'who waits for whom where a service is wanted by more than one: whether calls queue, and whether the wait is shared out',
  parameters: {
    rounds: ROUNDS,
    clients: { kind: 'integer', minimum: 2, maximum: 8, default: 3, unit: 'domains', meaning: 'clients' },
    yields: {
      kind: 'integer',
      minimum: 0,
      maximum: 8,
      default: 2,
      unit: 'yields',
      meaning: 'how often the service gives the processor away before it answers: in that time others call',
    },
  },
  points: [{ clients: 6 }],
  system(s, { rounds, clients, yields }) {
    const server = s.domain('server');
    const counts = s.buffer('counts', { domain: server, bytes: 8 });
    const [SERVED, ENDED] = [0, 4];
    const serve = s.service('serve', { domain: server, words: 1 }, (f, [word]) => {
      f.repeat(yields, () => f.yield());
      const state = f.buffer(counts);
      f.storeWord(state, f.loadWord(state, SERVED).add(1), SERVED);
      f.return(word.add(1));
    });
    const ended = s.service('ended', { domain: server, words: 1 }, (f, [more]) => {
      const state = f.buffer(counts);
      f.storeWord(state, f.loadWord(state, ENDED).add(more), ENDED);
      f.return(f.loadWord(state, ENDED));
    });
    const total = s.service('total', { domain: server }, (f) => f.return(f.loadWord(f.buffer(counts), SERVED)));
    for (const i of upTo(clients)) {
      s.thread(`client${i}`, { domain: s.domain(`client${i}`), endsRun: i === 0 }, (f) => {
        const right = f.word('right', 0);
        f.repeat(rounds, (round) => {
          f.mark(`called${i}`);
          const answer = f.callService(serve, [round]);
          f.mark(`answered${i}`);
          f.set(right, right.add(answer.is('eq', round.add(1))));
        });
        const done = f.callService(ended, [1]);
        if (i > 0) return;
        askUntil(f, ended, clients, [0], done);
        f.report(right);
        f.report(f.callService(total));
      });
      s.span(`call${i}`, {
        from: `called${i}`,
        to: `answered${i}`,
        trip: 'round-trip',
        // the others' turns are in it, and so is the scheduler
        path: yields === 0 ? 'call' : 'switch',
        meaning: `request of client ${i}, its wait for the others, service and answer`,
      });
    }
    s.expect({ reports: [rounds, clients * rounds] });
    s.excludes('connecting; finding out that all clients are done');
  },
});
