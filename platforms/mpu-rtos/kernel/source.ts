import { type Program, type ProgramAssembler, programAssembler, sourceFiles } from '../../assembler/files.js';
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

/** A source file of the kernel by name, undefined if there is none. */
export const kernelSource = sourceFiles(FOLDER);

/** Assembles a source for a core, which may include the kernel's files. */
export const assemblerOf: Readonly<Record<KernelCore, ProgramAssembler>> = {
  m0plus: assembler('m0plus'),
  m3: assembler('m3'),
  m4: assembler('m4'),
  m33: assembler('m33'),
};

function assembler(core: KernelCore): ProgramAssembler {
  return programAssembler(thumbAssembler({ architecture: ARCHITECTURE[core] }), kernelSource);
}

const kernels = new Map<string, Program>();

/** The assembled kernel with its library; one for each configuration. */
export function kernelProgram(config: KernelConfig): Program {
  const define = kernelSymbols(config);
  const key = JSON.stringify([config.core, define]);
  let kernel = kernels.get(key);
  if (kernel === undefined) {
    const places = { '.text': 0x00000000, '.bss': 0x20000000 };
    kernel = assemblerOf[config.core]('.include "kernel.s"', 'kernel.s', define, places);
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
  abiSymbols ??= assemblerOf[core]('.include "abi.s"', 'abi.s', {}, {}).symbols;
  return abiSymbols;
}
