import { CodegenError } from '../../../workloads/language/backend/lowering.js';
import {
  FIRST_VIRTUAL,
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
  type MachineTerminator,
  newRegister,
} from '../../../workloads/language/backend/machine-code.js';
import { sequentialise } from '../../../workloads/language/backend/parallel-copies.js';
import {
  type Block,
  type Instruction,
  type IrFunction,
  type Operand,
  type Terminator,
} from '../../../workloads/language/ir/function.js';
import { analyse } from '../../../workloads/language/ir/graph.js';
import { describeOperation } from '../../../workloads/language/operations.js';
import type { Comparison, Operator, ValueType, Width } from '../../../workloads/language/program.js';
import { INVERSE } from '../../../workloads/language/ir/arithmetic.js';
import { registerNumber, type RiscvAbi, ZERO } from './abi.js';
import { fitsImmediate } from './immediates.js';
import type { OperationLowering } from './operations.js';

/** What selection needs besides the function. */
export interface SelectionContext {
  readonly abi: RiscvAbi;
  readonly operations: OperationLowering;
  /** Assembly symbol of a buffer. */
  readonly bufferSymbol: (name: string) => string;
  /** Assembly symbol of a function. */
  readonly functionSymbol: (name: string) => string;
  /** False for the program of a thread: nobody called it. */
  readonly returns: boolean;
  /** True if a thread ends by returning. */
  readonly stopReturns: boolean;
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

class Selection {
  private readonly out: MachineFunction;
  private instructions: MachineInstruction[] = [];

  constructor(
    private readonly fn: IrFunction,
    private readonly context: SelectionContext,
  ) {
    const types = new Map<number, ValueType>(fn.types.map((type, id) => [FIRST_VIRTUAL + id, type]));
    const calls = fn.blocks.some((b) => b.instructions.some(({ op }) => op === 'call'));
    this.out = { name: context.functionSymbol(fn.name), blocks: [], types, returns: context.returns, calls };
  }

  run(): MachineFunction {
    const graph = analyse(this.fn);
    this.out.blocks = graph.order.map((id) => {
      const block = graph.blocks.get(id)!;
      return this.block(block, graph.depth(id), graph.blocks);
    });
    return this.out;
  }

  private block(block: Block, depth: number, blocks: ReadonlyMap<number, Block>): MachineBlock {
    this.instructions = [];
    if (block === this.fn.blocks[0]) this.receiveArguments();
    for (const instruction of block.instructions) this.instruction(instruction);
    const terminator = this.terminator(block.terminator, blocks);
    return { id: block.id, instructions: this.instructions, terminator, depth };
  }

  private receiveArguments(): void {
    this.fn.parameters.forEach((id, i) => this.move(virtualRegister(id), this.argument(i), this.fn.types[id]));
  }

  private argument(index: number): number {
    const registers = this.context.abi.arguments;
    if (index >= registers.length) {
      throw new CodegenError(`${this.fn.name}: ${registers.length} arguments are passed in registers, not more`);
    }
    return registers[index];
  }

  private put(text: string, defs: readonly number[], uses: readonly number[], more: Partial<MachineInstruction> = {}) {
    this.instructions.push({ text, defs, uses, ...more });
  }

  private move(to: number, from: number, type: ValueType): void {
    this.put(type === 'reference' ? this.context.abi.references.copy : 'mv {d0}, {u0}', [to], [from], { copy: true });
  }

  /** Fills a register with an operand of any kind. */
  private fill(to: number, operand: Operand, type: ValueType): void {
    if (operand.kind === 'value') this.move(to, virtualRegister(operand.id), type);
    else this.instructions.push(this.constantInto(to, operand));
  }

  private constantInto(to: number, operand: Exclude<Operand, { kind: 'value' }>): MachineInstruction {
    const { references } = this.context.abi;
    if (operand.kind === 'buffer') {
      const { text, scratch } = references.address(this.context.bufferSymbol(operand.name));
      if (!scratch) return { text, defs: [to], uses: [], repeatable: true };
      return { text, defs: [to, newRegister(this.out, 'word')], uses: [] };
    }
    return { text: `li {d0}, ${operand.value | 0}`, defs: [to], uses: [], repeatable: true };
  }

  /** The register an operand is in; only 0 has one without being a value. */
  private register(operand: Operand): number {
    if (operand.kind === 'value') return virtualRegister(operand.id);
    if (operand.kind === 'constant' && operand.value === 0) return ZERO;
    const made = newRegister(this.out, operand.kind === 'buffer' ? 'reference' : 'word');
    this.instructions.push(this.constantInto(made, operand));
    return made;
  }

  private instruction(i: Instruction): void {
    switch (i.op) {
      case 'binary':
        this.binary(i.operator, virtualRegister(i.result), i.left, i.right, this.nameOf(i.result));
        break;
      case 'compare':
        this.compare(i.comparison, virtualRegister(i.result), i.left, i.right);
        break;
      case 'advance':
        this.advance(virtualRegister(i.result), i.reference, i.by);
        break;
      case 'narrow':
        this.narrow(virtualRegister(i.result), i.reference, i.bytes);
        break;
      case 'copy':
        this.fill(virtualRegister(i.result), i.source, this.fn.types[i.result]);
        break;
      case 'load': {
        const text = `${loadForm(i.width, i.signed, this.context.abi)} {d0}, ${i.offset}({u0})`;
        this.put(text, [virtualRegister(i.result)], [this.register(i.reference)], { comment: this.fn.names[i.result] });
        break;
      }
      case 'store': {
        const text = `${storeForm(i.width, this.context.abi)} {u0}, ${i.offset}({u1})`;
        this.put(text, [], [this.register(i.value), this.register(i.reference)]);
        break;
      }
      case 'call':
        this.call(i);
        break;
      case 'operation':
        this.operation(i);
        break;
      case 'mark':
        this.put('', [], [], { mark: i.name });
        break;
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
        const difference = newRegister(this.out, 'word');
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
        const less = newRegister(this.out, 'word');
        this.compare(INVERSE[comparison], less, left, right);
        this.put('xori {d0}, {u0}, 1', [to], [less]);
        break;
      }
    }
  }

  private advance(to: number, reference: Operand, by: Operand): void {
    const { references } = this.context.abi;
    if (by.kind === 'constant' && fitsImmediate('add', by.value)) {
      this.put(`${references.advanceBy}${by.value | 0}`, [to], [this.register(reference)]);
    } else this.put(references.advance, [to], [this.register(reference), this.register(by)]);
  }

  private narrow(to: number, reference: Operand, bytes: Operand): void {
    const { narrow } = this.context.abi.references;
    if (narrow === undefined) this.move(to, this.register(reference), 'reference');
    else if (bytes.kind === 'constant' && bytes.value <= narrow.largest) {
      this.put(`${narrow.byNumber}${bytes.value}`, [to], [this.register(reference)]);
    } else this.put(narrow.by, [to], [this.register(reference), this.register(bytes)]);
  }

  private call(i: Extract<Instruction, { op: 'call' }>): void {
    const { abi, functionSymbol } = this.context;
    const registers = i.arguments.map((operand, at) => {
      const register = this.argument(at);
      this.fill(register, operand, this.typeOf(operand));
      return register;
    });
    const results = i.results.map((_, at) => this.argument(at));
    const clobbers = abi.clobbered.filter((r) => !results.includes(r));
    this.put(`jal ${functionSymbol(i.function)}`, results, registers, { clobbers });
    i.results.forEach((id, at) => this.move(virtualRegister(id), results[at], this.fn.types[id]));
  }

  private operation(i: Extract<Instruction, { op: 'operation' }>): void {
    const lowered = this.context.operations.lower(i.operation, i.arguments.length, this.fn.name);
    if (typeof lowered === 'string') {
      throw new CodegenError(`${this.fn.name}: ${describeOperation(i.operation)}: ${lowered}`);
    }
    if (lowered.arguments.length !== i.arguments.length || lowered.results.length < i.results.length) {
      throw new CodegenError(
        `${this.fn.name}: ${describeOperation(i.operation)} is lowered for ${lowered.arguments.length} arguments, ` +
          `and has ${i.arguments.length}`,
      );
    }
    const registers = lowered.arguments.map(registerNumber);
    i.arguments.forEach((operand, at) => this.fill(registers[at], operand, this.typeOf(operand)));
    const results = lowered.results.slice(0, i.results.length).map(registerNumber);
    const clobbers = lowered.clobbers.map(registerNumber).filter((r) => !results.includes(r));
    this.put(lowered.lines.join('\n'), results, registers, { clobbers, comment: describeOperation(i.operation) });
    i.results.forEach((id, at) => this.move(virtualRegister(id), results[at], this.fn.types[id]));
  }

  private typeOf(operand: Operand): ValueType {
    if (operand.kind === 'value') return this.fn.types[operand.id];
    return operand.kind === 'buffer' ? 'reference' : 'word';
  }

  private terminator(t: Terminator, blocks: ReadonlyMap<number, Block>): MachineTerminator {
    switch (t.op) {
      case 'jump':
        this.blockArguments(blocks.get(t.target)!.parameters, t.arguments);
        return { kind: 'jump', target: t.target };
      case 'branch':
        return this.branch(t);
      case 'return': {
        const registers = t.values.map((operand, i) => {
          const register = this.argument(i);
          this.fill(register, operand, this.typeOf(operand));
          return register;
        });
        return { kind: 'return', uses: registers };
      }
      case 'stop':
        return this.context.stopReturns ? { kind: 'return', uses: [] } : { kind: 'stop' };
    }
  }

  private branch(t: Extract<Terminator, { op: 'branch' }>): MachineTerminator {
    const uses = [this.register(t.left), this.register(t.right)];
    const { then, otherwise } = t;
    const form = (comparison: Comparison): string => `${BRANCHES[comparison]} {u0}, {u1}`;
    return { kind: 'branch', text: form(t.comparison), inverse: form(INVERSE[t.comparison]), uses, then, otherwise };
  }

  private blockArguments(parameters: readonly number[], given: readonly Operand[]): void {
    const copies = parameters.map((parameter, i) => {
      const operand = given[i];
      const to = virtualRegister(parameter);
      return operand.kind === 'value'
        ? { to, from: virtualRegister(operand.id) }
        : { to, from: undefined, fill: operand };
    });
    const temporary = (like: number): number => newRegister(this.out, this.out.types.get(like)!);
    for (const { to, from, fill } of sequentialise(copies, temporary)) {
      if (from !== undefined) this.move(to, from, this.out.types.get(to)!);
      else if (fill !== undefined) this.instructions.push(this.constantInto(to, fill));
    }
  }
}

const virtualRegister = (id: number): number => FIRST_VIRTUAL + id;

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
