import { type Isolation, ISOLATIONS, type Parameter, type ParameterValues } from '../../platform.js';

/** Every parameter of the kernel; the only home of their defaults. They reach the sources as symbols (`kernel.s`). */
export const KERNEL_PARAMETERS: readonly Parameter[] = [
  {
    name: 'generation',
    type: { kind: 'choice', values: ['v0.9.12', 'pr668', 'head', 'ideal'] },
    default: 'head',
    meaning:
      'how often a switch activates an address space and flushes: Xous v0.9.12 (2023), after pull request 668, the head of ' +
      '2026-02; ideal = one activation for each switch, no flush where the hardware tags TLB entries',
    source: 'xous-core ad5296e3b, 25f7bd6f5, 126896bf5, 73c094632: kernel/src/arch/riscv; ideal: no shipped kernel',
  },
  {
    name: 'misuse',
    type: { kind: 'choice', values: ['hardened', 'as-shipped'] },
    default: 'hardened',
    meaning:
      'what a misuse of the kernel ends in: an error and everybody else goes on, or what Xous does (a program that faults for ' +
      'ever, pages that stay lent, a client that is never woken)',
    source: 'xous-core 73c094632; kernel/README.md lists the cases',
  },
  {
    name: 'isolation',
    type: { kind: 'choice', values: ISOLATIONS },
    default: 'full',
    meaning:
      'full: an address space for each process; path: the same path through the kernel in one address space, satp never ' +
      'changes; none: all domains are one process, a request is a function call',
    source: 'DESIGN section 1, rule 6',
  },
];

export type Generation = 'v0.9.12' | 'pr668' | 'head' | 'ideal';

/** The parameters as the linker reads them. */
export interface KernelConfig {
  readonly generation: Generation;
  readonly misuse: 'hardened' | 'as-shipped';
  /** `none` is the linker's: the kernel is then that of `full`. */
  readonly isolation: Isolation;
  /** Whether the hardware tags TLB entries (hardware parameter `asid`). */
  readonly asid: boolean;
}

/**
 * Turns parameter values into a configuration; what is missing has its default, names that are not the kernel's are left alone.
 * @throws RangeError for a value out of its range.
 */
export function kernelConfig(values: ParameterValues): KernelConfig {
  const chosen = Object.fromEntries(
    KERNEL_PARAMETERS.map(({ name, type, default: fallback }) => {
      const value = values[name] ?? fallback;
      if (type.kind !== 'choice' || !type.values.includes(value as string)) {
        throw new RangeError(`mmu-microkernel.${name} cannot be ${String(value)}`);
      }
      return [name, value];
    }),
  );
  return { ...chosen, asid: values.asid === true } as KernelConfig;
}

/** The symbols that `kernel.s` expects. */
export function kernelSymbols({ generation, misuse, isolation, asid }: KernelConfig): Readonly<Record<string, number>> {
  return {
    GENERATION: ['v0.9.12', 'pr668', 'head', 'ideal'].indexOf(generation),
    HARDENED: misuse === 'hardened' ? 1 : 0,
    FULL: isolation === 'path' ? 0 : 1,
    ASID: asid ? 1 : 0,
  };
}
