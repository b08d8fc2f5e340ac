import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { BadInput, fileReason, messageOf } from '../failure.js';
import { resumeCommand } from '../run/job.js';
import { type Manifest, manifestSchema } from './manifest.js';
import { type MeasurementRecord, recordSchema, SCHEMA_VERSION } from './schema.js';

/** Names of the files in a results folder. */
export const FILES = {
  manifest: 'manifest.json',
  measurements: 'measurements.jsonl',
  /** The measurements of a complete run that was asked to keep them so: gzip. */
  compressed: 'measurements.jsonl.gz',
  summary: 'summary.md',
  /** Published figures beside simulated ones, as `bulkhead reproduce --out` records them. */
  claims: 'claims.json',
  lock: 'lock',
};

/** The file in which a complete folder has its records. */
export const recordsFileOf = ({ request: { compress } }: Manifest): string =>
  compress === true ? FILES.compressed : FILES.measurements;

/** Reads a file; one that is called `.gz` is unpacked. @throws BadInput */
export function readText(path: string, remedy: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (thrown) {
    throw new BadInput(path, fileReason(thrown), remedy);
  }
  if (!path.endsWith('.gz')) return bytes.toString();
  try {
    return gunzipSync(bytes).toString();
  } catch (thrown) {
    throw new BadInput(path, `cannot be unpacked (${messageOf(thrown)})`, 'the file is damaged: measure again');
  }
}

/** Reads JSON of a schema that results are kept in. @param place file and line, for messages. @throws BadInput */
export function parseResult<T>(schema: z.ZodType<T>, text: string, place: string): T {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (thrown) {
    throw new BadInput(place, `not JSON (${messageOf(thrown)})`, 'the file is damaged: measure again');
  }
  const about = z.object({ schema: z.unknown() }).safeParse(data);
  if (about.success && about.data.schema !== undefined && about.data.schema !== SCHEMA_VERSION) {
    const wrong = `written with schema ${JSON.stringify(about.data.schema)}`;
    throw new BadInput(place, wrong, `this version of Bulkhead reads schema ${SCHEMA_VERSION}: measure again with it`);
  }
  const checked = schema.safeParse(data);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  const path = issue.path.join('.') || 'the whole';
  throw new BadInput(place, `${path}: ${issue.message}`, 'the file is damaged: measure again');
}

/** Reads the manifest of a results folder. @throws BadInput */
export function readManifest(folder: string): Manifest {
  const path = join(folder, FILES.manifest);
  const text = readText(path, 'name a results folder, as run and sweep write them');
  return parseResult(manifestSchema, text, path);
}

/** A record with the line that it was read from. */
export interface RecordLine {
  readonly line: string;
  readonly record: MeasurementRecord;
}

/** A file of records, as far as it is complete. */
interface Complete<Line> {
  /** The file. */
  readonly path: string;
  readonly lines: readonly Line[];
  /** Bytes of the complete lines; what follows is a line that a killed run did not finish. */
  readonly completeBytes: number;
  readonly torn: boolean;
}
export type RecordText = Complete<string>;
export type RecordFile = Complete<RecordLine>;

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Reads the lines of a results folder, or of a file, whatever they hold. @throws BadInput */
export function readRecordText(folderOrFile: string): RecordText {
  const [plain, compressed] = [FILES.measurements, FILES.compressed].map((name) => join(folderOrFile, name));
  // where both are there, a run was killed while it compressed the first
  const inFolder = existsSync(plain) || !existsSync(compressed) ? plain : compressed;
  const path = isFolder(folderOrFile) ? inFolder : folderOrFile;
  const text = readText(path, `name a results folder or its ${FILES.measurements}`);
  const end = text.lastIndexOf('\n') + 1;
  const complete = text.slice(0, end);
  return {
    path,
    lines: complete === '' ? [] : complete.slice(0, -1).split('\n'),
    completeBytes: Buffer.byteLength(complete),
    torn: end < text.length,
  };
}

/** Reads the records of a results folder, or of a file. @throws BadInput naming the line that cannot be read. */
export function readRecordFile(folderOrFile: string): RecordFile {
  const { lines, ...file } = readRecordText(folderOrFile);
  const read = (line: string, i: number): RecordLine => ({
    line,
    record: parseResult(recordSchema, line, `${file.path}:${i + 1}`),
  });
  return { ...file, lines: lines.map(read) };
}

/** Says that a folder is not complete yet. */
export const unfinished = (folder: string, found: number, records: number): BadInput =>
  new BadInput(folder, `${found} of ${records} records`, `finish it: ${resumeCommand(folder)}`);

/** A results folder whose run is finished. @throws BadInput if it is not, or is damaged. */
export function readResults(folder: string): {
  readonly manifest: Manifest;
  readonly lines: readonly RecordLine[];
} {
  const manifest = readManifest(folder);
  const { lines, torn } = readRecordFile(folder);
  if (torn || lines.length !== manifest.records) throw unfinished(folder, lines.length, manifest.records);
  return { manifest, lines };
}

/** Records of a finished folder, or of a file of records. @throws BadInput */
export function readRecords(folderOrFile: string): readonly MeasurementRecord[] {
  if (isFolder(folderOrFile)) return readResults(folderOrFile).lines.map(({ record }) => record);
  const { lines, torn } = readRecordFile(folderOrFile);
  if (torn) {
    const remedy = 'finish the run with bulkhead run --resume DIR';
    throw new BadInput(folderOrFile, `ends in the middle of line ${lines.length + 1}`, remedy);
  }
  if (lines.length === 0) {
    throw new BadInput(folderOrFile, 'holds no record', `name a results folder or its ${FILES.measurements}`);
  }
  return lines.map(({ record }) => record);
}
