import type { Expression } from './expression.js';
import { Mistake } from './problems.js';
import type { Label, Position } from './section.js';

/** A new label without a place. */
export function newLabel(name: string, position?: Position): Label {
  return { name, position, codeBit: 0, weak: false, global: false, function: false };
}

/** The symbols of one assembly. */
export class SymbolTable {
  private readonly labels = new Map<string, Label>();
  /** Current values of `.set` symbols. */
  private readonly variables = new Map<string, Expression>();
  /** First values of `.set` symbols: what a use before the definition means. */
  private readonly first = new Map<string, Expression>();
  private readonly fixed = new Set<string>();
  private readonly numericBack = new Map<number, Label>();
  private readonly numericForward = new Map<number, Label>();

  /** Places a label. */
  define(name: string, position: Position): Label {
    if (this.variables.has(name)) throw new Mistake(`symbol "${name}" already has a value: labels are defined once`);
    const known = this.labels.get(name);
    if (known?.position !== undefined) throw new Mistake(`label "${name}" is already defined`);
    const label = known ?? newLabel(name);
    label.position = position;
    this.labels.set(name, label);
    return label;
  }

  /** Gives a symbol a value. A `constant` one (`.equiv`) must be new and stays. */
  set(name: string, value: Expression, constant: boolean): void {
    if (this.labels.get(name)?.position !== undefined) throw new Mistake(`"${name}" is a label and cannot be set`);
    if (this.fixed.has(name) || (constant && this.variables.has(name))) {
      throw new Mistake(`symbol "${name}" is already defined and constant`);
    }
    if (constant) this.fixed.add(name);
    if (!this.first.has(name)) this.first.set(name, value);
    this.variables.set(name, value);
  }

  /** What the name means if it is used now: its present value, its label, or itself if it is not defined yet. */
  use(name: string): Expression {
    const value = this.variables.get(name);
    if (value !== undefined) return value;
    const label = this.labels.get(name);
    return label?.position === undefined ? { kind: 'symbol', name } : { kind: 'label', label };
  }

  /** What a name that was used before its definition means. */
  late(name: string): Expression | undefined {
    const value = this.first.get(name);
    if (value !== undefined) return value;
    const label = this.labels.get(name);
    return label?.position === undefined ? undefined : { kind: 'label', label };
  }

  /** True if the name has a value or place at this point of the source. */
  isDefined(name: string): boolean {
    return this.late(name) !== undefined;
  }

  /** The label of this name, which may not have a place yet: for attributes such as `.weak`. */
  label(name: string): Label {
    const label = this.labels.get(name) ?? newLabel(name);
    this.labels.set(name, label);
    return label;
  }

  /** Places the numeric label `n:`. */
  defineLocal(n: number, position: Position): void {
    const label = this.numericForward.get(n) ?? newLabel(`${n}:`);
    this.numericForward.delete(n);
    label.position = position;
    this.numericBack.set(n, label);
  }

  /** The label that `nb` or `nf` refers to here. */
  local(n: number, forward: boolean): Expression {
    if (forward) {
      const label = this.numericForward.get(n) ?? newLabel(`${n}:`);
      this.numericForward.set(n, label);
      return { kind: 'label', label };
    }
    const label = this.numericBack.get(n);
    if (label === undefined) throw new Mistake(`there is no label "${n}:" before this line`);
    return { kind: 'label', label };
  }

  /** Labels with a place, in order of definition. */
  *placedLabels(): Iterable<readonly [string, Label]> {
    for (const [name, label] of this.labels) if (label.position !== undefined) yield [name, label];
  }

  /** Symbols with a value, with the last value of each. */
  values(): Iterable<readonly [string, Expression]> {
    return this.variables;
  }
}
