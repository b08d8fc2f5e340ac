import type { Leaf, Measurement } from './schema.js';

/** A figure, or why there is none. */
export type Outcome = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly reason: string };

type Measurable = Exclude<Leaf, { kind: 'constant' }>;

/** Puts a measurement together from what was measured; a part without a figure is why the whole has none. */
export function evaluate(m: Measurement, measured: (leaf: Measurable) => Outcome): Outcome {
  const value = (part: Measurement): Outcome => evaluate(part, measured);
  switch (m.kind) {
    case 'constant':
      return { ok: true, value: m.value };
    case 'quotient':
      return combine(value(m.of), value(m.by), (a, b) => a / b);
    case 'difference':
      return combine(value(m.of), value(m.minus), (a, b) => a - b);
    case 'sum':
      return m.of.map(value).reduce((a, b) => combine(a, b, (x, y) => x + y));
    default:
      return measured(m);
  }
}

function combine(a: Outcome, b: Outcome, of: (a: number, b: number) => number): Outcome {
  if (!a.ok) return a;
  if (!b.ok) return b;
  const value = of(a.value, b.value);
  return Number.isFinite(value)
    ? { ok: true, value }
    : { ok: false, reason: `${a.value} and ${b.value} give no figure` };
}
