import { availableParallelism } from 'node:os';
import type { Machine } from '../../platforms/machine/machine.js';
import type { Platform } from '../../platforms/platform.js';
import { onWorkers } from '../run/pool.js';
import { pathMachine, runPath, WrongPath } from './paths-measure.js';
import type { PathCell, PathRow, PathSuite, PathTable } from './paths-suite.js';

/* Long tables: each cell is a run of its own, so that they are measured on worker threads, in any order, with the same results. */

/** One cell, as a worker is told it. */
export interface CellJob {
  /** Id of the platform. */
  readonly platform: string;
  readonly table: string;
  /** Its place among the table's cells. */
  readonly cell: number;
}

/** Instructions after which a cell is given up. */
const BUDGET = 1_000_000_000;

/** Measures cells of a suite, one after the other, with one machine for each memory set-up: building one is slow. */
export class CellBench {
  private readonly machines = new Map<string, Machine>();

  constructor(
    private readonly suite: PathSuite,
    private readonly platform: Platform,
  ) {}

  /** The row of a cell. @throws WrongPath if its programs do not end well or never pass the marks. */
  measure({ path, memory, row }: PathCell): PathRow {
    let machine = this.machines.get(memory);
    if (machine === undefined) {
      machine = pathMachine(this.platform, this.suite, memory);
      this.machines.set(memory, machine);
    }
    const { kernel } = this.suite.parameters(this.suite.variants[0]);
    let last: number | undefined;
    runPath(machine, path, this.suite.link(path, kernel), {
      budget: BUDGET,
      begin: (cycle) => cycle,
      end: (from, cycle) => (last = cycle - from),
    });
    if (last === undefined) throw new WrongPath(path, 'nothing was measured');
    return { ...row, ours: last };
  }
}

/** Measures cells in this process, one when the next row is asked for. */
export function* cellsHere(suite: PathSuite, platform: Platform, cells: readonly PathCell[]): Generator<PathRow> {
  const bench = new CellBench(suite, platform);
  for (const cell of cells) yield bench.measure(cell);
}

/** Cells that make a further worker worth its start. */
const CELLS_PER_WORKER = 8;

/** Cells of a suite that are to be measured. */
export interface CellChoice {
  readonly suite: PathSuite;
  readonly platform: Platform;
  readonly table: PathTable;
  /** Default: all. */
  readonly only?: (cell: PathCell) => boolean;
}

/** Measures cells of a table. @returns their rows in the table's order, each as soon as those before it are there. */
export async function* tableRows({ suite, platform, table, only }: CellChoice): AsyncGenerator<PathRow> {
  const chosen = [...table.cells.entries()].filter(([, cell]) => only?.(cell) ?? true);
  const workers = Math.min(availableParallelism(), Math.floor(chosen.length / CELLS_PER_WORKER));
  if (workers > 1) {
    const jobs = chosen.map(([cell]): CellJob => ({ platform: suite.platform, table: table.name, cell }));
    yield* onWorkers<CellJob, PathRow>(new URL('./tables-worker.js', import.meta.url), jobs, workers);
    return;
  }
  const cells = chosen.map(([, cell]) => cell);
  yield* cellsHere(suite, platform, cells);
}
