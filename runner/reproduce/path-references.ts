import type { PathReference } from '../validate/paths-suite.js';
import { type ClaimFile, shippedClaims } from './read.js';

/**
 * The figures of real kernels for the paths of a platform: those in tables of claims.
 * @throws BadInput if the claims cannot be read.
 */
export function pathReferences(
  platform: string,
  files: readonly ClaimFile[] = shippedClaims(),
): readonly PathReference[] {
  const references = new Map<string, PathReference>();
  for (const { value, measurement: m, system, source, role } of files.flatMap(({ ofTables }) => ofTables)) {
    if (m.kind !== 'path' || m.platform !== platform || typeof value !== 'number') continue;
    const key = JSON.stringify([m.variant, m.operation]);
    const { operation, variant, quantity } = m;
    const figures = { ...references.get(key)?.figures, [quantity]: value };
    references.set(key, { operation, variant, source: `${role}: ${source}: ${system}`, figures });
  }
  return [...references.values()];
}
