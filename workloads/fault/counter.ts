import type { BufferHandle, DomainHandle, ScenarioBuilder, ServiceHandle } from '../language/index.js';

/** What a counter begins with: whoever begins anew counts from here. */
export const FIRST = 41;

/** Variables of a domain that begins anew, the counter among them. */
export const VARIABLES = {
  kind: 'integer',
  minimum: 8,
  maximum: 16384,
  default: 256,
  unit: 'bytes',
  meaning: 'variables of the domain',
} as const;

/** A service that answers how often it was asked, from `FIRST` on: its answer tells whether the variables are those of before. */
export function counter(
  s: ScenarioBuilder,
  domain: DomainHandle,
  bytes: number,
): { readonly variables: BufferHandle; readonly count: ServiceHandle } {
  const variables = s.buffer('variables', { domain, bytes: 8 * Math.floor(bytes / 8), words: [FIRST] });
  const count = s.service('count', { domain }, (f) => {
    const next = f.let('next', f.loadWord(f.buffer(variables)).add(1));
    f.storeWord(f.buffer(variables), next);
    f.return(next);
  });
  return { variables, count };
}
