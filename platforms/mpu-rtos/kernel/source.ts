import { readFileSync } from 'node:fs';
import { assemble, type Assembled } from '../../assembler/assemble.js';
import type { Architecture } from '../../thumb/table.js';
import { thumbAssembler } from '../../thumb/assembler.js';
import { type KernelConfig, type KernelCore, kernelSymbols } from './parameters.js';

/** The kernel's sources stay where they are; this file is dist/platforms/mpu-rtos/kernel/source.js. */
const FOLDER = new URL('../../../../platforms/mpu-rtos/kernel/', import.meta.url);

/** The instruction set of each core. */
export const ARCHITECTURE: Readonly<Record<KernelCore, Architecture>> = {
  m0plus: 'armv6-m',
  m3: 'armv7-m',
  m4: 'armv7e-m',
  m33: 'armv8-m.main+dsp',
};

const texts = new Map<string, string>();

/** A source file of the kernel by name, undefined if there is none. */
export function kernelSource(name: string): string | undefined {
  if (!/^[a-z-]+\.s$/.test(name)) return undefined;
  let text = texts.get(name);
  if (text === undefined) {
    try {
      text = readFileSync(new URL(name, FOLDER), 'utf8');
    } catch {
      return undefined;
    }
    texts.set(name, text);
  }
  return text;
}

/** A program that was assembled without problems. */
export type Program = Extract<Assembled, { ok: true }>;

/**
 * Assembles a source that may include the kernel's files.
 * @throws SyntaxError with file, line and problem, one a line.
 */
export function assembleProgram(
  source: string,
  file: string,
  core: KernelCore,
  define: Readonly<Record<string, number>>,
  sections: Readonly<Record<string, number>>,
): Program {
  const isa = thumbAssembler({ architecture: ARCHITECTURE[core] });
  const result = assemble(source, { file, isa, define, sections, include: kernelSource });
  if (result.ok) return result;
  throw new SyntaxError(result.problems.map((p) => `${p.file}:${p.line}: ${p.message}`).join('\n'));
}

const kernels = new Map<string, Program>();

/** The assembled kernel with its library; one for each configuration. */
export function kernelProgram(config: KernelConfig): Program {
  const define = kernelSymbols(config);
  const key = JSON.stringify([config.core, define]);
  let kernel = kernels.get(key);
  if (kernel === undefined) {
    const places = { '.text': 0x00000000, '.bss': 0x20000000 };
    kernel = assembleProgram('.include "kernel.s"', 'kernel.s', config.core, define, places);
    kernels.set(key, kernel);
  }
  return kernel;
}

/** What programs may know of the kernel: the symbols of `abi.s`, and the addresses of the functions of `library.s`. */
export function programSymbols(config: KernelConfig): Readonly<Record<string, number>> {
  const { symbols } = kernelProgram(config);
  const [start, end] = ['library', 'library_end'].map((name) => symbols.get(name)!);
  const functions = [...symbols].filter(([name, at]) => at >= start && at < end && name !== 'library');
  return { ...Object.fromEntries(abi(config.core)), ...Object.fromEntries(functions) };
}

let abiSymbols: ReadonlyMap<string, number> | undefined;

function abi(core: KernelCore): ReadonlyMap<string, number> {
  abiSymbols ??= assembleProgram('.include "abi.s"', 'abi.s', core, {}, {}).symbols;
  return abiSymbols;
}
