import { askUntil } from '../common/ask-until.js';
import { ROUNDS } from '../common/parameters.js';
import { upTo } from '../common/words.js';
import { workload } from '../workload.js';
import { counter, FIRST, VARIABLES } from './counter.js';
import { restart, spanRestart } from './spans.js';

/** A domain is started again while threads of others are inside (FLT-5). */
export const faultRestart = workload({
  id: 'fault.restart',
  title: 'a domain with threads inside is started again, and answers again with nothing left of what was',
  purpose: 'how long a service is away when its domain is started again, by what it holds and who is inside',
  parameters: {
    rounds: ROUNDS,
    inside: {
      kind: 'integer',
      minimum: 0,
      maximum: 6,
      default: 2,
      unit: 'threads',
      meaning: 'threads of other domains that wait inside for something that does not come',
    },
    bytes: VARIABLES,
    pieces: {
      kind: 'integer',
      minimum: 0,
      maximum: 16,
      default: 2,
      unit: 'pieces',
      meaning: 'pieces of 64 bytes that it has allocated',
    },
  },
  points: [{ inside: 0 }, { inside: 1 }, { inside: 4 }, { bytes: 4096 }, { pieces: 0 }, { pieces: 16 }],
  system(s, { rounds, inside, bytes, pieces }) {
    const server = s.domain('server');
    const supervisor = s.domain('supervisor');
    const { count } = counter(s, server, bytes);
    const present = s.buffer('present', { domain: server, bytes: 4 });
    const never = s.notification('never');
    const fill = s.service('fill', { domain: server }, (f) => {
      f.repeat(pieces, (i) => f.storeWord(f.allocate(64), i));
      f.return(0);
    });
    const stay = s.service('stay', { domain: server }, (f) => {
      f.storeWord(f.buffer(present), f.loadWord(f.buffer(present)).add(1));
      f.wait(never);
      f.return(0);
    });
    const waiting = s.service('waiting', { domain: server }, (f) => f.return(f.loadWord(f.buffer(present))));
    const others = upTo(inside).map((i) => ({
      domain: s.domain(`client${i}`),
      go: s.notification(`go${i}`),
      told: s.notification(`told${i}`),
    }));
    others.forEach(({ domain, go, told }, i) =>
      s.thread(`stays${i}`, { domain }, (f) => {
        f.repeat(rounds, () => {
          f.wait(go);
          const [, failed] = f.tryCallService(stay);
          f.mark(`told${i}`);
          f.report(failed.is('ne', 0));
          f.notify(told);
        });
      }),
    );
    s.thread('restarts', { domain: supervisor, endsRun: true }, (f) => {
      f.repeat(rounds, () => {
        f.callService(fill);
        f.callService(count);
        for (const { go } of others) f.notify(go);
        askUntil(f, waiting, inside);
        restart(f, server);
        const answer = f.callService(count);
        f.mark('answers');
        for (const { told } of others) f.wait(told);
        f.report(answer);
      });
    });
    spanRestart(s);
    s.span('away', {
      from: 'asks',
      to: 'answers',
      trip: 'round-trip',
      path: 'restart',
      meaning: 'until its service has answered a new request',
    });
    others.forEach((_, i) =>
      s.span(`told${i}`, {
        from: 'asks',
        to: `told${i}`,
        trip: 'one-way',
        path: 'restart',
        meaning: 'until a thread that was inside goes on in its own domain, with an error',
      }),
    );
    s.expect({
      reports: upTo(rounds).flatMap(() => [...upTo(inside).map(() => 1), FIRST + 1]),
      terminated: inside > 0 ? [server] : [],
    });
    s.excludes('what the domain does before it is started again; threads getting inside');
  },
});
