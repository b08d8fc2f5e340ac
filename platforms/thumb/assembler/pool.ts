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

/** True if two expressions are the same number, or the same label or symbol with the same distance from it. */
function equal(a: Expression, b: Expression): boolean {
  const left = sum(a);
  const right = sum(b);
  return left !== undefined && right !== undefined && left.base === right.base && left.offset === right.offset;
}

/** A name or label and what is added to it. */
interface Sum {
  readonly base: string | Label | undefined;
  readonly offset: bigint;
}

/** The expression as such a sum, undefined if it is another one: that has a word of its own. */
function sum(expression: Expression): Sum | undefined {
  switch (expression.kind) {
    case 'number':
      return { base: undefined, offset: expression.value };
    case 'symbol':
      return { base: expression.name, offset: 0n };
    case 'label': {
      // A symbol and its label, once that is defined, have the name in common; numeric labels and `.` are told apart
      const { label } = expression;
      return { base: /:$|^\.$/.test(label.name) ? label : label.name, offset: 0n };
    }
    case 'binary': {
      const left = sum(expression.left);
      const right = sum(expression.right);
      if (left === undefined || right === undefined) return undefined;
      if (expression.operator === '-' && right.base === undefined) {
        return { base: left.base, offset: left.offset - right.offset };
      }
      if (expression.operator !== '+' || (left.base !== undefined && right.base !== undefined)) return undefined;
      return { base: left.base ?? right.base, offset: left.offset + right.offset };
    }
    case 'unary':
      return undefined;
  }
}
