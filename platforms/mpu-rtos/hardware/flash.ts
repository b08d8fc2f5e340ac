/** The flash models, as values of the parameter `flash`. */
export type FlashName = 'zero' | 'wait' | 'stm32l4';

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
  save(): readonly number[];
  load(state: readonly number[]): void;
}

/**
 * A flash model.
 * @param waitStates extra cycles of each access to the array, 0 to 15. The STM32L4 needs 4 at 80 MHz.
 */
export function createFlash(name: FlashName, waitStates: number): FlashModel {
  throw new Error(`to come ${name} ${waitStates}`);
}
