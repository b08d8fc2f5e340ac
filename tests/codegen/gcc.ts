import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { loadElf } from '../../platforms/machine/elf.js';
import { type Callable, CODE } from './run-rv32.js';

/** The compiler that ours is measured against. */
export const GCC = 'riscv64-unknown-elf-gcc';

/** Instruction sets that GCC compiles for. CHERIoT has no GCC: it is compared with the integer half of its core. */
export type GccTarget = 'rv32imac' | 'rv32emc';

const ABIS: Readonly<Record<GccTarget, string>> = { rv32imac: 'ilp32', rv32emc: 'ilp32e' };

/** Optimised for size; no library calls in place of loops. */
export const gccFlags = (target: GccTarget): readonly string[] => [
  '-Os',
  `-march=${target}`,
  `-mabi=${ABIS[target]}`,
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

const figures = z.object({
  compiler: z.string(),
  flags: z.array(z.string()),
  kernels: z.record(
    z.string(),
    z.object({ source: z.string(), instructions: z.number().int().positive(), bytes: z.number().int().positive() }),
  ),
});

/** What GCC's code costs, as `measure-gcc.ts` keeps it. */
export function gccFigures(target: GccTarget): z.infer<typeof figures> {
  return figures.parse(JSON.parse(readFileSync(`tests/codegen/gcc-${target}.json`, 'utf8')));
}

/** First line of `--version`; undefined where the compiler is missing. */
export function gccVersion(): string | undefined {
  try {
    return execFileSync(GCC, ['--version'], { encoding: 'utf8' }).split('\n')[0];
  } catch {
    return undefined;
  }
}

/** Compiles and links a kernel. */
export function compileWithGcc(id: string, target: GccTarget): Callable {
  const directory = mkdtempSync(join(tmpdir(), 'bulkhead-gcc-'));
  try {
    const output = join(directory, 'kernel.elf');
    execFileSync(GCC, [...gccFlags(target), '-o', output, join(SOURCES, `${id}.c`)]);
    const loaded = loadElf(readFileSync(output), { machine: 243 });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded));
    const { value: image } = loaded;
    const text = image.segments.filter((s) => s.executable);
    return { image, address: image.entry, bytes: text.reduce((sum, s) => sum + s.data.length, 0) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
