import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../runner/results/manifest.js';
import { FILES, readManifest, readRecords } from '../../runner/results/read.js';
import { REFERENCE } from '../../runner/results/release.js';
import type { MeasurementRecord } from '../../runner/results/schema.js';
import { temporary } from '../runner/temporary.js';

export { REFERENCE };

/** Writes a results folder. */
export function resultsFolder(manifest: Manifest, records: readonly MeasurementRecord[]): string {
  const folder = temporary();
  writeFileSync(join(folder, FILES.manifest), JSON.stringify({ ...manifest, records: records.length }));
  writeFileSync(join(folder, FILES.measurements), records.map((r) => `${JSON.stringify(r)}\n`).join(''));
  return folder;
}

/** A folder with the reference results of some workloads, changed as a test needs them. */
export function partOfReference(
  workloads: readonly string[],
  change: (record: MeasurementRecord) => MeasurementRecord = (record) => record,
): string {
  const manifest = readManifest(REFERENCE);
  const records = readRecords(REFERENCE).filter(({ workload }) => workloads.includes(workload));
  return resultsFolder(
    { ...manifest, request: { ...manifest.request, workloads: [...workloads] } },
    records.map(change),
  );
}

export const textOf = (file: string): string => readFileSync(file, 'utf8');
