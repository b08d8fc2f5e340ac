import type { Expression } from '../../assembler/expression.js';
import type { Host } from '../../assembler/isa.js';
import type { Label } from '../../assembler/section.js';

interface Literal {
  readonly expression: Expression;
  readonly label: Label;
}

/** The literal pools of one assembly: each section collects its own until `.ltorg` or the end. */
export class LiteralPools {
  private readonly pools = new Map<Host['section'], Literal[]>();
  private count = 0;

  constructor(private readonly host: Host) {}

  /** The label at which the value will be; equal values share one word. */
  add(expression: Expression): Label {
    const known = this.host.constant(expression);
    const value: Expression = known === undefined ? expression : { kind: 'number', value: BigInt.asIntN(32, known) };
    const pool = this.pools.get(this.host.section) ?? [];
    this.pools.set(this.host.section, pool);
    const shared = pool.find((literal) => equal(literal.expression, value));
    if (shared !== undefined) return shared.label;
    const label = this.host.newLabel(`literal ${this.count++}`);
    pool.push({ expression: value, label });
    return label;
  }

  /** Puts the pool of the current section here, at a multiple of 4. */
  place(): void {
    const pool = this.pools.get(this.host.section);
    if (pool === undefined || pool.length === 0) return;
    this.pools.delete(this.host.section);
    this.host.align(4, [0]);
    for (const { expression, label } of pool) {
      this.host.place(label);
      this.host.data(expression, 4);
    }
  }

  /** Puts every pool that is left at the end of its section. */
  finish(): void {
    for (const section of [...this.pools.keys()]) this.host.within(section, () => this.place());
  }
}

/** True if two expressions are the same number, or the same sum of a label and a number. */
function equal(a: Expression, b: Expression): boolean {
  if (a.kind === 'number') return b.kind === 'number' && a.value === b.value;
  if (a.kind === 'binary' && b.kind === 'binary') {
    return a.operator === b.operator && equal(a.left, b.left) && equal(a.right, b.right);
  }
  if (a.kind === 'unary' && b.kind === 'unary') return a.operator === b.operator && equal(a.operand, b.operand);
  const left = nameOf(a);
  return left !== undefined && left === nameOf(b);
}

/** A name that a symbol and its label, once defined, have in common; numeric labels are compared as objects. */
function nameOf(expression: Expression): string | Label | undefined {
  if (expression.kind === 'symbol') return expression.name;
  if (expression.kind !== 'label') return undefined;
  return /:$/.test(expression.label.name) || expression.label.name === '.' ? expression.label : expression.label.name;
}
