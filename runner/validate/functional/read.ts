import { join } from 'node:path';
import type { Image } from '../../../platforms/machine/image.js';
import { BadInput } from '../../failure.js';
import { flatImage, readGzip, readJson } from '../files.js';
import { functionalFile, type FunctionalProgram } from './schema.js';

/** A set of functional vectors: where it lies and what it is called. */
export interface SetName {
  /** Name of the modelled core (`Platform.core`), the folder. */
  readonly core: string;
  readonly set: string;
}

/** The programs of a set with their images, in the file's order. */
export interface FunctionalSet extends SetName {
  readonly file: string;
  readonly programs: readonly { readonly program: FunctionalProgram; readonly image: Image }[];
}

/** Reads a set, so that a bad file is found before anything runs. @throws BadInput naming file and field. */
export function readSet(directory: string, { core, set }: SetName): FunctionalSet {
  const folder = join(directory, core, set);
  const file = join(folder, 'vectors.json');
  const vectors = readJson(file, functionalFile, join(core, 'README.md'));
  const images = join(folder, 'programs.bin.gz');
  const data = readGzip(images, `the programs of ${file} are in it`);
  const programs = vectors.map((program, index) => {
    const { offset, size, load } = program;
    if (offset + size > data.length) {
      const wrong = `bytes ${offset} to ${offset + size} are not in ${images}, which holds ${data.length}`;
      throw new BadInput(`${file}: [${index}].offset`, wrong, 'restore the files');
    }
    const image = flatImage(`${file}: [${index}]`, load, load, data.subarray(offset, offset + size));
    return { program, image };
  });
  return { core, set, file, programs };
}
