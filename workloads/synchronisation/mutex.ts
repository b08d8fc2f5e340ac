import type { DomainHandle, FunctionBuilder, ScenarioBuilder, ThreadOptions } from '../language/index.js';
import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { upTo } from '../common/words.js';
import { workload } from '../workload.js';

/** A mutex that is free (SYN-1). */
export const mutexFree = workload({
  id: 'synchronisation.mutex.free',
  title: 'lock and unlock a mutex that nobody else wants',
  purpose: 'the price of being careful when there is no need to wait',
  parameters: { rounds: ROUNDS, state: STATE },
  points: [BEST_CASE],
  system(s, { rounds, state }) {
    const mutex = s.mutex('mutex');
    const pollute = pollution(s, state);
    s.thread('main', { domain: s.domain('only'), endsRun: true }, (f) => {
      f.repeat(rounds, (i) => {
        pollute(f);
        f.mark('locks');
        f.lock(mutex);
        f.mark('locked');
        f.unlock(mutex);
        f.mark('unlocked');
        f.report(i);
      });
    });
    s.span('lock', { from: 'locks', to: 'locked', trip: 'round-trip', path: 'lock', meaning: 'until it is locked' });
    s.span('unlock', {
      from: 'locked',
      to: 'unlocked',
      trip: 'round-trip',
      path: 'lock',
      meaning: 'until the program goes on',
    });
    s.expect({ reports: upTo(rounds) });
    s.excludes('boot');
  },
});

/** Yields of the holder: long enough for the other to try, give up and wait. */
const HELD = 8;

/** A thread that wants the mutex. */
type Rival = Pick<ThreadOptions, 'domain' | 'priority'>;

/**
 * Two threads that want one mutex, in one domain or in two (SYN-2): each round it passes from mark `unlocks` to `locked`. States
 * what must come out.
 * @param first what the holder does at the beginning
 */
export function passMutex(
  s: ScenarioBuilder,
  rounds: number,
  holder: Rival,
  contender: Rival,
  first?: (f: FunctionBuilder) => void,
): void {
  const mutex = s.mutex('mutex');
  const [held, done] = [s.notification('held'), s.notification('done')];
  s.thread('holds', { ...holder, endsRun: true }, (f) => {
    first?.(f);
    f.repeat(rounds, (i) => {
      f.lock(mutex);
      f.notify(held);
      f.repeat(HELD, () => f.yield());
      f.report(i.mul(2));
      f.mark('unlocks');
      f.unlock(mutex);
      f.mark('unlocked');
      f.wait(done);
    });
  });
  s.thread('contends', contender, (f) => {
    f.repeat(rounds, (i) => {
      f.wait(held);
      f.mark('locks');
      f.lock(mutex);
      f.mark('locked');
      f.report(i.mul(2).add(1));
      f.unlock(mutex);
      f.notify(done);
    });
  });
  s.expect({ reports: upTo(2 * rounds) });
  s.excludes('telling each other whose turn it is');
}

function contended(s: ScenarioBuilder, rounds: number, holder: DomainHandle, contender: DomainHandle): void {
  passMutex(s, rounds, { domain: holder }, { domain: contender });
  s.span('hand_over', {
    from: 'unlocks',
    to: 'locked',
    trip: 'one-way',
    path: 'lock',
    meaning: 'from the unlock to the first instruction of the thread that has waited',
  });
  s.span('unlock', {
    from: 'unlocks',
    to: 'unlocked',
    trip: 'round-trip',
    path: 'lock',
    meaning: 'until the holder goes on',
  });
  s.span('wait', {
    from: 'locks',
    to: 'locked',
    trip: 'round-trip',
    path: 'lock',
    meaning: `trying, waiting and getting; the holder yields ${HELD} times in it`,
  });
}

/** Between threads of one domain. */
export const mutexContended = workload({
  id: 'synchronisation.mutex.contended',
  title: 'a mutex passes from one thread to another of the same domain that waits for it',
  purpose: 'the price of waiting for a thread that shares all rights',
  parameters: { rounds: ROUNDS },
  system(s, { rounds }) {
    const domain = s.domain('only');
    contended(s, rounds, domain, domain);
  },
});

/** Between domains. */
export const mutexAcrossDomains = workload({
  id: 'synchronisation.mutex.across-domains',
  title: 'a mutex passes from one domain to another that waits for it',
  purpose: 'the price of waiting for a thread that shares the mutex and nothing else',
  parameters: { rounds: ROUNDS },
  system(s, { rounds }) {
    contended(s, rounds, s.domain('holder'), s.domain('contender'));
  },
});
