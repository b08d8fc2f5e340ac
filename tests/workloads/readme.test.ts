import { expect, test } from 'vitest';
import { readme, withTables } from './readme.js';

test('the tables of workloads/README.md are those of the workloads (node dist/tests/workloads/readme.js writes them)', () => {
  expect(readme()).toBe(withTables(readme()));
});
