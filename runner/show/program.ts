import { describeOperation } from '../../workloads/language/operations.js';
import type {
  Comparison,
  ConditionExpression,
  Expression,
  FunctionDefinition,
  Operator,
  Statement,
} from '../../workloads/language/program.js';

/* Programs of scenarios as text: the source of the language without its builders, for readers. */

const OPERATORS: Readonly<Record<Operator, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  divu: '/u',
  divs: '/',
  remu: '%u',
  rems: '%',
  and: '&',
  or: '|',
  xor: '^',
  shl: '<<',
  shr: '>>u',
  sar: '>>',
};

const COMPARISONS: Readonly<Record<Comparison, string>> = {
  eq: '==',
  ne: '!=',
  lts: '<',
  ges: '>=',
  ltu: '<u',
  geu: '>=u',
};

/** One function, a statement a line. */
export function showFunction({ name, parameters, results, variables, body }: FunctionDefinition): string {
  const names = variables.map((v, i) => (v.name === '' ? `v${i}` : v.name));
  // two variables of one name are told apart by their number
  const shown = names.map((n, i) => (names.indexOf(n) === names.lastIndexOf(n) ? n : `${n}.${i}`));
  const header = `${name}(${shown.slice(0, parameters).join(', ')})${results.length > 0 ? ` -> ${results.join(', ')}` : ''}`;
  return [header, ...new Printer(shown).statements(body, '  ')].map((line) => `${line}\n`).join('');
}

class Printer {
  constructor(private readonly names: readonly string[]) {}

  statements(list: readonly Statement[], indent: string): string[] {
    return list.flatMap((statement) => this.statement(statement, indent));
  }

  private statement(s: Statement, indent: string): string[] {
    const deeper = `${indent}  `;
    switch (s.kind) {
      case 'set':
        return [`${indent}${this.names[s.variable]} = ${this.expression(s.value)}`];
      case 'load':
        return [
          `${indent}${this.names[s.variable]} = load${s.signed ? ' signed' : ''} ${width(s.width)} ${this.expression(s.reference)}`,
        ];
      case 'store':
        return [`${indent}store ${width(s.width)} ${this.expression(s.reference)}, ${this.expression(s.value)}`];
      case 'if':
        return [
          `${indent}if ${this.condition(s.condition)}`,
          ...this.statements(s.then, deeper),
          ...(s.otherwise.length > 0 ? [`${indent}else`, ...this.statements(s.otherwise, deeper)] : []),
        ];
      case 'while':
        return [`${indent}while ${this.condition(s.condition)}`, ...this.statements([...s.test, ...s.body], deeper)];
      case 'loop':
        return [`${indent}forever`, ...this.statements(s.body, deeper)];
      case 'break':
        return [`${indent}break`];
      case 'call':
        return [`${indent}${this.assigned(s.results)}${s.function}(${this.list(s.arguments)})`];
      case 'operation': {
        const given = s.arguments.length > 0 ? `(${this.list(s.arguments)})` : '';
        return [`${indent}${this.assigned(s.results)}${describeOperation(s.operation)}${given}`];
      }
      case 'mark':
        return [`${indent}-- mark ${s.name}`];
      case 'return':
        return [`${indent}return ${this.list(s.values)}`.trimEnd()];
    }
  }

  private assigned(results: readonly number[]): string {
    return results.length === 0 ? '' : `${results.map((r) => this.names[r]).join(', ')} = `;
  }

  private list(expressions: readonly Expression[]): string {
    return expressions.map((e) => this.expression(e)).join(', ');
  }

  private expression(e: Expression): string {
    switch (e.kind) {
      case 'constant':
        return String(e.value | 0);
      case 'variable':
        return this.names[e.variable];
      case 'binary':
        return `(${this.expression(e.left)} ${OPERATORS[e.operator]} ${this.expression(e.right)})`;
      case 'compare':
        return `(${this.expression(e.left)} ${COMPARISONS[e.comparison]} ${this.expression(e.right)})`;
      case 'buffer':
        return `&${e.name}`;
      case 'advance':
        return `(${this.expression(e.reference)} + ${this.expression(e.by)})`;
      case 'narrow':
        return `bounded(${this.expression(e.reference)}, ${this.expression(e.bytes)})`;
    }
  }

  private condition(c: ConditionExpression): string {
    switch (c.kind) {
      case 'compare':
        return `${this.expression(c.left)} ${COMPARISONS[c.comparison]} ${this.expression(c.right)}`;
      case 'not':
        return `not (${this.condition(c.of)})`;
      default:
        return `(${this.condition(c.left)} ${c.kind} ${this.condition(c.right)})`;
    }
  }
}

const width = (w: 1 | 2 | 4 | 'reference'): string => (w === 'reference' ? w : { 1: 'byte', 2: 'half', 4: 'word' }[w]);
