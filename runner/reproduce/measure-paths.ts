import type { Platform } from '../../platforms/platform.js';
import { messageOf } from '../failure.js';
import type { PathCell, PathRow, PathSuite, PathTable } from '../validate/paths-suite.js';
import { PATH_SUITES } from '../validate/paths-suites.js';
import { tableRows } from '../validate/paths-tables.js';
import { type PathChoice, validatePaths } from '../validate/paths.js';
import type { Outcome } from './evaluate.js';
import { keyOf, type Laboratory, type LeafOf, type Need, unknownName } from './laboratory.js';

/* Rows of `validate paths`: of paths, and of long tables. */

type PathNeed = Need<LeafOf<'path'>>;
type CellNeed = Need<LeafOf<'cell'>>;

/** The suite of a platform. @throws BadInput if there is none. */
async function suiteOf(
  { claim, leaf }: PathNeed | CellNeed,
  { platforms }: Laboratory,
): Promise<{ readonly suite: PathSuite; readonly platform: Platform }> {
  const known = PATH_SUITES.find((s) => s.platform === leaf.platform);
  const platform = platforms.find((p) => p.id === leaf.platform);
  if (known === undefined || platform === undefined) {
    const ids = PATH_SUITES.map((s) => s.platform);
    throw unknownName(claim, 'platform whose paths are measured', leaf.platform, ids);
  }
  return { suite: await known.load(), platform: await platform.load() };
}

export interface PlannedPaths {
  readonly choice: PathChoice;
  readonly needs: readonly PathNeed[];
}

/** @throws BadInput if a claim names a path, variant or quantity that is not there. */
export async function planPaths(needs: readonly PathNeed[], laboratory: Laboratory): Promise<readonly PlannedPaths[]> {
  const planned: PlannedPaths[] = [];
  for (const id of new Set(needs.map(({ leaf }) => leaf.platform))) {
    const own = needs.filter(({ leaf }) => leaf.platform === id);
    const { suite, platform } = await suiteOf(own[0], laboratory);
    const quantities = [
      ...suite.quantities.map((q) => q.name),
      ...Object.keys(suite.memories).map((m) => `cycles ${m}`),
    ];
    for (const { claim, leaf } of own) {
      const operations = suite.operations.map((o) => o.id);
      if (!operations.includes(leaf.operation)) throw unknownName(claim, 'path', leaf.operation, operations);
      if (!suite.variants.includes(leaf.variant)) throw unknownName(claim, 'variant', leaf.variant, suite.variants);
      if (!quantities.includes(leaf.quantity)) throw unknownName(claim, 'quantity', leaf.quantity, quantities);
    }
    const wanted = new Set(own.map(({ leaf }) => `${leaf.variant} ${leaf.operation}`));
    const only = (operation: string, variant: string): boolean => wanted.has(`${variant} ${operation}`);
    planned.push({ choice: { suite, platform, only }, needs: own });
  }
  return planned;
}

/** The rows' figures by leaf; those that a failure has left unmeasured get its reason. */
function outcomesOf(
  needs: readonly (PathNeed | CellNeed)[],
  rows: readonly PathRow[],
  failure: string,
): [string, Outcome][] {
  const key = ({ operation, variant, quantity }: Pick<PathRow, 'operation' | 'variant' | 'quantity'>): string =>
    JSON.stringify([operation, variant, quantity]);
  const values = new Map(rows.map((row) => [key(row), row.ours]));
  return needs.map(({ leaf }) => {
    const value = values.get(key(leaf));
    return [keyOf(leaf), value === undefined ? { ok: false, reason: failure } : { ok: true, value }];
  });
}

const UNMEASURED = 'it was not measured';

export function runPaths(planned: readonly PlannedPaths[], { progress }: Laboratory): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const { choice, needs } of planned) {
    const measured: PathRow[] = [];
    let failure = UNMEASURED;
    try {
      for (const { operation, variant, rows } of validatePaths(choice)) {
        progress?.(`${choice.suite.platform} ${variant} ${operation}`);
        measured.push(...rows);
      }
    } catch (thrown) {
      failure = messageOf(thrown);
    }
    for (const [key, outcome] of outcomesOf(needs, measured, failure)) outcomes.set(key, outcome);
  }
  return outcomes;
}

export interface PlannedCells {
  readonly suite: PathSuite;
  readonly platform: Platform;
  readonly table: PathTable;
  readonly needs: readonly CellNeed[];
}

type CellName = Pick<LeafOf<'cell'>, 'operation' | 'variant' | 'quantity'>;

const nameOf = ({ operation, variant, quantity }: CellName): string => `${operation}, ${variant}, ${quantity}`;

/** @throws BadInput if a claim names a table, or a row of one, that is not there. */
export async function planCells(needs: readonly CellNeed[], laboratory: Laboratory): Promise<readonly PlannedCells[]> {
  const planned = new Map<string, PlannedCells & { readonly needs: CellNeed[]; readonly names: Set<string> }>();
  for (const need of needs) {
    const { claim, leaf } = need;
    const key = JSON.stringify([leaf.platform, leaf.table]);
    let plan = planned.get(key);
    if (plan === undefined) {
      const { suite, platform } = await suiteOf(need, laboratory);
      const tables = suite.tables ?? [];
      const table = tables.find(({ name }) => name === leaf.table);
      if (table === undefined) {
        const known = tables.map(({ name }) => name);
        throw unknownName(claim, `long table of ${leaf.platform}`, leaf.table, known);
      }
      plan = { suite, platform, table, needs: [], names: new Set(table.cells.map(({ row }) => nameOf(row))) };
      planned.set(key, plan);
    }
    if (!plan.names.has(nameOf(leaf)))
      throw unknownName(claim, `row of table ${leaf.table}`, nameOf(leaf), [...plan.names]);
    plan.needs.push(need);
  }
  return [...planned.values()];
}

export async function runCells(
  planned: readonly PlannedCells[],
  { progress }: Laboratory,
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  for (const { suite, platform, table, needs } of planned) {
    const wanted = new Set(needs.map(({ leaf }) => nameOf(leaf)));
    const only = ({ row }: PathCell): boolean => wanted.has(nameOf(row));
    const measured: PathRow[] = [];
    let failure = UNMEASURED;
    try {
      for await (const row of tableRows({ suite, platform, table, only })) {
        progress?.(`${suite.platform} ${table.name} ${nameOf(row)}`);
        measured.push(row);
      }
    } catch (thrown) {
      failure = messageOf(thrown);
    }
    for (const [key, outcome] of outcomesOf(needs, measured, failure)) outcomes.set(key, outcome);
  }
  return outcomes;
}
