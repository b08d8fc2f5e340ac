import type { SpanPath } from '../../../workloads/language/scenario.js';
import { imageBytes, type ImageSymbol } from '../../machine/image.js';
import { layoutNumbers } from '../../machine/layout-seed.js';
import type { Machine } from '../../machine/machine.js';
import { virtual } from '../../machine/units.js';
import type { Fidelity, LinkedScenario, ParameterValues, ScenarioKernel } from '../../platform.js';
import { marksOf } from '../../scenario-marks.js';
import type { LinkedSystem } from '../kernel/link.js';
import { kernelConfig } from '../kernel/parameters.js';
import { bufferSymbol, PAGE } from './symbols.js';
import { linkScenario, scenarioProblem } from './system.js';

/** Places of a page: how far layouts with a seed move text and variables. */
const TEXT_STEP = 4;
const DATA_STEP = 8;

/** The Xous-like kernel. */
export const xousKernel: ScenarioKernel = {
  title: 'Xous-like message-passing microkernel',
  board: 'xous',
  supports: (scenario, parameters) => scenarioProblem(scenario, kernelConfig(parameters)),
  link(scenario, parameters, seed) {
    const config = kernelConfig(parameters);
    const number = layoutNumbers(seed);
    const system = linkScenario(scenario, config, { text: number(PAGE, TEXT_STEP), data: number(PAGE, DATA_STEP) });
    const inert = config.isolation !== 'full';
    const names = scenario.domains.map(({ name }) => name);
    const placeOf = (buffer: string): ImageSymbol => {
      const { domain } = scenario.buffers.find(({ name }) => name === buffer)!;
      return system.symbol(`${config.isolation === 'none' ? names[0] : domain}.${bufferSymbol(buffer)}`);
    };
    return {
      image: system.image,
      marks: marksOf(system.image),
      occupied: imageBytes(system.image),
      reports: (machine) => machine.bench!.outputs,
      contents(machine, buffer) {
        const { bytes } = scenario.buffers.find(({ name }) => name === buffer)!;
        const at = placeOf(buffer).physical;
        if ((at % PAGE) + bytes > PAGE) throw new RangeError(`buffer ${buffer} lies in more than one page`);
        return machine.memory.dump(at, bytes);
      },
      placeOf,
      watchTerminated: (machine, ended) => watchTerminated(machine, system, names, ended),
      granted: (machine) => (inert ? undefined : windowBytes(machine, system)),
    } satisfies LinkedScenario;
  },
  fidelity,
};

/** `terminate` is where a process ends: by a fault, or because its last thread has returned, which jumps there. */
function watchTerminated(
  machine: Machine,
  { image, kernel, symbol }: LinkedSystem,
  names: readonly string[],
  report: (domain: string) => void = () => undefined,
): () => readonly string[] {
  const ended: string[] = [];
  const first = kernel('SCHEDULER') + 1;
  let byItself = false;
  machine.probes.add(symbol('last_thread_ends').physical, () => {
    byItself = true;
    return false;
  });
  machine.probes.add(symbol('terminate').physical, ({ space }) => {
    if (!byItself) {
      const name = names[space - first] ?? image.domains.find((d) => d.space === space)!.name;
      ended.push(name);
      report(name);
    }
    byItself = false;
    return false;
  });
  return () => ended;
}

/** Bytes of the pages that messages have put into the running process's window. */
function windowBytes(machine: Machine, { kernel }: LinkedSystem): number {
  let pages = 0;
  for (let at = kernel('WINDOW_BASE'); at < kernel('WINDOW_END'); at += PAGE) {
    if (machine.translate(virtual(at)) !== undefined) pages++;
  }
  return pages * PAGE;
}

/** Paths of the real kernel whose instructions ours come near (`validate paths`); `ideal` is no shipped kernel. */
function fidelity(path: SpanPath, { generation }: ParameterValues): Fidelity | undefined {
  if (path === 'compute') return undefined;
  return generation === 'ideal' ? 'O' : 'M';
}
