import { evaluate } from '../reproduce/evaluate.js';
import { shippedClaims } from '../reproduce/read.js';
import { isMeasurement, leaves } from '../reproduce/schema.js';
import type { PathResult, PathRow } from './paths-suite.js';

/**
 * Claims in cycles that follow from several paths of a platform, as rows: the price of something redundant, cycles of one count of a
 * round. A claim of which not all paths were measured gives no row.
 */
export function derivedRows(platform: string, results: readonly PathResult[]): readonly PathRow[] {
  return shippedClaims()
    .flatMap(({ claims }) => claims)
    .flatMap(({ quantity: what, value: real, unit, source, role, measurement }): PathRow[] => {
      if (!isMeasurement(measurement) || measurement.kind === 'path' || unit !== 'cycles' || typeof real !== 'number')
        return [];
      const parts = leaves(measurement).filter(({ kind }) => kind !== 'constant');
      const rows = parts.map((leaf) =>
        leaf.kind !== 'path' || leaf.platform !== platform
          ? undefined
          : results
              .find((r) => r.operation === leaf.operation && r.variant === leaf.variant)
              ?.rows.find((r) => r.quantity === leaf.quantity),
      );
      const known = rows.filter((row) => row !== undefined);
      if (known.length < rows.length || known.length === 0) return [];
      const ours = evaluate(measurement, (leaf) => ({ ok: true, value: known[parts.indexOf(leaf)].ours }));
      if (!ours.ok) return [];
      const [{ quantity, fidelity }] = known;
      const operation = role === 'held-out' ? `${what}, held-out` : what;
      const variant = [...new Set(known.map((row) => row.variant))].join(' - ');
      return [
        { platform, operation, variant, quantity, real, ours: ours.value, source: `${role}: ${source}`, fidelity },
      ];
    });
}
