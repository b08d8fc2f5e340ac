import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadElf } from '../../platforms/machine/elf.js';
import { type Callable, CODE } from './run-rv32.js';

/** The compiler that ours is measured against. */
const GCC = 'riscv64-unknown-elf-gcc';

/** Optimised for size (what ours is held to) or for speed. */
export type Level = '-Os' | '-O2';

/** No library calls in place of loops. */
export const gccFlags = (level: Level): readonly string[] => [
  level,
  '-march=rv32imac',
  '-mabi=ilp32',
  '-ffreestanding',
  '-fno-tree-loop-distribute-patterns',
  '-nostdlib',
  '-static',
  `-Wl,-Ttext=0x${CODE.toString(16)}`,
  '-Wl,-e,kernel',
  '-Wl,--build-id=none',
  '-Wl,-n',
];

/** Directory of the C sources. */
export const SOURCES = 'tests/codegen/kernels';

/** First line of `--version`. @throws Error where the compiler is missing. */
export const gccVersion = (): string => execFileSync(GCC, ['--version'], { encoding: 'utf8' }).split('\n')[0];

/** Compiles and links a kernel. */
export function compileWithGcc(id: string, level: Level): Callable {
  const directory = mkdtempSync(join(tmpdir(), 'bulkhead-gcc-'));
  try {
    const output = join(directory, 'kernel.elf');
    execFileSync(GCC, [...gccFlags(level), '-o', output, join(SOURCES, `${id}.c`)]);
    const loaded = loadElf(readFileSync(output), { machine: 243 });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded));
    const { value: image } = loaded;
    const text = image.segments.filter((s) => s.executable);
    return { image, address: image.entry, bytes: text.reduce((sum, s) => sum + s.data.length, 0) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
