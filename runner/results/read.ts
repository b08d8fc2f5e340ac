import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BadInput, fileReason, messageOf } from '../failure.js';
import { type Manifest, manifestSchema } from './manifest.js';
import { type MeasurementRecord, recordSchema, SCHEMA_VERSION } from './schema.js';

/** Names of the files in a results folder. */
export const FILES = {
  manifest: 'manifest.json',
  measurements: 'measurements.jsonl',
  summary: 'summary.md',
  lock: 'lock',
};

function readText(path: string, remedy: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new BadInput(path, fileReason(thrown), remedy);
  }
}

/** Reads JSON of a schema. @param place file and line, for messages. @throws BadInput */
function parse<T>(schema: z.ZodType<T>, text: string, place: string): T {
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
  return parse(manifestSchema, text, path);
}

/** A record with the line that it was read from. */
export interface RecordLine {
  readonly line: string;
  readonly record: MeasurementRecord;
}

/** Records of a file, as far as it is complete. */
export interface RecordFile {
  readonly lines: readonly RecordLine[];
  /** Bytes of the complete lines; what follows is a line that a killed run did not finish. */
  readonly completeBytes: number;
  readonly torn: boolean;
}

/** Reads the records of a results folder, or of a file. @throws BadInput naming the line that cannot be read. */
export function readRecordFile(folderOrFile: string): RecordFile {
  const isFolder = statSync(folderOrFile, { throwIfNoEntry: false })?.isDirectory() === true;
  const path = isFolder ? join(folderOrFile, FILES.measurements) : folderOrFile;
  const text = readText(path, 'name a results folder or its measurements.jsonl');
  const end = text.lastIndexOf('\n') + 1;
  const complete = text.slice(0, end);
  const lines = complete === '' ? [] : complete.slice(0, -1).split('\n');
  return {
    lines: lines.map((line, i) => ({ line, record: parse(recordSchema, line, `${path}:${i + 1}`) })),
    completeBytes: Buffer.byteLength(complete),
    torn: end < text.length,
  };
}

/** Records of a complete folder or file. @throws BadInput if it ends in the middle of a line. */
export function readRecords(folderOrFile: string): readonly MeasurementRecord[] {
  const { lines, torn } = readRecordFile(folderOrFile);
  if (torn) {
    const remedy = 'finish the run with bulkhead run --resume DIR';
    throw new BadInput(folderOrFile, `ends in the middle of line ${lines.length + 1}`, remedy);
  }
  return lines.map(({ record }) => record);
}
