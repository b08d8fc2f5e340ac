import type { ParameterValues, Platform } from '../../platforms/platform.js';
import { BadInput, must } from '../failure.js';
import { readParameters } from '../parameters.js';
import { suggestion } from '../suggest.js';
import { type FunctionalSet, readSet, type SetName } from './functional/read.js';
import { CYCLE_REFERENCES, type CycleReference } from './functional/references.js';
import { listVectors, readCore, resultsOf, type Suite, type VectorDirectory, type VectorProgram } from './read.js';
import type { VectorSet } from './row.js';

/** What to validate. */
export interface ValidateRequest {
  readonly directory: string;
  readonly platforms: readonly Platform[];
  /** Only this core, or this functional set; undefined = everything in the directory that a platform models. */
  readonly core?: string | undefined;
  readonly config?: string | undefined;
  /** Run the held-out random programs too. */
  readonly heldOut: boolean;
  /** Give the cycle of mark 1 of random programs too (start from reset; informative). */
  readonly start: boolean;
}

/** Programs that run one after the other on one machine. */
interface MachineJob {
  readonly platform: Platform;
  readonly core: string;
  readonly config: string;
  readonly parameters: ParameterValues;
}

/** One configuration of one core that has cycles of RTL, ready to run. */
export interface RtlJob extends MachineJob {
  readonly kind: 'rtl';
  readonly fetchWait: boolean;
  readonly programs: readonly VectorProgram[];
}

/** One functional set, or the part of it that is for one core, ready to run; `config` is the set. */
export interface FunctionalJob extends MachineJob {
  readonly kind: 'functional';
  readonly reference: CycleReference | undefined;
  readonly programs: FunctionalSet['programs'];
}

export type Job = RtlJob | FunctionalJob;

/** Everything read and checked before the first program runs. */
export interface Plan {
  readonly jobs: readonly Job[];
  /** Cores and sets of the directory that no platform models, for a note. */
  readonly notModelled: readonly string[];
  /** There are held-out programs that the request leaves out. */
  readonly leftOut: boolean;
}

/** Random programs with an odd index are held out. */
export const setOf = (kind: VectorProgram['kind'], index: number): VectorSet =>
  kind === 'random' && index % 2 === 1 ? 'held-out' : 'development';

const appearsIn = (program: VectorProgram, config: string): boolean =>
  Object.hasOwn(program.kind === 'micro' ? resultsOf(program.bench) : program.random.configs, config);

/** The programs of a core by configuration; the families share a configuration if its parameters are the same in both. */
function rtlJobs(platform: Platform, suites: readonly Suite[], only: string | undefined): RtlJob[] {
  const jobs = new Map<string, RtlJob & { programs: VectorProgram[] }>();
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
        jobs.set(key, { kind: 'rtl', platform, core, config, parameters, fetchWait, programs: here });
      } else {
        job.programs.push(...here);
      }
    }
  }
  return [...jobs.values()];
}

/** The programs of a set by the core they are for. @throws BadInput for a core that the platform does not know. */
function functionalJobs(platform: Platform, { core, set, file, programs }: FunctionalSet): FunctionalJob[] {
  const known = platform.vectorCores ?? {};
  const jobs = new Map<string, FunctionalJob & { programs: FunctionalSet['programs'][number][] }>();
  const reference = CYCLE_REFERENCES.find((r) => r.set === `${core}/${set}`);
  programs.forEach((entry, index) => {
    const name = entry.program.core;
    const job = jobs.get(name);
    if (job !== undefined) {
      job.programs.push(entry);
      return;
    }
    const place = `${file}: [${index}].core`;
    if (!Object.hasOwn(known, name)) {
      const models = Object.keys(known).join(', ');
      throw new BadInput(place, `platform ${platform.id} models no core '${name}'`, `it models ${models}`);
    }
    const parameters = must(readParameters(platform, known[name], place));
    jobs.set(name, { kind: 'functional', platform, core, config: set, parameters, reference, programs: [entry] });
  });
  return [...jobs.values()];
}

/** What of the directory is to be run, by whom. */
interface Choice {
  readonly cores: ReadonlyMap<string, Platform>;
  readonly sets: readonly { readonly name: SetName; readonly platform: Platform }[];
  readonly notModelled: readonly string[];
}

/** @throws BadInput if `--core` names nothing of the directory, or no platform models what it names. */
function choose(vectors: VectorDirectory, { platforms, core }: ValidateRequest): Choice {
  const names = [...vectors.cores, ...vectors.functional.flatMap((s) => [s.core, s.set])];
  if (core !== undefined && !names.includes(core)) {
    const remedy = suggestion(core, [...new Set(names)]);
    throw new BadInput(`--core ${core}`, `${vectors.directory} has no such core or set`, remedy);
  }
  const cores = new Map<string, Platform>();
  const sets: Choice['sets'][number][] = [];
  const notModelled: string[] = [];
  for (const name of vectors.cores) {
    if (core !== undefined && core !== name) continue;
    const platform = platforms.find((p) => p.core === name);
    if (platform === undefined) notModelled.push(name);
    else cores.set(name, platform);
  }
  for (const name of vectors.functional) {
    if (core !== undefined && core !== name.core && core !== name.set) continue;
    const platform = platforms.find((p) => p.core === name.core && p.vectorCores !== undefined);
    if (platform === undefined) notModelled.push(`${name.core}/${name.set}`);
    else sets.push({ name, platform });
  }
  if (cores.size === 0 && sets.length === 0) {
    const place = core === undefined ? vectors.directory : `--core ${core}`;
    const models = platforms.map((p) => p.core).join(', ') || 'none';
    throw new BadInput(place, 'no platform models a core of these vectors', `modelled cores: ${models}`);
  }
  return { cores, sets, notModelled };
}

/**
 * Reads the vectors and sets the configurations up.
 * @throws BadInput naming option, or file and field.
 */
export function planValidation(request: ValidateRequest): Plan {
  const vectors = listVectors(request.directory);
  const { cores, sets, notModelled } = choose(vectors, request);
  const { config, heldOut } = request;
  const jobs: Job[] = [];
  const configurations = new Set<string>();
  let leftOut = false;
  for (const [core, platform] of cores) {
    const suites = readCore(vectors, core, (kind, index) => {
      const wanted = heldOut || setOf(kind, index) === 'development';
      leftOut ||= !wanted;
      return wanted;
    });
    for (const suite of suites) for (const name of suite.configurations.keys()) configurations.add(name);
    jobs.push(...rtlJobs(platform, suites, config));
  }
  for (const { name, platform } of sets) {
    configurations.add(name.set);
    if (config === undefined || config === name.set) {
      jobs.push(...functionalJobs(platform, readSet(vectors.directory, name)));
    }
  }
  if (config !== undefined && !configurations.has(config)) {
    throw new BadInput(`--config ${config}`, 'no such configuration', suggestion(config, [...configurations]));
  }
  if (jobs.length === 0) {
    const wrong = 'no program has a result for the chosen cores and configurations';
    throw new BadInput(request.directory, wrong, 'choose others');
  }
  return { jobs, notModelled, leftOut };
}
