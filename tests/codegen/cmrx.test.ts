import { describe, expect, test } from 'vitest';
import type { Counters, Machine } from '../../platforms/machine/machine.js';
import { cycles, instructions, physical } from '../../platforms/machine/units.js';
import { mpuRtos } from '../../platforms/mpu-rtos/index.js';
import { HARDENING } from '../../platforms/mpu-rtos/kernel/parameters.js';
import type { LinkedScenario, ParameterValues } from '../../platforms/platform.js';
import { readParameters } from '../../runner/parameters.js';
import { type FunctionBuilder, scenario, type ScenarioBuilder } from '../../workloads/language/index.js';
import type { DomainHandle } from '../../workloads/language/build/handles.js';
import { marksOf, type Scenario } from '../../workloads/language/scenario.js';
import { ipcCall, payload, violation } from '../workloads/language/examples.js';

/* Scenarios on the CMRX-like kernel: what its requests do, on Thumb of both kinds, and what it has no room for. */

const kernel = mpuRtos.kernel!;
const DONE = { kind: 'exit', code: 0 };
/** A record of a process: the register values of its regions, 8 bytes each, come first (`layout.s`). */
const RECORD_BYTES = 64;
const CORES = ['m0plus', 'm3', 'm4', 'm33'] as const;

/** Machines are built once: a second one of a kind is slow. */
const machines = new Map<string, Machine>();

function complete(overrides: ParameterValues): ParameterValues {
  const read = readParameters(mpuRtos, overrides);
  if (!read.ok) throw new Error(read.problem);
  return read.value;
}

const problem = (built: Scenario, overrides: ParameterValues = {}): string | undefined =>
  kernel.supports(built, complete(overrides));

function start(
  built: Scenario,
  overrides: ParameterValues = {},
  seed = 0,
): { readonly machine: Machine; readonly linked: LinkedScenario } {
  const parameters = complete(overrides);
  expect(kernel.supports(built, parameters)).toBeUndefined();
  const core = String(parameters.core);
  const machine = machines.get(core) ?? mpuRtos.createMachine({ parameters: { core }, board: kernel.board });
  machines.set(core, machine);
  const linked = kernel.link(built, parameters, seed);
  machine.reset();
  machine.probes.clear();
  machine.setBudget(instructions(2_000_000));
  machine.load(linked.image);
  return { machine, linked };
}

interface Passage {
  readonly mark: string;
  readonly counters: Counters;
}

interface Ran {
  readonly stop: unknown;
  readonly reports: readonly number[];
  readonly terminated: readonly string[];
  readonly passages: readonly Passage[];
}

function run(built: Scenario, overrides: ParameterValues = {}, seed = 0): Ran {
  const { machine, linked } = start(built, overrides, seed);
  const terminated = linked.watchTerminated(machine);
  const passages: Passage[] = [];
  for (const [mark, at] of linked.marks) {
    machine.probes.add(at, () => {
      passages.push({ mark, counters: structuredClone(machine.counters) });
      return false;
    });
  }
  const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
  return { stop, reports: linked.reports(machine), terminated: terminated(), passages };
}

describe.each(CORES)('%s', (core) => {
  /** Stores to MPU registers of one crossing: number, base, attributes of each region; PMSAv8 needs one more. */
  const stores = core === 'm33' ? 16 : 12;

  test.each(['full', 'path'])('a call is an RPC each way: isolation=%s', (isolation) => {
    const built = ipcCall.build();
    const { stop, reports, passages } = run(built, { core, isolation });
    expect(stop).toEqual(DONE);
    expect(reports).toEqual(built.expected.reports);
    const round = ['called', 'served', 'answered'];
    expect(passages.map(({ mark }) => mark)).toEqual([...round, ...round, ...round, ...round]);
    const [called, served, answered] = passages.slice(9).map(({ counters }) => counters);
    expect(served.traps - called.traps).toBe(1);
    expect(answered.traps - served.traps).toBe(1);
    const written = isolation === 'full' ? stores : 0;
    expect(served.protection.mpuStores - called.protection.mpuStores).toBe(written);
    expect(answered.protection.mpuStores - served.protection.mpuStores).toBe(written);
  });

  test('a call is a function call: isolation=none', () => {
    const built = ipcCall.build();
    const { stop, reports, passages } = run(built, { core, isolation: 'none' });
    expect(stop).toEqual(DONE);
    expect(reports).toEqual(built.expected.reports);
    const [called, answered] = [passages[9].counters, passages[11].counters];
    expect(answered.traps).toBe(called.traps);
    expect(answered.instructions - called.instructions).toBeLessThan(10);
  });

  test.each(['copy', 'borrow', 'mutable-borrow'])('a payload by %s', (transfer) => {
    const built = payload.build({ transfer, bytes: 300, rounds: 2 });
    expect(run(built, { core })).toMatchObject({ stop: DONE, reports: built.expected.reports });
  });

  test('a violation ends its domain, and the others go on', () => {
    const built = violation.build();
    expect(run(built, { core })).toMatchObject({ stop: DONE, ...built.expected });
  });

  test('notifications, mutexes, queues, time', () => {
    const built = mixed();
    const { stop, reports } = run(built, { core });
    expect(stop).toEqual(DONE);
    expect(reports).toEqual(built.expected.reports);
  });
});

/** One thread of each pair waits for the other. */
function mixed(): Scenario {
  const definition = scenario('test.mixed', 'several requests', {}, (s) => {
    const [one, two] = [s.domain('one'), s.domain('two')];
    const [ping, pong] = [s.notification('ping'), s.notification('pong')];
    const mutex = s.mutex('m');
    const queue = s.queue('q', 2);
    const count = s.buffer('count', { domain: one, bytes: 8, words: [0, 0] });
    /** Adds to the count with a yield in the middle, so that only the mutex keeps the other out. */
    const increment = (f: FunctionBuilder, by: number): void => {
      f.lock(mutex);
      const old = f.let('old', f.loadWord(f.buffer(count)));
      f.yield();
      f.storeWord(f.buffer(count), old.add(by));
      f.unlock(mutex);
    };
    s.thread('first', { domain: one, endsRun: true }, (f) => {
      f.repeat(3, (i) => {
        f.notify(ping);
        f.wait(pong);
        f.report(i);
      });
      f.repeat(6, (i) => f.put(queue, i.mul(10)));
      f.repeat(4, () => increment(f, 4));
      const before = f.cycles();
      f.sleep(2000);
      // 80 MHz, in ticks of 1000 us: the first may be nearly over
      f.report(f.cycles().sub(before).is('geu', 80_000));
      f.report(f.loadWord(f.buffer(count)));
    });
    s.thread('second', { domain: two }, (f) => {
      f.loop(() => {
        f.wait(ping);
        f.notify(pong);
      });
    });
    s.thread('third', { domain: one }, (f) => {
      const sum = f.word('sum', 0);
      f.repeat(6, () => f.set(sum, sum.add(f.get(queue))));
      f.report(sum);
      f.repeat(4, () => increment(f, 4));
    });
    s.expect({ reports: [0, 1, 2, 150, 1, 32] });
  });
  return definition.build();
}

test.each(['full', 'path', 'none'])('an interrupt of the device wakes who waits: isolation=%s', (isolation) => {
  const built = scenario('test.interrupt', 'alarms', {}, (s) => {
    const domain = s.domain('driver');
    const rings = s.notification('rings');
    s.interrupt(0, domain, rings);
    s.thread('handler', { domain, endsRun: true }, (f) => {
      f.repeat(3, (i) => {
        const before = f.cycles();
        f.alarm(2000);
        f.wait(rings);
        const waited = f.let('waited', f.cycles().sub(before));
        f.report(waited.is('geu', 2000).and(waited.is('ltu', 4000)).add(i));
      });
    });
    s.expect({ reports: [1, 2, 3] });
  }).build();
  expect(run(built, { isolation })).toMatchObject({ stop: DONE, ...built.expected });
});

describe('requests that are refused', () => {
  const attack = (body: (f: FunctionBuilder) => void, reports: readonly number[]): Scenario =>
    scenario('test.attack', 'attack', {}, (s) => {
      s.thread('main', { domain: s.domain('one'), endsRun: true }, (f) => {
        body(f);
        f.report(1);
      });
      s.expect({ reports });
    }).build();

  test.each(CORES)('%s: a number instead of an object, a system call that does not exist', (core) => {
    const built = attack(
      (f) => {
        // flash that is no object: a word that is no address of a vtable
        f.report(f.observe('forge-handle', 0, 1, 2, 3, 4));
        f.violate('raw-message', 1, 2, 3, 4, 5, 6, 7, 8);
      },
      [1, 1],
    );
    expect(run(built, { core })).toMatchObject({ stop: DONE, reports: [1, 1], terminated: [] });
  });

  test.each(['store', 'jump'] as const)('%s', (violation) => {
    const built = scenario('test.attack', 'attack', {}, (s) => {
      const attacker = s.domain('attacker');
      s.thread('attacks', { domain: attacker }, (f) => {
        f.report(1);
        if (violation === 'store') f.violate('store', 8, 0xdead);
        else f.violate('jump', 8);
        f.report(2);
      });
      s.thread('main', { domain: s.domain('other'), endsRun: true }, (f) => {
        f.repeat(8, () => f.yield());
        f.report(3);
      });
      s.expect({ reports: [1, 3], terminated: [attacker] });
    }).build();
    expect(run(built)).toMatchObject({ stop: DONE, ...built.expected });
  });

  test('more bytes than a service has room for: an error instead of its answer', () => {
    const built = scenario('test.long', 'too many bytes', {}, (s) => {
      const [one, two] = [s.domain('one'), s.domain('two')];
      const block = s.buffer('block', { domain: one, bytes: 64, passed: true });
      const first = s.service('first', { domain: two, transfer: 'copy', mostBytes: 16 }, (f, _, data) => {
        f.return(f.loadWord(data).add(1000));
      });
      s.thread('main', { domain: one, endsRun: true }, (f) => {
        f.report(f.callService(first, [], { reference: f.buffer(block), bytes: 16 }));
        f.report(f.callService(first, [], { reference: f.buffer(block), bytes: 20 }));
      });
      s.expect({ reports: [1000, 6] });
    }).build();
    expect(run(built)).toMatchObject({ stop: DONE, ...built.expected });
  });
});

describe('the kernel half of the contract', () => {
  test('every mark of a scenario has a place', () => {
    const built = payload.build();
    expect([...start(built).linked.marks.keys()].sort()).toEqual([...marksOf(built.functions)].sort());
  });

  test.each([
    ['borrow', 4, {}, 256],
    ['copy', 300, {}, 512],
    ['borrow', 256, {}, 512],
    ['borrow', 256, { regionSizes: 'tight' }, 256],
    ['borrow', 4096, { core: 'm33', regionSizes: 'tight' }, 4096],
  ])(
    "a service gets all of the caller's shared memory: %s of %d bytes, %j, grants %d",
    (transfer, bytes, set, granted) => {
      const { machine, linked } = start(payload.build({ transfer, bytes, rounds: 1 }), set);
      const seen: (number | undefined)[] = [];
      machine.probes.add(linked.marks.get('read')!, () => {
        seen.push(linked.granted(machine, 'sum'));
        return false;
      });
      expect(machine.run(cycles(Number.MAX_SAFE_INTEGER))).toEqual(DONE);
      expect(seen).toEqual([granted]);
    },
  );

  test.each(['m0plus', 'm4', 'm33'])('what a service gets is what the MPU holds, not what was linked: %s', (core) => {
    const { machine, linked } = start(payload.build({ transfer: 'borrow', bytes: 4, rounds: 2 }), { core });
    const regions = linked.image.symbols.find(({ name }) => name === 'processes')!.physical;
    const [spare, bytes] = [0x20100000, 1024];
    // the callee's region 3, which no device needs: read and write, and no process has that memory
    const values = core === 'm33' ? [spare + 3, spare + bytes - 32 + 5] : [spare + 0x13, 0x13020013];
    const seen: (number | undefined)[] = [];
    machine.probes.add(linked.marks.get('read')!, () => {
      seen.push(linked.granted(machine, 'sum'));
      const record = physical(
        regions + RECORD_BYTES * linked.image.domains.find(({ name }) => name === 'consumer')!.space,
      );
      values.forEach((value, i) => machine.memory.write(record + 8 * 3 + 4 * i, 4, value, 0));
      return false;
    });
    expect(machine.run(cycles(Number.MAX_SAFE_INTEGER))).toEqual(DONE);
    expect(seen).toEqual([256, 256 + bytes]);
  });

  test('a layout seed moves code and data, and changes nothing else', () => {
    const built = ipcCall.build();
    const places = [0, 1, 2, 3].map((seed) => {
      expect(run(built, {}, seed)).toMatchObject({ stop: DONE, reports: built.expected.reports });
      return start(built, {}, seed).linked.marks.get('called');
    });
    expect(new Set(places).size).toBe(4);
    expect(start(built, {}, 3).linked.marks).toEqual(start(built, {}, 3).linked.marks);
  });

  test('the more urgent thread runs first', () => {
    const built = scenario('test.priority', 'priorities', {}, (s) => {
      const domain = s.domain('one');
      for (const priority of [2, 5, 3]) {
        s.thread(`thread${priority}`, { domain, priority, endsRun: priority === 2 }, (f) => f.report(priority));
      }
      s.expect({ reports: [5, 3, 2] });
    }).build();
    expect(run(built)).toMatchObject({ stop: DONE, ...built.expected });
  });

  test.each<[string, ParameterValues]>([
    ['fault', { equal: true }],
    ['call', { equal: true }],
    ['fault', { faultPolicy: 'kill' }],
    ['call', { faultPolicy: 'unwind' }],
    ['call', { regionLoad: 'alias-burst' }],
    ...HARDENING.map((name): [string, ParameterValues] => ['call', { [name]: true }]),
  ])('%s with %j is a policy of ours', (path, set) => {
    expect(kernel.fidelity(path as 'fault' | 'call', complete(set))).toBe('O');
    expect(kernel.fidelity('compute', complete(set))).toBeUndefined();
  });

  test.each<[string, ParameterValues]>([
    ['call', { faultPolicy: 'kill' }],
    ['call', { regionSizes: 'tight' }],
    ['fault', { faultPolicy: 'as-shipped' }],
  ])('%s with %j does what the real kernel does', (path, set) => {
    expect(kernel.fidelity(path as 'fault' | 'call', complete(set))).toBe('M');
  });
});

describe('what the kernel cannot do is known before the run', () => {
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
      'allocate: CMRX has no heap: all memory is given out when linked',
      asking((s, domain) => s.thread('other', { domain }, (f) => f.storeWord(f.allocate(8), 1))),
    ],
    [
      'restart one: CMRX has no request that starts a process again',
      asking((s, domain) => s.thread('other', { domain }, (f) => f.restart(domain))),
    ],
    [
      'lock m: a mutex of CMRX lies in memory of one process',
      asking((s, domain) => {
        const m = s.mutex('m');
        for (const [name, of] of [
          ['a', domain],
          ['b', s.domain('two')],
        ] as const) {
          s.thread(name, { domain: of }, (f) => f.lock(m));
        }
      }),
    ],
    [
      '9 processes: the kernel has room for 8',
      asking((s) => [1, 2, 3, 4, 5, 6, 7, 8].forEach((i) => s.domain(`d${i}`))),
    ],
    [
      '8 threads and the idle thread: the kernel has room for 8',
      asking((s, domain) => [1, 2, 3, 4, 5, 6, 7].forEach((i) => s.thread(`t${i}`, { domain }, (f) => f.yield()))),
    ],
    [
      "service middle hands on memory of its own: during an RPC the shared memory of the thread's process is there, not that of the service",
      asking((s, one) => {
        const two = s.domain('two');
        const block = s.buffer('block', { domain: two, bytes: 8, passed: true });
        const last = s.service('last', { domain: one, transfer: 'borrow', mostBytes: 8 }, (f) => f.return(0));
        s.service('middle', { domain: two }, (f) => {
          f.return(f.callService(last, [], { reference: f.buffer(block), bytes: 8 }));
        });
      }),
    ],
  ])('%s', (expected, built) => {
    expect(problem(built)).toBe(expected);
  });

  test('memory', () => {
    expect(problem(asking((s, domain) => s.buffer('large', { domain, bytes: 3 << 20 })))).toMatch(/one/);
  });

  test.each<[ParameterValues, RegExp]>([
    [{ mpuRegions: '0' }, /8 MPU regions/],
    [{ isolation: 'none' }, /one process/],
    [{ isolation: 'path' }, /MPU is off/],
  ])('a violation with %j', (set, reason) => {
    expect(problem(violation.build(), set)).toMatch(reason);
  });
});
