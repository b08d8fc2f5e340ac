import type { MachineFunction, MachineTerminator } from '../../../workloads/language/backend/machine-code.js';
import {
  type Computation,
  type Constant,
  type SelectionContext as CommonContext,
  Selector,
} from '../../../workloads/language/backend/select.js';
import type { IrFunction, Operand, Terminator } from '../../../workloads/language/ir/function.js';
import { ARGUMENTS, CLOBBERED, registerNumber, type ThumbTarget } from './abi.js';
import { binary } from './binary.js';
import { compare, type Condition, inverseOf, test } from './compare.js';
import { Folds } from './fold.js';
import { load, store } from './memory.js';

/** What selection needs besides the function. */
export interface SelectionContext extends CommonContext {
  readonly target: ThumbTarget;
}

/** Selects instructions for a function whose constants `materialise` has placed. */
export function select(fn: IrFunction, context: SelectionContext): MachineFunction {
  return new Selection(fn, context).run();
}

/** What the files for kinds of instructions write to. */
export class Selection extends Selector {
  readonly wide: boolean;
  readonly folds: Folds;

  constructor(fn: IrFunction, context: SelectionContext) {
    super(fn, context, { arguments: ARGUMENTS, clobbered: CLOBBERED, call: 'bl', number: registerNumber });
    this.wide = context.target.wide;
    this.folds = new Folds(fn, this.graph, this.wide);
  }

  move(to: number, from: number): void {
    this.put('mov {d0}, {u0}', [to], [from], { copy: true });
  }

  /** A copy that may be changed: the operand of an instruction that also is its result. */
  changeable(to: number, operand: Operand): number {
    this.fill(to, operand);
    return to;
  }

  /** Calls a routine of `division.ts` with two words. @returns the registers of its results. */
  divide(routine: string, left: Operand, right: Operand): readonly [quotient: number, remainder: number] {
    this.fill(ARGUMENTS[0], left);
    this.fill(ARGUMENTS[1], right);
    const results = ARGUMENTS.slice(0, 2);
    const clobbers = CLOBBERED.filter((r) => !results.includes(r));
    this.put(`bl ${routine}`, results, results, { clobbers });
    return [results[0], results[1]];
  }

  /** MOVS has 8 bits; what else MOV, MVN or MOVW make, and what comes from a literal pool, the assembler knows. */
  protected constant(to: number, constant: Constant): void {
    const text =
      constant.kind === 'buffer'
        ? `ldr {d0}, =${this.context.bufferSymbol(constant.name)}`
        : constant.value < 256
          ? `movs {d0}, #${constant.value}`
          : `ldr {d0}, =${constant.value}`;
    this.put(text, [to], [], { repeatable: true });
  }

  protected compute(i: Computation): void {
    if (this.folds.has(i)) return;
    switch (i.op) {
      case 'binary':
        this.named(i.result, () => binary(this, i));
        break;
      case 'advance':
        this.named(i.result, () =>
          binary(this, { op: 'binary', operator: 'add', result: i.result, left: i.reference, right: i.by }),
        );
        break;
      case 'compare':
        compare(this, i);
        break;
      case 'narrow':
        this.fill(this.result(i.result), i.reference);
        break;
      case 'load':
        this.named(i.result, () => load(this, i));
        break;
      case 'store':
        store(this, i);
        break;
    }
  }

  /** Puts a value's name behind the last of its instructions. */
  private named(result: number, put: () => void): void {
    put();
    const comment = this.fn.names[result];
    const last = this.instructions.at(-1);
    if (comment !== '' && last !== undefined) this.instructions[this.instructions.length - 1] = { ...last, comment };
  }

  protected branch(t: Extract<Terminator, { op: 'branch' }>): MachineTerminator {
    const { text, uses, condition } = test(this, t.comparison, t.left, t.right);
    const form = (c: Condition): string => `${text}\nb${c}`;
    const { then, otherwise } = t;
    return { kind: 'branch', text: form(condition), inverse: form(inverseOf(condition)), uses, then, otherwise };
  }
}
