import { createHash } from 'node:crypto';

/** Results that are kept unless it is said how many, so that a run over many layouts does not take more and more memory. */
const MOST = 1024;

/**
 * Keeps results that many scenarios share, such as the code of the polluting domain: the last ones that were made.
 * @param most how many; the larger they are, the fewer
 * @returns gives what was made with the same key, else makes it with `make`; a key is plain data that determines the result.
 */
export function remembered<T>(most = MOST): (key: unknown, make: () => T) => T {
  const results = new Map<string, T>();
  return (key, make) => {
    const digest = createHash('sha256').update(JSON.stringify(key)).digest('base64');
    const known = results.get(digest);
    if (known !== undefined) return known;
    const made = make();
    if (results.size >= most) {
      const [oldest] = results.keys();
      results.delete(oldest);
    }
    results.set(digest, made);
    return made;
  };
}
