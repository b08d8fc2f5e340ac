import type { Platform } from '../../platforms/platform.js';
import type { Workload } from '../../workloads/index.js';
import { BadInput } from '../failure.js';
import { type SubjectSummary, summarise } from '../results/analyse.js';
import { type Clocks, readClocks } from '../results/clocks.js';
import type { Manifest } from '../results/manifest.js';
import { suiteNames } from '../results/present.js';
import type { Html } from './html.js';
import { readResults } from '../results/read.js';
import type { MeasurementRecord } from '../results/schema.js';
import type { SuiteNames } from '../results/table.js';
import type { ClaimFile } from '../reproduce/read.js';
import { type Recorded, readRecording } from '../reproduce/recording.js';

/** Results and what this release knows of the things that they are about. */
export interface Report {
  readonly manifest: Manifest;
  readonly records: readonly MeasurementRecord[];
  readonly subjects: readonly SubjectSummary[];
  /** Families that have results, in the order of the suite. */
  readonly families: readonly string[];
  /** All workloads of this release. */
  readonly workloads: readonly Workload[];
  /** The platforms that come with this release. */
  readonly platforms: readonly Platform[];
  readonly names: SuiteNames;
  /** Clocks of the manifest, and those that were passed since. */
  readonly clocks: Clocks;
  /** Published figures and what came of them; undefined where nobody has recorded that. */
  readonly claims: JudgedClaims | undefined;
}

/** Recorded judgements with the files of their claims. */
export interface JudgedClaims extends Recorded {
  readonly files: readonly ClaimFile[];
}

/** What a report is made with, besides results. */
export interface ReportParts {
  readonly workloads: readonly Workload[];
  readonly platforms: readonly Platform[];
  /** Clocks as `--clock` takes them, instead of the manifest's. */
  readonly clockTexts?: readonly string[] | undefined;
  /** Claims, and the file that their judgements were recorded in. */
  readonly claims?: { readonly files: readonly ClaimFile[]; readonly recording: string } | undefined;
}

/** A part of the page. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** Its content below the heading; undefined if these results have nothing to say there: then the section is left out. */
  readonly render: (report: Report) => Html | undefined;
}

/**
 * Reads a results folder.
 * @throws BadInput if there is none, a file of it is damaged or of another version, or its run is not finished.
 */
export function readReport(folder: string, { workloads, platforms, clockTexts = [], claims }: ReportParts): Report {
  const { manifest, lines } = readResults(folder);
  const records = lines.map(({ record }) => record);
  const names = suiteNames(workloads);
  const subjects = summarise(records);
  const place = new Map(workloads.map(({ id }, i) => [id, i]));
  const inOrder = [...new Set(records.map(({ workload }) => workload))].sort(
    (a, b) => (place.get(a) ?? Infinity) - (place.get(b) ?? Infinity) || 0,
  );
  const families = [...new Set(inOrder.map((id) => names.familyOf(id)))];
  const clocks = { ...manifest.request.clocks, ...readClocks(clockTexts, Object.keys(manifest.models)) };
  const judged = claims === undefined ? undefined : readJudgements(claims, manifest);
  return { manifest, records, subjects, families, workloads, platforms, names, clocks, claims: judged };
}

/** @throws BadInput if they were recorded with other models than the results. */
function readJudgements({ files, recording }: NonNullable<ReportParts['claims']>, { models }: Manifest): JudgedClaims {
  const recorded = readRecording(
    recording,
    files.flatMap(({ claims }) => claims),
  );
  for (const [id, version] of Object.entries(models)) {
    const other = recorded.models[id];
    if (other === undefined || other === version) continue;
    const wrong = `recorded with model version ${other} of ${id}, the results with ${version}`;
    throw new BadInput(recording, wrong, `record it again: bulkhead reproduce --out ${recording}`);
  }
  return { ...recorded, files };
}
