import { describe, expect, test } from 'vitest';
import {
  type FunctionBuilder,
  type Scenario,
  scenario,
  type ScenarioBuilder,
  ScenarioError,
} from '../../../workloads/language/index.js';
import { functionsOfDomain, headMark, marksOf, operationsOf } from '../../../workloads/language/scenario.js';
import { ipcCall, payload, violation } from './examples.js';

/** Builds a scenario that is right but for what `body` does. */
function build(body: (s: ScenarioBuilder) => void): Scenario {
  return scenario('test.case', 'test', {}, body).build();
}

/** Builds a scenario with one thread, whose program is `program`. */
function buildProgram(program: (f: FunctionBuilder, s: ScenarioBuilder) => void): void {
  build((s) => {
    const domain = s.domain('one');
    s.thread('main', { domain, endsRun: true }, (f) => program(f, s));
    s.expect({ reports: [] });
  });
}

describe('a scenario', () => {
  test('is frozen data that survives being written and read', () => {
    for (const definition of [ipcCall, payload, violation]) {
      const built = definition.build();
      expect(JSON.parse(JSON.stringify(built))).toEqual(built);
      expect(Object.isFrozen(built.functions[0].body)).toBe(true);
    }
  });

  test('is the same for the same values, and another for others', () => {
    expect(ipcCall.build({ rounds: 5 })).toEqual(ipcCall.build({ rounds: 5 }));
    expect(ipcCall.build({ rounds: 5 }).expected.reports).toEqual([10]);
    expect(ipcCall.build().parameters).toEqual({ rounds: 4 });
  });

  test.each([
    [{ round: 1 }, 'example.call has no parameter round; it has rounds'],
    [{ rounds: 0 }, 'example.call.rounds cannot be 0; it takes an integer from 1 to 1000 (rounds)'],
    [{ rounds: '4' }, 'example.call.rounds cannot be 4; it takes an integer from 1 to 1000 (rounds)'],
  ])('refuses %j', (given, message) => {
    expect(() => ipcCall.build(given)).toThrow(message);
  });

  test('says what a domain runs, asks for and marks', () => {
    const built = ipcCall.build();
    expect(functionsOfDomain(built, 'server').map(({ name }) => name)).toEqual(['service_adder']);
    const client = functionsOfDomain(built, 'client');
    expect(operationsOf(client).map(({ kind }) => kind)).toEqual(['call', 'report', 'exit']);
    expect(marksOf(client)).toEqual(['called', 'answered']);
  });
});

describe('mistakes in a scenario are reported where they are made', () => {
  const CASES: readonly (readonly [problem: string, (s: ScenarioBuilder) => void])[] = [
    ['there are two domains named one', (s) => [s.domain('one'), s.domain('one')]],
    ['"a b" cannot name a domain: letters, digits and _ are possible, a letter first', (s) => s.domain('a b')],
    [
      'there is no domain two; there is one',
      (s) => {
        s.domain('one');
        s.thread('t', { domain: { kind: 'domain', name: 'two' } }, () => undefined);
      },
    ],
    [
      'service s takes 5 words: 0 to 4 are possible',
      (s) => s.service('s', { domain: s.domain('one'), words: 5 }, (f) => f.return(0)),
    ],
    [
      'service s takes 3 words: 0 to 2 are possible beside bytes',
      (s) => s.service('s', { domain: s.domain('one'), words: 3, transfer: 'copy', mostBytes: 4 }, (f) => f.return(0)),
    ],
    [
      'service s borrows bytes until it answers, and must answer',
      (s) =>
        s.service('s', { domain: s.domain('one'), transfer: 'borrow', mostBytes: 4, answers: false }, () => undefined),
    ],
    [
      'service s has mostBytes 0: a multiple of 4 where bytes come with the message, else 0',
      (s) => s.service('s', { domain: s.domain('one'), transfer: 'borrow' }, (f) => f.return(0)),
    ],
    [
      'buffer b is aligned to 12: a power of two from 8 to 4096 is possible',
      (s) => s.buffer('b', { domain: s.domain('one'), bytes: 8, alignment: 12 }),
    ],
    [
      'buffer b has 4 bytes and 2 first words',
      (s) => s.buffer('b', { domain: s.domain('one'), bytes: 4, words: [1, 2] }),
    ],
    [
      'buffer v is to lie behind b of domain one: domains share no granule, say nearest',
      (s) => {
        const buffer = s.buffer('b', { domain: s.domain('one'), bytes: 8 });
        s.buffer('v', { domain: s.domain('two'), bytes: 8, behind: { buffer, at: 'adjacent' } });
      },
    ],
    [
      'buffer v is to lie nearest behind b, which is of the same domain: say adjacent',
      (s) => {
        const domain = s.domain('one');
        const buffer = s.buffer('b', { domain, bytes: 8 });
        s.buffer('v', { domain, bytes: 8, behind: { buffer, at: 'nearest' } });
      },
    ],
    [
      'buffer w behind v: domain two has a neighbour, and can have one only',
      (s) => {
        const [one, two, three] = [s.domain('one'), s.domain('two'), s.domain('three')];
        const first = s.buffer('b', { domain: one, bytes: 8 });
        s.buffer('u', { domain: two, bytes: 8, behind: { buffer: first, at: 'nearest' } });
        const buffer = s.buffer('v', { domain: two, bytes: 8 });
        s.buffer('w', { domain: three, bytes: 8, behind: { buffer, at: 'nearest' } });
      },
    ],
    [
      'looks how far b lies behind a buffer, and it is behind none',
      (s) => {
        const buffer = s.buffer('b', { domain: s.domain('one'), bytes: 8 });
        s.expect({ reports: [], distances: [{ name: 'far', buffer }] });
      },
    ],
    [
      'buffer v behind b: neither is handed on, both are aligned to 8, that one has a multiple of 8 bytes',
      (s) => {
        const domain = s.domain('one');
        const buffer = s.buffer('b', { domain, bytes: 12 });
        s.buffer('v', { domain, bytes: 8, behind: { buffer, at: 'adjacent' } });
      },
    ],
    [
      'buffer w behind b: only two buffers can be placed together',
      (s) => {
        const domain = s.domain('one');
        const buffer = s.buffer('b', { domain, bytes: 8 });
        for (const name of ['v', 'w']) s.buffer(name, { domain, bytes: 8, behind: { buffer, at: 'next-granule' } });
      },
    ],
    [
      'counts passages with mark there, which no program has',
      (s) => s.expect({ reports: [], counts: [{ name: 'n', mark: 'there', after: 'there', until: ['there'] }] }),
    ],
    [
      'observes two things named x',
      (s) => {
        const buffer = s.buffer('b', { domain: s.domain('one'), bytes: 8 });
        s.expect({ reports: [], observed: ['x'], changes: [{ name: 'x', buffer }] });
      },
    ],
    ['priority 8: 0 to 7 are possible', (s) => s.thread('t', { domain: s.domain('d'), priority: 8 }, () => undefined)],
    [
      'span x needs mark there, which no program has',
      (s) => s.span('x', { from: 'there', to: 'there', trip: 'one-way', path: 'call', meaning: '' }),
    ],
    [
      'span x has a boundary without marks: give one at least',
      (s) => {
        s.thread('t', { domain: s.domain('one'), endsRun: true }, (f) => f.mark('here'));
        s.span('x', { from: 'here', to: [], trip: 'one-way', path: 'call', meaning: '' });
      },
    ],
    [
      '"not a name" cannot name a word to observe: letters, digits and _ are possible, a letter first',
      (s) => s.expect({ reports: [], observed: ['not a name'] }),
    ],
    ['has no expected outcome: call expect', () => undefined],
    ['has no thread that ends the run: give one endsRun', (s) => s.expect({ reports: [] })],
    [
      'threads a and b both end the run: one must',
      (s) => {
        const domain = s.domain('one');
        for (const name of ['a', 'b']) s.thread(name, { domain, endsRun: true }, () => undefined);
      },
    ],
    [
      'mark m is in a function that domains one and two both run',
      (s) => {
        const marked = s.function('marked', [], [], (f) => f.mark('m'));
        s.thread('a', { domain: s.domain('one'), endsRun: true }, (f) => f.call(marked));
        s.thread('b', { domain: s.domain('two') }, (f) => f.call(marked));
        s.expect({ reports: [] });
      },
    ],
  ];

  test.each(CASES)('%s', (problem, body) => {
    expect(() => build(body)).toThrow(new ScenarioError('scenario test.case', problem));
  });
});

describe('mistakes in a program are reported where they are made', () => {
  const CASES: readonly (readonly [problem: string, (f: FunctionBuilder, s: ScenarioBuilder) => void])[] = [
    ['there are two marks named m', (f) => [f.mark('m'), f.mark('m')]],
    ['break is not in a loop', (f) => f.break()],
    ['report is never reached', (f) => [f.exit(), f.report(1)]],
    ['mark is never reached', (f) => [f.loop(() => undefined), f.mark('m')]],
    ['set is never reached', (f) => f.loop(() => [f.break(), f.word('x', 1)])],
    ['4294967296 is not a 32-bit word', (f) => f.report(2 ** 32)],
    ['1.5 is not a 32-bit word', (f) => f.report(1.5)],
    ['a division by 0', (f) => f.report(f.word('x', 1).divideUnsigned(0))],
    ['a shift by 32: 0 to 31 are possible', (f) => f.report(f.word('x', 1).shiftLeft(32))],
    ['returns 1 values, and is declared to return 0', (f) => f.return(1)],
    ['violation store takes 2 words, not 1', (f) => f.violate('store', 1)],
    [
      'variable inner is used outside of its block',
      (f) => {
        let inner = f.word('outer', 0);
        f.repeat(2, () => {
          inner = f.word('inner', 1);
        });
        f.report(inner);
      },
    ],
    [
      'mark m is in the test of a loop: put it into the body',
      (f) =>
        f.while(
          () => {
            f.mark('m');
            return f.word('x', 0).equals(1);
          },
          () => undefined,
        ),
    ],
    [
      'buffer b belongs to domain two, not to domain one: pass a reference instead',
      (f, s) => f.buffer(s.buffer('b', { domain: s.domain('two'), bytes: 8 })),
    ],
    [
      'buffer b goes to a service: declare it with passed: true',
      (f, s) => {
        const two = s.domain('two');
        const b = s.buffer('b', { domain: { kind: 'domain', name: 'one' }, bytes: 8 });
        const service = s.service('s', { domain: two, transfer: 'borrow', mostBytes: 8 }, (g) => g.return(0));
        f.callService(service, [], { reference: f.buffer(b), bytes: 8 });
      },
    ],
    [
      'service s takes 1 words, not 2',
      (f, s) =>
        f.callService(
          s.service('s', { domain: s.domain('two'), words: 1 }, (g) => g.return(0)),
          [1, 2],
        ),
    ],
    [
      'service s answers: call it, or declare it with answers: false',
      (f, s) => f.send(s.service('s', { domain: s.domain('two') }, (g) => g.return(0))),
    ],
    [
      'service s gives no answer: nothing tells whether it was ended',
      (f, s) => f.tryCallService(s.service('s', { domain: s.domain('two'), answers: false }, () => undefined)),
    ],
    [
      "function own is domain two's own: call a service of that",
      (f, s) => f.call(s.routine('own', s.domain('two'), () => undefined)),
    ],
    [
      'service s takes 0 words, not 1',
      (f, s) =>
        f.exposedCall(
          s.service('s', { domain: s.domain('two') }, (g) => g.return(0)),
          { shown: 1, sought: 2 },
        ),
    ],
    ['service gone is not part of this scenario', (f) => f.callService(GONE)],
  ];
  const GONE = { kind: 'service', name: 'gone', words: 0, transfer: undefined, answers: true } as const;

  test.each(CASES)('%s', (problem, program) => {
    expect(() => buildProgram(program)).toThrow(new ScenarioError('scenario test.case, thread_main', problem));
  });

  test('a function has as many parameters and results as every platform passes in registers', () => {
    const problem = 'at most 4 parameters and 1 result are possible';
    const five = ['word', 'word', 'word', 'word', 'word'] as const;
    expect(() => build((s) => s.function('many', five, [], () => undefined))).toThrow(
      new ScenarioError('scenario test.case, many', problem),
    );
  });

  test('a service that answers must do so on every path', () => {
    expect(() =>
      build((s) => {
        const domain = s.domain('one');
        s.service('s', { domain, words: 1 }, (f, [x]) => f.if(x.equals(0), () => f.return(1)));
      }),
    ).toThrow(new ScenarioError('scenario test.case, service_s', 'a path ends without return'));
  });
});

test('a boundary of a span is a mark, one of several, or an event after one', () => {
  const built = build((s) => {
    const domain = s.domain('one');
    s.thread('t', { domain, endsRun: true }, (f) => [f.mark('a'), f.nullCall(), f.mark('b')]);
    const about = { trip: 'one-way', path: 'fault', meaning: '' } as const;
    s.span('one', { from: 'a', to: ['a', 'b'], ...about });
    s.span('two', { from: { event: 'trap', after: 'a' }, to: { event: 'ended', after: ['a', 'b'] }, ...about });
    s.expect({ reports: [] });
  });
  expect(built.spans.map(({ from, to }) => [from, to])).toEqual([
    [{ marks: ['a'] }, { marks: ['a', 'b'] }],
    [
      { marks: ['a'], event: 'trap' },
      { marks: ['a', 'b'], event: 'ended' },
    ],
  ]);
});

test('the mark at the head of a service', () => {
  const built = build((s) => {
    const domain = s.domain('one');
    s.service('marked', { domain }, (f) => [f.mark('head'), f.return(0)]);
    s.service('late', { domain }, (f) => [f.report(1), f.mark('inside'), f.return(0)]);
    s.thread('t', { domain, endsRun: true }, () => undefined);
    s.expect({ reports: [] });
  });
  expect(built.services.map((service) => headMark(built, service))).toEqual(['head', undefined]);
});
