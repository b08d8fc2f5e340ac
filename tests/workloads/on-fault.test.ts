import { describe, expect, test } from 'vitest';
import type { Platform } from '../../platforms/platform.js';
import { Machines } from '../../runner/run/machines.js';
import { SpanRecorder } from '../../runner/run/spans.js';
import { readParameters } from '../../runner/parameters.js';
import { must } from '../../runner/failure.js';
import { cycles } from '../../platforms/machine/units.js';
import { type FunctionBuilder, type Scenario, scenario, type ScenarioBuilder } from '../../workloads/language/index.js';
import { WORKLOADS } from '../../workloads/index.js';
import { run, WITH_KERNEL } from './run.js';

/* What domains do about their own faults: a handler that lets the thread go on, a domain that begins anew. */

const platform = (id: string): Platform => WITH_KERNEL.find((p) => p.id === id)!;
const build = (body: (s: ScenarioBuilder) => void): Scenario => scenario('test.fault', 'a test', {}, body).build();

/** A domain whose handler says `answer`, and a thread of it that faults; another domain's thread ends the run. */
const handling = (answer: number, fault: (f: FunctionBuilder) => void): Scenario =>
  build((s) => {
    const domain = s.domain('faulty');
    const go = s.notification('go');
    s.onFault(domain, (f) => {
      f.report(7);
      f.return(answer);
    });
    s.thread('faults', { domain }, (f) => {
      f.wait(go);
      fault(f);
      f.report(8);
    });
    s.thread('witness', { domain: s.domain('other'), endsRun: true }, (f) => {
      f.notify(go);
      f.yield();
      f.report(9);
    });
    s.expect({ reports: [] });
  });

const outcome = (built: Scenario) => {
  const ran = run(platform('cheri'), built, 'full');
  if (typeof ran === 'string') throw new Error(ran);
  const { stop, reports, ended } = ran;
  return { stop, reports, ended };
};
const DONE = { kind: 'exit', code: 0 };

describe('a handler on cheri', () => {
  test('0: the thread goes on behind an instruction of 2 bytes', () => {
    const built = handling(0, (f) => f.violate('load', 0x10));
    expect(outcome(built)).toEqual({ stop: DONE, reports: [7, 8, 9], ended: [] });
  });

  test('0: and behind one of 4 bytes', () => {
    const built = handling(0, (f) => {
      // no compressed load has room for the distance, and no domain has so many globals
      f.loadWord(f.allocate(16), 1024);
    });
    expect(outcome(built)).toEqual({ stop: DONE, reports: [7, 8, 9], ended: [] });
  });

  test('registers are what they were: nothing of the handler is left in them', () => {
    const built = handling(0, (f) => {
      const words = [11, 12, 13, 14].map((n) => f.word(`w${n}`, n));
      const doubled = words.map((w, i) => f.let(`d${i}`, w.add(f.cycles().and(0))));
      f.violate('load', 0x10);
      for (const word of doubled) f.report(word);
    });
    expect(outcome(built).reports).toEqual([7, 11, 12, 13, 14, 8, 9]);
  });

  test('anything else: the domain is ended as if it had none', () => {
    const built = handling(1, (f) => f.violate('load', 0x10));
    expect(outcome(built)).toEqual({ stop: DONE, reports: [7, 9], ended: ['faulty'] });
  });

  test('a jump to a number faults where it is, not where it would have led', () => {
    const built = handling(0, (f) => f.violate('jump', 0x10));
    expect(outcome(built)).toEqual({ stop: DONE, reports: [7, 8, 9], ended: [] });
  });
});

test.each<[string, string, (f: FunctionBuilder) => void]>([
  ['yield', 'asks for yield', (f) => f.yield()],
  ['null-call', 'asks for null-call', (f) => f.nullCall()],
])('a handler that enters the kernel is refused: %s', (_, message, asks) => {
  expect(() =>
    build((s) => {
      const domain = s.domain('faulty');
      s.onFault(domain, (f) => {
        asks(f);
        f.return(0);
      });
      s.thread('main', { domain, endsRun: true }, () => undefined);
      s.expect({ reports: [] });
    }),
  ).toThrow(message);
});

test('a domain has one policy', () => {
  expect(() =>
    build((s) => {
      const domain = s.domain('faulty');
      s.onFault(domain, 'restart');
      s.onFault(domain, 'restart');
    }),
  ).toThrow('domain faulty has two fault policies');
});

describe('what a platform has no policy for it refuses', () => {
  const crash = WORKLOADS.find(({ id }) => id === 'fault.crash')!.build();
  const resume = WORKLOADS.find(({ id }) => id === 'fault.resume')!.build();
  const refusal = (id: string, built: Scenario, given: Readonly<Record<string, string>> = {}): string | undefined =>
    platform(id).kernel!.supports(built, must(readParameters(platform(id), given)));

  test.each<[string, Scenario, Readonly<Record<string, string>>, RegExp | undefined]>([
    [
      'mmu-microkernel',
      resume,
      {},
      /^domain faulty: the request of Xous that registers a handler for faults is disabled$/,
    ],
    ['mmu-microkernel', crash, {}, /^domain server: Xous cannot start a process again$/],
    ['mpu-rtos', resume, {}, /^domain faulty: CMRX runs no code of a process because of a fault$/],
    ['mpu-rtos', crash, {}, undefined],
    ['mpu-rtos', crash, { faultPolicy: 'restart' }, undefined],
    ['mpu-rtos', crash, { faultPolicy: 'unwind' }, /faultPolicy=unwind does not start processes again$/],
    ['mpu-rtos', crash, { faultPolicy: 'as-shipped' }, /faultPolicy=as-shipped does not start processes again$/],
    ['cheri', resume, { isolation: 'none' }, /^all domains are one compartment: what one of them does about faults/],
  ])('%s, %#', (id, built, given, message) => {
    if (message === undefined) expect(refusal(id, built, given)).toBeUndefined();
    else expect(refusal(id, built, given)).toMatch(message);
  });

  test('mpu-rtos: one that begins anew and one that ends', () => {
    const built = build((s) => {
      const [first, second] = [s.domain('first'), s.domain('second')];
      s.onFault(first, 'restart');
      s.thread('main', { domain: first, endsRun: true }, () => undefined);
      s.expect({ reports: [], terminated: [second] });
    });
    expect(refusal('mpu-rtos', built)).toBe(
      'domain first begins anew after a fault and second ends: the kernel has one policy for all',
    );
  });
});

describe.each(['mpu-rtos', 'cheri'])('fault.crash on %s', (id) => {
  const machines = new Machines();
  const measure = (bytes: number) => {
    const { kernel } = platform(id);
    const parameters = must(readParameters(platform(id), {}));
    const built = WORKLOADS.find((w) => w.id === 'fault.crash')!.build({ bytes, rounds: 2 });
    const linked = kernel!.link(built, parameters, 0);
    const machine = machines.get(platform(id), kernel!.board, parameters);
    machine.load(linked.image);
    const recorder = new SpanRecorder(machine, built, linked);
    linked.watchInitialised!(machine, () => recorder.happened('initialised'));
    expect(machine.run(cycles(Number.MAX_SAFE_INTEGER))).toEqual(DONE);
    expect(linked.reports(machine)).toEqual(built.expected.reports);
    return Object.fromEntries(recorder.read().map(({ span, passages }) => [span.name, passages.map((p) => p.cycles)]));
  };

  test('variables are what it takes longer for: each word costs, and only until they are initialised', () => {
    const [small, large] = [measure(256), measure(4096)];
    for (const round of [0, 1]) {
      expect(large['detected'][round]).toBe(small['detected'][round]);
      expect(large['initialised'][round] - small['initialised'][round]).toBeGreaterThan((4096 - 256) / 8);
      expect(Math.abs(large['over'][round] - small['over'][round])).toBeLessThan(50);
    }
  });
});
