import type { ParameterValue, ParameterValues } from '../../platforms/platform.js';
import { completeValues } from '../../workloads/language/parameters.js';
import type { Workload } from '../../workloads/index.js';

/** A place in an order, given by numbers of which the first that differs decides. */
export type Rank = readonly number[];

/** What the order needs to know of a parameter, of a platform or a workload. */
interface OrderedParameter {
  readonly name: string;
  readonly default: ParameterValue;
  readonly type:
    { readonly kind: 'integer' | 'switch' } | { readonly kind: 'choice'; readonly values: readonly string[] };
}

export const compareRanks = (a: Rank, b: Rank): number => {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at] - b[at];
};

/** The place of values among others of the same parameters: defaults first, then by value, choices as they are listed. */
export function rankOf(parameters: readonly OrderedParameter[], values: ParameterValues): Rank {
  const isDefault = parameters.every((p) => values[p.name] === p.default);
  return [
    isDefault ? 0 : 1,
    ...parameters.map(({ name, type }) =>
      type.kind === 'choice' ? type.values.indexOf(String(values[name])) : Number(values[name]),
    ),
  ];
}

/** The place of a workload's values: its own points as it lists them, the defaults first, then others by value. */
export function pointRank({ id, parameters, points }: Workload, values: ParameterValues): Rank {
  const known = Object.entries(parameters).map(([name, p]) => ({ name, default: p.default, type: p }));
  const own = points.findIndex((point) => {
    const complete = completeValues(id, parameters, point);
    return known.every(({ name }) => complete[name] === values[name]);
  });
  return [own < 0 ? points.length : own, ...rankOf(known, values)];
}
