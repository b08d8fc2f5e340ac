import { liveAtEnd, walkBack } from './liveness.js';
import { FIRST_VIRTUAL, type MachineFunction } from './machine-code.js';

/** A copy between two registers that need not exist if both become one. */
export interface Move {
  readonly to: number;
  readonly from: number;
  /** How often it is executed, roughly. */
  readonly weight: number;
}

/** Which registers hold a value at the same time. */
export class Interference {
  private readonly neighbours = new Map<number, Set<number>>();
  readonly moves: Move[] = [];
  /** How often each virtual register is read and written, roughly: ten times more per loop. */
  readonly weights = new Map<number, number>();

  constructor(fn: MachineFunction) {
    for (const register of fn.types.keys()) this.neighbours.set(register, new Set());
    const atEnd = liveAtEnd(fn);
    for (const block of fn.blocks) {
      const live = new Set(atEnd.get(block.id));
      const weight = 10 ** Math.min(block.depth, 6);
      if (block.terminator.kind === 'branch') this.weigh(block.terminator.uses, weight);
      walkBack(block, live, (index) => {
        const { defs, uses, clobbers, copy } = block.instructions[index];
        if (copy) this.moves.push({ to: defs[0], from: uses[0], weight });
        for (const d of [...defs, ...(clobbers ?? [])]) {
          for (const l of live) if (!(copy && l === uses[0])) this.connect(d, l);
          for (const other of defs) this.connect(d, other);
        }
        this.weigh(defs, weight);
        this.weigh(uses, weight);
      });
    }
    this.moves.sort((a, b) => b.weight - a.weight);
  }

  of(register: number): ReadonlySet<number> {
    return this.neighbours.get(register) ?? EMPTY;
  }

  interfere(a: number, b: number): boolean {
    return this.of(a).has(b) || this.of(b).has(a);
  }

  /** Makes one register of two; `from` disappears. */
  merge(into: number, from: number): void {
    for (const n of this.of(from)) {
      this.neighbours.get(n)?.delete(from);
      this.connect(into, n);
    }
    this.neighbours.delete(from);
    this.weights.set(into, (this.weights.get(into) ?? 0) + (this.weights.get(from) ?? 0));
  }

  /** Virtual registers. */
  registers(): readonly number[] {
    return [...this.neighbours.keys()];
  }

  private connect(a: number, b: number): void {
    if (a === b) return;
    if (a >= FIRST_VIRTUAL) this.neighbours.get(a)!.add(b);
    if (b >= FIRST_VIRTUAL) this.neighbours.get(b)!.add(a);
  }

  private weigh(registers: readonly number[], weight: number): void {
    for (const r of registers) this.weights.set(r, (this.weights.get(r) ?? 0) + weight);
  }
}

const EMPTY: ReadonlySet<number> = new Set();
