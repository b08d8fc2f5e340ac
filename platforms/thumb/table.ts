import type { Feature, Instruction } from './instruction.js';
import { COMPUTATION } from './tables/computation.js';
import { CONTROL } from './tables/control.js';
import { DSP } from './tables/dsp.js';
import { MEMORY } from './tables/memory.js';
import { NARROW } from './tables/narrow.js';

/**
 * Every Thumb instruction of Armv6-M, Armv7-M with the DSP extension and Armv8-M Mainline, without floating point. Where two
 * entries match a word, the first one is meant: TT is a reserved form of STREX, BXNS one of BX, SSAT16 one of SSAT.
 */
export const INSTRUCTIONS: readonly Instruction[] = [...CONTROL, ...NARROW, ...MEMORY, ...DSP, ...COMPUTATION];

/** The features of the architectures. */
export const PROFILES = {
  'armv6-m': ['v6-M'],
  'armv7-m': ['v6-M', 'v7-M'],
  'armv7e-m': ['v6-M', 'v7-M', 'DSP'],
  'armv8-m.main': ['v6-M', 'v7-M', 'v8-M', 'Security'],
  'armv8-m.main+dsp': ['v6-M', 'v7-M', 'DSP', 'v8-M', 'Security'],
} as const satisfies Record<string, readonly Feature[]>;

/** An architecture as the assembler is told of it. */
export type Architecture = keyof typeof PROFILES;
