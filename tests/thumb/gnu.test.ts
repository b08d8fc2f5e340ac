import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { assemble } from '../../platforms/assembler/assemble.js';
import type { Assembled } from '../../platforms/assembler/assemble.js';
import { thumbAssembler } from '../../platforms/thumb/assembler.js';
import { Decoder } from '../../platforms/thumb/decode.js';
import { disassemble } from '../../platforms/thumb/disassemble.js';
import { noOperands } from '../../platforms/thumb/fields.js';
import { Op } from '../../platforms/thumb/operations.js';
import { INSTRUCTIONS, PROFILES } from '../../platforms/thumb/table.js';
import type { Architecture } from '../../platforms/thumb/table.js';
import { Random } from '../assembler/generate.js';
import { randomBranches, randomProgram } from './generate.js';
import { describeArmGnu, gnuAssemble, gnuDisassemble, gnuMessages } from './gnu.js';
import { canonicalWord, isCanonical } from './words.js';

const CORPUS = join('tests', 'thumb', 'corpus');
const BASE = 0x10000;

type Success = Extract<Assembled, { ok: true }>;

/** A source names its architecture in its first line. */
const architectureOf = (source: string): Architecture => {
  const name = /^@ (\S+)/.exec(source)?.[1] ?? '';
  if (!Object.hasOwn(PROFILES, name)) throw new Error(`"${name}" is no architecture`);
  return name as Architecture;
};

function own(source: string, architecture: Architecture): Success {
  const isa = thumbAssembler({ architecture });
  const result = assemble(source, { file: 'test.s', isa, sections: { '.text': BASE } });
  if (!result.ok) throw new Error(result.problems.map((p) => `${p.line} ${p.text}: ${p.message}`).join('\n'));
  return result;
}

/** Where two programs differ, in words that help; empty if they are equal. */
function differences(result: Success, gnu: ReadonlyMap<string, Uint8Array>, source: string): string[] {
  return result.sections.flatMap(({ name, address, bytes, size }) => {
    const mine = bytes.length > 0 ? bytes : new Uint8Array(size);
    const theirs = gnu.get(name) ?? new Uint8Array();
    const at = mine.findIndex((byte, i) => byte !== theirs[i]);
    if (at < 0 && mine.length === theirs.length) return [];
    const offset = at < 0 ? Math.min(mine.length, theirs.length) : at;
    const line = result.image.lines.findLast((l) => l.physical >= address && l.physical <= address + offset)?.line;
    const text = line === undefined ? '?' : source.split('\n')[line - 1];
    return [`${name}+0x${offset.toString(16)}: ${text}; sizes ${mine.length} and ${theirs.length}`];
  });
}

function compare(source: string, architecture: Architecture): void {
  const result = own(source, architecture);
  const gnu = gnuAssemble(source, result.sections, architecture);
  if (!gnu.ok) throw new Error(gnu.messages);
  expect(differences(result, gnu.sections, source)).toEqual([]);
}

/**
 * The program without the lines that GNU as refuses: random operands are sometimes UNPREDICTABLE or out of reach.
 * @returns the source and the share of lines that are left out.
 */
function acceptable(lines: readonly string[], architecture: Architecture): { source: string; refused: number } {
  const kept = [...lines];
  let refused = 0;
  for (;;) {
    const source = kept.join('\n') + '\n';
    const wrong = [...gnuMessages(source, architecture).matchAll(/:(\d+): Error/g)].map((m) => Number(m[1]) - 1);
    if (wrong.length === 0) return { source, refused: refused / lines.length };
    for (const line of new Set(wrong)) {
      kept[line] = '';
      refused++;
    }
  }
}

const ARCHITECTURES: readonly Architecture[] = ['armv6-m', 'armv7-m', 'armv7e-m', 'armv8-m.main+dsp'];
const M33 = 'armv8-m.main+dsp';

describeArmGnu('GNU as', () => {
  it.each(readdirSync(CORPUS))('gives the same bytes for %s', (name) => {
    const source = readFileSync(join(CORPUS, name), 'utf8');
    compare(source, architectureOf(source));
  });

  it.each(ARCHITECTURES.flatMap((architecture) => [1, 2].map((seed) => ({ architecture, seed }))))(
    'gives the same bytes for random instructions of $architecture, seed $seed',
    ({ architecture, seed }) => {
      const { source, refused } = acceptable(randomProgram(seed, 2500, architecture), architecture);
      compare(source, architecture);
      expect(refused).toBeLessThan(0.05);
    },
  );

  it.each(Array.from({ length: 12 }, (_, i) => i + 1))(
    'gives the same sizes of branches and literals, seed %i',
    (seed) => {
      const architecture = seed % 3 === 0 ? M33 : 'armv7-m';
      const { source, refused } = acceptable(randomBranches(seed, 50 + 40 * seed).split('\n'), architecture);
      compare(source, architecture);
      expect(refused).toBeLessThan(0.1);
    },
  );
});

/** The text of objdump in the words of the table: its names for what has two, numbers in decimal. */
function asTable(text: string): string {
  return text
    .toLowerCase()
    .replace(/\s*[;@].*$/, '')
    .replace(/\s*<.*>/, '')
    .replace(/^(\S+?)\.[nw]\b/, '$1')
    .replace(/^(mov)(s?) (\w+, \w+), (lsl|lsr|asr|ror) /, '$4$2 $3, ')
    .replace(/^mov(s?) (\w+, \w+), rrx/, 'rrx$1 $2')
    .replace(/^negs (.*)/, 'rsbs $1, #0')
    .replace(/^addw? (\w+), pc, #(\d+)/, 'adr $1, [pc, #$2]')
    .replace(/^subw (\w+), pc, #(\d+)/, 'adr $1, [pc, #-$2]')
    .replace(/^(svc|bkpt) (0x)?([0-9a-f]+)/, (_, name: string, base: string | undefined, digits: string) => {
      return `${name} #${parseInt(digits, base === undefined ? 10 : 16)}`;
    })
    .replace(/^(add|sub) sp, #/, '$1 sp, sp, #')
    .replace(/, #-?0\]/, ']')
    .replace(/ 0x([0-9a-f]+)$/, ' $1')
    .trim();
}

/** Names that objdump has for options and hints that the architecture does not allocate. */
const NOT_ALLOCATED = /^(d[ms]b (nshld|ishld|oshld|ld)|ssbb|pssbb|dfb|sevl|nop \{|mrs|msr)/;

/**
 * What objdump prints for words that are no instructions of these cores or UNPREDICTABLE: Armv8.1-M and its vectors, the A
 * profile, r13 and r15 in wrong places, bit fields beyond bit 31, preloads that write back.
 */
const UNCLEAR =
  /^(v|bfl?x?\b|bfc|bfi|bfcsel|le|lctp|wls|dls|blx|clrm|sha|crc|pac|aut|(str|ldr|stl|lda)exd|cs|cin|smc|hvc|eret|rfe|srs|bxj|cps|pld|pli|[su]bfx)|unpredictable|\b(pc|sp)\b|undefined \(bcc/i;

describeArmGnu('objdump', () => {
  const decoder = new Decoder(INSTRUCTIONS, new Set(PROFILES[M33]));

  /** Lines on which objdump and the disassembler disagree about these words. */
  function disagreements(words: readonly number[]): string[] {
    return gnuDisassemble(words, M33).flatMap(({ address, text }, i) => {
      if (/unpredictable/i.test(text)) return [];
      const mine = asTable(disassemble(words[i], address, decoder));
      const theirs = asTable(text);
      if (mine === theirs || NOT_ALLOCATED.test(theirs)) return [];
      return [`${(words[i] >>> 0).toString(16)}: ${mine} | ${theirs}`];
    });
  }

  it('prints the same for every 16-bit instruction', () => {
    const words = Array.from({ length: 0xe800 }, (_, word) => word).filter((word) => {
      const op = decoder.decode(word, noOperands());
      return op !== Op.IT && op !== Op.UNDEFINED && decoder.find(word)?.decodeOnly !== true;
    });
    // BLX with bits that should be 0; NOP of Armv6-M
    const known = /^(478[1-7]|47[89a-f][1-79a-f]|46c0|b6[67][4-7c-f]|b6[67][89ab]):/;
    expect(disagreements(words).filter((line) => !known.test(line))).toEqual([]);
  });

  it('prints the same for 32-bit instructions of every entry', () => {
    const random = new Random(11);
    const words = INSTRUCTIONS.filter((i) => i.length === 4 && i.decodeOnly !== true).flatMap((instruction) =>
      Array.from({ length: 20 }, () => canonicalWord(instruction, random.next())).filter((word) => {
        const found = decoder.find(word);
        return found !== undefined && found.decodeOnly !== true && isCanonical(found, word);
      }),
    );
    expect(words.length).toBeGreaterThan(5000);
    const known = (line: string): boolean =>
      // Unprivileged loads at PC are loads from a literal (DDI0403E A5.3.7); TTAT before STREX of r15
      /\| ldr(s?[bh])?t \w+, \[pc|^e84\w+: ttat|^e84\w+: tta? /.test(line);
    expect(disagreements(words).filter((line) => !known(line))).toEqual([]);
  });

  it('agrees which words are undefined, where that is plain', () => {
    const random = new Random(3);
    const words = Array.from({ length: 30_000 }, () => (0xe8000000 + random.below(0x18000000)) | 0);
    const wrong = gnuDisassemble(words, M33).flatMap(({ text }, i) => {
      const word = words[i];
      const found = decoder.find(word);
      const plain = found === undefined || (found.op !== Op.COPROCESSOR && isCanonical(found, word));
      if (!plain || UNCLEAR.test(text)) return [];
      // [rn, rm] with bits 11:6 that are not all 0: objdump looks at some of them only
      if (/^(ldr|str)\S* \w+, \[\w+, \w+/.test(text) && (word & 0xfc0) !== 0) return [];
      const theirs = text === '' || /\bundefined\b|\?\?|^[;@]/i.test(text);
      return theirs === (found === undefined) ? [] : [`${(word >>> 0).toString(16)}: ${found?.mnemonic} | ${text}`];
    });
    expect(wrong).toEqual([]);
  });
});
