import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../platforms/assembler/assemble.js';
import type { Assembled } from '../../platforms/assembler/assemble.js';
import { riscvAssembler } from '../../platforms/riscv/assembler.js';
import { ALIASES } from '../../platforms/riscv/assembler/aliases.js';
import { MACROS } from '../../platforms/riscv/assembler/macros.js';
import { Decoder } from '../../platforms/riscv/decode.js';
import { INSTRUCTIONS } from '../../platforms/riscv/table.js';
import { describeBenches } from './benches.js';
import { NOT_GNU, randomBranches, randomExpressions, randomProgram } from './generate.js';
import { DEFAULT_MARCH, describeRiscvGnu, gnuAssemble } from './gnu.js';

const BASE = 0x60000000;
const VECTORS = join('tests', 'vectors', 'micro', 'vexriscv-baochip');
const CORPUS = join('tests', 'assembler', 'corpus');
const isa = riscvAssembler();
const extensions = new Set(INSTRUCTIONS.map((instruction) => instruction.extension));
const withoutC = riscvAssembler({ extensions: new Set([...extensions].filter((extension) => extension !== 'C')) });

type Success = Extract<Assembled, { ok: true }>;

/** A source may name its architecture in its first line: `# march rv32ima`. */
const marchOf = (source: string): string => /^# march (\S+)/.exec(source)?.[1] ?? DEFAULT_MARCH;

const hasC = (march: string): boolean => /^rv32[a-z]*c/.test(march);

function own(source: string, file: string): Success {
  const plugin = hasC(marchOf(source)) ? isa : withoutC;
  const result = assemble(source, { file, isa: plugin, sections: { '.text': BASE } });
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
  const gnu = gnuAssemble(source, result.sections, marchOf(source));
  if (!gnu.ok) throw new Error(gnu.messages);
  expect(differences(result, gnu.sections)).toEqual([]);
}

describeBenches(VECTORS, isa);

describe('corpus', () => {
  const read = (name: string): string => readFileSync(join(CORPUS, name), 'utf8');

  it('has every instruction of the table', () => {
    const decoder = new Decoder(INSTRUCTIONS, extensions);
    const seen = new Set<string>();
    for (const name of ['instructions.s', 'aes.s']) {
      const { bytes } = own(read(name), name).sections[0];
      const view = new DataView(bytes.buffer);
      for (let at = 0; at + 2 <= bytes.length;) {
        const low = view.getUint16(at, true);
        const long = (low & 3) === 3;
        const instruction = decoder.find(long ? view.getInt32(at, true) : low);
        if (instruction !== undefined) seen.add(instruction.mnemonic + instruction.operands);
        at += long ? 4 : 2;
      }
    }
    const wanted = INSTRUCTIONS.filter((i) => i.decodeOnly === undefined && i.mnemonic !== 'dcache.flush');
    expect(wanted.filter((i) => !seen.has(i.mnemonic + i.operands)).map((i) => i.mnemonic)).toEqual([]);
  });

  it('has every pseudo-instruction', () => {
    const text = ['pseudo.s', 'constants.s', 'instructions.s'].map(read).join('\n');
    const used = new Set([...text.matchAll(/^\s*([a-z][a-z0-9.]*)/gm)].map((match) => match[1]));
    const wanted = [...ALIASES.map((alias) => alias.mnemonic), ...MACROS.keys()].filter((name) => !NOT_GNU.has(name));
    expect(wanted.filter((name) => !used.has(name))).toEqual([]);
  });
});

describeRiscvGnu('GNU as', () => {
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

  it.each([1, 2])('gives the same values of random expressions, seed %i', (seed) => {
    compare(randomExpressions(seed, 1000), `expressions-${seed}.s`);
  });

  it.each(Array.from({ length: 20 }, (_, i) => i + 1))('gives the same branch sizes, seed %i', (seed) => {
    compare(randomBranches(seed, 100 + 20 * seed), `branches-${seed}.s`);
  });
});
