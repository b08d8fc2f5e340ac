import { expect, test } from 'vitest';
import { WORKLOADS } from '../../workloads/index.js';
import { clients } from '../../workloads/ipc/clients.js';
import { marksOf, type Scenario, type Span } from '../../workloads/language/scenario.js';

/* What spans say of themselves is where their marks are. */

const scenarios = WORKLOADS.flatMap((workload) => workload.points.map((values) => workload.build(values)));

/** Whether a span ends in the program in which it begins, and so in the same thread. */
function staysInProgram({ functions }: Scenario, { from, to }: Span): boolean {
  const programs = [...from.marks, ...to.marks].map((mark) => functions.find((f) => marksOf([f]).includes(mark)));
  return from.event === undefined && to.event === undefined && new Set(programs).size === 1;
}

test('a round trip ends where it began, and nothing else does that asks somebody', () => {
  for (const scenario of scenarios) {
    for (const span of scenario.spans.filter(({ path }) => path !== 'compute')) {
      const trip = staysInProgram(scenario, span) ? 'round-trip' : 'one-way';
      expect(span.trip, `${scenario.id} ${span.name}`).toBe(trip);
    }
  }
});

test('a span over an attempt has the class of a fault, not that of the request that it was made in', () => {
  // in a cascade nobody attempts anything: it is what a restart comes to
  const attempts = scenarios.filter(
    ({ id, expected }) => expected.mayEnd !== undefined && !id.startsWith('fault.cascade.'),
  );
  expect(new Set(attempts.map(({ id }) => id.slice(0, id.indexOf('.'))))).toEqual(
    new Set(['guarantee', 'application']),
  );
  for (const { spans } of attempts) expect(spans.map(({ path }) => path)).toEqual(spans.map(() => 'fault'));
});

test('a call in which threads are switched has not the class of a call', () => {
  const pathsOf = (yields: number): Set<string> => new Set(clients.build({ yields }).spans.map(({ path }) => path));
  expect([...pathsOf(2), ...pathsOf(0)]).toEqual(['switch', 'call']);
});
