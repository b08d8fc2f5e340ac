import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { z } from 'zod';
import type { Image } from '../../platforms/machine/image.js';
import { hex32, physical, virtual } from '../../platforms/machine/units.js';
import { BadInput, fileReason, messageOf } from '../failure.js';
import { firstProblem } from './schema.js';

/**
 * Reads a JSON file of the vectors.
 * @param fields the README that names its fields, below tests/vectors
 * @throws BadInput naming file and field.
 */
export function readJson<T extends z.ZodType>(file: string, schema: T, fields = 'README.md'): z.infer<T> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new BadInput(file, fileReason(thrown), 'check --vectors DIR');
  }
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (thrown) {
    throw new BadInput(file, `not JSON (${messageOf(thrown)})`, 'restore the file');
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const { field, text: problem } = firstProblem(parsed.error);
  throw new BadInput(`${file}: ${field}`, problem, `restore the file, its fields are in tests/vectors/${fields}`);
}

/** Reads a gzip file. @param named who names it, for the message. @throws BadInput if it is missing or damaged. */
export function readGzip(file: string, named: string): Uint8Array {
  let packed: Uint8Array;
  try {
    packed = readFileSync(file);
  } catch (thrown) {
    throw new BadInput(file, fileReason(thrown), `${named}; restore the file or correct the field`);
  }
  try {
    return gunzipSync(packed);
  } catch (thrown) {
    throw new BadInput(file, `not a complete gzip file (${messageOf(thrown)})`, `restore it (${named})`);
  }
}

/** A flat program as an image. @param place file and index, for the message. @throws BadInput if it runs past 4 GiB. */
export function flatImage(place: string, load: number, entry: number, data: Uint8Array): Image {
  if (load + data.length > 2 ** 32) {
    const wrong = `${data.length} bytes at ${hex32(load)} run past 4 GiB`;
    throw new BadInput(`${place}.load`, wrong, 'correct the field');
  }
  return {
    segments: [{ physical: physical(load), data, bytes: data.length, writable: true, executable: true }],
    symbols: [],
    phases: [],
    domains: [],
    lines: [],
    entry: virtual(entry),
  };
}
