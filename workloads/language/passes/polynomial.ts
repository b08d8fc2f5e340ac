import { constant, type Instruction, type IrFunction, newValue, type Operand, value } from '../ir/function.js';

/** A product of values with a factor in front; without values it is a number. Arithmetic is modulo 2^32. */
export interface Term {
  readonly factor: number;
  /** Ids of values, ascending. */
  readonly values: readonly number[];
}

/** A sum of terms with different values each; a term whose factor is 0 is left out. */
export type Polynomial = readonly Term[];

/** Terms that a polynomial may have before it is treated as one value. */
const MOST_TERMS = 6;

const keyOf = ({ values }: Term): string => values.join('*');

function collect(terms: readonly Term[]): Polynomial {
  const sums = new Map<string, Term>();
  for (const term of terms) {
    const key = keyOf(term);
    const factor = ((sums.get(key)?.factor ?? 0) + term.factor) | 0;
    sums.set(key, { factor, values: term.values });
  }
  return [...sums.values()]
    .filter(({ factor }) => factor !== 0)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
}

export const number = (n: number): Polynomial => collect([{ factor: n | 0, values: [] }]);
export const variable = (id: number): Polynomial => [{ factor: 1, values: [id] }];
export const sum = (a: Polynomial, b: Polynomial): Polynomial => collect([...a, ...b]);

/** The product of two polynomials. */
export function product(a: Polynomial, b: Polynomial): Polynomial {
  return collect(
    a.flatMap((x) =>
      b.map((y) => ({
        factor: Math.imul(x.factor, y.factor),
        values: [...x.values, ...y.values].sort((p, q) => p - q),
      })),
    ),
  );
}

/** The polynomial of an operand, following the instructions that `definition` gives. */
export function polynomialOf(operand: Operand, definition: (id: number) => Instruction | undefined): Polynomial {
  if (operand.kind === 'constant') return number(operand.value);
  if (operand.kind === 'buffer') throw new RangeError('the address of a buffer is not a number');
  const instruction = definition(operand.id);
  const whole = variable(operand.id);
  if (instruction?.op !== 'binary') return whole;
  const { operator, left, right } = instruction;
  const parts = (): [Polynomial, Polynomial] => [polynomialOf(left, definition), polynomialOf(right, definition)];
  const limited = (result: Polynomial): Polynomial => (result.length > MOST_TERMS ? whole : result);
  switch (operator) {
    case 'add':
      return limited(sum(...parts()));
    case 'sub': {
      const [a, b] = parts();
      return limited(sum(a, product(b, number(-1))));
    }
    case 'mul':
      return limited(product(...parts()));
    case 'shl':
      return right.kind === 'constant' && right.value < 32
        ? limited(product(polynomialOf(left, definition), number(1 << right.value)))
        : whole;
    default:
      return whole;
  }
}

/** The number, if the polynomial is one. */
export function numberOf(p: Polynomial): number | undefined {
  if (p.length === 0) return 0;
  return p.length === 1 && p[0].values.length === 0 ? p[0].factor : undefined;
}

/** The polynomial without its number. */
export const withoutNumber = (p: Polynomial): Polynomial => p.filter(({ values }) => values.length > 0);

/** The number in a polynomial. */
export const numberIn = (p: Polynomial): number => p.find(({ values }) => values.length === 0)?.factor ?? 0;

/** What a polynomial is multiplied with a value in: `p = with * id + rest`; undefined if the value occurs squared. */
export function splitBy(
  p: Polynomial,
  id: number,
): { readonly with: Polynomial; readonly rest: Polynomial } | undefined {
  const having = p.filter(({ values }) => values.includes(id));
  if (having.some(({ values }) => values.filter((v) => v === id).length > 1)) return undefined;
  return {
    with: collect(having.map(({ factor, values }) => ({ factor, values: values.filter((v) => v !== id) }))),
    rest: p.filter(({ values }) => !values.includes(id)),
  };
}

/** True if both are the same sum. */
export const samePolynomial = (a: Polynomial, b: Polynomial): boolean => textOf(a) === textOf(b);

/** A text that equal polynomials share. */
export const textOf = (p: Polynomial): string => p.map((t) => `${t.factor}*${keyOf(t)}`).join('+');

/** Every value of a polynomial. */
export const valuesOf = (p: Polynomial): readonly number[] => p.flatMap(({ values }) => values);

/** Computes a polynomial by instructions appended to `out`. */
export function computePolynomial(fn: IrFunction, p: Polynomial, out: Instruction[]): Operand {
  const binary = (operator: 'add' | 'mul', left: Operand, right: Operand): Operand => {
    const result = newValue(fn, 'word');
    out.push({ op: 'binary', result, operator, left, right });
    return value(result);
  };
  let total: Operand | undefined;
  for (const { factor, values } of [...withoutNumber(p)]) {
    let term = values.map(value).reduce((a, b) => binary('mul', a, b));
    if (factor !== 1) term = binary('mul', term, constant(factor));
    total = total === undefined ? term : binary('add', total, term);
  }
  const rest = numberIn(p);
  if (total === undefined) return constant(rest);
  return rest === 0 ? total : binary('add', total, constant(rest));
}
