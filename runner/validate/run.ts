import type { Image } from '../../platforms/machine/image.js';
import type { Machine } from '../../platforms/machine/machine.js';
import { cycles, instructions } from '../../platforms/machine/units.js';
import type { ParameterValues, Platform } from '../../platforms/platform.js';
import { BadInput, must } from '../failure.js';
import { readParameters } from '../parameters.js';
import { describeStop } from '../stop.js';
import { suggestion } from '../suggest.js';
import { findMarkers, type Mark } from './marks.js';
import { listVectors, readCore, resultsOf, type Suite, type VectorDirectory, type VectorProgram } from './read.js';
import { type Measured, microRows, type Observation, randomRows } from './rows.js';

/** What a summary puts together; each is reported apart. */
export type Group = 'micro' | 'footprint' | 'cold' | 'random' | 'start';

/** Development vectors are for work on a model; held-out ones are for reports (DESIGN.md rule 10). */
export type VectorSet = 'development' | 'held-out';

/** A measured quantity with where it comes from: one row of the tables. */
export interface Row extends Measured {
  readonly core: string;
  readonly kind: VectorProgram['kind'];
  readonly config: string;
  readonly set: VectorSet;
  readonly program: string;
  readonly group: Group;
  /** The configuration delays instruction fetches: reported apart (`tests/vectors/README.md`). */
  readonly fetchWait: boolean;
}

/** What to validate. */
export interface ValidateRequest {
  readonly directory: string;
  readonly platforms: readonly Platform[];
  /** Only these cores; undefined = every core of the directory that a platform models. */
  readonly core?: string | undefined;
  readonly config?: string | undefined;
  /** Run the held-out random programs too. */
  readonly heldOut: boolean;
  /** Give the cycle of mark 1 of random programs too (start from reset; informative). */
  readonly start: boolean;
}

/** One configuration of one core, ready to run. */
export interface Job {
  readonly platform: Platform;
  readonly core: string;
  readonly config: string;
  readonly parameters: ParameterValues;
  readonly fetchWait: boolean;
  readonly programs: readonly VectorProgram[];
}

/** Everything read and checked before the first program runs. */
export interface Plan {
  readonly jobs: readonly Job[];
  /** Cores and sets of the directory that no platform models, for a note. */
  readonly notModelled: readonly string[];
}

/** The guest programs of the vectors are small; one that runs longer loops. */
const BUDGET = 20_000_000;
/** More marks than any program makes: the guest is in a loop over a marker. */
const MAX_MARKS = 100_000;

/** Random programs with an odd index are held out. */
export const setOf = (kind: VectorProgram['kind'], index: number): VectorSet =>
  kind === 'random' && index % 2 === 1 ? 'held-out' : 'development';

const appearsIn = (program: VectorProgram, config: string): boolean =>
  Object.hasOwn(program.kind === 'micro' ? resultsOf(program.bench) : program.random.configs, config);

/** The programs of a core by configuration; the families share a configuration if its parameters are the same in both. */
function jobsOf(platform: Platform, suites: readonly Suite[], only: string | undefined): Job[] {
  const jobs = new Map<string, Job & { programs: VectorProgram[] }>();
  for (const { core, file, configurations, programs } of suites) {
    for (const [config, given] of configurations) {
      if (only !== undefined && config !== only) continue;
      const parameters = must(readParameters(platform, given, `${file}: parameters.${config}`));
      const here = programs.filter((p) => appearsIn(p, config));
      if (here.length === 0) continue;
      const key = JSON.stringify([config, parameters]);
      const job = jobs.get(key);
      if (job === undefined) {
        const wait = given['instructionWait'];
        const fetchWait = typeof wait === 'number' && wait > 0;
        jobs.set(key, { platform, core, config, parameters, fetchWait, programs: here });
      } else {
        job.programs.push(...here);
      }
    }
  }
  return [...jobs.values()];
}

function chooseCores(vectors: VectorDirectory, { platforms, core }: ValidateRequest): Map<string, Platform> {
  const chosen = new Map<string, Platform>();
  if (core !== undefined && !vectors.cores.includes(core)) {
    throw new BadInput(`--core ${core}`, `${vectors.directory} has no such core`, suggestion(core, vectors.cores));
  }
  for (const name of core === undefined ? vectors.cores : [core]) {
    const platform = platforms.find((p) => p.core === name);
    if (platform !== undefined) chosen.set(name, platform);
  }
  if (chosen.size === 0) {
    const place = core === undefined ? vectors.directory : `--core ${core}`;
    const models = platforms.map((p) => p.core).join(', ') || 'none';
    throw new BadInput(place, 'no platform models a core of these vectors', `modelled cores: ${models}`);
  }
  return chosen;
}

/**
 * Reads the vectors and sets the configurations up.
 * @throws BadInput naming option, or file and field.
 */
export function planValidation(request: ValidateRequest): Plan {
  const vectors = listVectors(request.directory);
  const chosen = chooseCores(vectors, request);
  const jobs: Job[] = [];
  const configurations = new Set<string>();
  for (const [core, platform] of chosen) {
    const suites = readCore(vectors, core, (kind, i) => request.heldOut || setOf(kind, i) === 'development');
    for (const suite of suites) for (const name of suite.configurations.keys()) configurations.add(name);
    jobs.push(...jobsOf(platform, suites, request.config));
  }
  const { config } = request;
  if (config !== undefined && !configurations.has(config)) {
    throw new BadInput(`--config ${config}`, 'no such configuration', suggestion(config, [...configurations]));
  }
  if (jobs.length === 0) {
    throw new BadInput(
      request.directory,
      'no program has a result for the chosen cores and configurations',
      'choose others',
    );
  }
  const notModelled =
    request.core === undefined
      ? [...vectors.cores.filter((c) => !chosen.has(c)), ...vectors.functional.map((set) => `cortex-m/${set}`)]
      : [];
  return { jobs, notModelled };
}

/** Loads a program into a machine fresh from reset. @throws BadInput if it does not lie in memory. */
function place(machine: Machine, image: Image, name: string): void {
  machine.reset();
  try {
    machine.load(image);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw new BadInput(name, thrown.message, 'correct load, size or boot');
  }
}

/** Runs a program that has been loaded, to its exit store. */
export function observe(machine: Machine, image: Image): Observation {
  const marks: Mark[] = [];
  machine.probes.clear();
  for (const { address, mark } of findMarkers(image)) {
    machine.probes.add(address, (event) => {
      marks.push({ mark, cycle: event.cycle, instructions: event.instructions });
      return marks.length >= MAX_MARKS;
    });
  }
  machine.setBudget(instructions(BUDGET));
  const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
  const observation = { marks, outputs: machine.bench?.outputs ?? [], timerRises: machine.bench?.timerRises ?? [] };
  if (stop.kind === 'exit' && stop.code === 0) return observation;
  return { ...observation, failure: stop.kind === 'probe' ? 'the guest loops over a marker' : describeStop(stop) };
}

const GROUPS: Partial<Record<Measured['quantity'], Group>> = {
  cycles_per_line_per_pass: 'footprint',
  cold_cycles_per_iter: 'cold',
  cycles: 'random',
  mark1_cycle: 'start',
};

/** Runs the programs of one configuration on one machine; a row at a time, so that a table can grow while it runs. */
export function* runJob(job: Job, start: boolean): Generator<Row> {
  const { platform, core, config, parameters, fetchWait } = job;
  const board = platform.boards.includes('bench') ? 'bench' : platform.boards[0];
  const machine = platform.createMachine({ parameters, board });
  for (const program of job.programs) {
    const name = program.kind === 'micro' ? program.bench.name : program.random.name;
    place(machine, program.image, `${core}: ${name}`);
    const seen = observe(machine, program.image);
    const measured =
      program.kind === 'micro'
        ? microRows(program.bench, config, seen)
        : randomRows(program.random, config, parameters['loadFilter'] === false, seen);
    for (const row of measured) {
      const group = GROUPS[row.quantity] ?? 'micro';
      if (group === 'start' && !start) continue;
      yield {
        ...row,
        core,
        kind: program.kind,
        config,
        set: setOf(program.kind, program.index),
        program: name,
        group,
        fetchWait,
      };
    }
  }
}
