import { earlier, PAST } from '../../machine/times.js';

/** Stalls that are remembered: as many as there are stages behind decode. */
const DEPTH = 3;

/**
 * The last stalls that held decode and everything before it, as cycles [start, end).
 *
 * The engine adds the stall of an instruction to the D cycles of all younger ones at once, although those already in the
 * pipeline move until the stall begins. What the fetch unit does meanwhile happens in true time; these functions convert.
 */
export class Freezes {
  private readonly starts = new Int32Array(DEPTH).fill(PAST);
  private readonly ends = new Int32Array(DEPTH).fill(PAST);

  /** Enters the stall of an instruction younger than those entered before. */
  add(start: number, end: number): void {
    const { starts, ends } = this;
    starts[0] = starts[1];
    ends[0] = ends[1];
    starts[1] = starts[2];
    ends[1] = ends[2];
    starts[2] = start;
    ends[2] = end;
  }

  /** Forgets all: the pipeline has been emptied. */
  clear(): void {
    this.starts.fill(PAST);
    this.ends.fill(PAST);
  }

  /** The true cycle in which an instruction with D cycle `cycle` leaves decode. */
  leaving(cycle: number): number {
    let at = cycle;
    for (let i = DEPTH - 1; i >= 0; i--) if (at < this.ends[i]) at -= this.ends[i] - this.starts[i];
    return at;
  }

  /** The true cycle in which a word arrives in decode whose first instruction would have D cycle `cycle`. */
  arrival(cycle: number): number {
    return this.leaving(cycle - 1) + 1;
  }

  /** D cycle of the first instruction of a word that the fetch unit asks for from true cycle `start` on. */
  fetched(start: number): number {
    let at = this.moving(this.moving(start) + 1) + 1;
    let later = 0;
    for (let i = 0; i < DEPTH; i++) {
      if (this.starts[i] >= at) later += this.ends[i] - this.starts[i];
      else if (this.ends[i] > at) at = this.ends[i];
    }
    return at + later;
  }

  /** First cycle from `cycle` on in which decode is not held. */
  moving(cycle: number): number {
    let at = cycle;
    for (let i = 0; i < DEPTH; i++) if (at >= this.starts[i] && at < this.ends[i]) at = this.ends[i];
    return at;
  }

  /** Moves the origin of time by `delta` cycles. */
  settle(delta: number): void {
    for (let i = 0; i < DEPTH; i++) {
      this.starts[i] = earlier(this.starts[i], delta);
      this.ends[i] = earlier(this.ends[i], delta);
    }
  }

  /** The state as numbers. */
  save(): number[] {
    return [...this.starts, ...this.ends];
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    this.starts.set(state.slice(0, DEPTH));
    this.ends.set(state.slice(DEPTH));
  }
}
