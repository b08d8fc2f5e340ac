import type { DomainHandle, FunctionBuilder, ScenarioBuilder } from '../language/index.js';

/** A counting semaphore. */
export interface Semaphore {
  /** Takes one, waiting while there is none. */
  take(f: FunctionBuilder): void;
  /** Gives one, and wakes who waits longest, if somebody does. */
  give(f: FunctionBuilder): void;
}

/**
 * A semaphore over the platform's mutex and notification, the same program everywhere: none of the kernels has one, and what
 * their libraries offer differs. For threads of one domain.
 * @param count how many there are at first.
 */
export function semaphore(s: ScenarioBuilder, name: string, domain: DomainHandle, count: number): Semaphore {
  const [COUNT, WAITERS] = [0, 4];
  const mutex = s.mutex(`${name}_mutex`);
  const given = s.notification(`${name}_given`);
  const words = s.buffer(`${name}_words`, { domain, bytes: 8, words: [count, 0] });
  const change = (f: FunctionBuilder, at: number, by: number): void => {
    const state = f.buffer(words);
    f.storeWord(state, f.loadWord(state, at).add(by), at);
  };
  return {
    take(f) {
      f.loop(() => {
        f.lock(mutex);
        f.if(f.loadWord(f.buffer(words), COUNT).differs(0), () => {
          change(f, COUNT, -1);
          f.unlock(mutex);
          f.break();
        });
        change(f, WAITERS, 1);
        f.unlock(mutex);
        // whoever gives now has seen that somebody waits
        f.wait(given);
      });
    },
    give(f) {
      f.lock(mutex);
      change(f, COUNT, 1);
      const waiters = f.let('waiters', f.loadWord(f.buffer(words), WAITERS));
      f.if(waiters.differs(0), () => change(f, WAITERS, -1));
      f.unlock(mutex);
      f.if(waiters.differs(0), () => f.notify(given));
    },
  };
}
