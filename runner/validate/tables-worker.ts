import { must } from '../failure.js';
import { findPlatform } from '../platforms.js';
import { PATH_SUITES } from './paths-suites.js';
import type { PathRow, PathSuite } from './paths-suite.js';
import { CellBench, type CellJob } from './paths-tables.js';

/* A worker thread that measures cells of long tables. */

interface Loaded {
  readonly suite: PathSuite;
  readonly bench: CellBench;
}

const loaded = new Map<string, Loaded>();

async function load(id: string): Promise<Loaded> {
  const suite = await PATH_SUITES.find(({ platform }) => platform === id)!.load();
  return { suite, bench: new CellBench(suite, must(await findPlatform(id))) };
}

/** Measures one cell. */
export default async function measure({ platform, table, cell }: CellJob): Promise<PathRow> {
  let known = loaded.get(platform);
  if (known === undefined) {
    known = await load(platform);
    loaded.set(platform, known);
  }
  return known.bench.measure(known.suite.tables!.find(({ name }) => name === table)!.cells[cell]);
}
