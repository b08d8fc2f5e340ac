import type { Image } from '../../platforms/machine/image.js';
import type { Machine } from '../../platforms/machine/machine.js';
import { cycles, instructions } from '../../platforms/machine/units.js';
import { BadInput } from '../failure.js';
import { describeStop } from '../stop.js';
import { observeFunctional } from './functional/observe.js';
import { ERRATA } from './functional/references.js';
import { functionalRows } from './functional/rows.js';
import { findMarkers, type Mark } from './marks.js';
import { type FunctionalJob, type Job, type RtlJob, setOf } from './plan.js';
import type { Group, Row } from './row.js';
import { isEndless, type Measured, microRows, type Observation, randomRows } from './rows.js';

/** The guest programs of the vectors are small; one that runs longer loops. */
const BUDGET = 20_000_000;
/** More marks than any program makes: the guest is in a loop over a marker. */
const MAX_MARKS = 100_000;

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

/** Cycles after which a program that never ends is looked at again. */
const SLICE = 1024;

/** Runs a program that has been loaded, to its exit store; with `endless` until the engine it starts has finished. */
export function observe(machine: Machine, image: Image, endless = false): Observation {
  const marks: Mark[] = [];
  machine.probes.clear();
  for (const { address, mark } of findMarkers(image)) {
    machine.probes.add(address, (event) => {
      marks.push({ mark, cycle: event.cycle, instructions: event.instructions });
      return marks.length >= MAX_MARKS;
    });
  }
  machine.setBudget(instructions(BUDGET));
  let stop = machine.run(cycles(endless ? SLICE : Number.MAX_SAFE_INTEGER));
  while (stop.kind === 'limit' && machine.bench?.engineBusy === undefined) {
    stop = machine.run(cycles(machine.counters.cycles + SLICE));
  }
  const { outputs = [], timerRises = [], engineBusy } = machine.bench ?? {};
  const observation = { marks, outputs, timerRises, engineBusy };
  if (stop.kind === 'limit') return observation;
  if (stop.kind === 'exit' && stop.code === 0) return observation;
  return { ...observation, failure: stop.kind === 'probe' ? 'the guest loops over a marker' : describeStop(stop) };
}

const GROUPS: Partial<Record<Measured['quantity'], Group>> = {
  cycles_per_line_per_pass: 'footprint',
  cold_cycles_per_iter: 'cold',
  cycles: 'random',
  mark1_cycle: 'start',
};

function machineOf({ platform, parameters }: Job): Machine {
  const board = platform.boards.includes('bench') ? 'bench' : platform.boards[0];
  return platform.createMachine({ parameters, board });
}

function* runRtl(job: RtlJob, start: boolean): Generator<Row> {
  const { core, config, parameters, fetchWait } = job;
  const machine = machineOf(job);
  for (const program of job.programs) {
    const name = program.kind === 'micro' ? program.bench.name : program.random.name;
    place(machine, program.image, `${core}: ${name}`);
    const seen = observe(machine, program.image, program.kind === 'micro' && isEndless(program.bench, config));
    const measured =
      program.kind === 'micro'
        ? microRows(program.bench, config, seen)
        : randomRows(program.random, config, parameters['loadFilter'] === false, seen);
    for (const row of measured) {
      const group = GROUPS[row.quantity] ?? 'micro';
      if (group === 'start' && !start) continue;
      const set = setOf(program.kind, program.index);
      yield { ...row, core, kind: program.kind, config, set, program: name, group, fetchWait };
    }
  }
}

function* runFunctional(job: FunctionalJob): Generator<Row> {
  const { core, config, reference } = job;
  const machine = machineOf(job);
  for (const { program, image } of job.programs) {
    place(machine, image, `${core}/${config}: ${program.name}`);
    const seen = observeFunctional(machine, program, reference?.corrections ?? []);
    const erratum = ERRATA.find((e) => e.set === `${core}/${config}` && e.program === program.name);
    for (const row of functionalRows(program, seen, reference, erratum)) {
      yield { ...row, core, kind: 'functional', config, set: 'development', program: program.name, fetchWait: false };
    }
  }
}

/** Runs the programs of a job on one machine; a row at a time, so that a table can grow while it runs. */
export const runJob = (job: Job, start: boolean): Generator<Row> =>
  job.kind === 'rtl' ? runRtl(job, start) : runFunctional(job);
