import type { Core } from './core.js';
import { STOP } from '../../machine/times.js';

/**
 * A data walk that the trap about to be taken leaves under way. The walker reads its second PTE only when the handler's
 * first instruction has left the pipeline.
 */
export class HeldWalk {
  /** Cycle in which it acted on its first PTE, -1 = there is no such walk. */
  private first = -1;
  /** Cycles that its second PTE takes. */
  private second = 0;
  /** Instructions retired (`Core.retired`) when the handler begins. */
  private from = 0;

  /** Whether the handler's first instruction is still to run. */
  get active(): boolean {
    return this.first >= 0;
  }

  /** The last walk of `core` is left under way, if it has two levels. */
  hold(core: Core): void {
    if (core.walked === core.walkedFirst) return;
    this.first = core.walkedFirst;
    this.second = core.walked - core.walkedFirst;
    this.from = core.retired;
    core.limit = STOP;
  }

  /**
   * Call at each instruction boundary. After the handler's first instruction decode waits until the walker can read its
   * second PTE, and a memory access until the walk is over.
   * @param accesses tells whether the instruction to come accesses memory.
   */
  release(core: Core, accesses: (core: Core) => boolean): void {
    if (!this.active || core.retired <= this.from) return;
    const waits = core.last < this.first;
    const read = waits ? core.last + 4 : this.first;
    const from = accesses(core) ? read + this.second : waits ? read + 1 : core.next;
    if (from > core.next) {
      core.translation += from - core.next;
      core.next = from;
      core.keepFetched();
    }
    this.first = -1;
  }

  /** Forgets it. */
  clear(): void {
    this.first = -1;
  }

  /** Moves the origins of time and of the count of retired instructions. */
  settle(cycles: number, retired: number): void {
    if (this.active) this.first = Math.max(0, this.first - cycles);
    this.from -= retired;
  }

  /** The state as numbers. */
  save(): number[] {
    return [this.first, this.second, this.from];
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    [this.first, this.second, this.from] = state;
  }
}
