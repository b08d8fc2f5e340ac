import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../platforms/assembler/assemble.js';
import type { Assembled } from '../../platforms/assembler/assemble.js';
import { riscvAssembler } from '../../platforms/riscv/assembler.js';
import { randomBranches, randomProgram } from './generate.js';
import { gnuAssemble, skipReason } from './gnu.js';

const BASE = 0x60000000;
const VECTORS = join('tests', 'vectors', 'micro', 'vexriscv-baochip');
const CORPUS = join('tests', 'assembler', 'corpus');
const isa = riscvAssembler();

type Success = Extract<Assembled, { ok: true }>;

function own(source: string, file: string): Success {
  const result = assemble(source, { file, isa, sections: { '.text': BASE } });
  if (!result.ok) throw new Error(result.problems.map((p) => `${p.file}:${p.line}: ${p.message}`).join('\n'));
  return result;
}

/** Where two programs differ, in words that help; empty if they are equal. */
function differences(result: Success, gnu: ReadonlyMap<string, Uint8Array>): string[] {
  return result.sections.flatMap(({ name, address, bytes, size }) => {
    const mine = bytes.length > 0 ? bytes : new Uint8Array(size);
    const theirs = gnu.get(name) ?? new Uint8Array();
    const at = mine.findIndex((byte, i) => byte !== theirs[i]);
    if (at < 0 && mine.length === theirs.length) return [];
    const offset = at < 0 ? Math.min(mine.length, theirs.length) : at;
    const line = result.image.lines.findLast((l) => l.physical >= address && l.physical <= address + offset);
    return [`${name}+0x${offset.toString(16)}, line ${line?.line ?? '?'}; sizes ${mine.length} and ${theirs.length}`];
  });
}

function compare(source: string, file: string): void {
  const result = own(source, file);
  const gnu = gnuAssemble(source, result.sections);
  if (!gnu.ok) throw new Error(gnu.messages);
  expect(differences(result, gnu.sections)).toEqual([]);
}

interface Bench {
  readonly source: string;
  readonly file: string;
  readonly load: string;
}

const { benches } = JSON.parse(readFileSync(join(VECTORS, 'index.json'), 'utf8')) as { benches: Bench[] };

describe('micro-benchmarks of the vectors', () => {
  it.each(benches)('$source gives the shipped image', ({ source, file, load }) => {
    const result = assemble(readFileSync(join(VECTORS, source), 'utf8'), {
      file: source,
      isa,
      sections: { '.text': Number(load) },
    });
    expect(result.ok ? [] : result.problems).toEqual([]);
    if (!result.ok) return;
    expect(result.sections.length).toBe(1);
    const shipped = gunzipSync(readFileSync(join(VECTORS, file)));
    expect(Buffer.from(result.sections[0].bytes).equals(shipped)).toBe(true);
  });
});

const reason = skipReason();
describe.skipIf(reason !== undefined)(`GNU as${reason === undefined ? '' : `: ${reason}`}`, () => {
  const sources = readdirSync(VECTORS).filter((name) => name.endsWith('.S'));
  it.each(sources)('gives the same bytes for %s', (name) => {
    compare(readFileSync(join(VECTORS, name), 'utf8'), name);
  });

  const corpus = readdirSync(CORPUS).filter((name) => name.endsWith('.s'));
  it.each(corpus)('gives the same bytes for %s', (name) => {
    compare(readFileSync(join(CORPUS, name), 'utf8'), name);
  });

  it.each([1, 2, 3])('gives the same bytes for random instructions, seed %i', (seed) => {
    compare(randomProgram(seed, 3000), `random-${seed}.s`);
  });

  it.each(Array.from({ length: 20 }, (_, i) => i + 1))('gives the same branch sizes, seed %i', (seed) => {
    compare(randomBranches(seed, 100 + 20 * seed), `branches-${seed}.s`);
  });
});
