import { expect, test } from 'vitest';
import { readme, withHeadline } from './headline.js';

test('the headline table of README.md is what results/reference holds', () => {
  expect(readme()).toBe(withHeadline(readme()));
});
