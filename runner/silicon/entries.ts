import type { ParameterValues } from '../../platforms/platform.js';
import { type ClaimFile, shippedClaims } from '../reproduce/read.js';

/** A program whose cycles on real silicon its author published. The program itself is not part of Bulkhead. */
export interface SiliconEntry {
  /** Its name on the command line. */
  readonly name: string;
  readonly title: string;
  /** Id of the platform that models the core, and its parameters as far as the publication tells. */
  readonly platform: string;
  readonly parameters: ParameterValues;
  /** The function that was measured: a symbol of the ELF file. One call of it is the span. */
  readonly symbol: string;
  /** Register that holds the return address when the function begins. */
  readonly link: string;
  /** Published cycles. */
  readonly cycles: number;
  readonly core: string;
  readonly clock: string;
  readonly memory: string;
  /** What the publication does not say. */
  readonly unknown: string;
  /** Author, title, place, and the words that hold the figure. */
  readonly citation: string;
}

/** The programs among the claims. @throws BadInput if the claims cannot be read. */
export const siliconEntries = (files: readonly ClaimFile[] = shippedClaims()): readonly SiliconEntry[] =>
  files
    .flatMap(({ claims }) => claims)
    .flatMap(({ measurement, value, core, clock, memory, unknowns, source }) => {
      if (measurement.kind !== 'program' || typeof value !== 'number') return [];
      const { name, title, platform, set: parameters, symbol, link } = measurement;
      const unknown = unknowns.map(({ what }) => what).join('; ');
      const conditions = { core, clock, memory, unknown, citation: source };
      return [{ name, title, platform, parameters, symbol, link, cycles: value, ...conditions }];
    });
