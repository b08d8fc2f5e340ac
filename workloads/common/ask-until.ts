import type { FunctionBuilder, ServiceHandle, WordLike, WordVariable } from '../language/index.js';

/**
 * Asks a service again and again, giving others their turns before each time, until it answers `least` or more.
 * @param words what is asked
 * @param known what is known before: no question if that is enough
 * @returns the last answer
 */
export function askUntil(
  f: FunctionBuilder,
  service: ServiceHandle,
  least: number,
  words: readonly WordLike[] = [],
  known: WordLike = 0,
): WordVariable {
  const answer = f.word('answer', known);
  f.while(
    () => answer.below(least),
    () => {
      f.yield();
      f.set(answer, f.callService(service, words));
    },
  );
  return answer;
}
