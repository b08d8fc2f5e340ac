import { describe, expect, test } from 'vitest';
import { completeParameters, describeType } from '../../platforms/parameters.js';
import type { ParameterValues } from '../../platforms/platform.js';
import { readParameters, readSettings } from '../../runner/parameters.js';
import { editDistance, nearest } from '../../runner/suggest.js';
import { fakePlatform } from './fake-platform.js';

const problemOf = (settings: string[]): string => {
  const result = readSettings(fakePlatform, settings);
  return result.ok ? 'ok' : result.problem;
};

describe('readParameters', () => {
  test('gives every default where nothing is overridden', () => {
    const result = readParameters(fakePlatform, {});
    expect(result).toEqual({
      ok: true,
      value: { wait: 0, ways: 4, crossbar: false, loadFilter: true, timing: 'core', instructionWait: 0 },
    });
  });

  test('names the file and field that an override comes from', () => {
    const result = readParameters(fakePlatform, { wiat: 1 }, 'index.json: parameters.slow');
    expect(result).toEqual({
      ok: false,
      problem: "index.json: parameters.slow: platform toy has no parameter 'wiat'; did you mean 'wait'?",
    });
  });

  test.each([
    [{ wait: -1 }],
    [{ wait: 65 }],
    [{ wait: 1.5 }],
    [{ wait: NaN }],
    [{ wait: true }],
    [{ ways: 3 }],
    [{ ways: 0 }],
    [{ crossbar: 1 }],
    [{ crossbar: 'true' }],
    [{ timing: 'Core' }],
    [{ timing: 4 }],
  ])('refuses %o', (overrides) => {
    expect(readParameters(fakePlatform, overrides).ok).toBe(false);
  });

  test.each([[{ wait: 64 }], [{ ways: 8 }], [{ ways: 1 }], [{ crossbar: true }], [{ timing: 'common' }]])(
    'takes %o',
    (overrides) => {
      const result = readParameters(fakePlatform, overrides);
      expect(result.ok && result.value).toMatchObject(overrides);
    },
  );
});

describe('what a platform does with values that nobody checked', () => {
  const complete = (given: object) => completeParameters('toy', fakePlatform.parameters, given as ParameterValues);

  test('defaults where nothing is given', () => {
    expect(complete({ wait: 3 })).toEqual({
      wait: 3,
      ways: 4,
      crossbar: false,
      loadFilter: true,
      timing: 'core',
      instructionWait: 0,
    });
  });

  test('the same values are refused as by the runner, with a RangeError', () => {
    expect(() => complete({ wiat: 3 })).toThrow(new RangeError('toy has no parameter wiat'));
    expect(() => complete({ ways: 6 })).toThrow(
      new RangeError('toy.ways cannot be 6; it takes an integer from 1 to 8, a power of two'),
    );
    expect(() => complete({ crossbar: undefined })).toThrow(RangeError);
  });
});

describe('readSettings', () => {
  test('reads integers, hex, switches and choices; the last of a name counts', () => {
    const result = readSettings(fakePlatform, [
      'toy.wait=7',
      'toy.wait=0x10',
      'toy.crossbar=true',
      'toy.timing=common',
    ]);
    expect(result.ok && result.value).toMatchObject({ wait: 16, crossbar: true, timing: 'common' });
  });

  test('says what is wrong and what would be right', () => {
    expect(problemOf(['wait=7'])).toBe('--set wait=7: not of the form platform.name=value; example: --set toy.wait=0');
    expect(problemOf(['cheri.wait=7'])).toBe(
      "--set cheri.wait=7: the platform of this run is toy, not 'cheri'; write toy.wait=7",
    );
    expect(problemOf(['toy.cross=true'])).toContain("no parameter 'cross'");
    expect(problemOf(['toy.crosbar=true'])).toContain("did you mean 'crossbar'?");
    expect(problemOf(['toy.wait=fast'])).toBe(
      '--set toy.wait=fast: toy.wait cannot be fast; it takes an integer from 0 to 64',
    );
    expect(problemOf(['toy.wait='])).toContain('it takes an integer from 0 to 64');
    expect(problemOf(['toy.ways=5'])).toContain('an integer from 1 to 8, a power of two');
    expect(problemOf(['toy.crossbar=yes'])).toContain('it takes true or false');
    expect(problemOf(['toy.timing=none'])).toContain('it takes one of core, common');
  });

  test('a wrong setting is found even if a later one of the same name is right', () => {
    expect(problemOf(['toy.wait=999', 'toy.wait=1'])).toContain('cannot be 999');
  });
});

test('every parameter type can be described', () => {
  for (const parameter of fakePlatform.parameters) expect(describeType(parameter)).not.toBe('');
});

describe('suggestions', () => {
  test('edit distance', () => {
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('same', 'same')).toBe(0);
  });

  test('nearest finds slips, not strangers', () => {
    const names = ['memoryLatency', 'crossbar', 'timing'];
    expect(nearest('memorylatency', names)).toBe('memoryLatency');
    expect(nearest('crosbar', names)).toBe('crossbar');
    expect(nearest('quux', names)).toBeUndefined();
    expect(nearest('a', [])).toBeUndefined();
  });
});
