/** A parameter of a workload, as `--set workload.name=value` takes it. */
export type WorkloadParameter =
  | {
      readonly kind: 'integer';
      readonly minimum: number;
      readonly maximum: number;
      readonly default: number;
      /** 'bytes', 'words', 'rounds'. */
      readonly unit: string;
      readonly meaning: string;
    }
  | {
      readonly kind: 'choice';
      readonly values: readonly string[];
      readonly default: string;
      readonly meaning: string;
    }
  | { readonly kind: 'switch'; readonly default: boolean; readonly meaning: string };

/** Parameters by name. */
export type WorkloadParameters = Readonly<Record<string, WorkloadParameter>>;

/** Type of a parameter's values. */
export type ParameterValueOf<P extends WorkloadParameter> = P extends { kind: 'integer' }
  ? number
  : P extends { kind: 'choice'; values: readonly (infer V)[] }
    ? V
    : boolean;

/** A complete set of values. */
export type ParameterValuesOf<P extends WorkloadParameters> = {
  readonly [K in keyof P]: ParameterValueOf<P[K]>;
};

/** Values as they are given: some, of any type. */
export type GivenValues = Readonly<Record<string, unknown>>;

/** One line on what a parameter takes. */
export function describeWorkloadParameter(parameter: WorkloadParameter): string {
  switch (parameter.kind) {
    case 'integer':
      return `an integer from ${parameter.minimum} to ${parameter.maximum} (${parameter.unit})`;
    case 'choice':
      return `one of ${parameter.values.join(', ')}`;
    case 'switch':
      return 'true or false';
  }
}

function accepts(parameter: WorkloadParameter, value: unknown): value is number | string | boolean {
  switch (parameter.kind) {
    case 'integer':
      return (
        typeof value === 'number' && Number.isInteger(value) && value >= parameter.minimum && value <= parameter.maximum
      );
    case 'choice':
      return typeof value === 'string' && parameter.values.includes(value);
    case 'switch':
      return typeof value === 'boolean';
  }
}

/**
 * The values given, and the defaults of the others.
 * @throws RangeError for a name that is no parameter, or a value that its parameter does not take; one line.
 */
export function completeValues<P extends WorkloadParameters>(
  workload: string,
  parameters: P,
  given: GivenValues,
): ParameterValuesOf<P> {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(parameters, name)) {
      throw new RangeError(
        `${workload} has no parameter ${name}; it has ${Object.keys(parameters).join(', ') || 'none'}`,
      );
    }
    const parameter = parameters[name];
    if (!accepts(parameter, value)) {
      throw new RangeError(
        `${workload}.${name} cannot be ${String(value) || 'empty'}; it takes ${describeWorkloadParameter(parameter)}`,
      );
    }
  }
  const entries = Object.entries(parameters).map(([name, parameter]) => [name, given[name] ?? parameter.default]);
  return Object.fromEntries(entries) as ParameterValuesOf<P>;
}
