import { expect, test } from 'vitest';
import { cascade, cascadeTable } from './cascade.js';
import { withTable } from '../tables.js';
import { readme } from './readme.js';

test.each([
  ['chain', 'error', 3, { errors: 3, restarts: 0, ended: 0 }],
  ['chain', 'fault', 3, { errors: 3, restarts: 0, ended: 3 }],
  ['chain', 'restart', 6, { errors: 6, restarts: 6, ended: 6 }],
  ['chain', 'retry', 3, { errors: 0, restarts: 0, ended: 0 }],
  ['star', 'error', 6, { errors: 6, restarts: 0, ended: 0 }],
  ['star', 'fault', 3, { errors: 3, restarts: 0, ended: 3 }],
  ['star', 'restart', 3, { errors: 3, restarts: 3, ended: 3 }],
  ['star', 'retry', 6, { errors: 0, restarts: 0, ended: 0 }],
] as const)('%s, policy %s, %d dependents: %o', (shape, policy, dependents, expected) => {
  const ran = cascade(shape, policy, dependents);
  expect(ran).toMatchObject({ stop: { kind: 'exit', code: 0 }, ...expected });
  expect(ran.answering).toBeGreaterThan(ran.restarted);
});

test('workloads/README.md has these figures (node dist/tests/workloads/readme.js writes them)', () => {
  expect(readme()).toBe(withTable(readme(), 'cascade', cascadeTable()));
});
