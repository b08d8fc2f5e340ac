import { describe, expect, test } from 'vitest';
import { systemOf } from '../../../platforms/cheri/codegen/compartments.js';
import { cheri } from '../../../platforms/cheri/index.js';
import type { Machine } from '../../../platforms/machine/machine.js';
import { cycles, instructions } from '../../../platforms/machine/units.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { readParameters } from '../../../runner/parameters.js';
import { scenario, type ScenarioBuilder } from '../../../workloads/language/index.js';
import type { Scenario } from '../../../workloads/language/scenario.js';
import { run as runSystem } from './system.js';

/* Micro-reboots, as the operation `restart` of scenarios does them: each of the four steps, and what cannot be restarted. */

const kernel = cheri.kernel!;
let machine: Machine | undefined;
const BUDGET = 8_000_000;
const DONE = { kind: 'exit', code: 0 };

const unchecked = (body: (s: ScenarioBuilder) => void): Scenario =>
  scenario('test.reboot', 'a test', {}, (s) => {
    body(s);
    s.expect({ reports: [] });
  }).build();

function run(
  built: Scenario,
  overrides: ParameterValues = {},
): { readonly stop: unknown; readonly reports: readonly number[]; readonly ended: readonly string[] } {
  const parameters = readParameters(cheri, overrides);
  if (!parameters.ok) throw new Error(parameters.problem);
  expect(kernel.supports(built, parameters.value)).toBeUndefined();
  machine ??= cheri.createMachine({ parameters: parameters.value, board: kernel.board });
  const linked = kernel.link(built, parameters.value, 0);
  machine.reset();
  machine.probes.clear();
  machine.setBudget(instructions(BUDGET));
  machine.load(linked.image);
  const ended = linked.watchTerminated(machine);
  const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
  return { stop, reports: linked.reports(machine), ended: ended() };
}

describe.each(['full', 'path'])('isolation=%s', (isolation) => {
  test('globals have their first values, each of them', () => {
    const built = unchecked((s) => {
      const server = s.domain('server');
      const small = s.buffer('small', { domain: server, bytes: 16, words: [5, 6] });
      const large = s.buffer('large', { domain: server, bytes: 5000, words: [7] });
      const spoil = s.service('spoil', { domain: server }, (f) => {
        f.repeat(4, (i) => f.storeWord(f.buffer(small), 99, i.shiftLeft(2)));
        f.repeat(1250, (i) => f.storeWord(f.buffer(large), 99, i.shiftLeft(2)));
        f.return(0);
      });
      const sum = s.service('sum', { domain: server }, (f) => {
        const total = f.word('total', 0);
        f.repeat(1250, (i) => f.set(total, total.add(f.loadWord(f.buffer(large), i.shiftLeft(2)))));
        f.repeat(4, (i) => f.set(total, total.shiftLeft(4).add(f.loadWord(f.buffer(small), i.shiftLeft(2)))));
        f.return(total);
      });
      s.thread('main', { domain: s.domain('client'), endsRun: true }, (f) => {
        f.report(f.callService(sum));
        f.callService(spoil);
        f.report(f.callService(sum).is('ne', 0x75600));
        f.restart(server);
        f.report(f.callService(sum));
      });
    });
    expect(run(built, { isolation })).toEqual({ stop: DONE, reports: [0x75600, 1, 0x75600], ended: [] });
  });

  test('a domain that restarts itself does not go on, its caller is told, and it answers again', () => {
    const built = unchecked((s) => {
      const server = s.domain('server');
      const state = s.buffer('state', { domain: server, bytes: 4 });
      const count = s.service('count', { domain: server }, (f) => {
        f.storeWord(f.buffer(state), f.loadWord(f.buffer(state)).add(1));
        f.return(f.loadWord(f.buffer(state)));
      });
      const renew = s.service('renew', { domain: server }, (f) => {
        f.restart(server);
        f.report(99);
        f.return(0);
      });
      s.thread('main', { domain: s.domain('client'), endsRun: true }, (f) => {
        f.repeat(3, () => {
          f.report(f.callService(count));
          f.report(f.callService(count));
          f.report(f.tryCallService(renew)[1]);
        });
      });
    });
    expect(run(built, { isolation })).toEqual({ stop: DONE, reports: [1, 2, 1, 1, 2, 1, 1, 2, 1], ended: ['server'] });
  });
});

/** The body of a service, and a notification for which nobody waits. */
type Inside = (
  f: Parameters<Parameters<ScenarioBuilder['service']>[2]>[0],
  heard: ReturnType<ScenarioBuilder['notification']>,
) => void;

describe('while it is rebooted', () => {
  /** One thread is inside when another restarts the domain; what it does there, and what a third finds meanwhile. */
  const withInside = (inside: Inside, late = false): Scenario =>
    unchecked((s) => {
      const heard = s.notification('heard');
      const server = s.domain('server');
      const stay = s.service('stay', { domain: server }, (f) => {
        inside(f, heard);
        f.return(0);
      });
      const answer = s.service('answer', { domain: server }, (f) => f.return(7));
      const told = s.notification('told');
      s.thread('inside', { domain: s.domain('first') }, (f) => {
        f.report(f.tryCallService(stay)[1].add(10));
        f.notify(told);
      });
      s.thread('restarts', { domain: s.domain('second'), endsRun: true }, (f) => {
        f.yield();
        f.restart(server);
        f.wait(told);
        f.report(f.callService(answer));
      });
      if (late) {
        s.thread('late', { domain: s.domain('third'), priority: 2 }, (f) => {
          f.report(f.tryCallService(answer)[1].add(20));
        });
      }
    });

  test('new callers are refused, and who sleeps inside faults when it wakes', () => {
    const { stop, reports, ended } = run(withInside((f) => f.sleep(3000), true));
    expect({ stop, reports, ended }).toEqual({ stop: DONE, reports: [22, 11, 7], ended: ['server'] });
  });

  test('who only looks at memory of the heap, without a request to anybody, faults there', () => {
    const built = withInside((f) => {
      const memory = f.allocate(64);
      const place = f.allocate(8);
      f.storeReference(place, memory);
      f.while(
        () => f.loadWord(f.loadReference(place)).equals(0),
        () => undefined,
      );
    });
    expect(run(built)).toEqual({ stop: DONE, reports: [11, 7], ended: ['server'] });
  });

  test.each<[string, Inside]>([
    ['gives its turn away', (f) => f.yield()],
    ['enters the kernel', (f) => f.nullCall()],
    ['notifies', (f, heard) => f.notify(heard)],
    ['allocates and frees', (f) => f.free(f.allocate(8), 8)],
  ])('who %s again and again faults with one of the next times', (_, request) => {
    const built = withInside((f, heard) => {
      const word = f.word('word', 0);
      f.while(
        () => word.equals(0),
        () => request(f, heard),
      );
    });
    expect(run(built)).toEqual({ stop: DONE, reports: [11, 7], ended: ['server'] });
  });

  test('who neither leaves nor faults makes the restart fail, in the end', () => {
    const built = withInside((f) => {
      const word = f.word('word', 0);
      f.while(
        () => word.equals(0),
        () => f.set(word, word.shiftLeft(1)),
      );
    });
    // the exit code of a program for whom the kernel did not do what it asked for
    expect(run(built).stop).toEqual({ kind: 'exit', code: 1 });
  });

  test('a fault inside, at any other time, leaves the guard: nobody is missing from the count', () => {
    const built = unchecked((s) => {
      const server = s.domain('server');
      const breaks = s.service('breaks', { domain: server }, (f) => {
        f.violate('load', 0x10);
        f.return(0);
      });
      const answer = s.service('answer', { domain: server }, (f) => f.return(7));
      s.thread('main', { domain: s.domain('client'), endsRun: true }, (f) => {
        f.repeat(3, () => f.report(f.tryCallService(breaks)[1]));
        f.restart(server);
        f.report(f.callService(answer));
      });
    });
    expect(run(built)).toEqual({ stop: DONE, reports: [1, 1, 1, 7], ended: ['server'] });
  });

  test('two restart it: one does, the other does not wait', () => {
    const built = unchecked((s) => {
      const server = s.domain('server');
      const sleeps = s.service('sleeps', { domain: server }, (f) => {
        f.sleep(3000);
        f.return(0);
      });
      s.thread('inside', { domain: s.domain('first') }, (f) => f.report(f.tryCallService(sleeps)[1]));
      s.thread('one', { domain: s.domain('second'), endsRun: true }, (f) => {
        f.yield();
        f.restart(server);
        f.report(3);
      });
      s.thread('two', { domain: s.domain('third') }, (f) => {
        f.yield();
        f.restart(server);
        f.report(2);
      });
    });
    expect(run(built)).toEqual({ stop: DONE, reports: [2, 1, 3], ended: ['server'] });
  });
});

test('memory that the domain had is its quota again: it can allocate as much after each restart', () => {
  const built = unchecked((s) => {
    const server = s.domain('server');
    const take = s.service('take', { domain: server }, (f) => {
      f.repeat(3, (i) => f.storeWord(f.allocate(32768), i));
      f.return(1);
    });
    s.thread('main', { domain: s.domain('client'), endsRun: true }, (f) => {
      f.repeat(4, () => {
        f.report(f.callService(take));
        f.restart(server);
      });
    });
  });
  expect(run(built)).toEqual({ stop: DONE, reports: [1, 1, 1, 1], ended: [] });
});

describe('what cannot be restarted is refused with the reason', () => {
  const reason = (body: (s: ScenarioBuilder) => void, overrides: ParameterValues = {}): string | undefined => {
    const parameters = readParameters(cheri, overrides);
    if (!parameters.ok) throw new Error(parameters.problem);
    return kernel.supports(unchecked(body), parameters.value);
  };
  const main = (s: ScenarioBuilder, server: ReturnType<ScenarioBuilder['domain']>): void =>
    s.thread('main', { domain: s.domain('client'), endsRun: true }, (f) => f.restart(server));

  test('a domain with threads of its own', () => {
    expect(
      reason((s) => {
        const server = s.domain('server');
        s.thread('own', { domain: server }, (f) => f.yield());
        main(s, server);
      }),
    ).toBe('restart server: it has threads of its own, which a micro-reboot does not begin anew');
  });

  test('one that may wait in a library', () => {
    expect(
      reason((s) => {
        const server = s.domain('server');
        const mutex = s.mutex('mutex');
        s.service('locks', { domain: server }, (f) => {
          f.lock(mutex);
          f.return(0);
        });
        main(s, server);
      }),
    ).toBe('restart server: it may wait where a micro-reboot does not wake it (lock)');
  });

  test('one that may wait for a word by its reference', () => {
    expect(
      reason((s) => {
        const server = s.domain('server');
        const state = s.buffer('state', { domain: server, bytes: 4 });
        s.service('waits', { domain: server }, (f) => {
          f.waitUntil(f.buffer(state), 1);
          f.return(0);
        });
        main(s, server);
      }),
    ).toBe('restart server: it may wait where a micro-reboot does not wake it (wait-until)');
  });

  test('one of several that are one compartment', () => {
    expect(reason((s) => main(s, s.domain('server')), { isolation: 'none' })).toBe(
      'restart server: all domains are one compartment: who is restarted is everybody',
    );
  });
});

test('with however little stack a caller comes, it is counted in and out, or not at all', () => {
  const built = unchecked((s) => {
    const server = s.domain('server');
    const deep = s.service('deep', { domain: server, words: 1 }, (f, [n]) => f.return(n.add(1)));
    s.thread('main', { domain: s.domain('client'), endsRun: true }, (f) => {
      f.report(f.tryCallService(deep, [1])[0]);
      // what makes the domain one that is restarted
      f.if(f.callService(deep, [0]).equals(77), () => f.restart(server));
    });
  });
  const system = systemOf(built);
  const answers = new Set<number>();
  for (let stackBytes = 128; stackBytes <= 352; stackBytes += 16) {
    const threads = system.threads.map((thread) => ({ ...thread, stackBytes }));
    const { machine, linked, stop, reports } = runSystem({ ...system, threads });
    expect(stop).toEqual(DONE);
    reports.forEach((word) => answers.add(word));
    expect([stackBytes, machine.word(linked.symbol('server.reboot.guard').physical + 4)]).toEqual([stackBytes, 0]);
  }
  // 140: not enough stack
  expect([...answers]).toEqual([-140 >>> 0, 2]);
});
