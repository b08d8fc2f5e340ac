import type { DomainHandle, FunctionBuilder, ScenarioBuilder } from '../language/index.js';
import { askUntil } from './ask-until.js';

/** Where threads wait for each other. */
export interface StartLine {
  /** Returns when all threads have arrived; from then on they run in turn, each from yield to yield. */
  wait(f: FunctionBuilder): void;
}

/**
 * A start line for threads of one priority: systems start threads in their own ways, and a span from one to another means
 * something only when all of them run.
 * @param domain keeps the count, for all that wait.
 */
export function startLine(s: ScenarioBuilder, domain: DomainHandle, threads: number): StartLine {
  const count = s.buffer('arrived', { domain, bytes: 4 });
  const arrive = s.service('arrive', { domain, words: 1 }, (f, [how]) => {
    const arrived = f.buffer(count);
    f.storeWord(arrived, f.loadWord(arrived).add(how));
    f.return(f.loadWord(arrived));
  });
  return {
    wait(f) {
      askUntil(f, arrive, threads, [0], f.callService(arrive, [1]));
      // the last to arrive has not waited: everybody asks once more before anybody starts
      f.yield();
    },
  };
}
