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
import { mutexContended } from '../../workloads/synchronisation/mutex.js';
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

test('a mutex is tried three times before its thread waits in the ticktimer server', () => {
  const built = mutexContended.build({ rounds: 1 });
  const { image } = linkScenario(built, kernelConfig({ isolation: 'full' }));
  const machine = (shared ??= mmuMicrokernel.createMachine({ parameters: {}, board: 'xous' }));
  machine.reset();
  machine.probes.clear();
  machine.setBudget(instructions(2_000_000));
  machine.load(image);
  let tries = 0;
  machine.probes.add(image.symbols.find(({ name }) => name === 'only.mutex.try')!.physical, () => {
    tries++;
    return false;
  });
  expect(machine.run(cycles(Number.MAX_SAFE_INTEGER))).toEqual(DONE);
  // the holder's one and the contender's three
  expect(tries).toBe(4);
});

test('a wrong word in a message is an error of the run', () => {
  const forged = scenario('test.forged', 'forged handle', {}, (s) => {
    const domain = s.domain('one');
    s.thread('main', { domain, endsRun: true }, (f) => {
      f.report(f.observe('forge-handle', 77, 1, 2));
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

describe.each(['full', 'path', 'none'])('what needs servers or devices, isolation=%s', (isolation) => {
  test('words through a queue, more than the receiver takes at once', () => {
    const built = scenario('test.queue', 'queue', {}, (s) => {
      const [one, two] = [s.domain('one'), s.domain('two')];
      const q = s.queue('q', 8);
      const done = s.notification('done');
      s.thread('producer', { domain: one, endsRun: true }, (f) => {
        f.repeat(20, (i) => f.put(q, i.mul(i)));
        f.wait(done);
      });
      s.thread('consumer', { domain: two }, (f) => {
        f.repeat(20, () => f.report(f.get(q)));
        f.notify(done);
      });
      s.expect({ reports: [] });
    }).build();
    expect(run(built, isolation)).toMatchObject({
      stop: DONE,
      reports: Array.from({ length: 20 }, (_, i) => i * i),
    });
  });

  test('a mutex keeps others out, also those that wait in the ticktimer server', () => {
    const built = scenario('test.mutex', 'mutex', {}, (s) => {
      const domain = s.domain('one');
      const m = s.mutex('m');
      const shared = s.buffer('shared', { domain, bytes: 8 });
      const [COUNT, ENDED] = [0, 4];
      const threads = 4;
      for (let t = 0; t < threads; t++) {
        s.thread(`t${t}`, { domain, endsRun: t === 0 }, (f) => {
          const data = f.buffer(shared);
          f.repeat(5, () => {
            f.lock(m);
            const before = f.loadWord(data, COUNT);
            // long enough for everybody else to try, give up and go to sleep
            f.repeat(8, () => f.yield());
            f.storeWord(data, before.add(1), COUNT);
            f.unlock(m);
          });
          f.storeWord(data, f.loadWord(data, ENDED).add(1), ENDED);
          if (t > 0) return;
          f.while(
            () => f.loadWord(data, ENDED).below(threads),
            () => f.yield(),
          );
          f.report(f.loadWord(data, COUNT));
        });
      }
      s.expect({ reports: [20] });
    }).build();
    expect(run(built, isolation)).toMatchObject({ stop: DONE, reports: [20] });
  });

  test('sleepers wake in the order of their times', () => {
    const built = scenario('test.sleep', 'sleep', {}, (s) => {
      const [one, two] = [s.domain('one'), s.domain('two')];
      s.thread('long', { domain: one, endsRun: true }, (f) => {
        const before = f.cycles();
        f.sleep(4500);
        f.report(5);
        f.report(f.cycles().sub(before));
      });
      s.thread('short', { domain: two }, (f) => {
        f.sleep(1000);
        f.report(1);
        f.sleep(2000);
        f.report(3);
      });
      s.expect({ reports: [] });
    }).build();
    const { stop, reports } = run(built, isolation);
    expect(stop).toEqual(DONE);
    expect(reports.slice(0, 3)).toEqual([1, 3, 5]);
    // five milliseconds of 350,000 cycles, and what waking takes
    expect(reports[3]).toBeGreaterThan(5 * 350_000);
    expect(reports[3]).toBeLessThan(5.1 * 350_000);
  });

  test('the alarm interrupts who runs, and wakes who waits for it', () => {
    const built = scenario('test.alarm', 'alarm', {}, (s) => {
      const [driver, other] = [s.domain('driver'), s.domain('other')];
      const rang = s.notification('rang');
      s.interrupt(0, driver, rang);
      s.thread('waits', { domain: driver, endsRun: true }, (f) => {
        f.repeat(3, (i) => {
          f.alarm(5000);
          f.wait(rang);
          f.report(i);
        });
      });
      s.thread('runs', { domain: other }, (f) => f.loop(() => f.yield()));
      s.expect({ reports: [0, 1, 2] });
    }).build();
    expect(run(built, isolation)).toMatchObject({ stop: DONE, reports: [0, 1, 2] });
  });
});

test('a call that may fail, and addresses as numbers', () => {
  const built = scenario('test.try', 'a service that is ended', {}, (s) => {
    const [one, two] = [s.domain('one'), s.domain('two')];
    const own = s.buffer('own', { domain: one, bytes: 8, words: [1, 2] });
    const breaks = s.service('breaks', { domain: two, words: 1 }, (f, [how]) => {
      f.if(how.equals(1), () => f.violate('store', 0x10, 1));
      f.return(how.add(10));
    });
    s.thread('caller', { domain: one, endsRun: true }, (f) => {
      f.report(f.addressOf(f.buffer(own).advance(4)).sub(f.addressOf(f.buffer(own))));
      for (const how of [0, 1, 2]) {
        const [answer, failed] = f.tryCallService(breaks, [how]);
        f.if(
          failed.equals(0),
          () => f.report(answer),
          () => f.report(77),
        );
      }
    });
    s.expect({ reports: [4, 10, 77, 77], terminated: [two] });
  }).build();
  expect(run(built)).toMatchObject({ stop: DONE, reports: [4, 10, 77, 77] });
  expect(run(built, 'none').reports.slice(0, 2)).toEqual([4, 10]);
});

describe('an operation that the kernel lacks', () => {
  test('is reported with the reason', () => {
    const built = ipcCall.build();
    expect(missingOperation(built, { kind: 'restart', domain: 'd' })).toBe(
      'restart d: Xous starts no process again: it creates new ones, which our kernel cannot',
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
      new CodegenError(
        'thread_main: restart one: Xous starts no process again: it creates new ones, which our kernel cannot',
      ),
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
      '130 services, notifications and queues: the kernel has room for 128',
      asking((s) => {
        for (let i = 0; i < 130; i++) {
          const domain = i % 26 === 0 ? s.domain(`d${i}`) : { kind: 'domain' as const, name: `d${i - (i % 26)}` };
          s.service(`s${i}`, { domain }, (f) => f.return(0));
        }
      }),
    ],
    [
      "interrupt line 1: nothing on the board raises it, line 0 is the alarm's",
      asking((s, domain) => s.interrupt(1, domain, s.notification('n'))),
    ],
    [
      'domains two and three both wait for n: a server has one owner',
      asking((s) => {
        const n = s.notification('n');
        for (const name of ['two', 'three']) s.thread(name, { domain: s.domain(name) }, (f) => f.wait(n));
      }),
    ],
    [
      'domains two and three both lock m: a mutex of Xous is a word of one process',
      asking((s) => {
        const m = s.mutex('m');
        for (const name of ['two', 'three']) s.thread(name, { domain: s.domain(name) }, (f) => f.lock(m));
      }),
    ],
    [
      '129 words in queue q: the kernel has room for 128',
      asking((s, domain) => {
        const q = s.queue('q', 129);
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
