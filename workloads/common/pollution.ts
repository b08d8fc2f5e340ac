import type { DomainHandle, FunctionBuilder, FunctionHandle, ScenarioBuilder } from '../language/index.js';
import type { State } from './parameters.js';
import { pseudoRandom, upTo } from './words.js';

/** Bytes that the polluter reads and writes: twice the largest data cache of the modelled cores. */
const DATA_BYTES = 8192;
/** Every line of every modelled cache is touched (the smallest has 16 bytes). */
const LINE = 16;
/** Functions without a loop, together more than twice the largest instruction cache. */
const FUNCTIONS = 20;
const STATEMENTS = 40;

/**
 * Another domain that disturbs the measured code.
 * @param domain one that does nothing while spans are measured, where the kernel may have no room for another; default: a new one
 * @returns what a thread does before each sample: nothing if `state` is warm; otherwise it calls the polluter, which sweeps
 * its data and runs through its code.
 */
export function pollution(s: ScenarioBuilder, state: State, domain?: DomainHandle): (f: FunctionBuilder) => void {
  if (state === 'warm') return () => undefined;
  const polluter = domain ?? s.domain('polluter');
  const data = s.buffer('polluted', { domain: polluter, bytes: DATA_BYTES });
  const code = upTo(FUNCTIONS).map((k) => straightLine(s, k));
  const sweep = s.service('pollute', { domain: polluter }, (f) => {
    const all = f.buffer(data);
    f.repeat(DATA_BYTES / LINE, (i) => {
      const at = i.shiftLeft(Math.log2(LINE));
      f.storeWord(all, f.loadWord(all, at).add(1), at);
    });
    const word = f.word('word', f.loadWord(all));
    for (const part of code) {
      const [next] = f.call(part, word);
      f.set(word, next);
    }
    f.return(word);
  });
  return (f) => {
    f.callService(sweep);
  };
}

/** Code whose every instruction runs once. */
function straightLine(s: ScenarioBuilder, k: number): FunctionHandle<['word'], ['word']> {
  return s.function(`polluting${k}`, ['word'], ['word'], (f, given) => {
    const word = f.word('word', given);
    // numbers that no instruction has room for: much code for few statements
    pseudoRandom(STATEMENTS, k).forEach((number, i) => f.set(word, i % 2 === 0 ? word.xor(number) : word.add(number)));
    f.return(word);
  });
}
