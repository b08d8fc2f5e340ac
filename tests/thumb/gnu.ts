import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Architecture } from '../../platforms/thumb/table.js';
import { elfSections } from '../assembler/gnu.js';
import type { GnuResult } from '../assembler/gnu.js';
import { describeGnu } from '../gnu.js';

const PREFIX = 'arm-none-eabi-';

/** The option for an architecture. `armv6s-m` is Armv6-M with SVC, which GNU as counts as an extension. */
const marchOption = (march: Architecture): string => `-march=${march === 'armv6-m' ? 'armv6s-m' : march}`;

/** `describe` of tests against GNU binutils for Arm. */
export const describeArmGnu = (title: string, tests: () => void): void => describeGnu(PREFIX, title, tests);

function inFolder<T>(work: (at: (name: string) => string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-arm-'));
  try {
    return work((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Assembles and links each section at its address. */
export function gnuAssemble(
  source: string,
  sections: readonly { readonly name: string; readonly address: number }[],
  march: Architecture,
): GnuResult {
  return inFolder((at) => {
    writeFileSync(at('in.s'), source);
    const as = spawnSync(`${PREFIX}as`, [marchOption(march), at('in.s'), '-o', at('in.o')], { encoding: 'utf8' });
    if (as.status !== 0) return { ok: false, messages: as.stderr };
    const placed = sections.map(({ name, address }) => `${name} ${address} : { *(${name}) }`);
    writeFileSync(at('ld'), `SECTIONS { ${placed.join('\n')} /DISCARD/ : { *(*) } }`);
    const ld = spawnSync(`${PREFIX}ld`, ['-e', '0', '-T', at('ld'), at('in.o'), '-o', at('out')], { encoding: 'utf8' });
    if (ld.status !== 0) return { ok: false, messages: ld.stderr };
    return { ok: true, sections: elfSections(readFileSync(at('out'))) };
  });
}

/** What GNU as says about a source; empty if it takes it. */
export function gnuMessages(source: string, march: Architecture): string {
  return inFolder((at) => {
    writeFileSync(at('in.s'), source);
    const as = spawnSync(`${PREFIX}as`, [marchOption(march), at('in.s'), '-o', at('in.o')], { encoding: 'utf8' });
    return as.status === 0 ? '' : as.stderr;
  });
}

/** A line of objdump: address and text. */
export interface GnuLine {
  readonly address: number;
  readonly text: string;
}

/** The objdump lines of words placed one after the other from address 0; 32-bit words have a non-zero upper half. */
export function gnuDisassemble(words: readonly number[], march: Architecture): GnuLine[] {
  return inFolder((at) => {
    const lines = words.map((word) =>
      word >>> 16 === 0 ? `.inst.n 0x${word.toString(16)}` : `.inst.w 0x${(word >>> 0).toString(16)}`,
    );
    writeFileSync(at('in.s'), `.syntax unified\n.thumb\n${lines.join('\n')}\n`);
    execFileSync(`${PREFIX}as`, [marchOption(march), at('in.s'), '-o', at('in.o')]);
    const text = execFileSync(`${PREFIX}objdump`, ['-d', '-z', at('in.o')], { encoding: 'utf8', maxBuffer: 1 << 28 });
    return text.split('\n').flatMap((line) => {
      const match = /^\s*([0-9a-f]+):\t[0-9a-f ]+\t(.*)$/.exec(line);
      return match ? [{ address: parseInt(match[1], 16), text: match[2].replaceAll('\t', ' ').trim() }] : [];
    });
  });
}
