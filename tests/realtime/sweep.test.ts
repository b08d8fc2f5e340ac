import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Machine } from '../../platforms/machine/machine.js';
import { cycles } from '../../platforms/machine/units.js';
import { allArrivals, type Arrival } from '../../runner/run/arrivals.js';
import { type MeasurementRecord, recordSchema } from '../../runner/results/schema.js';
import { workload } from '../../workloads/workload.js';
import { measure, named, platforms, ready, runnerOf } from './swept.js';

const LONG = process.env['BULKHEAD_LONG'] === '1';

/** Where a sweep over `cycles` cycles is looked at: all of them, or the first ones and some behind. */
const places = (cycles: number): readonly number[] =>
  Array.from({ length: cycles }, (_, i) => i).filter((i) => LONG || i < 8 || i % 149 === 0 || i === cycles - 1);

/** Everything that a run could show. */
const everythingOf = (machine: Machine) => ({
  hash: machine.stateHash(),
  counters: machine.counters,
  ledger: machine.ledger.read(machine.counters.cycles),
  pc: machine.pc,
  backlog: machine.storeBacklog,
  outputs: machine.bench!.outputs,
});

describe.each(named)('%s', (_, platform) => {
  test.each(LONG ? ['realtime.call', 'realtime.fault'] : ['realtime.call'])(
    'restored in any cycle of %s, runs on as if it had not stopped',
    (id) => {
      const { machine, linked } = ready(platform, id);
      machine.run(cycles(Number.MAX_SAFE_INTEGER));
      const end = machine.counters.cycles;
      const restart = (): void => {
        machine.reset();
        machine.load(linked.image);
      };
      const arrival = fc.tuple(fc.nat(end), fc.nat(4000), fc.nat(4000), fc.nat(4000));
      fc.assert(
        fc.property(arrival, ([from, on, other, raised]) => {
          restart();
          machine.bench!.raiseAt(from + raised);
          machine.run(cycles(from + on));
          const uninterrupted = everythingOf(machine);
          restart();
          machine.bench!.raiseAt(from + raised);
          machine.run(cycles(from));
          const snapshot = machine.snapshot();
          machine.run(cycles(from + other));
          machine.restore(snapshot);
          machine.run(cycles(from + on));
          expect(everythingOf(machine)).toEqual(uninterrupted);
          // and from the same snapshot once more, after whatever else the machine has done
          machine.reset();
          machine.restore(snapshot);
          machine.run(cycles(from + on));
          expect(everythingOf(machine)).toEqual(uninterrupted);
        }),
        { numRuns: LONG ? 400 : 2, seed: 8 },
      );
    },
  );

  test('from the snapshot every arrival is what it is in a run from reset', () => {
    const { runner, span } = runnerOf(platform, 'realtime.call');
    for (const offset of places(span.cycles)) {
      expect([offset, runner.arrive(offset)]).toEqual([offset, runner.arriveFromReset(offset)]);
    }
  });

  test('what bisection leaves out is what running each arrival gives', () => {
    const stride = LONG ? 1 : platform.id === 'mmu-microkernel' ? 16 : 5;
    const [bisect, every] = (['bisect', 'every'] as const).map((method) =>
      measure(platform, 'realtime.call', { method, stride }),
    );
    expect(every.arrivals!.runs).toBe(every.arrivals!.arrivals);
    expect(bisect.arrivals!.runs).toBeLessThan(every.arrivals!.runs);
    expect({ ...bisect.arrivals, runs: 0 }).toEqual({ ...every.arrivals, runs: 0 });
    agrees(bisect);
  });

  test.each(LONG ? ['call', 'yield', 'wake', 'lock', 'fault', 'allocate'] : ['wake', 'fault'])(
    'realtime.%s: the longest wait is no more than the longest masked interval and the entry, and no less than what is masked',
    (name) => {
      const record = measure(platform, `realtime.${name}`, { stride: LONG ? 1 : 61 });
      if (record.outcome.kind !== 'not applicable') return agrees(record);
      expect([platform.id, name]).toEqual(['mpu-rtos', 'allocate']);
    },
  );
});

/** What a sweep found against what the ledger says was masked in a run without interrupt. */
function agrees(record: MeasurementRecord): void {
  expect(record.outcome).toEqual({ kind: 'measured', observed: {} });
  expect(recordSchema.safeParse(record)).toMatchObject({ success: true });
  const { handler, driver, masked, entry, passage, stride } = record.arrivals!;
  expect(handler.latency).toBeLessThanOrEqual(masked.cycles + entry);
  expect(driver.latency).toBeGreaterThan(handler.latency);
  // an arrival at the beginning of the longest interval inside the span, or a stride behind it, waits for all the rest
  const whole = record.spans.find(({ name }) => name === 'whole')!.samples;
  expect(handler.latency).toBeGreaterThanOrEqual(whole.masked.cycles[passage - 1] - stride);
  expect(masked.cycles).toBeGreaterThanOrEqual(whole.masked.cycles[passage - 1]);
  // entering an exception costs what the instruction under way and the core take, no system call
  expect(entry).toBeLessThan(150);
}

test('bisection asks for both ends of every step, and for every arrival where all differ', () => {
  const arrival = (entered: number): Arrival => ({ entered, served: entered, masked: 0, place: '', phase: 'user' });
  const asked: number[] = [];
  const steps = [0, 0, 0, 0, 0, 5, 5, 7, 8, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9];
  const found = allArrivals(steps.length, 'bisect', (i) => {
    asked.push(i);
    return arrival(steps[i]);
  });
  expect(found.map(({ entered }) => entered)).toEqual(steps);
  const edges = steps.flatMap((e, i) =>
    i === 0 || i === steps.length - 1 || e !== steps[i - 1] || e !== steps[i + 1] ? [i] : [],
  );
  expect(edges.filter((i) => !asked.includes(i))).toEqual([]);
  expect(asked.length).toBeLessThan(steps.length);
  expect(new Set(asked).size).toBe(asked.length);
});

describe('a run that an interrupt changes is an error', () => {
  /** The driver does something that the workload does not expect. */
  const spoilt = (what: 'reports' | 'sleeps') =>
    workload({
      id: 'realtime.spoilt',
      title: 'a driver that is seen',
      purpose: 'to be refused',
      parameters: {},
      system(s) {
        const domain = s.domain('driver');
        const rang = s.notification('rang');
        s.interrupt(0, domain, rang);
        s.thread('drives', { domain, priority: 7 }, (f) => {
          f.loop(() => {
            f.wait(rang);
            if (what === 'reports') f.report(99);
            else f.wait(rang);
            f.mark('served');
          });
        });
        s.thread('victim', { domain: s.domain('victim'), endsRun: true, priority: 2 }, (f) => {
          f.repeat(4, (i) => {
            f.mark('begins');
            f.nullCall();
            f.mark('ends');
            f.yield();
            f.report(i);
          });
        });
        s.span('whole', { from: 'begins', to: 'ends', trip: 'round-trip', path: 'null-call', meaning: 'a null call' });
        s.sweepArrivals({ span: 'whole', passage: 2, served: 'served', stride: 1, method: 'bisect' });
        s.expect({ reports: [0, 1, 2, 3] });
        s.excludes('boot');
      },
    });

  test.each([
    ['reports', /^interrupt in cycle 0 of span whole: 5 reports/],
    ['sleeps', /^interrupt in cycle 0 of span whole: the driver was not served$/],
  ] as const)('%s', (what, reason) => {
    const { outcome, arrivals } = measure(
      platforms.find(({ id }) => id === 'cheri')!,
      spoilt(what),
      {},
    );
    expect(outcome).toMatchObject({ kind: 'error', reason: expect.stringMatching(reason) as string });
    expect(arrivals).toBeUndefined();
  });
});
