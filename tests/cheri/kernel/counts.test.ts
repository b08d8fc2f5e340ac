import { describe, expect, it } from 'vitest';
import { cheri } from '../../../platforms/cheri/index.js';
import type { System } from '../../../platforms/cheri/kernel/system.js';
import { CHERIOT_PATHS } from '../../../runner/validate/paths-cheriot.js';
import { derivedRows } from '../../../runner/validate/paths-derived.js';
import type { PathRow } from '../../../runner/validate/paths-suite.js';
import { validatePaths } from '../../../runner/validate/paths.js';
import { SPAN_PATHS, type SpanPath } from '../../../workloads/language/scenario.js';
import { compartment, run, thread } from './system.js';

/** Allocations take long: benchmarks.test.ts. */
const only = (id: string): boolean => !id.startsWith('allocate-free');
const RESULTS = [...validatePaths({ suite: CHERIOT_PATHS, platform: cheri, only })];
const PRICES = derivedRows('cheri', RESULTS);
const SWITCHES = PRICES.filter(({ operation }) => operation.startsWith('switch of threads'));

const row = (operation: string, quantity: string): PathRow =>
  RESULTS.find((r) => r.operation === operation)!.rows.find((r) => r.quantity === quantity)!;

/** How far ours may be from the real kernel's, a part of it. */
const within = ({ ours, real }: PathRow, part: number): void => {
  expect(Math.abs(ours / real! - 1)).toBeLessThanOrEqual(part);
};

/** Ours; the real switcher's are in `paper/claims/cheriot-switcher.yaml`. */
const COUNTS: Readonly<Record<string, readonly [instructions: number, stores: number, loads: number]>> = {
  caller: [5, 0, 2],
  call: [78, 7, 4],
  return: [39, 6, 6],
  'round-trip': [123, 13, 12],
  trap: [53, 16, 4],
  install: [32, 0, 17],
  unwind: [58, 16, 1],
  'handler-in': [155, 32, 19],
  'handler-out': [131, 16, 33],
};

describe('instructions, beside those of the real switcher', () => {
  it.each(Object.entries(COUNTS))('%s', (operation, [instructions, stores, loads]) => {
    const counts = ['instructions', 'capability stores', 'capability loads'].map((q) => row(operation, q).ours);
    expect(counts).toEqual([instructions, stores, loads]);
    // 12 % less than the real one's 177: kernel/README.md has each step of both
    within(row(operation, 'instructions'), operation === 'handler-in' ? 0.13 : 0.1);
  });

  it('are held for every path that the real one is known of', () => {
    const known = CHERIOT_PATHS.references.filter(({ figures }) => 'instructions' in figures);
    expect(known.map(({ operation }) => operation)).toEqual(Object.keys(COUNTS));
  });

  it.each(['round-trip', 'trap', 'install'])('%s: as many capability stores and loads', (operation) => {
    for (const quantity of ['capability stores', 'capability loads']) {
      const { ours, real } = row(operation, quantity);
      expect(ours).toBe(real);
    }
  });
});

const MEMORIES = Object.keys(CHERIOT_PATHS.memories);

/** Cycles of a call and its return by memory set-up, the bytes that the callee dirties, iterations of the loop that zeroes. */
const CYCLES = [
  ['round-trip', [174, 162, 204, 149], 1],
  ['round-trip-64', [197, 185, 238, 164], 3],
  ['round-trip-256', [263, 251, 334, 206], 9],
  ['round-trip-512', [351, 339, 462, 262], 17],
] as const;

describe('cycles, beside those of the real switcher on the RTL', () => {
  it.each(CYCLES)('%s', (operation, expected) => {
    expect(MEMORIES.map((memory) => row(operation, `cycles ${memory}`).ours)).toEqual(expected);
  });

  it.each(CYCLES)('%s: but for where the code lies, a cycle', (operation, _, iterations) => {
    for (const memory of MEMORIES) {
      const found = row(operation, `cycles ${memory}`);
      within(found, memory === 'one port' || memory === 'safe33' ? 0.05 : 0.072);
      // what ours takes more with the loop where the real one's was, at 2 modulo 4 (kernel/README.md): a cycle for each iteration that is
      // jumped to, and one for each of three other targets; with one port the loop waits for its data longer than for that
      const place = memory === 'one port' ? 4 : iterations - 1 + 3;
      expect(Math.abs(found.real! - place - found.ours)).toBeLessThanOrEqual(memory === 'one port' ? 3 : 1);
    }
  });

  it('a null call is within 5 % everywhere', () => {
    for (const memory of MEMORIES) within(row('round-trip', `cycles ${memory}`), 0.05);
  });

  it('switch of threads, the scheduler left out', () => {
    expect(SWITCHES.map(({ ours }) => ours)).toEqual([144, 139, 168, 106]);
    expect(SWITCHES.map(({ real }) => real)).toEqual([146, 140, 170, 109]);
    for (const one of SWITCHES) within(one, 0.05);
  });
});

/** What the spans of a path go through; of a path that is not here too little is compared. */
const COMPARED: Partial<Record<SpanPath, readonly string[]>> = { call: ['caller', 'call', 'return', 'round-trip'] };

describe('held-out figures', () => {
  const rows = PRICES.filter(({ source }) => source.startsWith('held-out: '));

  it('are reported with what ours takes, whatever that is (kernel/README.md)', () => {
    const ours = new Map(rows.map((row) => [row.real, row.ours]));
    expect([ours.get(452), ours.get(1028)]).toEqual([444, 674]);
    expect(ours.get(11.4)).toBeCloseTo(11.005, 3);
  });

  it("are nobody's targets", () => {
    for (const { source } of CHERIOT_PATHS.references) expect(source).toMatch(/^target: /);
  });
});

describe('fidelity', () => {
  it.each(SPAN_PATHS.filter((path) => path !== 'compute'))(
    '%s: P only if every path that it consists of is',
    (path) => {
      const operations = COMPARED[path];
      const classes = new Set(operations?.map((id) => RESULTS.find((r) => r.operation === id)!.fidelity) ?? ['M']);
      const fidelity = (isolation: string): unknown => cheri.kernel!.fidelity(path, { isolation });
      expect(fidelity('full')).toBe(classes.has('M') ? 'M' : 'P');
      expect([fidelity('path'), fidelity('none')]).toEqual(['M', 'M']);
    },
  );
});

describe('interrupts are off', () => {
  /** From the switcher's first instruction to the callee's, after the caller has stored to the lowest of `dirty` bytes. */
  const call = (dirty: number): number => {
    const parts: Partial<System> = {
      compartments: [
        compartment('caller', `main:\n  csw zero, -${dirty}(csp)\n  cross_call nothing\n  exit`, {
          imports: [{ kind: 'call', name: 'nothing', compartment: 'callee', export: 'nothing' }],
        }),
        compartment('callee', 'nothing:\n  cret', { exports: [{ name: 'nothing', arguments: 0 }] }),
      ],
      threads: [thread('caller', 'main', { stackBytes: 2048 })],
    };
    const passed: number[] = [];
    run(parts, {
      watch: ({ probes }, { symbol }) => {
        for (const mark of ['switcher.call_compartment', 'callee.nothing']) {
          probes.add(symbol(mark).physical, ({ cycle }) => {
            passed.push(cycle);
            return false;
          });
        }
      },
    });
    const [from, to] = passed;
    return to - from;
  };

  it('in a call for as long as the stack takes to zero: 11 cycles for 32 bytes', () => {
    expect([call(512), call(1024)]).toEqual([call(1536) - 32 * 11, call(1536) - 16 * 11]);
  });
});

describe('the loop that zeroes the stack', () => {
  it('begins at a word', () => {
    const { place } = CHERIOT_PATHS.link(CHERIOT_PATHS.operations[0], {});
    for (const loop of ['switcher.zero_on_call', 'switcher.zero_on_return']) expect(place(loop) % 4).toBe(0);
  });
});
