import { describe, expect, test } from 'vitest';
import { type Counters, type Machine } from '../../platforms/machine/machine.js';
import { cycles, instructions } from '../../platforms/machine/units.js';
import { missingOperation } from '../../platforms/mmu-microkernel/codegen/operations.js';
import { processesOf } from '../../platforms/mmu-microkernel/codegen/process.js';
import { linkScenario, scenarioProblem } from '../../platforms/mmu-microkernel/codegen/system.js';
import { mmuMicrokernel } from '../../platforms/mmu-microkernel/index.js';
import { kernelConfig } from '../../platforms/mmu-microkernel/kernel/parameters.js';
import { CodegenError } from '../../platforms/riscv/codegen/select.js';
import { markSymbol } from '../../workloads/language/backend/emit.js';
import { scenario, type ScenarioBuilder } from '../../workloads/language/index.js';
import type { DomainHandle } from '../../workloads/language/build/handles.js';
import type { Scenario } from '../../workloads/language/scenario.js';
import { ipcCall, payload, violation } from '../workloads/language/examples.js';

/* The examples of workloads/language/README.md as machine code on the kernel. */

let shared: Machine | undefined;

interface Ran {
  readonly stop: unknown;
  readonly reports: readonly number[];
  /** Marks that were passed, `domain.mark`, with what the machine had counted. */
  readonly marks: readonly { readonly name: string; readonly counters: Counters }[];
}

function run(built: Scenario, isolation = 'full'): Ran {
  const machine = (shared ??= mmuMicrokernel.createMachine({ parameters: {}, board: 'xous' }));
  const { image } = linkScenario(built, kernelConfig({ isolation }));
  machine.reset();
  machine.probes.clear();
  machine.setBudget(instructions(2_000_000));
  machine.load(image);
  const marks: Ran['marks'][number][] = [];
  for (const { name, physical } of image.symbols) {
    if (!name.includes(`.${markSymbol('')}`)) continue;
    machine.probes.add(physical, () => {
      marks.push({ name: name.replace(markSymbol(''), ''), counters: structuredClone(machine.counters) });
      return false;
    });
  }
  const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
  return { stop, reports: machine.bench!.outputs, marks };
}

const DONE = { kind: 'exit', code: 0 };

describe.each(['full', 'path'])('isolation=%s', (isolation) => {
  test('a call with two words and an answer', () => {
    const built = ipcCall.build();
    const { stop, reports, marks } = run(built, isolation);
    expect(stop).toEqual(DONE);
    expect(reports).toEqual(built.expected.reports);
    const round = ['client.called', 'server.served', 'client.answered'];
    expect(marks.map(({ name }) => name)).toEqual([...round, ...round, ...round, ...round]);
    const [from, to] = [marks[9].counters, marks[11].counters];
    expect(to.traps - from.traps).toBe(2);
    expect(to.protection.satpWrites - from.protection.satpWrites).toBe(isolation === 'full' ? 4 : 0);
  });

  test.each([
    ['copy', 64],
    ['borrow', 4096],
    ['mutable-borrow', 12_000],
  ])('a payload by %s, %d bytes', (transfer, bytes) => {
    const built = payload.build({ transfer, bytes, rounds: 2 });
    const { stop, reports, marks } = run(built, isolation);
    expect(stop).toEqual(DONE);
    expect(reports).toEqual(built.expected.reports);
    const pages = Math.ceil(bytes / 4096);
    const [from, to] = [marks[3].counters, marks[5].counters];
    if (isolation === 'full') expect(to.protection.satpWrites - from.protection.satpWrites).toBe(6 + 4 * pages);
  });
});

describe('isolation=none: requests are function calls', () => {
  test('a call', () => {
    const built = ipcCall.build();
    const { stop, reports, marks } = run(built, 'none');
    expect(stop).toEqual(DONE);
    expect(reports).toEqual(built.expected.reports);
    expect(marks.map(({ name }) => name).slice(0, 3)).toEqual(['client.called', 'client.served', 'client.answered']);
    const [from, to] = [marks[9].counters, marks[11].counters];
    expect(to.traps - from.traps).toBe(0);
    expect(to.instructions - from.instructions).toBeLessThan(10);
  });

  test.each(['copy', 'borrow'])('a payload by %s', (transfer) => {
    const built = payload.build({ transfer, bytes: 256 });
    expect(run(built, 'none')).toMatchObject({ stop: DONE, reports: built.expected.reports });
  });
});

test('a violation ends its domain, and the others go on', () => {
  const built = violation.build();
  const { stop, reports, marks } = run(built);
  expect(stop).toEqual(DONE);
  expect(reports).toEqual(built.expected.reports);
  expect(marks.map(({ name }) => name)).toEqual(['attacker.breaks', 'witness.goes_on']);
});

test('a wrong word in a message is an error of the run', () => {
  const forged = scenario('test.forged', 'forged handle', {}, (s) => {
    const domain = s.domain('one');
    s.thread('main', { domain, endsRun: true }, (f) => {
      f.violate('forge-handle', 77, 1, 2);
      f.report(1);
      f.violate('raw-message', 9999);
      f.report(2);
    });
    s.expect({ reports: [1, 2] });
  });
  expect(run(forged.build())).toMatchObject({ stop: DONE, reports: [1, 2] });
});

test('a program can read the cycle counter', () => {
  const built = scenario('test.cycles', 'cycle counter', {}, (s) => {
    s.thread('main', { domain: s.domain('one'), endsRun: true }, (f) => {
      const before = f.cycles();
      f.nullCall();
      f.report(f.cycles().sub(before));
    });
    s.expect({ reports: [] });
  }).build();
  const { reports } = run(built);
  expect(reports[0]).toBeGreaterThan(100);
  expect(reports[0]).toBeLessThan(2000);
});

test('memory from the kernel, messages without answer, threads of one domain', () => {
  const mixed = scenario('test.mixed', 'several parts at once', {}, (s) => {
    const one = s.domain('one');
    const two = s.domain('two');
    const state = s.buffer('state', { domain: two, bytes: 16, words: [100, 0] });
    const note = s.service('note', { domain: two, words: 4, answers: false }, (f, [a, b, c, d]) => {
      const data = f.buffer(state);
      f.storeWord(data, f.loadWord(data).add(a).add(b).add(c).add(d));
    });
    const give = s.service(
      'give',
      { domain: two, words: 2, transfer: 'move', mostBytes: 8192, answers: false },
      (f, [a, b], bytes, length) => {
        const data = f.buffer(state);
        f.storeWord(data, f.loadWord(bytes).add(f.loadWord(bytes, 4096)).add(a).add(b).add(length), 4);
        f.free(bytes, length);
      },
    );
    const read = s.service('read', { domain: two, words: 1 }, (f, [at]) => f.return(f.loadWord(f.buffer(state), at)));
    s.thread('first', { domain: one, endsRun: true }, (f) => {
      f.send(note, [1, 2, 3, 4]);
      f.callService(note, [10, 20, 30, 40]);
      f.report(f.callService(read, [0]));
      const memory = f.allocate(8192);
      f.storeWord(memory, 7);
      f.storeWord(memory, 8, 4096);
      f.send(give, [1000, 2000], { reference: memory, bytes: 8192 });
      f.nullCall();
      // a message without answer is read when its receiver's turn comes
      f.repeat(4, () => f.yield());
      f.report(f.callService(read, [4]));
      const again = f.allocate(16);
      f.report(f.loadWord(again));
      f.free(again, 16);
    });
    s.thread('second', { domain: one }, (f) => {
      f.report(f.callService(read, [8]).add(5));
    });
    s.expect({ reports: [] });
  });
  const { stop, reports } = run(mixed.build());
  expect(stop).toEqual(DONE);
  expect([...reports].sort((a, b) => a - b)).toEqual([0, 5, 210, 11207]);
});

test.each(['full', 'none'])('notifications wake who waits, also if they come first (isolation=%s)', (isolation) => {
  const built = scenario('test.notify', 'ping and pong', {}, (s) => {
    const [one, two] = [s.domain('one'), s.domain('two')];
    const [ping, pong] = [s.notification('ping'), s.notification('pong')];
    s.thread('first', { domain: one, endsRun: true }, (f) => {
      f.repeat(3, (i) => {
        f.report(i);
        f.notify(ping);
        f.wait(pong);
      });
    });
    s.thread('second', { domain: two }, (f) => {
      f.notify(pong);
      f.loop(() => {
        f.wait(ping);
        f.report(10);
        f.notify(pong);
      });
    });
    s.expect({ reports: [] });
  }).build();
  expect(scenarioProblem(built, kernelConfig({}))).toBeUndefined();
  const { stop, reports } = run(built, isolation);
  expect(stop).toEqual(DONE);
  // the first pong was given before anybody asked: one ping is still unanswered at the end, or answered last
  expect(reports.filter((r) => r < 10)).toEqual([0, 1, 2]);
  expect(reports.filter((r) => r === 10).length).toBeGreaterThanOrEqual(2);
});

describe('an operation that the kernel lacks', () => {
  test('is reported with the reason', () => {
    const built = ipcCall.build();
    expect(missingOperation(built, { kind: 'lock', mutex: 'm' })).toBe(
      'lock m: mutexes of Xous sleep in its ticktimer server, which is not part of this platform',
    );
    expect(missingOperation(built, { kind: 'yield' })).toBeUndefined();
  });

  test('is never compiled to nothing', () => {
    const built = scenario('test.lacks', 'restart', {}, (s) => {
      const domain = s.domain('one');
      s.thread('main', { domain, endsRun: true }, (f) => f.restart(domain));
      s.expect({ reports: [] });
    }).build();
    expect(() => processesOf(built)).toThrow(
      new CodegenError('thread_main: restart one: Xous cannot start a process again'),
    );
  });
});

describe('what the kernel has no room for is known before the run', () => {
  const config = kernelConfig({});
  const asking = (body: (s: ScenarioBuilder, one: DomainHandle) => void): Scenario =>
    scenario('test.capacity', 'much of something', {}, (s) => {
      const one = s.domain('one');
      body(s, one);
      s.thread('main', { domain: one, endsRun: true }, (f) => f.yield());
      s.expect({ reports: [] });
    }).build();

  test.each<[string | undefined, Scenario]>([
    [undefined, asking(() => undefined)],
    [
      '31 threads of domain one, one for each service: the kernel has room for 29',
      asking((s, domain) => {
        for (let i = 0; i < 30; i++) s.service(`s${i}`, { domain }, (f) => f.return(0));
      }),
    ],
    [
      '130 services and notifications: the kernel has room for 128',
      asking((s) => {
        for (let i = 0; i < 130; i++) {
          const domain = i % 26 === 0 ? s.domain(`d${i}`) : { kind: 'domain' as const, name: `d${i - (i % 26)}` };
          s.service(`s${i}`, { domain }, (f) => f.return(0));
        }
      }),
    ],
    [
      'interrupts are not bound to notifications on this platform yet',
      asking((s, domain) => s.interrupt(0, domain, s.notification('n'))),
    ],
    [
      'domains two and three both wait for n: a server has one owner',
      asking((s) => {
        const n = s.notification('n');
        for (const name of ['two', 'three']) s.thread(name, { domain: s.domain(name) }, (f) => f.wait(n));
      }),
    ],
    [
      'put q: the kernel has no queues beside those of servers; use a service',
      asking((s, domain) => {
        const q = s.queue('q', 4);
        s.thread('producer', { domain }, (f) => f.put(q, 1));
      }),
    ],
  ])('%s', (problem, built) => {
    expect(scenarioProblem(built, config)).toBe(problem);
  });

  test('memory', () => {
    const built = asking((s, domain) => s.buffer('large', { domain, bytes: 3 << 20, passed: true }));
    expect(scenarioProblem(built, config)).toMatch(/page/);
  });
});
