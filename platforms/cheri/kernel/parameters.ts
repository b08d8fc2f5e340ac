import { type Isolation, ISOLATIONS, type Parameter, type ParameterValues } from '../../platform.js';

/** Every parameter of the kernel; the only home of their defaults. They reach the sources as symbols (`kernelSymbols`). */
export const KERNEL_PARAMETERS: readonly Parameter[] = [
  {
    name: 'highWaterMark',
    type: { kind: 'switch' },
    default: true,
    meaning:
      'the switcher zeroes the stack from MSHWM, the lowest address stored to; off: all of it below the stack pointer',
    source: 'cheriot-rtos b06a7bb, CONFIG_MSHWM',
  },
  {
    name: 'revocation',
    type: { kind: 'choice', values: ['hardware', 'software', 'none'] },
    default: 'hardware',
    meaning: 'who sweeps memory for pointers to freed memory: the background revoker, a loop of the kernel, or nobody',
    source: 'cheriot-rtos b06a7bb, boards',
  },
  {
    name: 'isolation',
    type: { kind: 'choice', values: ISOLATIONS },
    default: 'full',
    meaning:
      'full: each compartment reaches only its own; path: the same path, all capabilities have root bounds, nothing is ' +
      'zeroed or cleared; none: all domains are one compartment, a request is a function call',
    source: 'DESIGN section 1, rule 6',
  },
];

export type Revocation = 'hardware' | 'software' | 'none';

/** The parameters as the linker reads them. */
export interface KernelConfig {
  readonly highWaterMark: boolean;
  readonly revocation: Revocation;
  /** `none` is the code generator's: the kernel is then that of `full`. */
  readonly isolation: Isolation;
}

/**
 * Turns parameter values into a configuration; what is missing has its default, names that are not the kernel's are left alone.
 * @throws RangeError for a value out of its range.
 */
export function kernelConfig(values: ParameterValues): KernelConfig {
  return Object.fromEntries(
    KERNEL_PARAMETERS.map(({ name, type, default: fallback }) => {
      const value = values[name] ?? fallback;
      const right = type.kind === 'choice' ? type.values.includes(value as string) : typeof value === 'boolean';
      if (!right) throw new RangeError(`cheri.${name} cannot be ${String(value)}`);
      return [name, value];
    }),
  ) as unknown as KernelConfig;
}

/** The symbols that the kernel's sources expect. */
export function kernelSymbols(config: KernelConfig): Readonly<Record<string, number>> {
  const { highWaterMark, revocation, isolation } = config;
  return {
    HIGH_WATER_MARK: highWaterMark ? 1 : 0,
    REVOCATION: ['none', 'software', 'hardware'].indexOf(revocation),
    FULL: isolation === 'path' ? 0 : 1,
  };
}
