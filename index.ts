export type * from './platforms/machine/machine.js';
export type * from './platforms/platform.js';
