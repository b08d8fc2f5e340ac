import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadElf } from '../../platforms/machine/elf.js';
import { type Callable, CODE as RV32_CODE } from './run-rv32.js';
import { CODE as THUMB_CODE } from './run-thumb.js';
import type { CompilerTarget } from './targets.js';

/** Optimised for size (what ours is held to) or for speed. */
export type Level = '-Os' | '-O2';

/** A compiler that ours is measured against. */
interface Gcc {
  readonly command: string;
  readonly flags: readonly string[];
  /** ELF machine number. */
  readonly machine: number;
  readonly code: number;
  /** File with its figures. */
  readonly figures: string;
}

const thumb = (cpu: string, figures: string): Gcc => ({
  command: 'arm-none-eabi-gcc',
  flags: [`-mcpu=${cpu}`, '-mthumb'],
  machine: 40,
  code: THUMB_CODE,
  figures,
});

/** The compiler for each instruction set. */
export const GCC: Readonly<Record<CompilerTarget['name'], Gcc>> = {
  rv32: {
    command: 'riscv64-unknown-elf-gcc',
    flags: ['-march=rv32imac', '-mabi=ilp32'],
    machine: 243,
    code: RV32_CODE,
    figures: 'tests/codegen/gcc.json',
  },
  // there is no GCC for CHERIoT: integer code for the same sixteen registers
  cheriot: {
    command: 'riscv64-unknown-elf-gcc',
    flags: ['-march=rv32emc', '-mabi=ilp32e'],
    machine: 243,
    code: RV32_CODE,
    figures: 'tests/codegen/gcc-cheriot.json',
  },
  m0plus: thumb('cortex-m0plus', 'tests/codegen/gcc-m0plus.json'),
  m4: thumb('cortex-m4', 'tests/codegen/gcc-m4.json'),
};

/** No library calls in place of loops. */
export const gccFlags = ({ flags, code }: Gcc, level: Level): readonly string[] => [
  level,
  ...flags,
  '-ffreestanding',
  '-fno-tree-loop-distribute-patterns',
  '-nostdlib',
  '-static',
  `-Wl,-Ttext=0x${code.toString(16)}`,
  '-Wl,-e,kernel',
  '-Wl,--build-id=none',
  '-Wl,-n',
];

/** Directory of the C sources. */
export const SOURCES = 'tests/codegen/kernels';

/** First line of `--version`. @throws Error where the compiler is missing. */
export const gccVersion = ({ command }: Gcc): string =>
  execFileSync(command, ['--version'], { encoding: 'utf8' }).split('\n')[0];

/** Compiles and links a kernel. */
export function compileWithGcc(gcc: Gcc, id: string, level: Level): Callable {
  const directory = mkdtempSync(join(tmpdir(), 'bulkhead-gcc-'));
  try {
    const output = join(directory, 'kernel.elf');
    execFileSync(gcc.command, [...gccFlags(gcc, level), '-o', output, join(SOURCES, `${id}.c`)]);
    const loaded = loadElf(readFileSync(output), { machine: gcc.machine });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded));
    const { value: image } = loaded;
    const text = image.segments.filter((s) => s.executable);
    // the address of a Thumb function is odd
    return { image, address: image.entry & ~1, bytes: text.reduce((sum, s) => sum + s.data.length, 0) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
