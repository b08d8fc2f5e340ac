import { expect, test } from 'vitest';
import { allTables, quickTables, readme, withTables } from './readme.js';
import { LONG } from './system.js';

test('the tables of kernel/README.md are what is measured (node dist/tests/mpu-rtos/kernel/readme.js writes them)', () => {
  expect(readme()).toBe(withTables(readme(), LONG ? allTables() : quickTables()));
});
