import { Stm32l4Flash } from './flash-stm32l4.js';

/** The flash models, as values of the parameter `flash`. */
export const FLASH_NAMES = ['zero', 'wait', 'stm32l4'] as const;

/** A flash model: no wait states; the same wait states on every access; the accelerator of STM32L4 (unverified memory model). */
export type FlashName = (typeof FLASH_NAMES)[number];

/** Most wait states of a flash model. */
export const MAX_FLASH_WAIT_STATES = 15;

/**
 * Timing of a flash memory as a state machine the datapath asks; it holds no data. Allocates nothing. Accesses come in
 * the order of the bus, with `now` never decreasing.
 */
export interface FlashModel {
  /** Extra cycles of the instruction fetch of the aligned 32-bit word at `address` that starts in cycle `now`. */
  fetch(address: number, now: number): number;
  /** Extra cycles of a data read (any size) at `address` that starts in cycle `now`. */
  read(address: number, now: number): number;
  /** Empty buffers and caches. */
  reset(): void;
  /** The state as numbers. */
  save(): readonly number[];
  /** Restores what `save` gave. */
  load(state: readonly number[]): void;
}

/** A flash of bus width without buffers: every access of the bus waits. With 0 wait states, the memory of model `zero`. */
export class PlainFlash implements FlashModel {
  constructor(private readonly waitStates: number) {}

  fetch(): number {
    return this.waitStates;
  }

  read(): number {
    return this.waitStates;
  }

  reset(): void {
    // no state
  }

  save(): readonly number[] {
    return [];
  }

  load(): void {
    // no state
  }
}

/**
 * A flash model.
 * @param waitStates extra cycles of each access to the array, 0 to 15; ignored by `zero`. The STM32L4 needs 4 at 80 MHz.
 * @throws RangeError for other wait states.
 */
export function createFlash(name: FlashName, waitStates: number): FlashModel {
  if (!Number.isInteger(waitStates) || waitStates < 0 || waitStates > MAX_FLASH_WAIT_STATES) {
    throw new RangeError(`flash of ${waitStates} wait states: must be 0 to ${MAX_FLASH_WAIT_STATES}`);
  }
  if (name === 'stm32l4') return new Stm32l4Flash(waitStates);
  return new PlainFlash(name === 'zero' ? 0 : waitStates);
}
