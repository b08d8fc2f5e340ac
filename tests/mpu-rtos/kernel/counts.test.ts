import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../platforms/machine/machine.js';
import { mpuRtos } from '../../../platforms/mpu-rtos/index.js';
import { linkSystem } from '../../../platforms/mpu-rtos/kernel/link.js';
import type { Operation } from '../../../platforms/mpu-rtos/kernel/programs.js';
import { kernelConfig, type KernelCore } from '../../../platforms/mpu-rtos/kernel/parameters.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { measureLinked, steady } from '../../../runner/validate/paths-measure.js';
import { CMRX_PATHS } from '../../../runner/validate/paths-cmrx.js';
import type { PathSample } from '../../../runner/validate/paths-suite.js';
import { coresOf } from './system.js';

const machines = new Map<KernelCore, Machine>();

function machineOf(core: KernelCore): Machine {
  const machine = machines.get(core) ?? mpuRtos.createMachine({ parameters: { core }, board: 'cmrx' });
  machines.set(core, machine);
  return machine;
}

const operation = (id: string): Operation => CMRX_PATHS.operations.find((o) => o.id === id)!;

const measure = (core: KernelCore, id: string, kernel: ParameterValues = {}): readonly PathSample[] =>
  measureLinked(CMRX_PATHS, machineOf(core), operation(id), () => {
    const { image, symbol } = linkSystem(
      kernelConfig({ core, tickMicroseconds: 100, clockMegahertz: 10, ...kernel }),
      operation(id).system,
    );
    return { image, place: (name) => symbol(name).physical };
  });

const value = (id: string, samples: readonly PathSample[], of: (s: PathSample) => number): number =>
  steady(operation(id), samples, of);

/** Exceptions, and MPU stores of PMSAv7 and PMSAv8 (mpu-cmrx, "Region load procedure", confirmed by traces on M4 and M33). */
const EXPECTED: Readonly<Record<string, readonly [exceptions: number, v7: number, v8: number]>> = {
  'null-call': [1, 0, 0],
  'rpc-call': [1, 12, 16],
  'rpc-return': [1, 12, 16],
  'yield-alone': [1, 0, 0],
  'yield-switch': [2, 3, 4],
  'yield-switch-process': [2, 24, 32],
  'wait-blocking': [2, 3, 4],
  'tick-switch': [1, 3, 4],
  'thread-exit': [2, 3, 4],
  // a lock of a free mutex: one call, on cores without exclusives two
  lock: [1, 0, 0],
  unlock: [1, 0, 0],
};

describe.each(coresOf('m4', 'm33'))('%s: as on the real kernel', (core) => {
  it.each(Object.entries(EXPECTED))('%s: exceptions and MPU stores', (id, [exceptions, v7, v8]) => {
    const samples = measure(core, id);
    const extra = core === 'm0plus' && id === 'lock' ? 1 : 0;
    expect([value(id, samples, (s) => s.traps), value(id, samples, (s) => s.protection.mpuStores)]).toEqual([
      exceptions + extra,
      core === 'm33' ? v8 : v7,
    ]);
  });
});

describe('regions through the alias registers', () => {
  it.each([
    ['m4', 8, 2, 16],
    ['m33', 9, 3, 19],
  ] as const)('%s: %i stores for an RPC, %i and %i for a switch', (core, rpc, same, other) => {
    const stores = (id: string): number =>
      value(id, measure(core, id, { regionLoad: 'alias-burst' }), (s) => s.protection.mpuStores);
    expect(['rpc-call', 'yield-switch', 'yield-switch-process'].map(stores)).toEqual([rpc, same, other]);
  });
});

describe('isolation=path', () => {
  const OUTSIDE = ['switch protection', 'clear', 'user'];

  it.each(['null-call', 'rpc', 'yield-switch-process', 'notify-waking', 'tick-switch'])(
    '%s: as full outside protection and clearing, no MPU store',
    (id) => {
      const [full, path] = ['full', 'path'].map((isolation) => measure('m4', id, { isolation }));
      const phases = (sample: PathSample): unknown =>
        Object.entries(sample.instructionsByPhase).filter(([phase]) => !OUTSIDE.includes(phase));
      expect(path.map(phases)).toEqual(full.map(phases));
      expect(path.map((s) => [s.traps, s.protection.mpuStores])).toEqual(full.map((s) => [s.traps, 0]));
    },
  );
});

describe('the scheduler looks at every slot', () => {
  it('8 more slots that are not ready cost 8 turns of its loop, wherever it looks', () => {
    const instructions = (id: string, threads: number): number =>
      value(id, measure('m4', id, { threads }), (s) => s.kernel.instructions + s.user.instructions);
    const more = ['yield-alone', 'yield-switch', 'tick'].map((id) => instructions(id, 16) - instructions(id, 8));
    expect(more).toEqual([72, 72, 72]);
    expect(instructions('rpc', 16)).toBe(instructions('rpc', 8));
  });
});

describe('hardening and policies that cost something cost it where they act', () => {
  const instructions = (id: string, kernel: ParameterValues): number =>
    value(id, measure('m4', id, kernel), (s) => s.kernel.instructions + s.user.instructions);

  it.each([
    ['checkObject', 'rpc', 'yield-switch'],
    ['checkMethod', 'rpc', 'yield-switch'],
    ['checkStack', 'rpc', 'yield-switch'],
    ['checkPointers', 'thread-create', 'yield-switch'],
    ['equal', 'rpc', 'yield-switch'],
  ])('%s: dearer %s, the same %s', (name, dearer, same) => {
    expect(instructions(dearer, { [name]: true })).toBeGreaterThan(instructions(dearer, {}));
    expect(instructions(same, { [name]: true })).toBe(instructions(same, {}));
  });

  it('kill and restart cost nothing before something fails', () => {
    for (const id of ['rpc', 'yield-switch']) {
      const shipped = instructions(id, { faultPolicy: 'as-shipped' });
      expect([instructions(id, { faultPolicy: 'kill' }), instructions(id, { faultPolicy: 'restart' })]).toEqual([
        shipped,
        shipped,
      ]);
    }
  });
});
