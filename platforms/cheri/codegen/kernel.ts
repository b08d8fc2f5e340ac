import type { Scenario, SpanPath } from '../../../workloads/language/scenario.js';
import { imageBytes, type ImageSymbol } from '../../machine/image.js';
import { layoutNumbers } from '../../machine/layout-seed.js';
import type { Machine, RegisterValue } from '../../machine/machine.js';
import { physical } from '../../machine/units.js';
import type { Fidelity, LinkedScenario, ParameterValues, ScenarioKernel } from '../../platform.js';
import { marksOf } from '../../scenario-marks.js';
import { isSealed } from '../hardware/capability.js';
import { baseOf, topOf } from '../hardware/capability-bounds.js';
import { CheriotMachine } from '../hardware/machine.js';
import type { LinkedSystem } from '../kernel/link.js';
import type { Region } from '../kernel/memory.js';
import { kernelConfig } from '../kernel/parameters.js';
import { constant } from '../kernel/source.js';
import { INITIALISED, restartedDomains } from './reboot.js';
import { bufferSymbol, copySymbol } from './symbols.js';
import { linkScenario, scenarioProblem } from './system.js';

/** How far layouts with a seed move code and globals of compartments at most, and in what steps. */
const PADDING = 256;
const STEP = 8;

/** The CHERIoT-RTOS-like kernel. */
export const cheriotKernel: ScenarioKernel = {
  title: 'CHERIoT-RTOS-like compartments',
  board: 'rtos',
  supports: (scenario, parameters) => scenarioProblem(scenario, kernelConfig(parameters)),
  link(scenario, parameters, seed) {
    const config = kernelConfig(parameters);
    const number = layoutNumbers(seed);
    const system = linkScenario(scenario, config, { code: number(PADDING, STEP), globals: number(PADDING, STEP) });
    const inert = config.isolation !== 'full';
    const placeOf = (buffer: string): ImageSymbol => {
      const { domain } = scenario.buffers.find(({ name }) => name === buffer)!;
      const compartment = config.isolation === 'none' ? scenario.domains[0].name : domain;
      return system.symbol(`${compartment}.${bufferSymbol(buffer)}`);
    };
    return {
      image: system.image,
      marks: marksOf(system.image),
      occupied: imageBytes(system.image) - system.heap.bytes,
      reports: (machine) => machine.bench!.outputs,
      contents: (machine, buffer) =>
        machine.memory.dump(placeOf(buffer).physical, scenario.buffers.find(({ name }) => name === buffer)!.bytes),
      placeOf,
      watchTerminated: (machine, ended) => watchUnwound(machine, scenario, system, ended),
      watchInitialised(machine, initialised) {
        for (const domain of restartedDomains(scenario)) {
          machine.probes.add(system.symbol(`${domain}.${INITIALISED}`).physical, () => {
            initialised();
            return false;
          });
        }
      },
      granted: (machine, service) => (inert ? undefined : reachable(machine, handedTo(scenario, system, service))),
    } satisfies LinkedScenario;
  },
  fidelity,
};

/** `unwind` is where the switcher ends a compartment's invocation; whose it is says the frame of its call. */
function watchUnwound(
  machine: Machine,
  { domains }: Scenario,
  { places, symbol }: LinkedSystem,
  report: (domain: string) => void = () => undefined,
): () => readonly string[] {
  const ended: string[] = [];
  machine.probes.add(symbol('switcher.unwind').physical, () => {
    const trustedStack = register(machine, 'mtdc').value;
    const half = (at: number): number => new DataView(machine.memory.dump(physical(at), 2).buffer).getUint16(0, true);
    const word = (at: number): number => new DataView(machine.memory.dump(physical(at), 4).buffer).getUint32(0, true);
    const frame = trustedStack + half(trustedStack + constant('TS_FRAME')) - constant('FRAME_BYTES');
    const callee = word(frame + constant('FRAME_EXPORT'));
    const found = domains.find(({ name }) => {
      const exports = places.get(name)?.exports;
      return exports !== undefined && callee >= exports.base && callee < exports.base + exports.bytes;
    });
    // none: the call was refused before it entered anybody
    if (found !== undefined) {
      // a compartment can be entered again, and be ended again
      if (!ended.includes(found.name)) ended.push(found.name);
      report(found.name);
    }
    return false;
  });
  return () => ended;
}

function register(machine: Machine, name: string): RegisterValue {
  const found = machine.registers().find((r) => r.name === name);
  if (found === undefined) throw new RangeError(`the machine has no register ${name}`);
  return found;
}

/** Memory in which bytes lie that a service is given. */
function handedTo(scenario: Scenario, { symbol, heap }: LinkedSystem, name: string): readonly Region[] {
  const { domain, transfer, mostBytes } = scenario.services.find((s) => s.name === name)!;
  if (transfer === 'move') return [heap];
  if (transfer === 'copy') return [{ base: symbol(`${domain}.${copySymbol(name)}`).physical, bytes: mostBytes }];
  return scenario.buffers
    .filter((buffer) => buffer.passed && buffer.domain !== domain)
    .map((buffer) => ({ base: symbol(`${buffer.domain}.${bufferSymbol(buffer.name)}`).physical, bytes: buffer.bytes }));
}

/** Registers that hold what a compartment has without being given it. */
const OWN = new Set(['cgp', 'csp']);

/** Base and top of the unsealed capabilities that the running compartment has in registers and, spilled, in its frames. */
function held(machine: Machine): readonly (readonly [base: number, top: number])[] {
  if (!(machine instanceof CheriotMachine)) throw new TypeError('only a CHERIoT machine has capabilities');
  const registers = machine.registers().flatMap(({ name, value, metadata, tag }) => {
    return /^c/.test(name) && !OWN.has(name) && tag === true && metadata !== undefined ? [{ value, metadata }] : [];
  });
  const { value: from, metadata: bounds } = register(machine, 'csp');
  const end = bounds === undefined ? from : topOf(bounds, from);
  const spilled = machine.taggedGranules
    .filter((at) => at >= from && at < end)
    .map((at) => {
      const granule = new DataView(machine.memory.dump(physical(at), 8).buffer);
      return { value: granule.getUint32(0, true), metadata: granule.getUint32(4, true) };
    });
  return [...registers, ...spilled]
    .filter(({ metadata }) => !isSealed(metadata))
    .map(({ value, metadata }) => [baseOf(metadata, value) >>> 0, topOf(metadata, value)] as const);
}

/** Bytes in the bounds of the capabilities that lead into regions, each counted once. */
function reachable(machine: Machine, regions: readonly Region[]): number {
  const bounds = new Map<number, number>();
  for (const [base, top] of held(machine)) {
    if (!regions.some((r) => base >= r.base && base < r.base + r.bytes)) continue;
    bounds.set(base, Math.max(bounds.get(base) ?? 0, top - base));
  }
  let [bytes, end] = [0, 0];
  for (const [base, length] of [...bounds].sort(([a], [b]) => a - b)) {
    bytes += Math.max(0, base + length - Math.max(base, end));
    end = Math.max(end, base + length);
  }
  return bytes;
}

/** A call and its return are the switcher, whose instructions are the real one's within 5 % (tests/cheri/kernel/counts.test.ts). */
function fidelity(path: SpanPath, { isolation }: ParameterValues): Fidelity | undefined {
  if (path === 'compute') return undefined;
  return path === 'call' && isolation === 'full' ? 'P' : 'M';
}
