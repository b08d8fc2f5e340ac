import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeGnu } from '../gnu.js';

/** Sections that a program has in memory: name and address. */
export interface SectionAddress {
  readonly name: string;
  readonly address: number;
}

/** What GNU as and ld make of a source: bytes by section, or what as said. */
export type GnuResult =
  | { readonly ok: true; readonly sections: ReadonlyMap<string, Uint8Array> }
  | { readonly ok: false; readonly messages: string };

export const DEFAULT_MARCH = 'rv32imac_zicsr_zifencei';
const PREFIX = 'riscv64-unknown-elf-';

/** `describe` of tests against GNU binutils for RISC-V. */
export const describeRiscvGnu = (title: string, tests: () => void): void => describeGnu(PREFIX, title, tests);

/** Assembles with `-mno-relax` and links each section at its address. */
export function gnuAssemble(source: string, sections: readonly SectionAddress[], march = DEFAULT_MARCH): GnuResult {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-gnu-'));
  try {
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('in.s'), source);
    const as = spawnSync(
      `${PREFIX}as`,
      [`-march=${march}`, '-mabi=ilp32', '-mno-relax', at('in.s'), '-o', at('in.o')],
      {
        encoding: 'utf8',
      },
    );
    if (as.status !== 0) return { ok: false, messages: as.stderr };
    const placed = sections.map(({ name, address }) => `${name} ${address} : { *(${name}) }`);
    writeFileSync(at('ld'), `SECTIONS { ${placed.join('\n')} /DISCARD/ : { *(*) } }`);
    const arguments_ = ['-melf32lriscv', '--no-relax', '-e', '0', '-T', at('ld'), at('in.o'), '-o', at('out')];
    const ld = spawnSync(`${PREFIX}ld`, arguments_, { encoding: 'utf8' });
    if (ld.status !== 0) return { ok: false, messages: ld.stderr };
    return { ok: true, sections: elfSections(readFileSync(at('out'))) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The bytes of each section of an ELF32 file (System V ABI, chapter 4). */
export function elfSections(file: Buffer): Map<string, Uint8Array> {
  const table = file.readUInt32LE(0x20);
  const entrySize = file.readUInt16LE(0x2e);
  const count = file.readUInt16LE(0x30);
  const header = (index: number): number => table + index * entrySize;
  const names = file.readUInt32LE(header(file.readUInt16LE(0x32)) + 0x10);
  const sections = new Map<string, Uint8Array>();
  for (let i = 1; i < count; i++) {
    const start = names + file.readUInt32LE(header(i));
    const name = file.toString('latin1', start, file.indexOf(0, start));
    const offset = file.readUInt32LE(header(i) + 0x10);
    const size = file.readUInt32LE(header(i) + 0x14);
    const empty = file.readUInt32LE(header(i) + 4) === 8;
    sections.set(name, empty ? new Uint8Array(size) : Uint8Array.from(file.subarray(offset, offset + size)));
  }
  return sections;
}

/** The objdump lines of instructions: mnemonic and operands, without aliases. */
export function gnuDisassemble(words: readonly number[], march: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-gnu-'));
  try {
    const source = join(folder, 'in.s');
    const object = join(folder, 'in.o');
    const digits = (word: number): string => ((word & 3) === 3 ? word >>> 0 : word & 0xffff).toString(16);
    writeFileSync(source, words.map((word) => `.insn 0x${digits(word)}\n`).join(''));
    execFileSync(`${PREFIX}as`, [`-march=${march}`, '-mabi=ilp32', '-mno-relax', source, '-o', object]);
    const text = execFileSync(`${PREFIX}objdump`, ['-d', '-M', 'no-aliases', '-z', object], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    return text.split('\n').flatMap((line) => /^\s*[0-9a-f]+:\t[0-9a-f ]+\t(.*)$/.exec(line)?.[1] ?? []);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
