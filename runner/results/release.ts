import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { FILES } from './read.js';

/** A folder of `results/`; this file is dist/runner/results/release.js. */
const folder = (name: string): string => fileURLToPath(new URL(`../../../results/${name}`, import.meta.url));

/** The results of this release: everything in the canonical layout; `npm run reference` records them. */
export const REFERENCE = folder('reference');

/** The same over 32 layouts of code and data; `npm run layouts` records them. */
export const LAYOUTS = folder('layouts');

/** The results of this release over as many layouts as were recorded: `LAYOUTS` if they are there, else `REFERENCE`. */
export const releaseResults = (): string => (existsSync(join(LAYOUTS, FILES.manifest)) ? LAYOUTS : REFERENCE);
