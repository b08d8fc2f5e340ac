import { describe, expect, test } from 'vitest';
import { systemOf } from '../../platforms/cheri/codegen/compartments.js';
import { missingOperation } from '../../platforms/cheri/codegen/operations.js';
import { cheri } from '../../platforms/cheri/index.js';
import { type Counters, type Machine } from '../../platforms/machine/machine.js';
import { cycles, instructions } from '../../platforms/machine/units.js';
import type { LinkedScenario, ParameterValues } from '../../platforms/platform.js';
import { readParameters } from '../../runner/parameters.js';
import { scenario, type ScenarioBuilder } from '../../workloads/language/index.js';
import type { FunctionBuilder, Reference, Word } from '../../workloads/language/index.js';
import type { Scenario } from '../../workloads/language/scenario.js';
import { ipcCall, payload, violation } from '../workloads/language/examples.js';

/* Scenarios as compartments of the CHERIoT-RTOS-like kernel. */

const kernel = cheri.kernel!;
let shared: Machine | undefined;

interface Ran {
  readonly stop: unknown;
  readonly reports: readonly number[];
  readonly terminated: readonly string[];
  /** Marks that were passed, with what the machine had counted, and bytes that the service could reach there. */
  readonly marks: readonly { readonly name: string; readonly counters: Counters; readonly granted?: number }[];
  readonly linked: LinkedScenario;
}

/** @param service whose granted bytes are asked for at every mark */
function run(built: Scenario, overrides: ParameterValues = {}, service?: string, seed = 0): Ran {
  const parameters = readParameters(cheri, overrides);
  if (!parameters.ok) throw new Error(parameters.problem);
  expect(kernel.supports(built, parameters.value)).toBeUndefined();
  const machine = (shared ??= cheri.createMachine({ parameters: parameters.value, board: kernel.board }));
  const linked = kernel.link(built, parameters.value, seed);
  machine.reset();
  machine.probes.clear();
  machine.setBudget(instructions(2_000_000));
  machine.load(linked.image);
  const terminated = linked.watchTerminated(machine);
  const marks: Ran['marks'][number][] = [];
  for (const [name, at] of linked.marks) {
    machine.probes.add(at, () => {
      const granted = service === undefined ? undefined : linked.granted(machine, service);
      marks.push({ name, counters: structuredClone(machine.counters), ...(granted === undefined ? {} : { granted }) });
      return false;
    });
  }
  const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
  return { stop, reports: linked.reports(machine), terminated: terminated(), marks, linked };
}

const DONE = { kind: 'exit', code: 0 };

/** A scenario whose expectation is the test's. */
const unchecked = (body: (s: ScenarioBuilder) => void): Scenario =>
  scenario('test.cheriot', 'a test', {}, (s) => {
    body(s);
    s.expect({ reports: [] });
  }).build();

const SHAPES = ['full', 'path', 'none'] as const;

describe.each(SHAPES)('isolation=%s', (isolation) => {
  test('a call with two words and an answer: no trap, and no instruction of a switcher without boundary', () => {
    const built = ipcCall.build();
    const { stop, reports, marks } = run(built, { isolation });
    expect(stop).toEqual(DONE);
    expect(reports).toEqual(built.expected.reports);
    const round = ['called', 'served', 'answered'];
    expect(marks.map(({ name }) => name)).toEqual([...round, ...round, ...round, ...round]);
    const [from, to] = [marks[9].counters, marks[11].counters];
    expect(to.traps - from.traps).toBe(0);
    const instructions = to.instructions - from.instructions;
    if (isolation === 'none') expect(instructions).toBeLessThan(10);
    else expect(instructions).toBeGreaterThan(60);
  });

  test.each([
    ['copy', 64],
    ['copy', 3000],
    ['borrow', 4096],
    ['mutable-borrow', 12_000],
  ])('a payload by %s, %d bytes', (transfer, bytes) => {
    const built = payload.build({ transfer, bytes, rounds: 2 });
    expect(run(built, { isolation })).toMatchObject({ stop: DONE, reports: built.expected.reports });
  });

  test('notifications wake who waits, also if they come first', () => {
    const built = unchecked((s) => {
      const [one, two] = [s.domain('one'), s.domain('two')];
      const [ping, pong] = [s.notification('ping'), s.notification('pong')];
      s.thread('first', { domain: one, endsRun: true }, (f) => {
        f.wait(pong);
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
    });
    const { stop, reports } = run(built, { isolation });
    expect(stop).toEqual(DONE);
    expect(reports).toEqual([0, 10, 1, 10, 2, 10]);
  });

  test('a mutex keeps others out while its owner yields and sleeps', () => {
    const built = unchecked((s) => {
      const mutex = s.mutex('mutex');
      const done = s.notification('done');
      ['one', 'two'].forEach((name, which) => {
        s.thread(`in_${name}`, { domain: s.domain(name), endsRun: which === 0 }, (f) => {
          f.repeat(3, () => {
            f.lock(mutex);
            f.report(10 * which);
            f.yield();
            f.sleep(20);
            f.report(10 * which + 1);
            f.unlock(mutex);
          });
          if (which === 0) f.wait(done);
          else f.notify(done);
        });
      });
    });
    const { stop, reports } = run(built, { isolation });
    expect(stop).toEqual(DONE);
    expect(reports).toHaveLength(12);
    for (let i = 0; i < 12; i += 2) expect(reports[i + 1]).toBe(reports[i] + 1);
    expect(reports.filter((word) => word === 10)).toHaveLength(3);
  });
});

test('a yield is an ecall and nothing else, but behind a mark, which needs an instruction that retires', () => {
  const built = unchecked((s) => {
    s.thread('main', { domain: s.domain('one'), endsRun: true }, (f) => {
      f.yield();
      f.mark('yields');
      f.yield();
      f.yield();
      f.mark('reports');
      f.report(1);
    });
  });
  const [{ program }] = systemOf(built).compartments;
  expect(program.match(/^ *nop$/gm)).toHaveLength(1);
  expect(program).toMatch(/mark\.yields:\n *nop\n *yield\b/);
  expect(run(built).marks.map(({ name }) => name)).toEqual(['yields', 'reports']);
});

test('a queue holds its capacity, and both sides wait', () => {
  const built = unchecked((s) => {
    const queue = s.queue('queue', 2);
    s.thread('producer', { domain: s.domain('one') }, (f) => {
      f.repeat(6, (i) => {
        f.put(queue, i);
        f.report(i.add(100));
      });
    });
    s.thread('consumer', { domain: s.domain('two'), endsRun: true }, (f) => {
      f.yield();
      f.repeat(6, () => f.report(f.get(queue)));
    });
  });
  const { stop, reports } = run(built);
  expect(stop).toEqual(DONE);
  // two fit before the consumer runs for the first time
  expect(reports.slice(0, 2)).toEqual([100, 101]);
  expect(reports.filter((word) => word < 100)).toEqual([0, 1, 2, 3, 4, 5]);
});

test('an interrupt of a device wakes the driver that waits, as often as it comes', () => {
  const built = unchecked((s) => {
    const driver = s.domain('driver');
    const rang = s.notification('rang');
    s.interrupt(0, driver, rang);
    s.thread('waits', { domain: driver, endsRun: true, priority: 5 }, (f) => {
      f.repeat(3, (i) => {
        f.alarm(3000);
        f.report(i);
        f.wait(rang);
        f.report(i.add(10));
      });
    });
    s.thread('computes', { domain: s.domain('other'), priority: 1 }, (f) => f.loop(() => f.yield()));
  });
  const { stop, reports } = run(built);
  expect(stop).toEqual(DONE);
  expect(reports).toEqual([0, 10, 1, 11, 2, 12]);
});

test('a caller is told that its service was unwound, and the service answers the next call', () => {
  const built = unchecked((s) => {
    const [one, two] = [s.domain('one'), s.domain('two')];
    const serve = s.service('serve', { domain: two, words: 1 }, (f, [word]) => {
      f.if(word.equals(1), () => f.violate('load', 0x10));
      f.return(word);
    });
    s.thread('main', { domain: one, endsRun: true }, (f) => {
      for (const word of [0, 1, 2]) {
        const [answer, failed] = f.tryCallService(serve, [word]);
        f.if(
          failed.equals(0),
          () => f.report(answer),
          () => f.report(100),
        );
      }
    });
  });
  expect(run(built)).toMatchObject({ stop: DONE, reports: [0, 100, 2], terminated: ['two'] });
});

test('memory of the heap is zero, and its pointer is of no use once it is freed', () => {
  const built = unchecked((s) => {
    const [one, two] = [s.domain('one'), s.domain('two')];
    const kept = s.buffer('kept', { domain: one, bytes: 8 });
    s.thread('user', { domain: one, priority: 2 }, (f) => {
      const memory = f.allocate(100);
      f.report(f.loadWord(memory, 96));
      f.storeWord(memory, 7, 96);
      f.storeReference(f.buffer(kept), memory);
      f.report(f.loadWord(f.loadReference(f.buffer(kept)), 96));
      f.free(memory, 100);
      f.report(f.loadWord(f.loadReference(f.buffer(kept)), 96));
    });
    s.thread('other', { domain: two, priority: 1, endsRun: true }, (f) => f.report(9));
  });
  expect(run(built)).toMatchObject({ stop: DONE, reports: [0, 7, 9], terminated: ['one'] });
});

describe('what a service can reach', () => {
  test.each([
    ['borrow', 4, 4],
    ['borrow', 4096, 4096],
    // bounds of more than 511 bytes are multiples of 16 here, and so are buffers
    ['mutable-borrow', 4100, 4112],
    ['copy', 100, 100],
  ])('%s of %d bytes grants %d', (transfer, bytes, granted) => {
    const built = payload.build({ transfer, bytes, rounds: 1 });
    const { marks } = run(built, {}, 'sum');
    expect(marks.find(({ name }) => name === 'read')!.granted).toBe(granted);
  });

  test('a reference that is spilled counts: the service has it as much as one in a register', () => {
    const built = unchecked((s) => {
      const [one, two, three] = [s.domain('one'), s.domain('two'), s.domain('three')];
      const block = s.buffer('block', { domain: one, bytes: 64, passed: true });
      const other = s.service('other', { domain: three }, (f) => f.return(1));
      const take = s.service('take', { domain: two, transfer: 'borrow', mostBytes: 16, words: 2 }, (f, words, data) => {
        const more = f.callService(other);
        // only two registers outlive the call, and at least four values do
        f.mark('kept');
        const sum = words.reduce((total: Word, word) => total.add(word), more);
        f.return(sum.add(f.loadWord(data)).add(f.loadWord(data, 12)));
      });
      s.thread('main', { domain: one, endsRun: true }, (f) => {
        f.report(f.callService(take, [1, 2], { reference: f.buffer(block), bytes: 16 }));
      });
    });
    const { stop, marks } = run(built, {}, 'take');
    expect(stop).toEqual(DONE);
    expect(marks).toMatchObject([{ name: 'kept', granted: 16 }]);
  });

  test('nothing is said where nothing is bounded', () => {
    expect(run(payload.build(), { isolation: 'path' }, 'sum').marks[1].granted).toBeUndefined();
  });
});

/** A service does something with the bytes that it is lent; then the caller asks it again, without bytes. */
function lending(
  transfer: 'borrow' | 'mutable-borrow',
  first: (f: FunctionBuilder, data: Reference, kept: Reference) => void,
  then: (f: FunctionBuilder, kept: Reference) => Word | number = () => 0,
): Ran {
  const built = unchecked((s) => {
    const [one, two] = [s.domain('one'), s.domain('two')];
    const block = s.buffer('block', { domain: one, bytes: 64, passed: true, words: [5, 6, 7, 8] });
    const kept = s.buffer('kept', { domain: two, bytes: 8 });
    const take = s.service('take', { domain: two, transfer, mostBytes: 16 }, (f, _, data) => {
      first(f, data, f.buffer(kept));
      f.return(1);
    });
    const again = s.service('again', { domain: two }, (f) => f.return(then(f, f.buffer(kept))));
    s.thread('main', { domain: one, endsRun: true }, (f) => {
      f.report(f.callService(take, [], { reference: f.buffer(block), bytes: 16 }));
      f.report(f.callService(again));
      f.report(f.loadWord(f.buffer(block)));
    });
  });
  return run(built);
}

const FAILED = 0xffffffff;

describe('lent bytes', () => {
  test.each<[string, readonly number[], readonly string[], () => Ran]>([
    ['can be read', [1, 0, 5], [], () => lending('borrow', (f, data) => f.set(f.word('x', 0), f.loadWord(data, 12)))],
    [
      'cannot be read beyond them',
      [FAILED, 0, 5],
      ['two'],
      () => lending('borrow', (f, data) => loadAndKeep(f, data, 16)),
    ],
    ['cannot be written', [FAILED, 0, 5], ['two'], () => lending('borrow', (f, data) => f.storeWord(data, 9))],
    [
      'can be written by a mutable borrow',
      [1, 0, 9],
      [],
      () => lending('mutable-borrow', (f, data) => f.storeWord(data, 9)),
    ],
    [
      'cannot be written beyond them',
      [FAILED, 0, 5],
      ['two'],
      () => lending('mutable-borrow', (f, data) => f.storeWord(data, 9, 16)),
    ],
    [
      'cannot be kept: a stored reference has no tag',
      [1, FAILED, 5],
      ['two'],
      () =>
        lending(
          'mutable-borrow',
          (f, data, kept) => f.storeReference(kept, data),
          (f, kept) => f.loadWord(f.loadReference(kept)),
        ),
    ],
  ])('%s', (_, reports, terminated, ran) => {
    expect(ran()).toMatchObject({ stop: DONE, reports, terminated });
  });
});

function loadAndKeep(f: FunctionBuilder, data: Reference, at: number): void {
  f.set(f.word('x', 0), f.loadWord(data, at));
}

describe.each(['full', 'path'])('violations, isolation=%s', (isolation) => {
  test('a load ends its domain, and the others go on', () => {
    const built = violation.build();
    const { stop, reports, terminated, marks } = run(built, { isolation });
    expect({ stop, reports, terminated }).toEqual({ stop: DONE, ...built.expected });
    expect(marks.map(({ name }) => name)).toEqual(['breaks', 'goes_on']);
  });

  test.each<[string, (f: FunctionBuilder) => void]>([
    ['store', (f) => f.violate('store', 0x20040000, 1)],
    ['jump', (f) => f.violate('jump', 0x20040000)],
  ])('a %s does the same', (_, violate) => {
    const built = unchecked((s) => {
      s.thread('bad', { domain: s.domain('bad'), priority: 2 }, (f) => {
        violate(f);
        f.report(1);
      });
      s.thread('good', { domain: s.domain('good'), priority: 1, endsRun: true }, (f) => f.report(2));
    });
    expect(run(built, { isolation })).toMatchObject({ stop: DONE, reports: [2], terminated: ['bad'] });
  });

  test('numbers where a sealed entry belongs are refused, and end nobody', () => {
    const built = unchecked((s) => {
      s.thread('main', { domain: s.domain('one'), endsRun: true }, (f) => {
        f.report(f.observe('forge-handle', 0x20040000, 1, 2));
        f.violate('raw-message', 1, 2, 3, 4, 5, 6, 7, 8);
        f.report(2);
      });
    });
    expect(run(built, { isolation })).toMatchObject({ stop: DONE, reports: [1, 2], terminated: [] });
  });
});

test('services call services, threads of several domains call one', () => {
  const built = unchecked((s) => {
    const domains = [1, 2, 3].map((i) => s.domain(`d${i}`));
    const state = s.buffer('state', { domain: domains[2], bytes: 8 });
    const last = s.service('last', { domain: domains[2], words: 4 }, (f, [a, b, c, d]) => {
      const count = f.buffer(state);
      f.storeWord(count, f.loadWord(count).add(1));
      f.return(a.add(b.shiftLeft(8)).add(c.shiftLeft(16)).add(d.shiftLeft(24)));
    });
    const middle = s.service('middle', { domain: domains[1], words: 1 }, (f, [a]) => {
      const first = f.let('first', f.callService(last, [a, 1, 2, 3]));
      f.return(f.callService(last, [4, 5, 6, 7]).add(first));
    });
    const done = s.service('done', { domain: domains[2] }, (f) => f.return(f.loadWord(f.buffer(state))));
    const go = s.notification('go');
    s.thread('one', { domain: domains[0], endsRun: true }, (f) => {
      f.report(f.callService(middle, [0x10]));
      f.wait(go);
      f.report(f.callService(done));
      f.nullCall();
    });
    s.thread('two', { domain: domains[1] }, (f) => {
      f.report(f.callService(last, [9, 0, 0, 0]));
      f.notify(go);
    });
  });
  const { stop, reports } = run(built);
  expect(stop).toEqual(DONE);
  expect([...reports].sort((a, b) => a - b)).toEqual([3, 9, 0x07060504 + 0x03020110].sort((a, b) => a - b));
});

test('a program can read the cycle counter', () => {
  const built = unchecked((s) => {
    s.thread('main', { domain: s.domain('one'), endsRun: true }, (f) => {
      const before = f.cycles();
      f.nullCall();
      f.report(f.cycles().sub(before));
    });
  });
  const [passed] = run(built).reports;
  expect(passed).toBeGreaterThan(100);
  expect(passed).toBeLessThan(500);
});

test('buffers far from cgp and larger than an immediate', () => {
  const built = unchecked((s) => {
    const domain = s.domain('one');
    const large = s.buffer('large', { domain, bytes: 5000, words: [1] });
    const larger = s.buffer('larger', { domain, bytes: 10_000, words: [2] });
    const small = s.buffer('small', { domain, bytes: 4, words: [3] });
    s.thread('main', { domain, endsRun: true }, (f) => {
      for (const buffer of [large, larger, small]) f.report(f.loadWord(f.buffer(buffer)));
      f.storeWord(f.buffer(larger), 4, 9996);
      f.report(f.loadWord(f.buffer(large), 4996).add(f.loadWord(f.buffer(larger), 9996)));
    });
  });
  expect(run(built)).toMatchObject({ stop: DONE, reports: [1, 2, 3, 4] });
});

test('a layout seed moves code and data, and changes nothing else', () => {
  const built = ipcCall.build();
  const outcomes = [0, 1, 2, 3].map((seed) => {
    const { reports, linked, marks } = run(built, {}, undefined, seed);
    return { at: linked.marks.get('called')!, reports, instructions: marks.map((m) => m.counters.instructions) };
  });
  expect(new Set(outcomes.map(({ at }) => at)).size).toBe(4);
  expect(new Set(outcomes.map(({ reports }) => JSON.stringify(reports))).size).toBe(1);
});

describe('what the kernel cannot run is known before', () => {
  test.each<[string, Scenario]>([
    [
      '2 threads may copy into service take at once: it has one buffer',
      unchecked((s) => {
        const [one, two] = [s.domain('one'), s.domain('two')];
        const block = s.buffer('block', { domain: one, bytes: 64, passed: true });
        const take = s.service('take', { domain: two, transfer: 'copy', mostBytes: 64 }, (f) => f.return(0));
        for (const name of ['a', 'b']) {
          s.thread(name, { domain: one, endsRun: name === 'a' }, (f) => {
            f.callService(take, [], { reference: f.buffer(block), bytes: 64 });
          });
        }
      }),
    ],
    [
      'compartment scheduler: the kernel has one of that name',
      unchecked((s) => s.thread('main', { domain: s.domain('scheduler'), endsRun: true }, (f) => f.yield())),
    ],
  ])('%s', (problem, built) => {
    const parameters = readParameters(cheri, {});
    expect(parameters.ok && kernel.supports(built, parameters.value)).toBe(problem);
  });

  test('memory', () => {
    const built = unchecked((s) => {
      const domain = s.domain('one');
      s.buffer('large', { domain, bytes: 1 << 18 });
      s.thread('main', { domain, endsRun: true }, (f) => f.yield());
    });
    const parameters = readParameters(cheri, {});
    expect(parameters.ok && kernel.supports(built, parameters.value)).toMatch(/memory of 262144 bytes/);
  });

  test('an operation, with the reason', () => {
    const built = ipcCall.build();
    expect(missingOperation(built, { kind: 'yield' })).toBeUndefined();
    expect(missingOperation(built, { kind: 'restart', domain: 'one' }, true)).toMatch(/^restart one: /);
  });
});
