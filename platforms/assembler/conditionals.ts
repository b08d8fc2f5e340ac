import { Mistake } from './problems.js';
import type { Location } from './problems.js';

interface Conditional {
  /** The statements of the present branch count. */
  active: boolean;
  /** A branch has been taken already, or the whole is inside a branch that does not count. */
  done: boolean;
  elseSeen: boolean;
  readonly location: Location;
}

/** Nested `.if` ... `.endif`. */
export class Conditionals {
  private readonly stack: Conditional[] = [];

  /** True if statements count at present. */
  get active(): boolean {
    return this.stack.at(-1)?.active ?? true;
  }

  /** Number of open conditionals. */
  get depth(): number {
    return this.stack.length;
  }

  /** Opens one. The condition is asked for only where it matters. */
  open(location: Location, condition: () => boolean): void {
    // Pushed first, so that .endif has its counterpart even if the condition is a mistake
    const conditional = { active: false, done: !this.active, elseSeen: false, location };
    this.stack.push(conditional);
    if (conditional.done) return;
    conditional.active = condition();
    conditional.done = conditional.active;
  }

  /** `.elseif`. */
  elseIf(condition: () => boolean): void {
    const conditional = this.innermost('.elseif');
    conditional.active = false;
    if (conditional.done) return;
    conditional.active = condition();
    conditional.done = conditional.active;
  }

  /** `.else`. */
  else(): void {
    const conditional = this.innermost('.else');
    conditional.elseSeen = true;
    conditional.active = !conditional.done;
    conditional.done = true;
  }

  /** `.endif`. */
  close(): void {
    if (this.stack.pop() === undefined) throw new Mistake('.endif has no .if');
  }

  /** Forgets conditionals that were opened inside a macro that is left early. */
  closeTo(depth: number): void {
    this.stack.length = Math.min(depth, this.stack.length);
  }

  /** The innermost conditional that is still open. */
  get unclosed(): Location | undefined {
    return this.stack.at(-1)?.location;
  }

  private innermost(directive: string): Conditional {
    const conditional = this.stack.at(-1);
    if (conditional === undefined) throw new Mistake(`${directive} has no .if`);
    if (conditional.elseSeen) throw new Mistake(`${directive} after .else`);
    return conditional;
  }
}
