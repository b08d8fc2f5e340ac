import { readEncoding } from '../fields.js';
import { Flags } from '../instruction.js';
import type { Feature, Instruction, Operands, Pattern, TimingClass } from '../instruction.js';
import type { Op } from '../operations.js';

/** Manual of each feature, and its chapter of instruction descriptions. */
const MANUALS: Readonly<Record<Feature, readonly [string, string]>> = {
  'v6-M': ['Armv6-M ARM DDI0419E', 'A6.7'],
  'v7-M': ['Armv7-M ARM DDI0403E', 'A7.7'],
  DSP: ['Armv7-M ARM DDI0403E', 'A7.7'],
  'v8-M': ['Armv8-M ARM DDI0553B', 'C2.4'],
  Security: ['Armv8-M ARM DDI0553B', 'C2.4'],
};

/** What most entries leave out. */
export interface More {
  readonly flags?: Flags;
  readonly implied?: Partial<Operands>;
  readonly except?: readonly Pattern[];
  readonly decodeOnly?: true;
}

/**
 * Makes entries of one feature. `section` is the heading in the chapter of instruction descriptions of that feature's
 * manual, or the number of another section.
 */
export const entries =
  (feature: Feature) =>
  (
    mnemonic: string,
    op: Op,
    encoding: string,
    operands: string,
    timing: TimingClass,
    section: string,
    more: More = {},
  ): Instruction => {
    const [manual, chapter] = MANUALS[feature];
    const { match, mask, length } = readEncoding(encoding);
    return {
      mnemonic,
      op,
      encoding,
      match,
      mask,
      length,
      operands,
      flags: Flags.NEVER,
      timing,
      feature,
      section: /^[A-F]\d/.test(section) ? `${manual}, ${section}` : `${manual}, ${chapter} ${section}`,
      ...more,
    };
  };

/** The 14 condition codes in the order of their numbers (DDI0403E A7.3). */
export const CONDITIONS = ['eq', 'ne', 'cs', 'cc', 'mi', 'pl', 'vs', 'vc', 'hi', 'ls', 'ge', 'lt', 'gt', 'le'] as const;

/** `bits` binary digits of a number. */
export const binary = (value: number, bits: number): string => value.toString(2).padStart(bits, '0');
