import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { toy } from './fake-platform.js';
import { temporary } from './temporary.js';

/** Little-endian bytes of words. */
export const bytesOf = (words: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(words).buffer);

const LOAD = '0x60000000';

/** Three passes over marks 1 to 4: one nop between the first two, two nops between the others; then exit. */
export const LOOP = [
  toy.mark(1),
  toy.nop,
  toy.mark(2),
  toy.mark(3),
  toy.nop,
  toy.nop,
  toy.mark(4),
  toy.loop(7, 3),
  toy.exit(0),
];

/** A body of two nops and a stall of three cycles, then two outputs. */
export const BODY = [toy.mark(1), toy.nop, toy.stall(3), toy.mark(2), toy.output(7), toy.output(9), toy.exit(0)];

const common = (name: string, words: readonly number[]): Record<string, unknown> => ({
  name,
  file: `${name}.bin.gz`,
  size: words.length * 4,
  load: LOAD,
  boot: LOAD,
});

/** The fields of a micro-benchmark for `LOOP`-shaped programs, with what the toy really takes in both configurations. */
export const loopBench = (name: string, words: readonly number[] = LOOP): Record<string, unknown> => ({
  ...common(name, words),
  kind: 'marks34',
  unroll: 1,
  results: {
    plain: { cycles_per_iter: 1, instrs_per_iter: 1, cold_cycles_per_iter: 1 },
    slow: { cycles_per_iter: 2, instrs_per_iter: 1 },
  },
});

/** The fields of a random program for `BODY`-shaped programs, with what the toy really takes. */
export const bodyProgram = (name: string, words: readonly number[] = BODY): Record<string, unknown> => ({
  ...common(name, words),
  seed: 1,
  features: [],
  configs: { plain: { cycles: 6, instret: 3, mark1_cycle: 1, end_cycle: 10 } },
  mmio: [7, 9],
});

/** A vector directory with one core, `toy-core`. Files are as given; images are written for each name in `images`. */
export interface VectorFiles {
  readonly micro?: unknown;
  readonly random?: unknown;
  readonly images: Readonly<Record<string, readonly number[]>>;
}

/** Writes a vector directory and returns its path. */
export function writeVectors({ micro, random, images }: VectorFiles): string {
  const root = temporary();
  for (const [family, file, content] of [
    ['micro', 'index.json', micro],
    ['random', 'vectors.json', random],
  ] as const) {
    if (content === undefined) continue;
    const folder = join(root, family, 'toy-core');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
    for (const [name, words] of Object.entries(images)) {
      writeFileSync(join(folder, `${name}.bin.gz`), gzipSync(bytesOf(words)));
    }
  }
  return root;
}

/** Two configurations for the toy: `plain` and `slow`, where every instruction waits one cycle. */
export const PARAMETERS = { plain: { wait: 0 }, slow: { wait: 1 } };

/** A directory in which everything agrees with the toy: one micro-benchmark, three random programs (two of them development). */
export const goodVectors = (): string =>
  writeVectors({
    micro: { core: 'toy-core', parameters: PARAMETERS, benches: [loopBench('loop')] },
    random: {
      core: 'toy-core',
      entry_offset: '0x0',
      parameters: PARAMETERS,
      programs: ['r0', 'r1', 'r2'].map((name) => bodyProgram(name)),
    },
    images: { loop: LOOP, r0: BODY, r1: BODY, r2: BODY },
  });

/** A functional program of the toy: five instructions between the markers, one of them abandoned, and two interrupts. */
export const FUNCTIONAL = [
  toy.nop,
  toy.nop, // body_start
  toy.trap(5),
  toy.interrupt,
  toy.loop(1, 2),
  toy.nop,
  toy.nop, // body_end
  toy.nop, // stop
  2, // the result array
  0xaaaa5555,
  0xfffffff0,
];

/** The fields of `FUNCTIONAL` with what the toy really does. */
export const functionalProgram = (name: string, more: object = {}): Record<string, unknown> => ({
  name,
  core: 't1',
  kind: 'plain',
  offset: 0,
  size: FUNCTIONAL.length * 4,
  load: LOAD,
  result: '0x60000020',
  body_start: '0x60000004',
  body_end: '0x60000018',
  stop: '0x6000001c',
  instructions: 5,
  expected: '00000002aaaa5555fffffff0',
  ...more,
});

/** Writes functional sets of `toy-core`, each with its programs and the words of all images. */
export function writeSets(sets: Readonly<Record<string, readonly object[]>>, words = FUNCTIONAL): string {
  const root = temporary();
  for (const [set, programs] of Object.entries(sets)) {
    const folder = join(root, 'toy-core', set);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'vectors.json'), JSON.stringify(programs));
    writeFileSync(join(folder, 'programs.bin.gz'), gzipSync(bytesOf(words)));
  }
  return root;
}
