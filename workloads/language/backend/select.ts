import type { Block, Instruction, IrFunction, Operand, Terminator } from '../ir/function.js';
import { analyse, type Graph } from '../ir/graph.js';
import { describeOperation } from '../operations.js';
import type { ValueType } from '../program.js';
import { CodegenError, type OperationLowering } from './lowering.js';
import {
  FIRST_VIRTUAL,
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
  type MachineTerminator,
  newRegister,
} from './machine-code.js';
import { sequentialise } from './parallel-copies.js';

/** What selection needs besides the function. */
export interface SelectionContext {
  readonly operations: OperationLowering;
  /** Assembly symbol of a buffer. */
  readonly bufferSymbol: (name: string) => string;
  /** Assembly symbol of a function. */
  readonly functionSymbol: (name: string) => string;
  /** False for the program of a thread: nobody called it. */
  readonly returns: boolean;
  /** True if a thread ends by returning; absent: false. */
  readonly stopReturns?: boolean;
}

/** How functions of an instruction set call each other. */
export interface CallingConvention {
  /** Registers that hold the first arguments and results. */
  readonly arguments: readonly number[];
  /** Registers that a called function may change. */
  readonly clobbered: readonly number[];
  /** The instruction that calls a function, without its operand. */
  readonly call: string;
  /** Number of a register. @throws RangeError for a name that is none. */
  readonly number: (name: string) => number;
}

/** A number or address, which an instruction of its own has to put into a register. */
export type Constant = Exclude<Operand, { kind: 'value' }>;

/** An instruction whose form is the instruction set's; calls, operations, copies and marks are alike in all. */
export type Computation = Extract<Instruction, { op: 'binary' | 'compare' | 'advance' | 'narrow' | 'load' | 'store' }>;

/**
 * Selects instructions for a function whose constants `materialise` has placed. Here is what every instruction set has in
 * common: the walk over the blocks, calls, operations of the platform, arguments of blocks.
 */
export abstract class Selector {
  protected readonly graph: Graph;
  protected readonly out: MachineFunction;
  protected instructions: MachineInstruction[] = [];

  constructor(
    protected readonly fn: IrFunction,
    protected readonly context: SelectionContext,
    private readonly convention: CallingConvention,
  ) {
    this.graph = analyse(fn);
    const types = new Map<number, ValueType>(fn.types.map((type, id) => [FIRST_VIRTUAL + id, type]));
    const calls = fn.blocks.some((b) => b.instructions.some(({ op }) => op === 'call'));
    this.out = { name: context.functionSymbol(fn.name), blocks: [], types, returns: context.returns, calls };
  }

  run(): MachineFunction {
    const { graph } = this;
    this.out.blocks = graph.order.map((id) => this.block(graph.blocks.get(id)!, graph.depth(id)));
    return this.out;
  }

  /** A copy between two registers. */
  protected abstract move(to: number, from: number, type: ValueType): void;
  /** Fills a register with a number or address. */
  protected abstract constant(to: number, constant: Constant): void;
  /** Selects what an instruction becomes. */
  protected abstract compute(instruction: Computation): void;
  /** Selects what the end of a block with two successors becomes. */
  protected abstract branch(t: Extract<Terminator, { op: 'branch' }>): MachineTerminator;

  /** Adds an instruction, or lines that stay together. */
  put(text: string, defs: readonly number[], uses: readonly number[], more: Partial<MachineInstruction> = {}): void {
    this.instructions.push({ text, defs, uses, ...more });
  }

  /** A new register for a number. */
  word(): number {
    return newRegister(this.out, 'word');
  }

  /** The register an operand is in; a number or address gets one. */
  register(operand: Operand): number {
    if (operand.kind === 'value') return this.result(operand.id);
    const made = newRegister(this.out, operand.kind === 'buffer' ? 'reference' : 'word');
    this.constant(made, operand);
    return made;
  }

  /** The virtual register of a result. */
  result(id: number): number {
    return FIRST_VIRTUAL + id;
  }

  /** Fills a register with an operand of any kind. */
  protected fill(to: number, operand: Operand): void {
    if (operand.kind === 'value') this.move(to, this.result(operand.id), this.fn.types[operand.id]);
    else this.constant(to, operand);
  }

  private block(block: Block, depth: number): MachineBlock {
    this.instructions = [];
    if (block === this.fn.blocks[0]) this.take(this.fn.parameters, this.argumentsOf(this.fn.parameters));
    for (const instruction of block.instructions) this.instruction(instruction);
    const terminator = this.terminator(block.terminator);
    return { id: block.id, instructions: this.instructions, terminator, depth };
  }

  private instruction(i: Instruction): void {
    switch (i.op) {
      case 'copy':
        this.fill(this.result(i.result), i.source);
        break;
      case 'call':
        this.call(i);
        break;
      case 'operation':
        this.operation(i);
        break;
      case 'mark':
        this.put('', [], [], { mark: i.name });
        break;
      default:
        this.compute(i);
    }
  }

  /** Registers of so many arguments or results of a function. */
  private argumentsOf(list: readonly unknown[]): readonly number[] {
    const registers = this.convention.arguments;
    if (list.length > registers.length) {
      throw new CodegenError(`${this.fn.name}: ${registers.length} arguments are passed in registers, not more`);
    }
    return registers.slice(0, list.length);
  }

  /** Puts operands where a call, an operation or the caller expects them. */
  private give(operands: readonly Operand[], registers: readonly number[]): void {
    operands.forEach((operand, at) => this.fill(registers[at], operand));
  }

  /** Takes values from where the caller, a call or an operation has put them. */
  private take(ids: readonly number[], registers: readonly number[]): void {
    ids.forEach((id, at) => this.move(this.result(id), registers[at], this.fn.types[id]));
  }

  private call(i: Extract<Instruction, { op: 'call' }>): void {
    const { call, clobbered } = this.convention;
    const registers = this.argumentsOf(i.arguments);
    this.give(i.arguments, registers);
    const results = this.argumentsOf(i.results);
    const clobbers = clobbered.filter((r) => !results.includes(r));
    this.put(`${call} ${this.context.functionSymbol(i.function)}`, results, registers, { clobbers });
    this.take(i.results, results);
  }

  private operation(i: Extract<Instruction, { op: 'operation' }>): void {
    const { number } = this.convention;
    const lowered = this.context.operations.lower(i.operation, i.arguments.length, this.fn.name);
    const comment = describeOperation(i.operation);
    const what = `${this.fn.name}: ${comment}`;
    if (typeof lowered === 'string') throw new CodegenError(`${what}: ${lowered}`);
    if (lowered.arguments.length !== i.arguments.length || lowered.results.length < i.results.length) {
      throw new CodegenError(
        `${what} is lowered for ${lowered.arguments.length} arguments, and has ${i.arguments.length}`,
      );
    }
    const registers = lowered.arguments.map(number);
    this.give(i.arguments, registers);
    const results = lowered.results.slice(0, i.results.length).map(number);
    const clobbers = lowered.clobbers.map(number).filter((r) => !results.includes(r));
    this.put(lowered.lines.join('\n'), results, registers, { clobbers, comment });
    this.take(i.results, results);
  }

  private terminator(t: Terminator): MachineTerminator {
    switch (t.op) {
      case 'jump':
        this.blockArguments(this.graph.blocks.get(t.target)!.parameters, t.arguments);
        return { kind: 'jump', target: t.target };
      case 'branch':
        return this.branch(t);
      case 'return': {
        const uses = this.argumentsOf(t.values);
        this.give(t.values, uses);
        return { kind: 'return', uses };
      }
      case 'stop':
        return this.context.stopReturns === true ? { kind: 'return', uses: [] } : { kind: 'stop' };
    }
  }

  private blockArguments(parameters: readonly number[], given: readonly Operand[]): void {
    const copies = parameters.map((parameter, i) => {
      const operand = given[i];
      const to = this.result(parameter);
      return operand.kind === 'value' ? { to, from: this.result(operand.id) } : { to, from: undefined, fill: operand };
    });
    const temporary = (like: number): number => newRegister(this.out, this.out.types.get(like)!);
    for (const { to, from, fill } of sequentialise(copies, temporary)) {
      if (from !== undefined) this.move(to, from, this.out.types.get(to)!);
      else if (fill !== undefined) this.constant(to, fill);
    }
  }
}
