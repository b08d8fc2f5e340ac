import { readFileSync } from 'node:fs';

/** A file of `runner/report/page/`; this file is dist/runner/report/asset.js. */
export const asset = (name: string): string =>
  readFileSync(new URL(`../../../runner/report/page/${name}`, import.meta.url), 'utf8');
