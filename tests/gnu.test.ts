import { expect, test } from 'vitest';
import { rule } from './gnu.js';

const PREFIX = 'arm-none-eabi-';

test('tests against GNU binutils run where these are installed, in CI or not', () => {
  for (const ci of [undefined, 'true']) expect(rule(PREFIX, 'GNU assembler 2.40', ci)).toBeUndefined();
});

test('where binutils are missing nothing is compared and the reason is given, but never in CI', () => {
  for (const ci of [undefined, '', 'false']) {
    expect(rule(PREFIX, undefined, ci)).toBe(
      'arm-none-eabi-as is not installed (Debian package binutils-arm-none-eabi)',
    );
  }
  expect(() => rule(PREFIX, undefined, 'true')).toThrow('arm-none-eabi-as is not installed, and CI=true requires it');
});
