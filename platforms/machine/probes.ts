import type { PhysicalAddress } from './units.js';

/** What a probe handler is told. The object is reused between calls: copy what you keep. */
export interface ProbeEvent {
  /** Cycle in which the instruction at the probed address retired. */
  cycle: number;
  /** Retired instructions, this one included. */
  instructions: number;
  physical: number;
  virtual: number;
  /** Protection domain: the word `Image.spaceWord`, else what the hardware knows (`satp` root page, PCC base), else 0. */
  space: number;
  /** Running thread: the word `Image.threadWord`, else 0. */
  thread: number;
}

/** Called when the instruction at a probed address retires. Return true to make `run` stop after it. */
export type ProbeHandler = (event: ProbeEvent) => boolean;

/**
 * The probes of a machine, by physical address. Nothing is inserted into guest code: an engine marks the address in
 * its decode cache, so that code without probes runs at full speed and guest cycles are the same with and without.
 */
export class ProbeSet {
  private readonly handlers = new Map<number, ProbeHandler[]>();
  /** Set by the engine: called whenever the set of probed addresses changes. */
  changed: () => void = () => undefined;

  /** Adds a handler; several may share an address and are called in the order they were added. */
  add(address: PhysicalAddress, handler: ProbeHandler): void {
    // a new list, never a longer one: `fire` may be walking the old
    this.handlers.set(address, [...(this.handlers.get(address) ?? []), handler]);
    this.changed();
  }

  /** Removes a handler that was added; nothing happens if it was not. */
  remove(address: PhysicalAddress, handler: ProbeHandler): void {
    const rest = (this.handlers.get(address) ?? []).filter((h) => h !== handler);
    if (rest.length > 0) this.handlers.set(address, rest);
    else this.handlers.delete(address);
    this.changed();
  }

  /** Removes every probe. */
  clear(): void {
    this.handlers.clear();
    this.changed();
  }

  /** Whether an address has a probe. */
  has(address: number): boolean {
    return this.handlers.has(address);
  }

  /**
   * Calls the handlers of the event's physical address. A handler may add and remove probes; that takes effect with the
   * next event, so every handler that was there is called.
   * @returns true if one of them wants the run to stop.
   */
  fire(event: ProbeEvent): boolean {
    let stop = false;
    for (const handler of this.handlers.get(event.physical) ?? []) stop = handler(event) || stop;
    return stop;
  }
}
