import type { Parameter, ParameterValue, ParameterValues } from './platform.js';

/** One line on what a parameter takes: `an integer from 0 to 64, a power of two`. */
export function describeType({ type }: Parameter): string {
  switch (type.kind) {
    case 'integer':
      return `an integer from ${type.minimum} to ${type.maximum}${type.powerOfTwo ? ', a power of two' : ''}${type.step === undefined ? '' : `, in steps of ${type.step}`}`;
    case 'switch':
      return 'true or false';
    case 'choice':
      return `one of ${type.values.join(', ')}`;
  }
}

const isPowerOfTwo = (n: number): boolean => n > 0 && Number.isInteger(Math.log2(n));

/** Whether a value is one the parameter takes. */
export function accepts({ type }: Parameter, value: unknown): value is ParameterValue {
  switch (type.kind) {
    case 'integer':
      return (
        typeof value === 'number' &&
        Number.isInteger(value) &&
        value >= type.minimum &&
        value <= type.maximum &&
        (value - type.minimum) % (type.step ?? 1) === 0 &&
        (type.powerOfTwo !== true || isPowerOfTwo(value))
      );
    case 'switch':
      return typeof value === 'boolean';
    case 'choice':
      return typeof value === 'string' && type.values.includes(value);
  }
}

/**
 * Which cycle model a machine has: parameters that every platform of ours takes.
 * @param core what the model of the core follows, in words; @param source where that stands
 */
export const timingParameters = (core: string, source: string): readonly Parameter[] => [
  {
    name: 'timing',
    type: { kind: 'choice', values: ['core', 'common'] },
    default: 'core',
    meaning: `cycle model: ${core}, or the abstract C(w) = 1 per instruction + (1+w) per data beat + 2 per redirect`,
    source: `core: ${source}; common: DESIGN section 4`,
  },
  {
    name: 'commonWait',
    type: { kind: 'integer', minimum: 0, maximum: 64 },
    default: 0,
    unit: 'cycles',
    meaning: 'w of timing=common: wait cycles of each 32-bit data beat',
    source: 'DESIGN section 4',
  },
];

/** `timingParameters` as an engine reads them. */
export interface TimingConfig {
  readonly timing: 'core' | 'common';
  readonly commonWait: number;
}

/**
 * A complete set of values: those given, else the defaults. For platforms, whose callers have checked the values before
 * (`readParameters` of the runner, which has a message for a reader).
 * @param id the platform's id, for the message
 * @throws RangeError for a name that is no parameter, or a value that its parameter does not take.
 */
export function completeParameters(
  id: string,
  parameters: readonly Parameter[],
  given: ParameterValues,
): ParameterValues {
  for (const [name, value] of Object.entries(given)) {
    const parameter = parameters.find((p) => p.name === name);
    if (parameter === undefined) throw new RangeError(`${id} has no parameter ${name}`);
    if (!accepts(parameter, value)) {
      throw new RangeError(`${id}.${name} cannot be ${String(value)}; it takes ${describeType(parameter)}`);
    }
  }
  return Object.fromEntries(parameters.map((p) => [p.name, given[p.name] ?? p.default]));
}
