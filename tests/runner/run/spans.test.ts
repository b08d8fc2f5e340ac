import { describe, expect, test } from 'vitest';
import { cycles, physical } from '../../../platforms/machine/units.js';
import { mmuMicrokernel } from '../../../platforms/mmu-microkernel/index.js';
import { legProblem, legsOf } from '../../../runner/run/legs.js';
import { Machines } from '../../../runner/run/machines.js';
import { SpanRecorder } from '../../../runner/run/spans.js';
import { readParameters } from '../../../runner/parameters.js';
import { must } from '../../../runner/failure.js';
import { WORKLOADS } from '../../../workloads/index.js';
import type { Span } from '../../../workloads/language/index.js';
import { fakePlatform, imageOf, toy } from '../fake-platform.js';

const machines = new Machines();
const parameters = must(readParameters(mmuMicrokernel, {}));

/** Runs a workload with a recorder, and with probes that stamp marks by themselves. */
function measure(id: string, rounds: number) {
  const kernel = mmuMicrokernel.kernel!;
  const scenario = WORKLOADS.find((w) => w.id === id)!.build({ rounds });
  const linked = kernel.link(scenario, parameters, 0);
  const machine = machines.get(mmuMicrokernel, kernel.board, parameters);
  machine.load(linked.image);
  const stamps: { mark: string; cycle: number }[] = [];
  for (const [mark, at] of linked.marks) {
    machine.probes.add(at, ({ cycle }) => {
      stamps.push({ mark, cycle });
      return false;
    });
  }
  const recorder = new SpanRecorder(machine, scenario, linked);
  linked.watchTerminated(machine, () => recorder.happened('ended'));
  expect(machine.run(cycles(Number.MAX_SAFE_INTEGER))).toEqual({ kind: 'exit', code: 0 });
  return { measured: recorder.read(), stamps };
}

test('overlapping spans: each from its mark to its mark, and the gaps between', () => {
  const { measured, stamps } = measure('ipc.call', 3);
  const at = (mark: string): number[] => stamps.filter((s) => s.mark === mark).map((s) => s.cycle);
  const between = (from: string, to: string): number[] => at(to).map((cycle, i) => cycle - at(from)[i]);
  const cyclesOf = Object.fromEntries(measured.map((m) => [m.span.name, m.passages.map((p) => p.cycles)]));
  expect(cyclesOf).toEqual({
    there: between('called', 'served'),
    back: between('answers', 'answered'),
    round: between('called', 'answered'),
  });
  const round = measured.find((m) => m.span.name === 'round')!;
  expect(round.passages.map((p) => p.gap)).toEqual([
    at('called')[1] - at('answered')[0],
    at('called')[2] - at('answered')[1],
    undefined,
  ]);
  expect(measured.every((m) => m.unmatched === 0)).toBe(true);
});

test('the longest masked interval is each span’s own, and not cut where another span ends', () => {
  const { measured } = measure('ipc.call', 3);
  const masked = Object.fromEntries(measured.map((m) => [m.span.name, m.passages[1].longestMasked.cycles]));
  expect(masked['there']).toBeGreaterThan(0);
  expect(masked['back']).toBeGreaterThan(0);
  expect(masked['round']).toBe(Math.max(masked['there'], masked['back']));
});

test('a fault: detected when its handler begins, decided where the kernel ends the domain, over at the next thread’s mark', () => {
  const { measured, stamps } = measure('fault.load', 2);
  const legs = ['detected', 'decided', 'over'].map((n) => measured.find((m) => m.span.name === n)!.passages);
  expect(legs.map((l) => l.length)).toEqual([2, 2, 2]);
  for (const i of [0, 1]) {
    const total =
      stamps.find((s) => s.mark === `goes_on${i}`)!.cycle - stamps.find((s) => s.mark === `breaks${i}`)!.cycle;
    expect(legs.reduce((sum, leg) => sum + leg[i].cycles, 0)).toBe(total);
  }
  // the walk that finds no page, and the entry of the trap; of the handler nothing
  expect(legs[0][0].byPhase['hardware entry']).toBeGreaterThan(0);
  expect(legs[1][0].byPhase['hardware entry']).toBe(0);
  // the load does not retire; what is executed until the kernel decides is the kernel's
  expect(legs[0][0].instructions).toBe(0);
  expect(legs[1][0].byPhase.user).toBe(0);
});

describe('events of the device and of the core', () => {
  const BASE = 0x60000000;

  /** Measures spans of words in which the marks are at these places, on the toy core; stamps are those of its trace. */
  function onToy(words: readonly number[], marks: Readonly<Record<string, number>>, spans: readonly Span[]) {
    const machine = fakePlatform.createMachine({ parameters: { wait: 0 }, board: 'bench' });
    machine.load(imageOf([...words, toy.exit(0)]));
    const stamps: { at: number; cycle: number }[] = [];
    const at = new Map(Object.entries(marks).map(([mark, i]) => [mark, physical(BASE + 4 * i)]));
    const recorder = new SpanRecorder(machine, { spans }, { marks: at }, ({ pc, cycle }) =>
      stamps.push({ at: (pc - BASE) / 4, cycle }),
    );
    expect(machine.run(cycles(Number.MAX_SAFE_INTEGER))).toEqual({ kind: 'exit', code: 0 });
    const [{ passages, unmatched }] = recorder.read();
    return {
      lengths: passages.map((p) => p.cycles),
      unmatched,
      stamp: (i: number) => stamps.find((s) => s.at === i)!.cycle,
    };
  }

  const span = (from: Span['from'], to: Span['to']): Span => ({
    name: 'span',
    from,
    to,
    trip: 'one-way',
    path: 'notify',
    meaning: '',
  });
  const a = { marks: ['a'] };
  const b = { marks: ['b'] };

  test('raised: at the instruction boundary at which the line is up', () => {
    // up in the middle of the stall: seen behind it
    const words = [toy.nop, toy.timer(3), toy.stall(9), toy.nop, toy.nop];
    const { lengths, stamp } = onToy(words, { a: 0, b: 4 }, [span({ ...a, event: 'raised' }, b)]);
    expect(lengths).toEqual([stamp(4) - stamp(2)]);
  });

  test('raised: only behind the mark', () => {
    const words = [toy.timer(1), toy.nop, toy.nop, toy.nop, toy.nop];
    expect(onToy(words, { a: 3, b: 4 }, [span({ ...a, event: 'raised' }, b)]).lengths).toEqual([]);
  });

  test('interrupt: the first one after the line was raised, no trap and none before', () => {
    const words = [toy.nop, toy.interrupt, toy.timer(1), toy.nop, toy.trap(2), toy.nop, toy.interrupt, toy.interrupt];
    const { lengths, stamp } = onToy(words, { a: 0 }, [span(a, { ...a, event: 'interrupt' })]);
    expect(lengths).toEqual([stamp(6) - stamp(0)]);
    const trap = onToy(words, { a: 0 }, [span(a, { ...a, event: 'trap' })]);
    expect(trap.lengths).toEqual([trap.stamp(1) - trap.stamp(0)]);
  });

  test('the first event behind its mark counts, also for a span that is not open then', () => {
    const words = [toy.nop, toy.trap(1), toy.nop, toy.trap(1), toy.nop];
    const late = [span(b, { ...a, event: 'trap' })];
    // the trap between a and b was the one
    expect(onToy(words, { a: 0, b: 2 }, late)).toMatchObject({ lengths: [], unmatched: 1 });
    const { lengths, stamp } = onToy(words, { a: 2, b: 0 }, late);
    expect(lengths).toEqual([stamp(3) - stamp(0)]);
  });
});

describe('legs', () => {
  const span = (name: string, from: string, to: string): Span => ({
    name,
    from: { marks: [from] },
    to: { marks: [to] },
    trip: 'one-way',
    path: 'call',
    meaning: '',
  });
  const there = span('there', 'a', 'b');
  const back = span('back', 'b', 'c');
  const whole = span('whole', 'a', 'c');

  test('are the spans that lead from start to end', () => {
    const all = [whole, there, back, span('other', 'b', 'd')];
    expect(legsOf(whole, all)).toEqual([there, back]);
    expect(legsOf(there, all)).toBeUndefined();
    expect(legsOf(whole, [whole, there])).toBeUndefined();
    expect(legsOf(span('loop', 'a', 'a'), all)).toBeUndefined();
  });

  test('must sum to the whole', () => {
    const { measured } = measure('ipc.call', 2);
    const [first] = measured[0].passages;
    const of = (s: Span, c: number) => ({
      span: s,
      unmatched: 0,
      passages: [{ ...first, cycles: c, instructions: 0, traps: 0 }],
    });
    expect(legProblem([of(whole, 30), of(there, 10), of(back, 20)])).toBeUndefined();
    expect(legProblem([of(whole, 31), of(there, 10), of(back, 20)])).toBe(
      'passage 1 of whole has 31 cycles, its legs there 10 + back 20',
    );
    expect(legProblem([of(whole, 30), of(there, 30), { ...of(back, 0), passages: [] }])).toMatch(/back missing/);
  });
});
