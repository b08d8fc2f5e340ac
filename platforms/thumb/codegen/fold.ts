import {
  type Instruction,
  type IrFunction,
  type Operand,
  operandsOf,
  resultsOf,
  terminatorOperands,
} from '../../../workloads/language/ir/function.js';
import type { Graph, Loop } from '../../../workloads/language/ir/graph.js';
import type { Operator } from '../../../workloads/language/program.js';

type Binary = Extract<Instruction, { op: 'binary' }>;
type Advance = Extract<Instruction, { op: 'advance' }>;

/** Where a value is read. */
interface Use {
  /** Undefined for the block's terminator. */
  readonly by: Instruction | undefined;
  /** Number of the stretch of code between two boundaries. */
  readonly stretch: number;
  readonly block: number;
}

/** Where a value is made. */
interface Definition {
  readonly instruction: Instruction;
  readonly stretch: number;
  readonly block: number;
}

/** Loads and stores move an index left by at most this many bits (DDI0403E A7.7.45). */
const MOST_INDEX_SHIFT = 3;
/** Most bytes by which loads and stores move a reference on (DDI0403E A7.7.43). */
const MOST_STEP = 255;
const COMMUTATIVE: ReadonlySet<Operator> = new Set(['add', 'and', 'or', 'xor']);
const SHIFTS: ReadonlySet<Operator> = new Set(['shl', 'shr', 'sar']);

/**
 * Values that need no instruction of their own because each instruction that reads them computes them as well: the sum in
 * `[base, index]`; with 32-bit instructions also shifted operands, and products that are added to or subtracted from
 * something, and pointers that move on by a number; a conjunction that is only compared with 0. All of it happens between two
 * marks, calls or operations.
 */
export class Folds {
  private readonly definitions = new Map<number, Definition>();
  private readonly uses = new Map<number, Use[]>();
  private readonly absorbed = new Set<number>();
  private boundaries = false;
  private readonly steps = new Map<Instruction, Advance>();
  private readonly stepped = new Set<Instruction>();
  private readonly innermost: ReadonlyMap<number, Loop | undefined>;

  constructor(
    fn: IrFunction,
    private readonly graph: Graph,
    private readonly wide: boolean,
  ) {
    this.innermost = new Map(fn.blocks.map(({ id }) => [id, graph.loops.find(({ blocks }) => blocks.has(id))]));
    this.scan(fn);
    for (const { terminator, instructions } of fn.blocks) {
      if (terminator.op !== 'branch' || (terminator.comparison !== 'eq' && terminator.comparison !== 'ne')) continue;
      if (isNumber(terminator.right, 0)) this.tryTest(terminator.left, instructions.at(-1));
    }
    for (const { instructions } of fn.blocks) {
      for (const instruction of instructions) if (instruction.op === 'advance') this.tryAddress(instruction);
    }
    if (!wide) return;
    for (const { instructions } of fn.blocks) {
      for (const instruction of instructions) {
        if (instruction.op === 'advance') this.tryStep(instruction);
        if (instruction.op === 'advance') this.tryAdvance(instruction);
        if (instruction.op === 'binary') this.tryBinary(instruction);
      }
    }
  }

  /** True if an instruction has no code of its own. */
  has(instruction: Instruction): boolean {
    return this.stepped.has(instruction) || resultsOf(instruction).some((id) => this.absorbed.has(id));
  }

  /** By how much a load or store moves its reference on, and the value that this is. */
  step(access: Instruction): Advance | undefined {
    return this.steps.get(access);
  }

  /** The computation that the reader of an operand carries out. */
  of(operand: Operand): Binary | Advance | undefined {
    if (operand.kind !== 'value' || !this.absorbed.has(operand.id)) return undefined;
    return this.definitions.get(operand.id)!.instruction as Binary | Advance;
  }

  /** How often a value is read. */
  reads(operand: Operand): number {
    return operand.kind === 'value' ? (this.uses.get(operand.id)?.length ?? 0) : 0;
  }

  private scan(fn: IrFunction): void {
    let stretch = 0;
    let at = 0;
    const read = (operand: Operand, by: Instruction | undefined): void => {
      if (operand.kind !== 'value') return;
      this.uses.set(operand.id, [...(this.uses.get(operand.id) ?? []), { by, stretch, block: at }]);
    };
    for (const { id: block, instructions, terminator } of fn.blocks) {
      stretch++;
      at = block;
      for (const instruction of instructions) {
        for (const operand of operandsOf(instruction)) read(operand, instruction);
        if (isBoundary(instruction)) {
          stretch++;
          this.boundaries = true;
        }
        for (const id of resultsOf(instruction)) this.definitions.set(id, { instruction, stretch, block });
      }
      for (const operand of terminatorOperands(terminator)) read(operand, undefined);
    }
  }

  /** The computation of a value that is read where it is made, by `readers` only. */
  private local(operand: Operand, readers: (use: Use) => boolean): Instruction | undefined {
    if (operand.kind !== 'value') return undefined;
    const definition = this.definitions.get(operand.id);
    if (definition === undefined) return undefined;
    const uses = this.uses.get(operand.id)!;
    return uses.every((use) => use.stretch === definition.stretch && readers(use)) ? definition.instruction : undefined;
  }

  private localOnce(operand: Operand): Binary | undefined {
    if (this.reads(operand) !== 1) return undefined;
    const made = this.local(operand, () => true);
    return made?.op === 'binary' ? made : undefined;
  }

  /**
   * TST: a conjunction that only the branch reads. Where AND has a register of its own for the result, what it is made of
   * must not be kept for the TST while it changes; where it has not, that is copied for the AND as well.
   */
  private tryTest(operand: Operand, last: Instruction | undefined): void {
    const made = this.localOnce(operand);
    if (made?.operator !== 'and') return;
    const possible = this.wide ? made === last || this.reads(made.left) === 1 : made.right.kind === 'value';
    if (possible) this.absorbed.add(made.result);
  }

  private tryAddress(advance: Advance): void {
    if (advance.by.kind !== 'value') return;
    const self: Operand = { kind: 'value', id: advance.result };
    const accesses = ({ by }: Use): boolean =>
      (by?.op === 'load' || (by?.op === 'store' && !isValue(by.value, advance.result))) && by.offset === 0;
    if (this.reads(self) === 0 || this.local(self, accesses) === undefined) return;
    this.absorbed.add(advance.result);
    const shift = this.wide ? this.localOnce(advance.by) : undefined;
    if (shift?.operator === 'shl' && shift.right.kind === 'constant' && shift.right.value <= MOST_INDEX_SHIFT) {
      const stretches = new Set(this.uses.get(advance.result)!.map((use) => use.stretch));
      if (stretches.size === 1) this.absorbed.add(shift.result);
    }
  }

  /**
   * Write-back: the last load or store by a reference before it moves on, at the reference or where it moves to. Nothing else
   * may read the reference behind it, so that old and new value share a register.
   */
  private tryStep(advance: Advance): void {
    const { reference, by, result } = advance;
    if (reference.kind !== 'value' || by.kind !== 'constant' || this.absorbed.has(reference.id)) return;
    const step = by.value | 0;
    const readers = this.uses.get(reference.id)!.filter((use) => use.by !== advance);
    const last = readers.at(-1);
    const access = last?.by;
    if (last === undefined || (access?.op !== 'load' && access?.op !== 'store') || this.steps.has(access)) return;
    if (!isValue(access.reference, reference.id) || (access.op === 'store' && isValue(access.value, reference.id))) return;
    if (Math.abs(step) > MOST_STEP || (access.offset !== 0 && access.offset !== step)) return;
    const { block, stretch } = this.definitions.get(result)!;
    const isLocal = readers.every((use) => use.block === last.block);
    const moves = block === last.block ? stretch === last.stretch : !this.boundaries && this.sameRound(last.block, block);
    if (!isLocal || !moves || !this.isBehind(advance, access, last.block, block)) return;
    this.steps.set(access, advance);
    this.stepped.add(advance);
  }

  /** True if whoever passes the second block has passed the first once since. */
  private sameRound(first: number, second: number): boolean {
    return this.innermost.get(first) === this.innermost.get(second) && this.graph.dominates(first, second);
  }

  private isBehind(advance: Advance, access: Instruction, first: number, second: number): boolean {
    if (first !== second) return true;
    const { instructions } = this.graph.blocks.get(first)!;
    return instructions.indexOf(access) < instructions.indexOf(advance);
  }

  /** ADD with a shifted operand, for a reference that is needed as such. */
  private tryAdvance(advance: Advance): void {
    if (!this.absorbed.has(advance.result)) this.tryShift(advance.by);
  }

  private tryBinary(binary: Binary): void {
    const { operator, left, right, result } = binary;
    if (this.absorbed.has(result)) return;
    if ((operator === 'add' || operator === 'sub') && right.kind === 'value' && left.kind === 'value') {
      if (this.tryProduct(right) || (operator === 'add' && this.tryProduct(left))) return;
    }
    if (!COMMUTATIVE.has(operator) && operator !== 'sub') return;
    if (left.kind !== 'value' || right.kind !== 'value') return;
    if (!this.tryShift(right) && operator !== 'sub') this.tryShift(left);
  }

  private tryProduct(operand: Operand): boolean {
    const made = this.localOnce(operand);
    if (made?.operator !== 'mul' || this.absorbed.has(made.result)) return false;
    this.absorbed.add(made.result);
    return true;
  }

  private tryShift(operand: Operand): boolean {
    const made = this.localOnce(operand);
    if (made === undefined || !SHIFTS.has(made.operator) || this.absorbed.has(made.result)) return false;
    const { right } = made;
    if (right.kind !== 'constant' || right.value === 0 || right.value > 31) return false;
    this.absorbed.add(made.result);
    return true;
  }
}

const isBoundary = ({ op }: Instruction): boolean => op === 'mark' || op === 'call' || op === 'operation';
const isValue = (operand: Operand, id: number): boolean => operand.kind === 'value' && operand.id === id;
const isNumber = (operand: Operand, n: number): boolean => operand.kind === 'constant' && operand.value === n;
