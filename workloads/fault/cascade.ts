import type { FunctionBuilder, ServiceHandle, WordLike, WordVariable } from '../language/index.js';
import { askUntil } from '../common/ask-until.js';
import { upTo } from '../common/words.js';
import { type Workload, workload } from '../workload.js';
import { FOREIGN } from './load.js';
import { restart, spanRestart } from './spans.js';

const POLICY = {
  kind: 'choice',
  values: ['error', 'fault', 'restart', 'retry'],
  default: 'error',
  meaning:
    'what a domain does when a service that it called is gone: answer with an error; not notice it and fault; start itself ' +
    'again; ask again until there is an answer',
} as const;

const RIGHT = 7;
const ERROR = 0xe;
/** Requests: to wait inside for what never comes, or to answer at once. */
const [ANSWER, STAY] = [0, 1];

/** Asks a service, and finds out whether the answer is right: 0 if so. */
function ask(
  f: FunctionBuilder,
  service: ServiceHandle,
  what: WordLike,
): { readonly answer: WordVariable; readonly wrong: WordVariable } {
  const [answer, failed] = f.tryCallService(service, [what]);
  return {
    answer: f.word('answer', answer),
    wrong: f.word('wrong', failed.is('ne', 0).or(answer.is('ne', RIGHT))),
  };
}

/** Asks until the answer is right. */
const insist = (f: FunctionBuilder, service: ServiceHandle, wrong: WordVariable): void =>
  f.while(
    () => wrong.differs(0),
    () => {
      f.yield();
      f.set(wrong, ask(f, service, ANSWER).wrong);
    },
  );

/** A service that others depend on is started again while they are inside (FLT-5): what comes of it for them. */
function cascade(shape: 'chain' | 'star'): Workload {
  return workload({
    id: `fault.cascade.${shape}`,
    title:
      shape === 'chain'
        ? 'domains that call one another in a chain: the last is started again while it is called'
        : 'domains that all call one: it is started again while all are inside',
    purpose: 'how far the restart of one domain spreads: who gives errors, who starts again, how long until all answer',
    parameters: {
      rounds: { kind: 'integer', minimum: 1, maximum: 100, default: 4, unit: 'rounds', meaning: 'restarts' },
      dependents: {
        kind: 'integer',
        minimum: 1,
        maximum: 6,
        default: 3,
        unit: 'domains',
        meaning: 'domains beside the one that is started again',
      },
      policy: POLICY,
    },
    points: [
      { policy: 'fault' },
      { policy: 'restart' },
      { policy: 'retry' },
      { dependents: 1 },
      { dependents: 6 },
      { dependents: 6, policy: 'restart' },
    ],
    system(s, { rounds, dependents, policy }) {
      const all = upTo(dependents);
      const root = s.domain('root');
      const supervisor = s.domain('supervisor');
      const domains = all.map((i) => s.domain(`node${i}`));
      const clients = all.filter((i) => shape === 'star' || i === 0);

      const book = s.buffer('book', { domain: supervisor, bytes: 4 });
      const note = s.service('note', { domain: supervisor }, (f) => {
        const errors = f.let('errors', f.loadWord(f.buffer(book)).add(1));
        f.storeWord(f.buffer(book), errors);
        f.return(errors);
      });

      const inside = s.buffer('inside', { domain: root, bytes: 4 });
      const never = s.notification('never');
      const work = s.service('work', { domain: root, words: 1 }, (f, [what]) => {
        f.if(what.equals(STAY), () => {
          f.storeWord(f.buffer(inside), f.loadWord(f.buffer(inside)).add(1));
          f.wait(never);
        });
        f.return(RIGHT);
      });
      const waiting = s.service('waiting', { domain: root }, (f) => f.return(f.loadWord(f.buffer(inside))));

      // from the one next to the root outward
      const services: ServiceHandle[] = [];
      const ages = all.map((i) => s.buffer(`age${i}`, { domain: domains[i], bytes: 4 }));
      for (const i of [...all].reverse()) {
        const nextToRoot = shape === 'star' || i === dependents - 1;
        const callee = nextToRoot ? work : services[i + 1];
        services[i] = s.service(`use${i}`, { domain: domains[i], words: 1 }, (f, [what]) => {
          const { wrong } = ask(f, callee, what);
          if (policy === 'retry') insist(f, callee, wrong);
          f.if(wrong.equals(0), () => f.return(RIGHT));
          if (!nextToRoot) f.callService(note);
          if (policy === 'fault') f.violate('load', FOREIGN);
          if (policy === 'restart') f.restart(domains[i]);
          f.return(ERROR);
        });
      }
      const grow = all.map((i) =>
        s.service(`grow${i}`, { domain: domains[i] }, (f) => {
          f.storeWord(f.buffer(ages[i]), 1);
          f.return(0);
        }),
      );
      const age = all.map((i) =>
        s.service(`tell${i}`, { domain: domains[i] }, (f) => f.return(f.loadWord(f.buffer(ages[i])))),
      );

      const signals = clients.map((i) => ({ go: s.notification(`go${i}`), told: s.notification(`told${i}`) }));
      clients.forEach((i) =>
        s.thread(`client${i}`, { domain: s.domain(`outside${i}`) }, (f) => {
          f.repeat(rounds, () => {
            f.wait(signals[i].go);
            const { wrong } = ask(f, services[i], STAY);
            f.if(wrong.differs(0), () => {
              f.callService(note);
            });
            f.mark(`told${i}`);
            f.notify(signals[i].told);
          });
        }),
      );
      s.thread('restarts', { domain: supervisor, endsRun: true }, (f) => {
        const reboots = f.word('reboots', 0);
        f.repeat(rounds, () => {
          f.storeWord(f.buffer(book), 0);
          for (const service of grow) f.callService(service);
          for (const { go } of signals) f.notify(go);
          askUntil(f, waiting, clients.length);
          restart(f, root);
          for (const { told } of signals) f.wait(told);
          for (const service of services) {
            insist(f, service, ask(f, service, ANSWER).wrong);
          }
          f.mark('all_answer');
          f.set(reboots, 0);
          for (const service of age) f.set(reboots, reboots.add(f.callService(service).is('eq', 0)));
        });
        f.report(f.loadWord(f.buffer(book)));
        f.report(reboots);
      });
      spanRestart(s);
      clients.forEach((i) =>
        s.span(`told${i}`, {
          from: 'asks',
          to: `told${i}`,
          trip: 'one-way',
          path: 'restart',
          meaning: 'until a client outside has its answer or error',
        }),
      );
      s.span('all', {
        from: 'asks',
        to: 'all_answer',
        trip: 'round-trip',
        path: 'restart',
        meaning: 'until all clients have been told and each domain has answered a new request',
      });
      s.expect({
        reports: [],
        observed: ['errors', 'restarts'],
        terminated: [root],
        mayEnd: domains,
      });
      s.excludes(
        'getting everybody inside; errors and restarts are those of the last round, the restarted root not counted',
      );
    },
  });
}

export const cascadeChain = cascade('chain');
export const cascadeStar = cascade('star');
