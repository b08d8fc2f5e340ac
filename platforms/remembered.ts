import { createHash } from 'node:crypto';

/**
 * Keeps results that many scenarios share, such as the code of the polluting domain, for as long as the process lives: they
 * should be small.
 * @returns gives what was made with the same key, else makes it with `make`; a key is plain data that determines the result.
 */
export function remembered<T>(): (key: unknown, make: () => T) => T {
  const results = new Map<string, T>();
  return (key, make) => {
    const digest = createHash('sha256').update(JSON.stringify(key)).digest('base64');
    const known = results.get(digest);
    if (known !== undefined) return known;
    const made = make();
    results.set(digest, made);
    return made;
  };
}
