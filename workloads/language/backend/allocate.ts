import { Interference, type Move } from './interference.js';
import {
  FIRST_VIRTUAL,
  type MachineFunction,
  type MachineInstruction,
  newRegister,
  type RegisterFile,
  renameRegisters,
} from './machine-code.js';

/** A function whose registers are all the target's. */
export interface Allocated {
  readonly fn: MachineFunction;
  /** Slots of the frame that hold values. */
  readonly slots: number;
}

/** Rounds of spilling after which the allocator gives up; each makes live ranges shorter. */
const ROUNDS = 30;

/**
 * Gives every value a register by colouring the interference graph (Chaitin 1982; coalescing as Briggs 1994 and George
 * 1996), and values
 * that find none a slot of the frame. Changes `fn`.
 * @throws RangeError if a program cannot be allocated.
 */
export function allocate(fn: MachineFunction, target: RegisterFile): Allocated {
  /** Registers that a spill made: they live for one instruction and are not spilled again. */
  const short = new Set<number>();
  let slots = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const colouring = new Colouring(fn, target, short);
    if (colouring.spilled.length === 0) {
      for (const block of fn.blocks) {
        const rename = (r: number): number => colouring.colour(r);
        block.instructions = block.instructions.map((i) => renameRegisters(i, rename));
        const { terminator } = block;
        if (terminator.kind === 'branch') block.terminator = { ...terminator, uses: terminator.uses.map(rename) };
      }
      return { fn, slots };
    }
    for (const register of colouring.spilled) {
      if (!repeat(fn, register, short)) spill(fn, target, register, slots++, short);
    }
  }
  throw new RangeError(`${fn.name}: registers could not be allocated in ${ROUNDS} rounds`);
}

class Colouring {
  readonly spilled: readonly number[];
  private readonly graph: Interference;
  private readonly merged = new Map<number, number>();
  private readonly colours = new Map<number, number>();
  private readonly available: number;

  constructor(
    fn: MachineFunction,
    private readonly target: RegisterFile,
    private readonly short: ReadonlySet<number>,
  ) {
    this.available = target.allocatable.length;
    this.graph = new Interference(fn);
    this.coalesce();
    this.spilled = this.select(this.simplify()).flatMap((r) => [r, ...this.mergedInto(r)]);
  }

  /** The target's register for any register. */
  colour(register: number): number {
    const at = this.representative(register);
    return at < FIRST_VIRTUAL ? at : (this.colours.get(at) ?? this.target.allocatable[0]);
  }

  private representative(register: number): number {
    let at = register;
    for (let next = this.merged.get(at); next !== undefined; next = this.merged.get(at)) at = next;
    return at;
  }

  private mergedInto(register: number): readonly number[] {
    return [...this.merged.keys()].filter((r) => this.representative(r) === register);
  }

  private coalesce(): void {
    for (let changed = true; changed;) {
      changed = false;
      for (const move of this.graph.moves) if (this.tryCoalesce(move)) changed = true;
    }
  }

  private tryCoalesce({ to, from }: Move): boolean {
    let [a, b] = [this.representative(to), this.representative(from)];
    if (a === b) return false;
    if (b < FIRST_VIRTUAL) [a, b] = [b, a];
    if (b < FIRST_VIRTUAL || this.graph.interfere(a, b)) return false;
    if (a < FIRST_VIRTUAL && !this.target.allocatable.includes(a)) return false;
    if (!(a < FIRST_VIRTUAL ? this.georgeAllows(a, b) : this.briggsAllows(a, b))) return false;
    this.graph.merge(a, b);
    this.merged.set(b, a);
    return true;
  }

  private isSignificant(register: number): boolean {
    return register < FIRST_VIRTUAL || this.graph.of(register).size >= this.available;
  }

  /**
   * Merging `b` with a target's register adds no trouble: its neighbours are few-edged or conflict with that already.
   */
  private georgeAllows(a: number, b: number): boolean {
    return [...this.graph.of(b)].every((n) => n < FIRST_VIRTUAL || !this.isSignificant(n) || this.graph.of(n).has(a));
  }

  /** The merged register has fewer neighbours of high degree than there are registers. */
  private briggsAllows(a: number, b: number): boolean {
    const all = new Set([...this.graph.of(a), ...this.graph.of(b)]);
    return [...all].filter((n) => this.isSignificant(n)).length < this.available;
  }

  /** Takes registers out of the graph, those that surely find a colour first. @returns them in that order. */
  private simplify(): readonly number[] {
    const left = new Set(this.graph.registers());
    const degree = new Map([...left].map((r) => [r, this.graph.of(r).size]));
    const order: number[] = [];
    while (left.size > 0) {
      let best: number | undefined;
      let cheapest = Infinity;
      for (const r of left) {
        if (degree.get(r)! < this.available) {
          best = r;
          break;
        }
        const cost = this.short.has(r) ? Infinity : (this.graph.weights.get(r) ?? 0) / degree.get(r)!;
        if (best === undefined || cost < cheapest) {
          best = r;
          cheapest = cost;
        }
      }
      const taken = best!;
      left.delete(taken);
      order.push(taken);
      for (const n of this.graph.of(taken)) if (left.has(n)) degree.set(n, degree.get(n)! - 1);
    }
    return order;
  }

  /** Colours in reverse order. @returns registers that found none. */
  private select(order: readonly number[]): readonly number[] {
    const without: number[] = [];
    for (const register of [...order].reverse()) {
      const taken = new Set<number>();
      for (const n of this.graph.of(register)) {
        const colour = n < FIRST_VIRTUAL ? n : this.colours.get(n);
        if (colour !== undefined) taken.add(colour);
      }
      const free = this.target.allocatable.filter((r) => !taken.has(r));
      if (free.length === 0) without.push(register);
      else this.colours.set(register, this.preferred(register, free));
    }
    return without;
  }

  /** The free register that makes a copy unnecessary, else the best one. */
  private preferred(register: number, free: readonly number[]): number {
    for (const { to, from } of this.graph.moves) {
      const [a, b] = [this.representative(to), this.representative(from)];
      const other = a === register ? b : b === register ? a : undefined;
      const colour = other === undefined ? undefined : other < FIRST_VIRTUAL ? other : this.colours.get(other);
      if (colour !== undefined && free.includes(colour)) return colour;
    }
    return free[0];
  }
}

/** Computes a constant anew before each use instead of keeping it. @returns false if the register is no constant. */
function repeat(fn: MachineFunction, register: number, short: Set<number>): boolean {
  const definitions = fn.blocks.flatMap((b) => b.instructions.filter((i) => i.defs.includes(register)));
  if (definitions.length !== 1 || definitions[0].repeatable !== true) return false;
  const [definition] = definitions;
  rewrite(fn, register, short, {
    before: (fresh) => ({ ...definition, defs: [fresh] }),
    drop: definition,
  });
  return true;
}

/** Keeps a value in the frame: stored where it is made, loaded where it is used. */
function spill(fn: MachineFunction, target: RegisterFile, register: number, slot: number, short: Set<number>): void {
  const type = fn.types.get(register)!;
  rewrite(fn, register, short, {
    before: (fresh) => target.reload(fresh, slot, type),
    after: (fresh) => target.spill(fresh, slot, type),
  });
}

interface Rewriting {
  before(fresh: number): MachineInstruction;
  after?(fresh: number): MachineInstruction;
  readonly drop?: MachineInstruction;
}

function rewrite(fn: MachineFunction, register: number, short: Set<number>, how: Rewriting): void {
  const fresh = (): number => {
    const made = newRegister(fn, fn.types.get(register)!);
    short.add(made);
    return made;
  };
  for (const block of fn.blocks) {
    const out: MachineInstruction[] = [];
    for (const instruction of block.instructions) {
      if (instruction === how.drop) continue;
      const used = instruction.uses.includes(register);
      const defined = instruction.defs.includes(register);
      if (!used && !defined) {
        out.push(instruction);
        continue;
      }
      const stand = fresh();
      if (used) out.push(how.before(stand));
      out.push(renameRegisters(instruction, (r) => (r === register ? stand : r)));
      if (defined && how.after !== undefined) out.push(how.after(stand));
    }
    const { terminator } = block;
    if (terminator.kind === 'branch' && terminator.uses.includes(register)) {
      const stand = fresh();
      out.push(how.before(stand));
      block.terminator = { ...terminator, uses: terminator.uses.map((r) => (r === register ? stand : r)) };
    }
    block.instructions = out;
  }
}
