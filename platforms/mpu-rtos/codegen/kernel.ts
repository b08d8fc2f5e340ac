import type { SpanPath } from '../../../workloads/language/scenario.js';
import { imageBytes } from '../../machine/image.js';
import { layoutNumbers } from '../../machine/layout-seed.js';
import type { Machine } from '../../machine/machine.js';
import { physical } from '../../machine/units.js';
import type { Fidelity, LinkedScenario, ParameterValues, ScenarioKernel } from '../../platform.js';
import { marksOf } from '../../scenario-marks.js';
import type { LinkedSystem } from '../kernel/link.js';
import { kernelConfig } from '../kernel/parameters.js';
import { linkScenario, scenarioProblem } from './system.js';

/** How far layouts with a seed move text and variables, and by what multiples. */
const TEXT_RANGE = 256;
const TEXT_STEP = 4;
const DATA_RANGE = 64;
const DATA_STEP = 8;

/** Number of the MPU region with the shared memory of the thread's own process. */
const SHARED_REGION = 4;

/** Regions of the kernel's map. */
const MPU_REGIONS = 8;

/** The CMRX-like kernel. */
export const cmrxKernel: ScenarioKernel = {
  title: 'CMRX-like kernel: static processes, RPC by thread migration',
  board: 'cmrx',
  supports: (scenario, parameters) => {
    const config = kernelConfig(parameters);
    const regions = Number(parameters.mpuRegions ?? MPU_REGIONS);
    if (config.isolation === 'full' && regions < MPU_REGIONS)
      return `the kernel uses ${MPU_REGIONS} MPU regions, not ${regions}`;
    return scenarioProblem(scenario, config);
  },
  link(scenario, parameters, seed) {
    const config = kernelConfig(parameters);
    const number = layoutNumbers(seed);
    const padding = { text: number(TEXT_RANGE, TEXT_STEP), data: number(DATA_RANGE, DATA_STEP) };
    const system = linkScenario(scenario, config, padding);
    const inert = config.isolation !== 'full';
    return {
      image: system.image,
      marks: marksOf(system.image),
      occupied: imageBytes(system.image),
      reports: (machine) => machine.bench!.outputs,
      watchTerminated: (machine, ended) => watchTerminated(machine, system, ended),
      granted: (machine) => (inert ? undefined : sharedBytes(machine, system)),
    } satisfies LinkedScenario;
  },
  fidelity,
};

/** `terminate` is where the fault policy ends the threads of the process whose code failed. */
function watchTerminated(
  machine: Machine,
  { image, kernel }: LinkedSystem,
  report: (domain: string) => void = () => undefined,
): () => readonly string[] {
  const names: string[] = [];
  const at = image.symbols.find(({ name }) => name === 'terminate');
  // as shipped a fault ends the system, not a process
  if (at === undefined) return () => names;
  machine.probes.add(physical(kernel('terminate') & ~1), ({ space }) => {
    const { name } = image.domains.find((d) => d.space === space)!;
    names.push(name);
    report(name);
    return false;
  });
  return () => names;
}

/**
 * Bytes of the shared memory of the process that owns the running thread: all of it is there while the thread executes in
 * another process, whatever part of it a request names.
 */
function sharedBytes(machine: Machine, { image, kernel, regions }: LinkedSystem): number {
  const word = (address: number): number =>
    new DataView(machine.memory.dump(physical(address), 4).buffer).getUint32(0, true);
  const record = word(kernel('kernel') + kernel('K_RECORD'));
  const owner = machine.memory.dump(physical(record + kernel('T_HOSTS')), 1)[0];
  const { name } = image.domains.find(({ space }) => space === owner)!;
  return regions(name).find(({ number }) => number === SHARED_REGION)?.bytes ?? 0;
}

/** Paths of the real kernel whose instructions ours come near (`validate paths`). What CMRX does not do is ours. */
function fidelity(path: SpanPath, parameters: ParameterValues): Fidelity | undefined {
  if (path === 'compute') return undefined;
  const { equal, faultPolicy, regionLoad } = kernelConfig(parameters);
  if (equal || regionLoad === 'alias-burst') return 'O';
  if ((path === 'fault' || path === 'restart') && faultPolicy !== 'as-shipped') return 'O';
  return 'M';
}
