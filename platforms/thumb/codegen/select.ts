import { CodegenError, type OperationLowering } from '../../../workloads/language/backend/lowering.js';
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
import { analyse, type Graph } from '../../../workloads/language/ir/graph.js';
import { describeOperation } from '../../../workloads/language/operations.js';
import type { ValueType } from '../../../workloads/language/program.js';
import { ARGUMENTS, CLOBBERED, registerNumber, type ThumbTarget } from './abi.js';
import { binary } from './binary.js';
import { compare, type Condition, inverseOf, test } from './compare.js';
import { Folds } from './fold.js';
import { load, store } from './memory.js';

/** What selection needs besides the function. */
export interface SelectionContext {
  readonly target: ThumbTarget;
  readonly operations: OperationLowering;
  /** Assembly symbol of a buffer. */
  readonly bufferSymbol: (name: string) => string;
  /** Assembly symbol of a function. */
  readonly functionSymbol: (name: string) => string;
  /** False for the program of a thread: nobody called it. */
  readonly returns: boolean;
}

/** Selects instructions for a function whose constants `materialise` has placed. */
export function select(fn: IrFunction, context: SelectionContext): MachineFunction {
  return new Selection(fn, context).run();
}

/** What the files for kinds of instructions write to. */
export class Selection {
  readonly wide: boolean;
  readonly folds: Folds;
  private readonly graph: Graph;
  private readonly out: MachineFunction;
  private instructions: MachineInstruction[] = [];

  constructor(
    private readonly fn: IrFunction,
    private readonly context: SelectionContext,
  ) {
    this.wide = context.target.wide;
    this.graph = analyse(fn);
    this.folds = new Folds(fn, this.graph, this.wide);
    const types = new Map<number, ValueType>(fn.types.map((type, id) => [FIRST_VIRTUAL + id, type]));
    const calls = fn.blocks.some((b) => b.instructions.some(({ op }) => op === 'call'));
    this.out = { name: context.functionSymbol(fn.name), blocks: [], types, returns: context.returns, calls };
  }

  run(): MachineFunction {
    const { graph } = this;
    this.out.blocks = graph.order.map((id) => this.block(graph.blocks.get(id)!, graph.depth(id), graph.blocks));
    return this.out;
  }

  /** Adds an instruction, or lines that stay together. */
  put(text: string, defs: readonly number[], uses: readonly number[], more: Partial<MachineInstruction> = {}): void {
    this.instructions.push({ text, defs, uses, ...more });
  }

  /** A new register for a number. */
  word(): number {
    return newRegister(this.out, 'word');
  }

  move(to: number, from: number): void {
    this.put('mov {d0}, {u0}', [to], [from], { copy: true });
  }

  /** The register an operand is in; a number or address gets one. */
  register(operand: Operand): number {
    if (operand.kind === 'value') return virtualRegister(operand.id);
    const made = newRegister(this.out, operand.kind === 'buffer' ? 'reference' : 'word');
    this.constantInto(made, operand);
    return made;
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

  /** The virtual register of a result. */
  result(id: number): number {
    return virtualRegister(id);
  }

  private block(block: Block, depth: number, blocks: ReadonlyMap<number, Block>): MachineBlock {
    this.instructions = [];
    if (block === this.fn.blocks[0]) {
      this.fn.parameters.forEach((id, i) => this.move(virtualRegister(id), this.argument(i)));
    }
    for (const instruction of block.instructions) if (!this.folds.has(instruction)) this.instruction(instruction);
    const terminator = this.terminator(block.terminator, blocks);
    return { id: block.id, instructions: this.instructions, terminator, depth };
  }

  private argument(index: number): number {
    if (index >= ARGUMENTS.length) {
      throw new CodegenError(`${this.fn.name}: ${ARGUMENTS.length} arguments are passed in registers, not more`);
    }
    return ARGUMENTS[index];
  }

  /** Fills a register with an operand of any kind. */
  private fill(to: number, operand: Operand): void {
    if (operand.kind === 'value') this.move(to, virtualRegister(operand.id));
    else this.constantInto(to, operand);
  }

  /** MOVS has 8 bits; what else MOV, MVN or MOVW make, and what comes from a literal pool, the assembler knows. */
  private constantInto(to: number, operand: Exclude<Operand, { kind: 'value' }>): void {
    const text =
      operand.kind === 'buffer'
        ? `ldr {d0}, =${this.context.bufferSymbol(operand.name)}`
        : operand.value < 256
          ? `movs {d0}, #${operand.value}`
          : `ldr {d0}, =${operand.value}`;
    this.put(text, [to], [], { repeatable: true });
  }

  private instruction(i: Instruction): void {
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
        this.fill(virtualRegister(i.result), i.reference);
        break;
      case 'copy':
        this.fill(virtualRegister(i.result), i.source);
        break;
      case 'load':
        this.named(i.result, () => load(this, i));
        break;
      case 'store':
        store(this, i);
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
    }
  }

  /** Puts a value's name behind the last of its instructions. */
  private named(result: number, put: () => void): void {
    put();
    const comment = this.fn.names[result];
    const last = this.instructions.at(-1);
    if (comment !== '' && last !== undefined) this.instructions[this.instructions.length - 1] = { ...last, comment };
  }

  private call(i: Extract<Instruction, { op: 'call' }>): void {
    const registers = i.arguments.map((operand, at) => {
      const register = this.argument(at);
      this.fill(register, operand);
      return register;
    });
    const results = i.results.map((_, at) => this.argument(at));
    const clobbers = CLOBBERED.filter((r) => !results.includes(r));
    this.put(`bl ${this.context.functionSymbol(i.function)}`, results, registers, { clobbers });
    i.results.forEach((id, at) => this.move(virtualRegister(id), results[at]));
  }

  private operation(i: Extract<Instruction, { op: 'operation' }>): void {
    const lowered = this.context.operations.lower(i.operation, i.arguments.length, this.fn.name);
    const what = `${this.fn.name}: ${describeOperation(i.operation)}`;
    if (typeof lowered === 'string') throw new CodegenError(`${what}: ${lowered}`);
    if (lowered.arguments.length !== i.arguments.length || lowered.results.length < i.results.length) {
      throw new CodegenError(
        `${what} is lowered for ${lowered.arguments.length} arguments, and has ${i.arguments.length}`,
      );
    }
    const registers = lowered.arguments.map(registerNumber);
    i.arguments.forEach((operand, at) => this.fill(registers[at], operand));
    const results = lowered.results.slice(0, i.results.length).map(registerNumber);
    const clobbers = lowered.clobbers.map(registerNumber).filter((r) => !results.includes(r));
    this.put(lowered.lines.join('\n'), results, registers, { clobbers, comment: describeOperation(i.operation) });
    i.results.forEach((id, at) => this.move(virtualRegister(id), results[at]));
  }

  private terminator(t: Terminator, blocks: ReadonlyMap<number, Block>): MachineTerminator {
    switch (t.op) {
      case 'jump':
        this.blockArguments(blocks.get(t.target)!.parameters, t.arguments);
        return { kind: 'jump', target: t.target };
      case 'branch':
        return this.branch(t);
      case 'return': {
        const uses = t.values.map((operand, i) => {
          const register = this.argument(i);
          this.fill(register, operand);
          return register;
        });
        return { kind: 'return', uses };
      }
      case 'stop':
        return { kind: 'stop' };
    }
  }

  private branch(t: Extract<Terminator, { op: 'branch' }>): MachineTerminator {
    const { text, uses, condition } = test(this, t.comparison, t.left, t.right);
    const form = (c: Condition): string => `${text}\nb${c}`;
    const { then, otherwise } = t;
    return { kind: 'branch', text: form(condition), inverse: form(inverseOf(condition)), uses, then, otherwise };
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
      if (from !== undefined) this.move(to, from);
      else if (fill !== undefined) this.constantInto(to, fill);
    }
  }
}

const virtualRegister = (id: number): number => FIRST_VIRTUAL + id;
