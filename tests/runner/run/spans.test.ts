import { describe, expect, test } from 'vitest';
import { cycles } from '../../../platforms/machine/units.js';
import { mmuMicrokernel } from '../../../platforms/mmu-microkernel/index.js';
import { legProblem, legsOf } from '../../../runner/run/legs.js';
import { Machines } from '../../../runner/run/machines.js';
import { SpanRecorder } from '../../../runner/run/spans.js';
import { readParameters } from '../../../runner/parameters.js';
import { must } from '../../../runner/failure.js';
import { WORKLOADS } from '../../../workloads/index.js';
import type { Span } from '../../../workloads/language/index.js';

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
