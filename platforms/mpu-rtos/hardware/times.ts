/** Marks among the cycles of a slice, which count from `Core.base` and stay far inside these. */

/** A limit that every cycle has passed: `interpret` looks at the core's state before the next instruction. */
export const STOP = -0x80000000;

/** A cycle that never comes. */
export const NEVER = 0x7fffffff;
