/** Marks among the cycles of a slice, which count from `SimulatedCore.base` and stay far inside these. */

/** A cycle that never comes. */
export const NEVER = 0x7fffffff;

/** A limit that every cycle has passed: the interpreter returns at the next instruction boundary. */
export const STOP = -0x80000000;

/** A cycle so long ago that nothing depends on how long. */
export const PAST = -100000;

/** `time` seen from an origin that is `delta` cycles later. */
export const earlier = (time: number, delta: number): number => Math.max(time - delta, PAST);
