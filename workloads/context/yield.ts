import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { startLine } from '../common/start-line.js';
import { upTo } from '../common/words.js';
import { workload } from '../workload.js';

/** Yield between threads of one domain: registers change hands, rights do not (CTX-1). */
export const yieldSameDomain = workload({
  id: 'context.yield.same-domain',
  title: 'yield to the next thread of the same domain',
  purpose: 'the price of a thread switch that changes no rights',
  parameters: {
    rounds: ROUNDS,
    threads: { kind: 'integer', minimum: 2, maximum: 8, default: 2, unit: 'threads', meaning: 'threads in turn' },
    state: STATE,
  },
  points: [BEST_CASE],
  system(s, { rounds, threads, state }) {
    const domain = s.domain('only');
    const gate = s.domain('gate');
    const start = startLine(s, gate, threads);
    const pollute = pollution(s, state);
    const shared = s.buffer('shared', { domain, bytes: 8, words: [threads, 0] });
    const LAST = 0;
    const TURNS = 4;
    for (const i of upTo(threads)) {
      s.thread(`thread${i}`, { domain, endsRun: i === 0 }, (f) => {
        const state = f.buffer(shared);
        start.wait(f);
        f.repeat(rounds, () => {
          f.mark(`enters${i}`);
          f.if(f.loadWord(state, LAST).differs(i), () => f.storeWord(state, f.loadWord(state, TURNS).add(1), TURNS));
          f.storeWord(state, i, LAST);
          pollute(f);
          f.mark(`leaves${i}`);
          f.yield();
        });
        if (i > 0) return;
        f.yield();
        f.report(f.loadWord(state, TURNS));
      });
    }
    for (const i of upTo(threads)) {
      s.span(`switch${i}`, {
        from: `leaves${i}`,
        to: upTo(threads)
          .filter((j) => j !== i)
          .map((j) => `enters${j}`),
        trip: 'one-way',
        path: 'yield',
        meaning: `from the yield of thread ${i} to the next thread's first instruction`,
      });
    }
    s.expect({ reports: [threads * rounds] });
    s.excludes('starting the threads; counting the turns');
  },
});

/** Where the surface over domains and working set is measured; the first of both are the defaults. */
const DOMAINS = [2, 4, 6, 12] as const;
const BYTES = [0, 1024, 8192] as const;

/** Yield between domains, each with its working set (CTX-2). */
export const yieldAcrossDomains = workload({
  id: 'context.yield.across-domains',
  title: 'yield to the thread of the next domain',
  purpose:
    'the price of a switch that changes rights, and what a working set adds: compare switch and work over domains and bytes',
  parameters: {
    rounds: ROUNDS,
    domains: { kind: 'integer', minimum: 2, maximum: 16, default: 2, unit: 'domains', meaning: 'domains in turn' },
    bytes: {
      kind: 'integer',
      minimum: 0,
      maximum: 16384,
      default: 0,
      unit: 'bytes',
      meaning: 'memory of each domain that it reads and writes, a word in 16 bytes, before it yields',
    },
    state: STATE,
  },
  points: [
    ...DOMAINS.slice(1).map((domains) => ({ domains })),
    ...BYTES.slice(1).map((bytes) => ({ bytes })),
    // a surface: with nobody else to take the caches, the cost of a switch depends on both
    ...DOMAINS.flatMap((domains) => BYTES.map((bytes) => ({ domains, bytes, ...BEST_CASE }))),
  ],
  system(s, { rounds, domains, bytes, state }) {
    const gate = s.domain('gate');
    const start = startLine(s, gate, domains);
    const turns = s.buffer('turns', { domain: gate, bytes: 4 });
    const count = s.service('count', { domain: gate, words: 1 }, (f, [own]) => {
      const total = f.let('total', f.loadWord(f.buffer(turns)).add(own));
      f.storeWord(f.buffer(turns), total);
      f.return(total);
    });
    const pollute = pollution(s, state, gate);
    const lines = Math.floor(bytes / 16);
    const all = upTo(domains);
    for (const i of all) {
      const domain = s.domain(`domain${i}`);
      const set = lines === 0 ? undefined : s.buffer(`set${i}`, { domain, bytes: 16 * lines, alignment: 16 });
      s.thread(`thread${i}`, { domain, endsRun: i === 0 }, (f) => {
        const own = f.word('own', 0);
        start.wait(f);
        f.repeat(rounds, () => {
          f.mark(`enters${i}`);
          f.set(own, own.add(1));
          if (set !== undefined) {
            const data = f.buffer(set);
            f.repeat(lines, (line) => {
              const at = line.shiftLeft(4);
              f.storeWord(data, f.loadWord(data, at).add(1), at);
            });
          }
          f.mark(`worked${i}`);
          pollute(f);
          f.mark(`leaves${i}`);
          f.yield();
        });
        if (i > 0) {
          f.callService(count, [own]);
          return;
        }
        f.yield();
        f.report(f.callService(count, [own]));
      });
    }
    s.span('switch', {
      from: all.map((i) => `leaves${i}`),
      to: all.map((i) => `enters${i}`),
      trip: 'one-way',
      path: 'switch',
      meaning: "from a domain's yield to the next domain's first instruction",
    });
    s.span('work', {
      from: all.map((i) => `enters${i}`),
      to: all.map((i) => `worked${i}`),
      trip: 'one-way',
      path: 'compute',
      meaning: 'a domain reads and writes its memory',
    });
    s.expect({ reports: [domains * rounds] });
    s.excludes('starting the threads');
  },
});
