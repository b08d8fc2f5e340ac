import { readFileSync, writeFileSync } from 'node:fs';
import { markdownTable } from 'markdown-table';
import type { Machine } from '../../../platforms/machine/machine.js';
import { mpuRtos } from '../../../platforms/mpu-rtos/index.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { shippedClaims } from '../../../runner/reproduce/read.js';
import { inTable, validatePaths } from '../../../runner/validate/paths.js';
import { CMRX_PATHS } from '../../../runner/validate/paths-cmrx.js';
import { pathMachine } from '../../../runner/validate/paths-measure.js';
import { pathTable, phaseTable } from '../../../runner/validate/paths-report.js';
import type { PathSuite } from '../../../runner/validate/paths-suite.js';
import { allInstructions, pathCounts } from '../../path-counts.js';
import { withTable } from '../../tables.js';
import { counts } from './paths.js';

/*
 * The tables of platforms/mpu-rtos/kernel/README.md, made from what is measured. `node dist/tests/mpu-rtos/kernel/readme.js` writes
 * them; the tests compare them.
 */

/** dist/tests/mpu-rtos/kernel/readme.js is four folders below the root. */
const README = new URL('../../../../platforms/mpu-rtos/kernel/README.md', import.meta.url);

const show = (value: number): string => String(Math.round(value * 10) / 10);
const right = (columns: number): { align: string[] } => ({
  align: ['l', ...Array.from({ length: columns }, () => 'r')],
});

/** Hardening steps and what else makes an RPC dearer or cheaper, as parameters. */
const STEPS: readonly (readonly [string, ParameterValues])[] = [
  ['as shipped, `kill` or `restart`', {}],
  ['`isolation=path`', { isolation: 'path' }],
  ['`regionLoad=alias-burst`', { regionLoad: 'alias-burst' }],
  ['`checkMethod`', { checkMethod: true }],
  ['`checkPointers`', { checkPointers: true }],
  ['`rpcCanary`', { rpcCanary: true }],
  ['`checkObject`', { checkObject: true }],
  ['`checkStack`', { checkStack: true }],
  ['`faultPolicy=unwind`', { faultPolicy: 'unwind' }],
  ['`equal`', { equal: true }],
];

function hardeningTable(): string {
  const rows = STEPS.map(([name, kernel]) => {
    const instructions = (id: string): string => show(counts.values(id, [allInstructions], kernel)[0]);
    const rpc = counts.values('rpc', [allInstructions, (s) => s.cycles, (s) => s.protection.mpuStores], kernel);
    return [name, ...rpc.map(show), ...['yield-switch-process', 'unlock', 'thread-create'].map(instructions)];
  });
  const header = [
    'step',
    'RPC and back',
    'its cycles',
    'its MPU stores',
    'yield to another process',
    'unlock',
    'thread_create',
  ];
  return markdownTable([header, ...rows], right(header.length - 1));
}

const machines = new Map<string, Machine>();

function machineWith(memory: string): Machine {
  const machine = machines.get(memory) ?? pathMachine(mpuRtos, CMRX_PATHS, memory);
  machines.set(memory, machine);
  return machine;
}

const range = (values: readonly number[]): string => [...new Set(values.map(show))].join(' / ');
const ratio = (values: readonly number[]): string => [...new Set(values.map((v) => v.toFixed(2)))].join(' to ');

/** The figure of a claim. */
function claimed(id: string): number {
  const value = shippedClaims()
    .flatMap(({ claims }) => claims)
    .find((claim) => claim.id === id)?.value;
  if (typeof value !== 'number') throw new Error(`no claim ${id} with a figure`);
  return value;
}

/** Counts of one passage of each test. */
const THREAD_METRIC = { cooperative: 1, preemptive: 5, message: 1, synchronisation: 1 };

function threadMetricTable(): string {
  const metric = pathCounts(CMRX_PATHS, () => machineWith('zero'));
  const variants = ['v0.1.2', 'v0.1.2, 16 threads'].map((variant) => CMRX_PATHS.parameters(variant).kernel);
  const rows = Object.entries(THREAD_METRIC).map(([operation, per]) => {
    const perCount = claimed(`cmrx-thread-metric.${operation}`);
    const traced = claimed(`cmrx-traced.thread-metric.${operation}`);
    const instructions = metric.values(operation, [allInstructions], variants[0])[0] / per;
    const cycles = (memory: string): number[] =>
      variants.map((kernel) => metric.values(operation, [(s) => s.cycles], kernel, machineWith(memory))[0] / per);
    const [zero, flash] = [cycles('zero'), cycles('stm32l4')];
    return [
      operation,
      show(instructions),
      show(traced),
      range(zero),
      range(flash),
      String(perCount),
      ratio(flash.map((c) => c / perCount)),
      (instructions / traced).toFixed(2),
      (flash[0] / instructions / (perCount / traced)).toFixed(2),
      `${(flash[0] / instructions).toFixed(2)} / ${(perCount / traced).toFixed(2)}`,
    ];
  });
  const header = [
    'test',
    'instructions',
    'traced',
    'cycles, zero wait states, 8 / 16 threads',
    'cycles, stm32l4',
    'published',
    'ratio',
    '= length',
    '* cycles each',
    'cycles an instruction, ours / chip',
  ];
  return markdownTable([header, ...rows], right(header.length - 1));
}

/** Tables of the first variant, as `validate paths` prints them. */
function pathTables(): Readonly<Record<string, string>> {
  const suite: PathSuite = { ...(CMRX_PATHS as PathSuite), variants: CMRX_PATHS.variants.slice(0, 1) };
  const results = [...validatePaths({ suite, platform: mpuRtos, only: inTable(suite) })];
  return { paths: pathTable(suite, results), phases: phaseTable(results) };
}

/** Tables that are quick to make, and all of them. */
export const quickTables = (): Readonly<Record<string, string>> => ({
  hardening: hardeningTable(),
  'thread-metric': threadMetricTable(),
});
export const allTables = (): Readonly<Record<string, string>> => ({ ...pathTables(), ...quickTables() });

/** A text with tables replaced. */
export const withTables = (text: string, tables: Readonly<Record<string, string>>): string =>
  Object.entries(tables).reduce((all, [name, table]) => withTable(all, name, table), text);

export const readme = (): string => readFileSync(README, 'utf8');

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(README, withTables(readme(), allTables()));
