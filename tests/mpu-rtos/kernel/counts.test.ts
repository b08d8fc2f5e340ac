import { describe, expect, it } from 'vitest';
import type { ParameterValues } from '../../../platforms/platform.js';
import { pathReferences } from '../../../runner/reproduce/path-references.js';
import { PHASE_QUANTITIES } from '../../../runner/validate/paths-cmrx.js';
import { allInstructions, unprotectedPhases } from '../../path-counts.js';
import { counts, machineOf } from './paths.js';
import { coresOf } from './system.js';

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
    const extra = core === 'm0plus' && id === 'lock' ? 1 : 0;
    const measured = counts.values(id, [(s) => s.traps, (s) => s.protection.mpuStores], { core }, machineOf(core));
    expect(measured).toEqual([exceptions + extra, core === 'm33' ? v8 : v7]);
  });
});

describe('regions through the alias registers', () => {
  it.each([
    ['m0plus', 8, 2, 16],
    ['m4', 8, 2, 16],
    ['m33', 9, 3, 19],
  ] as const)('%s: %i stores for an RPC, %i and %i for a switch', (core, rpc, same, other) => {
    const stores = (id: string): number[] =>
      counts.values(id, [(s) => s.protection.mpuStores], { core, regionLoad: 'alias-burst' }, machineOf(core));
    expect(['rpc-call', 'yield-switch', 'yield-switch-process'].flatMap(stores)).toEqual([rpc, same, other]);
  });
});

describe('isolation=path', () => {
  it.each(['null-call', 'rpc', 'yield-switch-process', 'notify-waking', 'tick-switch'])(
    '%s: as full outside protection and clearing, no MPU store',
    (id) => {
      const [full, path] = ['full', 'path'].map((isolation) => counts.measure(id, { isolation }));
      expect(unprotectedPhases(path)).toEqual(unprotectedPhases(full));
      expect(path.map((s) => [s.traps, s.protection.mpuStores])).toEqual(full.map((s) => [s.traps, 0]));
    },
  );
});

describe('the scheduler looks at every slot', () => {
  it('8 more slots that are not ready cost 8 turns of its loop, wherever it looks', () => {
    const instructions = (id: string, threads: number): number => counts.values(id, [allInstructions], { threads })[0];
    const more = ['yield-alone', 'yield-switch', 'tick'].map((id) => instructions(id, 16) - instructions(id, 8));
    expect(more).toEqual([72, 72, 72]);
    expect(instructions('rpc', 16)).toBe(instructions('rpc', 8));
  });
});

describe('hardening and policies that cost something cost it where they act', () => {
  const instructions = (id: string, kernel: ParameterValues): number => counts.values(id, [allInstructions], kernel)[0];

  it.each([
    ['checkObject', 'rpc', 'yield-switch'],
    ['checkMethod', 'rpc', 'yield-switch'],
    ['checkStack', 'rpc', 'yield-switch'],
    ['checkPointers', 'thread-create', 'yield-switch'],
    ['rpcCanary', 'rpc', 'yield-switch'],
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

describe('what the real kernel executes', () => {
  it('by phase sums to its instructions, on every path whose functions were traced', () => {
    const known = pathReferences('mpu-rtos').filter(({ figures }) => PHASE_QUANTITIES[0] in figures);
    expect(known.length).toBe(28);
    for (const { operation, figures } of known) {
      const sum = PHASE_QUANTITIES.reduce((all, name) => all + figures[name], 0);
      expect([operation, sum]).toEqual([operation, figures.instructions]);
    }
  });
});
