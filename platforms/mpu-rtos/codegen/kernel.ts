import type { SpanPath } from '../../../workloads/language/scenario.js';
import { imageBytes, type ImageSymbol } from '../../machine/image.js';
import { layoutNumbers } from '../../machine/layout-seed.js';
import type { Machine } from '../../machine/machine.js';
import { physical, virtual } from '../../machine/units.js';
import type { Fidelity, LinkedScenario, ParameterValues, ScenarioKernel } from '../../platform.js';
import { marksOf } from '../../scenario-marks.js';
import { CMRX_BOARD } from '../devices/board.js';
import { MPU_GRANULE } from '../hardware/mpu.js';
import { type LinkedRegion, type LinkedSystem, SHARED_REGION } from '../kernel/link.js';
import { HARDENING, kernelConfig } from '../kernel/parameters.js';
import { bufferSymbol } from './symbols.js';
import { linkScenario, scenarioProblem } from './system.js';

/** How far layouts with a seed move text and variables, and by what multiples. */
const TEXT_RANGE = 256;
const TEXT_STEP = 4;
const DATA_RANGE = 64;
const DATA_STEP = 8;

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
    const placeOf = (buffer: string): ImageSymbol => {
      const { domain } = scenario.buffers.find(({ name }) => name === buffer)!;
      const process = config.isolation === 'none' ? scenario.domains[0].name : domain;
      return system.symbol(`${process}.${bufferSymbol(buffer)}`);
    };
    return {
      image: system.image,
      marks: marksOf(system.image),
      occupied: imageBytes(system.image),
      reports: (machine) => machine.bench!.outputs,
      contents: (machine, buffer) =>
        machine.memory.dump(placeOf(buffer).physical, scenario.buffers.find(({ name }) => name === buffer)!.bytes),
      placeOf,
      watchTerminated: (machine, ended) => watchTerminated(machine, system, ended),
      watchInitialised(machine, initialised) {
        // there with faultPolicy=restart
        if (!system.image.symbols.some(({ name }) => name === 'initialised_again')) return;
        machine.probes.add(physical(system.kernel('initialised_again') & ~1), () => {
          initialised();
          return false;
        });
      },
      granted(machine, service) {
        if (inert) return undefined;
        const { domain } = scenario.services.find(({ name }) => name === service)!;
        const own = system.regions(domain).filter(({ number }) => number !== SHARED_REGION);
        return reachableBytes(machine, own, config.stackBytes);
      },
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
    // a process that starts again can fail again
    if (!names.includes(name)) names.push(name);
    report(name);
    return false;
  });
  return () => names;
}

/**
 * Bytes of RAM that the MPU lets the running code read, but for the service's own variables and the stack in use, which it has
 * without being given anything. What a caller grants is all shared memory of its process, whatever part of it a request names.
 */
function reachableBytes(machine: Machine, own: readonly LinkedRegion[], stackBytes: number): number {
  const stack = machine.registers().find(({ name }) => name === 'psp')!.value & -stackBytes;
  const kept = [...own, { start: stack, bytes: stackBytes }];
  const { start, bytes } = CMRX_BOARD.ram;
  let reachable = 0;
  for (let at = start; at < start + bytes; at += MPU_GRANULE) {
    if (machine.translate(virtual(at)) === undefined) continue;
    if (!kept.some((region) => at >= region.start && at < region.start + region.bytes)) reachable += MPU_GRANULE;
  }
  return reachable;
}

/**
 * Paths of the real kernel whose instructions ours come near (`validate paths`). What CMRX does not do is ours: on every path
 * where requests execute instructions for it, on those behind a fault where only what follows a fault is ours.
 */
function fidelity(path: SpanPath, parameters: ParameterValues): Fidelity | undefined {
  if (path === 'compute') return undefined;
  const config = kernelConfig(parameters);
  const { equal, faultPolicy, regionLoad, rpcCanary } = config;
  const costs = equal || rpcCanary || regionLoad === 'alias-burst' || faultPolicy === 'unwind';
  const requests = costs || HARDENING.some((h) => config[h]);
  const faults = (path === 'fault' || path === 'restart') && faultPolicy !== 'as-shipped';
  return requests || faults ? 'O' : 'M';
}
