import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from '../../platforms/machine/image.js';
import type { ParameterValues } from '../../platforms/platform.js';
import { BadInput, fileReason } from '../failure.js';
import { flatImage, readGzip, readJson } from './files.js';
import type { SetName } from './functional/read.js';
import { type MicroBench, microFile, type RandomProgram, randomFile } from './schema.js';

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
  /** Sets with functional vectors (`<core>/<set>/`). */
  readonly functional: readonly SetName[];
}

const LAYOUT =
  'a vector directory has random/<core>/vectors.json, micro/<core>/index.json or <core>/<set>/vectors.json (--vectors DIR)';
/** Folders whose name is a family of vectors with cycles of RTL. */
const CYCLE_FAMILIES = ['micro', 'random'];

/** Folders of a directory that hold a file of this name, sorted; none if the directory is none. */
function folders(directory: string, file: string): string[] {
  if (!(statSync(directory, { throwIfNoEntry: false })?.isDirectory() ?? false)) return [];
  return readdirSync(directory)
    .filter((name) => existsSync(join(directory, name, file)))
    .sort();
}

/** @throws BadInput if the directory cannot be read or holds no vectors. */
export function listVectors(directory: string): VectorDirectory {
  let names: string[];
  try {
    names = readdirSync(directory).sort();
  } catch (thrown) {
    throw new BadInput(directory, fileReason(thrown), LAYOUT);
  }
  const cycles = [
    ...folders(join(directory, 'micro'), 'index.json'),
    ...folders(join(directory, 'random'), 'vectors.json'),
  ];
  const cores = [...new Set(cycles)].sort();
  const functional = names
    .filter((name) => !CYCLE_FAMILIES.includes(name))
    .flatMap((core) => folders(join(directory, core), 'vectors.json').map((set) => ({ core, set })));
  if (cores.length === 0 && functional.length === 0) throw new BadInput(directory, 'holds no vectors', LAYOUT);
  return { directory, cores, functional };
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
  const data = readGzip(file, `${place}.file names it`);
  if (data.length !== program.size) {
    const wrong = `${data.length} bytes after gunzip, ${place}.size says ${program.size}`;
    throw new BadInput(file, wrong, 'restore the file or correct the field');
  }
  return flatImage(place, program.load, program.boot + entryOffset, data);
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
