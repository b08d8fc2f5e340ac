import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { BadInput } from '../failure.js';
import { parseResult, readText } from '../results/read.js';
import { SCHEMA_VERSION } from '../results/schema.js';
import type { Outcome } from './evaluate.js';
import { type Judgement, judge } from './judge.js';
import { type Claim, figureSchema, isMeasurement, measurementSchema } from './schema.js';
import { VERDICTS } from './verdict.js';

/** What came of one claim that is compared with a measurement; all else about it is in its file. */
const entry = z.strictObject({
  id: z.string(),
  published: figureSchema,
  /** What was measured, as the claim said it then. */
  measurement: measurementSchema,
  simulated: z.number().nullable(),
  verdict: z.enum(VERDICTS),
  /** Why there is no figure. */
  reason: z.string().optional(),
});

/** Judgements as `bulkhead reproduce --out` keeps them. Nothing in them depends on the host or the time. */
const recordingSchema = z.strictObject({
  schema: z.literal(SCHEMA_VERSION),
  /** Version of Bulkhead. */
  bulkhead: z.string(),
  /** Versions of the models that were measured. */
  models: z.record(z.string(), z.string()),
  claims: z.array(entry),
});
type Recording = z.infer<typeof recordingSchema>;

/** How the file begins: by this an older recording is known, which may be overwritten. */
export const RECORDING_HEAD = `{"schema":${SCHEMA_VERSION},"bulkhead":`;

/** Judgements as a file, a line for each claim that was measured. */
export function recordingText(
  judgements: readonly Judgement[],
  { bulkhead, models }: Pick<Recording, 'bulkhead' | 'models'>,
): string {
  const lines = judgements.flatMap(({ claim: { id, value: published, measurement }, simulated, verdict, reason }) =>
    isMeasurement(measurement) ? JSON.stringify({ id, published, measurement, simulated, verdict, reason }) : [],
  );
  const about = `${JSON.stringify(bulkhead)},"models":${JSON.stringify(models)}`;
  return `${RECORDING_HEAD}${about},"claims":[\n${lines.join(',\n')}\n]}\n`;
}

/** Judgements that were recorded, and with what. */
export interface Recorded extends Pick<Recording, 'bulkhead' | 'models'> {
  /** Of all claims, in their order. */
  readonly judgements: readonly Judgement[];
}

/** What `judge` does not ask for: a claim that nothing here measures. */
const unmeasured: Outcome = { ok: false, reason: 'nothing measures it' };

/**
 * Reads recorded judgements of these claims.
 * @throws BadInput if the file is damaged, or was recorded of other claims: one is missing, or is judged otherwise now.
 */
export function readRecording(path: string, claims: readonly Claim[]): Recorded {
  const text = readText(path, "name a file that 'bulkhead reproduce --out' has written");
  const { bulkhead, models, claims: entries } = parseResult(recordingSchema, text, path);
  const byId = new Map(entries.map((e) => [e.id, e]));
  const stale = (id: string, wrong: string): BadInput =>
    new BadInput(path, `${id}: ${wrong}`, `record it again: bulkhead reproduce --out ${path}`);
  const judgements = claims.map((claim) => {
    const { id, value, measurement } = claim;
    const found = byId.get(id);
    byId.delete(id);
    if (!isMeasurement(measurement)) {
      if (found !== undefined) throw stale(id, 'recorded, and is not measured any more');
      return judge(claim, () => unmeasured);
    }
    if (found === undefined) throw stale(id, 'not recorded');
    const { published, simulated, verdict, reason = '' } = found;
    if (!isDeepStrictEqual([published, found.measurement], [value, measurement]))
      throw stale(id, 'the claim has been changed');
    const outcome: Outcome = simulated === null ? { ok: false, reason } : { ok: true, value: simulated };
    const now = judge(claim, () => outcome);
    if (now.verdict !== verdict) throw stale(id, `${verdict} then, ${now.verdict} now`);
    return now;
  });
  const [unknown] = byId.keys();
  if (unknown !== undefined) throw stale(unknown, 'recorded, and is no claim');
  return { bulkhead, models, judgements };
}
