import { CodegenError } from '../../../workloads/language/backend/lowering.js';
import type {
  MachineFunction,
  MachineInstruction,
  MachineTerminator,
} from '../../../workloads/language/backend/machine-code.js';
import {
  type Computation,
  type Constant,
  type SelectionContext as CommonContext,
  Selector,
} from '../../../workloads/language/backend/select.js';
import type { IrFunction, Operand, Terminator } from '../../../workloads/language/ir/function.js';
import type { Comparison, Operator, ValueType, Width } from '../../../workloads/language/program.js';
import { INVERSE } from '../../../workloads/language/ir/arithmetic.js';
import { registerNumber, type RiscvAbi, ZERO } from './abi.js';
import { fitsImmediate } from './immediates.js';

/** What selection needs besides the function. */
export interface SelectionContext extends CommonContext {
  readonly abi: RiscvAbi;
}

export { CodegenError };

const REGISTER_FORMS: Readonly<Record<Operator, string>> = {
  add: 'add',
  sub: 'sub',
  mul: 'mul',
  divu: 'divu',
  divs: 'div',
  remu: 'remu',
  rems: 'rem',
  and: 'and',
  or: 'or',
  xor: 'xor',
  shl: 'sll',
  shr: 'srl',
  sar: 'sra',
};

const IMMEDIATE_FORMS: Readonly<Partial<Record<Operator, string>>> = {
  add: 'addi',
  and: 'andi',
  or: 'ori',
  xor: 'xori',
  shl: 'slli',
  shr: 'srli',
  sar: 'srai',
};

const BRANCHES: Readonly<Record<Comparison, string>> = {
  eq: 'beq',
  ne: 'bne',
  lts: 'blt',
  ges: 'bge',
  ltu: 'bltu',
  geu: 'bgeu',
};

/** Selects instructions for a function whose constants `materialise` has placed. */
export function select(fn: IrFunction, context: SelectionContext): MachineFunction {
  return new Selection(fn, context).run();
}

class Selection extends Selector {
  private readonly abi: RiscvAbi;

  constructor(fn: IrFunction, context: SelectionContext) {
    super(fn, context, { ...context.abi, call: 'jal', number: registerNumber });
    this.abi = context.abi;
  }

  protected move(to: number, from: number, type: ValueType): void {
    this.put(type === 'reference' ? this.abi.references.copy : 'mv {d0}, {u0}', [to], [from], { copy: true });
  }

  protected constant(to: number, constant: Constant): void {
    if (constant.kind === 'constant') {
      this.put(`li {d0}, ${constant.value | 0}`, [to], [], { repeatable: true });
      return;
    }
    const { text, scratch } = this.abi.references.address(this.context.bufferSymbol(constant.name));
    if (scratch) this.put(text, [to, this.word()], []);
    else this.put(text, [to], [], { repeatable: true });
  }

  /** Only 0 has a register without being a value. */
  override register(operand: Operand): number {
    return operand.kind === 'constant' && operand.value === 0 ? ZERO : super.register(operand);
  }

  protected compute(i: Computation): void {
    switch (i.op) {
      case 'binary':
        this.binary(i.operator, this.result(i.result), i.left, i.right, this.nameOf(i.result));
        break;
      case 'compare':
        this.compare(i.comparison, this.result(i.result), i.left, i.right);
        break;
      case 'advance':
        this.advance(this.result(i.result), i.reference, i.by);
        break;
      case 'narrow':
        this.narrow(this.result(i.result), i.reference, i.bytes);
        break;
      case 'load': {
        const text = `${loadForm(i.width, i.signed, this.abi)} {d0}, ${i.offset}({u0})`;
        this.put(text, [this.result(i.result)], [this.register(i.reference)], { comment: this.fn.names[i.result] });
        break;
      }
      case 'store': {
        const text = `${storeForm(i.width, this.abi)} {u0}, ${i.offset}({u1})`;
        this.put(text, [], [this.register(i.value), this.register(i.reference)]);
        break;
      }
    }
  }

  private nameOf(result: number): Partial<MachineInstruction> {
    const comment = this.fn.names[result];
    return comment === '' ? {} : { comment };
  }

  private binary(operator: Operator, to: number, left: Operand, right: Operand, more: Partial<MachineInstruction>) {
    const immediate = IMMEDIATE_FORMS[operator];
    if (right.kind === 'constant' && immediate !== undefined && fitsImmediate(operator, right.value)) {
      this.put(`${immediate} {d0}, {u0}, ${right.value | 0}`, [to], [this.register(left)], more);
    } else {
      this.put(`${REGISTER_FORMS[operator]} {d0}, {u0}, {u1}`, [to], [this.register(left), this.register(right)], more);
    }
  }

  /** A comparison as a number: RISC-V has only "less", and equality as a difference that is below 1. */
  private compare(comparison: Comparison, to: number, left: Operand, right: Operand): void {
    switch (comparison) {
      case 'eq':
      case 'ne': {
        const difference = this.word();
        if (right.kind === 'constant') {
          const negated = { kind: 'constant', value: -right.value >>> 0 } as const;
          this.binary('add', difference, left, negated, {});
        } else this.binary('sub', difference, left, right, {});
        this.put(`${comparison === 'eq' ? 'seqz' : 'snez'} {d0}, {u0}`, [to], [difference]);
        break;
      }
      case 'lts':
      case 'ltu': {
        const form = comparison === 'lts' ? 'slt' : 'sltu';
        if (right.kind === 'constant' && right.value !== 0 && fitsImmediate('add', right.value)) {
          this.put(`${form === 'slt' ? 'slti' : 'sltiu'} {d0}, {u0}, ${right.value | 0}`, [to], [this.register(left)]);
        } else this.put(`${form} {d0}, {u0}, {u1}`, [to], [this.register(left), this.register(right)]);
        break;
      }
      case 'ges':
      case 'geu': {
        const less = this.word();
        this.compare(INVERSE[comparison], less, left, right);
        this.put('xori {d0}, {u0}, 1', [to], [less]);
        break;
      }
    }
  }

  private advance(to: number, reference: Operand, by: Operand): void {
    const { references } = this.abi;
    if (by.kind === 'constant' && fitsImmediate('add', by.value)) {
      this.put(`${references.advanceBy}${by.value | 0}`, [to], [this.register(reference)]);
    } else this.put(references.advance, [to], [this.register(reference), this.register(by)]);
  }

  private narrow(to: number, reference: Operand, bytes: Operand): void {
    const { narrow } = this.abi.references;
    if (narrow === undefined) this.move(to, this.register(reference), 'reference');
    else if (bytes.kind === 'constant' && bytes.value <= narrow.largest) {
      this.put(`${narrow.byNumber}${bytes.value}`, [to], [this.register(reference)]);
    } else this.put(narrow.by, [to], [this.register(reference), this.register(bytes)]);
  }

  protected branch(t: Extract<Terminator, { op: 'branch' }>): MachineTerminator {
    const uses = [this.register(t.left), this.register(t.right)];
    const { then, otherwise } = t;
    const form = (comparison: Comparison): string => `${BRANCHES[comparison]} {u0}, {u1}`;
    return { kind: 'branch', text: form(t.comparison), inverse: form(INVERSE[t.comparison]), uses, then, otherwise };
  }
}

function loadForm(width: Width, signed: boolean, abi: RiscvAbi): string {
  switch (width) {
    case 1:
      return signed ? 'lb' : 'lbu';
    case 2:
      return signed ? 'lh' : 'lhu';
    case 4:
      return 'lw';
    case 'reference':
      return abi.references.load;
  }
}

function storeForm(width: Width, abi: RiscvAbi): string {
  switch (width) {
    case 1:
      return 'sb';
    case 2:
      return 'sh';
    case 4:
      return 'sw';
    case 'reference':
      return abi.references.store;
  }
}
