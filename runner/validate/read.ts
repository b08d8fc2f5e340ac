import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { z } from 'zod';
import type { Image } from '../../platforms/machine/image.js';
import { hex32, physical, virtual } from '../../platforms/machine/units.js';
import type { ParameterValues } from '../../platforms/platform.js';
import { BadInput, fileReason, messageOf } from '../failure.js';
import { firstProblem, type MicroBench, microFile, type RandomProgram, randomFile } from './schema.js';

/** A program of the vectors with what its core's RTL gave. `index` is its place in the file. */
export type VectorProgram =
  | { readonly kind: 'micro'; readonly index: number; readonly bench: MicroBench; readonly image: Image }
  | { readonly kind: 'random'; readonly index: number; readonly random: RandomProgram; readonly image: Image };

/** One vector file: the programs of one family for one core. */
export interface Suite {
  readonly core: string;
  readonly file: string;
  /** Parameter values by configuration name, in the file's order. */
  readonly configurations: ReadonlyMap<string, ParameterValues>;
  readonly programs: readonly VectorProgram[];
}

/** Which cores a vector directory has, before any file is read. */
export interface VectorDirectory {
  readonly directory: string;
  /** Cores with cycle-level vectors (`micro/` or `random/`). */
  readonly cores: readonly string[];
  /** Sets with functional vectors (`cortex-m/`). */
  readonly functional: readonly string[];
}

const LAYOUT = 'a vector directory has random/<core>/vectors.json or micro/<core>/index.json (--vectors DIR)';

function folders(directory: string, file: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).filter((name) => existsSync(join(directory, name, file)));
}

/** @throws BadInput if the directory cannot be read or holds no vectors. */
export function listVectors(directory: string): VectorDirectory {
  try {
    readdirSync(directory);
  } catch (thrown) {
    throw new BadInput(directory, fileReason(thrown), LAYOUT);
  }
  const cycles = [
    ...folders(join(directory, 'micro'), 'index.json'),
    ...folders(join(directory, 'random'), 'vectors.json'),
  ];
  const cores = [...new Set(cycles)].sort();
  const functional = folders(join(directory, 'cortex-m'), 'vectors.json').sort();
  if (cores.length === 0 && functional.length === 0) throw new BadInput(directory, 'holds no vectors', LAYOUT);
  return { directory, cores, functional };
}

function readJson<T extends z.ZodType>(file: string, schema: T): z.infer<T> {
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
  throw new BadInput(`${file}: ${field}`, problem, 'restore the file, its fields are in tests/vectors/README.md');
}

interface FlatProgram {
  readonly name: string;
  readonly file: string;
  readonly size: number;
  readonly load: number;
  readonly boot: number;
}

function readImage(folder: string, place: string, program: FlatProgram, entryOffset: number): Image {
  const file = join(folder, program.file);
  let packed: Uint8Array;
  try {
    packed = readFileSync(file);
  } catch (thrown) {
    throw new BadInput(file, fileReason(thrown), `${place}.file names it; restore the file or correct the field`);
  }
  let data: Uint8Array;
  try {
    data = gunzipSync(packed);
  } catch (thrown) {
    throw new BadInput(file, `not a complete gzip file (${messageOf(thrown)})`, `restore it (${place}.file names it)`);
  }
  if (data.length !== program.size) {
    const wrong = `${data.length} bytes after gunzip, ${place}.size says ${program.size}`;
    throw new BadInput(file, wrong, 'restore the file or correct the field');
  }
  if (program.load + data.length > 2 ** 32) {
    throw new BadInput(
      `${place}.load`,
      `${data.length} bytes at ${hex32(program.load)} run past 4 GiB`,
      'correct the field',
    );
  }
  const start = physical(program.load);
  return {
    segments: [{ physical: start, data, bytes: data.length, writable: true, executable: true }],
    symbols: [],
    phases: [],
    domains: [],
    lines: [],
    entry: virtual(program.boot + entryOffset),
  };
}

/** Every configuration with a result has parameters, else the file is refused. */
function checkConfigurations(file: string, field: string, used: object, known: ReadonlyMap<string, unknown>): void {
  for (const name of Object.keys(used)) {
    if (known.has(name)) continue;
    const wrong = `configuration '${name}' has no entry in 'parameters'`;
    throw new BadInput(`${file}: ${field}`, wrong, `the file knows ${[...known.keys()].join(', ') || 'none'}`);
  }
}

/** The expected results of a micro-benchmark by configuration: of exactly this image, where the file says so. */
export const resultsOf = (bench: MicroBench): Readonly<Record<string, unknown>> =>
  'this_binary' in bench ? bench.this_binary : bench.results;

/**
 * Reads every vector file of a core, images included, so that a bad file is found before anything runs.
 * @param wanted which programs to read the images of; the others are left out
 * @throws BadInput naming file and field.
 */
export function readCore(
  { directory }: VectorDirectory,
  core: string,
  wanted: (kind: VectorProgram['kind'], index: number) => boolean,
): Suite[] {
  const suites: Suite[] = [];
  const microPath = join(directory, 'micro', core, 'index.json');
  const randomPath = join(directory, 'random', core, 'vectors.json');
  const micro = existsSync(microPath) ? readJson(microPath, microFile) : undefined;
  const random = existsSync(randomPath) ? readJson(randomPath, randomFile) : undefined;
  const entryOffset = micro?.entry_offset ?? random?.entry_offset ?? (core === 'cheriot-ibex' ? 0x80 : 0);
  if (micro !== undefined) {
    const configurations = new Map(Object.entries(micro.parameters));
    const programs: VectorProgram[] = [];
    micro.benches.forEach((bench, index) => {
      if (!wanted('micro', index)) return;
      checkConfigurations(microPath, `benches[${index}]`, resultsOf(bench), configurations);
      const place = `${microPath}: benches[${index}]`;
      programs.push({
        kind: 'micro',
        index,
        bench,
        image: readImage(join(directory, 'micro', core), place, bench, entryOffset),
      });
    });
    suites.push({ core, file: microPath, configurations, programs });
  }
  if (random !== undefined) {
    const configurations = new Map(Object.entries(random.parameters));
    const programs: VectorProgram[] = [];
    random.programs.forEach((program, index) => {
      if (!wanted('random', index)) return;
      checkConfigurations(randomPath, `programs[${index}]`, program.configs, configurations);
      const place = `${randomPath}: programs[${index}]`;
      const image = readImage(join(directory, 'random', core), place, program, random.entry_offset);
      programs.push({ kind: 'random', index, random: program, image });
    });
    suites.push({ core, file: randomPath, configurations, programs });
  }
  return suites;
}
