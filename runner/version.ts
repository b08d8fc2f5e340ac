import { readFileSync } from 'node:fs';

/** The version of Bulkhead in package.json; this file is dist/runner/version.js. */
export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
