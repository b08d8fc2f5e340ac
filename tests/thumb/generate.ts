import { Codec, decodeBits } from '../../platforms/thumb/codecs.js';
import { FIELDS, operandParts, readEncoding } from '../../platforms/thumb/fields.js';
import type { Field, ImmediateField, RegisterField, ShiftField } from '../../platforms/thumb/fields.js';
import type { Instruction } from '../../platforms/thumb/instruction.js';
import { Flags } from '../../platforms/thumb/instruction.js';
import { BARRIERS, CONDITION_NAMES, REGISTER_NAMES, SPECIAL_REGISTERS } from '../../platforms/thumb/registers.js';
import { INSTRUCTIONS, PROFILES } from '../../platforms/thumb/table.js';
import type { Architecture } from '../../platforms/thumb/table.js';
import { Random } from '../assembler/generate.js';

/** Instructions of an architecture that can be written. */
export function writable(architecture: Architecture): Instruction[] {
  const features = new Set<string>(PROFILES[architecture]);
  return INSTRUCTIONS.filter((i) => features.has(i.feature) && i.decodeOnly !== true && i.mnemonic !== 'it');
}

function register(random: Random, field: RegisterField, width: number): string {
  if (width === 3) return `r${random.below(8)}`;
  const extra = { general: [], sp: ['sp'], any: ['sp', 'pc'] }[field.allowed];
  // Low registers half of the time: many forms are there for them
  return random.below(2) === 0
    ? `r${random.below(8)}`
    : random.pick([...REGISTER_NAMES.slice(0, 13), 'lr', ...extra, ...extra]);
}

/** A value of a field: often at its edges, often small. */
export function fieldValue(random: Random, codec: Codec, width: number): number {
  const all = 2 ** width - 1;
  const raw = random.pick([0, all, random.below(8) & all, random.below(all + 1), random.below(all + 1)]);
  const value = decodeBits(codec, raw, width);
  // `#-0` is not what GNU as makes of it
  return value === 0 ? 0 : value;
}

function list(random: Random, codec: Codec, length: number): string {
  const allowed = {
    [Codec.LIST_LR]: 0x40ff,
    [Codec.LIST_PC]: 0x80ff,
    [Codec.LIST_STORE]: 0x5fff,
    // LR and PC together are UNPREDICTABLE
    [Codec.LIST_LOAD]: random.below(2) === 0 ? 0x5fff : 0x9fff,
  };
  const mask = length === 2 && codec === Codec.LIST ? 0xff : (allowed[codec as keyof typeof allowed] ?? 0xff);
  let bits = random.next() & random.pick([-1, random.next(), 0xff]) & mask;
  if (bits === 0) bits = 1 << random.below(8);
  const names: string[] = [];
  for (let i = 0; i < 16; i++) {
    if (((bits >> i) & 1) === 0) continue;
    let end = i;
    while (end < 12 && ((bits >> (end + 1)) & 1) !== 0) end++;
    names.push(end > i + 1 && random.below(2) === 0 ? `r${i}-${REGISTER_NAMES[end]}` : REGISTER_NAMES[i]);
    if (names[names.length - 1].includes('-')) i = end;
  }
  return `{${names.join(', ')}}`;
}

function immediate(
  random: Random,
  field: ImmediateField,
  width: number,
  instruction: Instruction,
  label: string,
): string {
  switch (field.form) {
    case 'number': {
      const value = fieldValue(random, field.codec, width);
      return `#${field.codec === Codec.CONSTANT ? value >>> 0 : value}`;
    }
    case 'target':
    case 'literal':
      return label;
    case 'list':
      return list(random, field.codec, instruction.length);
    case 'special':
      return random.pick(
        [...SPECIAL_REGISTERS].flatMap(([name, { from }]) => (from === 'v6-M' || from === 'v7-M' ? [name] : [])),
      );
    case 'special mask':
      return '';
    case 'barrier':
      return instruction.mnemonic === 'isb' ? 'sy' : random.pick([...BARRIERS.keys(), '#3']);
    case 'interrupt flags':
      return random.pick(['i', 'f', 'if']);
    case 'coprocessor':
      return `p${random.below(8)}`;
  }
}

/** A shift with its comma, or nothing where nothing may stand. */
function shift(random: Random, field: ShiftField, width: number, lowest: number): string {
  switch (field.shift) {
    case 'any':
      return random.pick([
        '',
        `, lsl #${random.below(32)}`,
        `, lsr #${1 + random.below(32)}`,
        `, asr #${1 + random.below(32)}`,
        `, ror #${1 + random.below(31)}`,
        ', rrx',
      ]);
    case 'lsl':
      return random.pick(['', `, lsl #${random.below(2 ** width)}`]);
    case 'asr':
      return `, asr #${1 + random.below(width === 5 ? 31 : 32)}`;
    case 'rotation':
      return random.pick(['', ', ror #8', ', ror #16', ', ror #24']);
    case 'msb':
    case 'width':
      return `, #${1 + random.below(32 - lowest)}`;
  }
}

/** A random line of this instruction in its own form, without condition. Forms that are UNPREDICTABLE are left out. */
export function randomOperands(random: Random, instruction: Instruction, label: string): string {
  for (;;) {
    const operands = anyOperands(random, instruction, label);
    if (!isUnpredictable(instruction.mnemonic, operands)) return operands;
  }
}

/** Register numbers that clash, and what GNU as makes something else of. */
function isUnpredictable(mnemonic: string, operands: string): boolean {
  const [a, b, c] = operands.split(/[^a-z0-9]+/).filter((text) => text !== '');
  if (/^([us]m[lu].*l(bb|bt|tb|tt|d|dx)?|[us]ml[as]ld.*|umaal)$/.test(mnemonic)) return a === b;
  if (/^ldrd/.test(mnemonic)) return a === b || a === c || b === c;
  if (/^strd/.test(mnemonic)) return a === c || b === c;
  if (/^st(r|l)ex/.test(mnemonic)) return a === b || a === c;
  // GNU as takes it for PUSH
  if (mnemonic === 'stmia') return a === 'sp';
  return /^(ldr|str).*\](!|, #)/.test(`${mnemonic} ${operands}`) && a === b;
}

function anyOperands(random: Random, instruction: Instruction, label: string): string {
  const { layouts } = readEncoding(instruction.encoding);
  let text = '';
  let lowest = 0;
  for (const part of operandParts(instruction.operands)) {
    if (part.kind === 'literal') {
      text += part.text === 'lsl1' ? 'lsl #1' : part.text === ',' ? ', ' : part.text;
      continue;
    }
    const field: Field = FIELDS[part.name];
    const width = layouts.get(field.letter)?.width ?? 0;
    if (field.kind === 'register') text += register(random, field, width);
    else if (field.kind === 'immediate') {
      const written = immediate(random, field, width, instruction, label);
      lowest = Number(/^#(\d+)$/.exec(written)?.[1] ?? 0);
      text = part.name === 'sysm.mask' ? text : text + written;
    } else text = text.replace(/, $/, '') + shift(random, field, width, lowest);
  }
  return text.replace(/^, /, '');
}

/** Leaves the first source out if it is the destination, or makes it so. */
function vary(random: Random, mnemonic: string, operands: string): string {
  const parts = operands.split(', ');
  const base = mnemonic.replace(/s$/, '');
  if (!/^(add|adc|sub|sbc|rsb|and|orr|orn|eor|bic|lsl|lsr|asr|ror|mul)$/.test(base) || parts.length < 3)
    return operands;
  if (/\b(lsl|lsr|asr|ror|rrx)\b/.test(operands)) return operands;
  switch (random.below(5)) {
    case 0:
      return [parts[0], parts[0], ...parts.slice(2)].join(', ');
    case 1:
      return [parts[0], ...parts.slice(2)].join(', ');
    case 2:
      return /^r\d/.test(parts[2]) ? [parts[0], parts[1], parts[0], ...parts.slice(3)].join(', ') : operands;
    default:
      return operands;
  }
}

/** What Armv6-M has not, although GNU as takes it, and what only GNU as refuses there (UDF.W). */
const NOT_V6 = /^cps.. .*f|basepri|faultmask|^udf/;

/** A random instruction of the architecture, outside an IT block. */
function randomInstruction(random: Random, instruction: Instruction, architecture: Architecture): string {
  for (let tries = 0; ; tries++) {
    // A 16-bit literal lies ahead
    const ahead = architecture === 'armv6-m' && instruction.operands.includes('at.');
    const line = lineOf(random, instruction, instruction.mnemonic, ahead ? '9f' : random.pick(['9b', '9f']));
    if (architecture !== 'armv6-m' || !NOT_V6.test(line)) return line;
    if (tries > 20) return 'nop';
  }
}

function lineOf(random: Random, instruction: Instruction, mnemonic: string, label: string): string {
  const operands = vary(random, instruction.mnemonic, randomOperands(random, instruction, label));
  const suffix = instruction.length === 4 && random.below(4) === 0 ? '.w' : '';
  return `${mnemonic}${suffix} ${operands}`.trim();
}

const CONDITIONLESS = /^(b|bl|bx|blx|b..|cbz|cbnz|tbb|tbh|it|cps..|bkpt|udf|bxns|blxns|sg|dbg|csdb)$/;

/** An IT block of random instructions that may stand in one, on one line. */
function randomBlock(random: Random, table: readonly Instruction[], label: string): string {
  const first = random.below(14);
  const letters = Array.from({ length: random.below(4) }, () => random.pick(['t', 'e']));
  const lines = [`it${letters.join('')} ${CONDITION_NAMES[first]}`];
  for (const letter of ['t', ...letters]) {
    const condition = CONDITION_NAMES[letter === 't' ? first : first ^ 1];
    for (;;) {
      const instruction = random.pick(table);
      if (CONDITIONLESS.test(instruction.mnemonic)) continue;
      const name = instruction.flags === Flags.OUTSIDE_IT ? instruction.mnemonic.slice(0, -1) : instruction.mnemonic;
      const operands = vary(random, instruction.mnemonic, randomOperands(random, instruction, label));
      if (/\bpc\b/.test(operands) || (instruction.mnemonic === 'pop' && operands.includes('pc'))) continue;
      lines.push(`${name}${condition} ${operands}`.trim());
      break;
    }
  }
  return lines.join('; ');
}

/** Names and forms that are not in the table. */
function randomAlias(random: Random, table: readonly Instruction[]): string {
  const r = (): string => (random.below(2) === 0 ? `r${random.below(8)}` : REGISTER_NAMES[random.below(13)]);
  const wide = table.some((instruction) => instruction.mnemonic === 'movw');
  const value = random.pick([random.below(300), random.next() >>> random.below(32), 0xff << random.below(24)]) >>> 0;
  const common = [
    `ldr ${r()}, =${value}`,
    `negs r${random.below(8)}, r${random.below(8)}`,
    `cpy ${r()}, ${r()}`,
    `push {r${random.below(8)}, lr}`,
    `pop {r${random.below(8)}, pc}`,
    `ldm r${random.below(4)}!, {r5, r6}`,
    `movs r${random.below(8)}, r${random.below(8)}, lsl #${random.below(32)}`,
    `movs r1, r1, lsr r2`,
    `lsls r${random.below(8)}, #${random.below(32)}`,
    `add ${r()}, ${r()}`,
    `add r${random.below(8)}, pc, #${4 * random.below(256)}`,
  ];
  const others = [
    `mov ${r()}, #${value}`,
    `add ${r()}, ${r()}, #-${random.below(5000)}`,
    `sub ${r()}, ${r()}, #${random.pick([random.below(5000), -random.below(5000)])}`,
    `cmp ${r()}, #-${random.below(256)}`,
    `and ${r()}, ${r()}, #${~(0xff << random.below(24)) >>> 0}`,
    `orr ${r()}, #${~(0xff << random.below(24)) >>> 0}`,
    `adc ${r()}, ${r()}, #${~random.below(256)}`,
    `neg ${r()}, ${r()}`,
    `mov ${r()}, ${r()}, ${random.pick(['lsl', 'lsr', 'asr', 'ror'])} #${random.below(32)}`,
    `mov ${r()}, ${r()}, rrx`,
    `mov ${r()}, ${r()}, asr ${r()}`,
    `stmdb sp!, {r4-r11, lr}`,
    `ldmia ${r()}!, {r${random.below(8)}}`,
    `stmdb ${r()}, {${r()}}`,
    `ldm ${r()}, {r${random.below(8)}}`,
    `ldrd r${2 * random.below(3)}, [${r()}, #${4 * random.below(250)}]`,
    `ldr.w ${r()}, =${value}`,
    `sub r${random.below(8)}, pc, #${random.below(4096)}`,
    `add sp, #${4 * random.below(300)}`,
    `sub sp, sp, #${random.below(4096)}`,
    `mul ${r()}, ${r()}`,
    `push.w {r1, r2}`,
  ];
  return random.pick(wide ? [...common, ...others] : common);
}

/** A program of random instructions, one statement or IT block a line; every entry of the table has its turn. */
export function randomProgram(seed: number, count: number, architecture: Architecture): string[] {
  const random = new Random(seed);
  const table = writable(architecture);
  const lines: string[] = ['.syntax unified', '.thumb', '.balign 4', '9: nop'];
  let next = 0;
  for (let i = 0; i < count; i++) {
    if (i % 25 === 0) lines.push('.balign 4', `9: ${random.pick(['nop', '.word 9b'])}`);
    if (i % 60 === 0) lines.push('.ltorg');
    const kind = random.below(8);
    if (kind === 0) lines.push(randomAlias(random, table));
    else if (kind === 1 && architecture !== 'armv6-m') lines.push(randomBlock(random, table, '9b'));
    else lines.push(randomInstruction(random, table[next++ % table.length], architecture));
  }
  lines.push('.balign 4', '9: nop');
  return lines;
}

/** A program of branches, literals and gaps, for the sizes of instructions. */
export function randomBranches(seed: number, count: number): string {
  const random = new Random(seed);
  const lines: string[] = ['.syntax unified', '.thumb', '.global l1, l5'];
  const labels = Math.max(6, count >> 2);
  let placed = 0;
  for (let i = 0; i < count; i++) {
    const far = `l${random.below(labels)}`;
    const near = `l${Math.min(labels - 1, Math.max(0, placed + random.below(7) - 3))}`;
    const to = random.below(5) === 0 ? far : near;
    switch (random.below(12)) {
      case 0:
      case 1:
        lines.push(`b${random.pick(CONDITION_NAMES.slice(0, 14))} ${to}`);
        break;
      case 2:
        lines.push(random.pick([`b ${to}`, `b.w ${to}`, `bl ${to}`, `itt eq; addeq r0, r1; beq ${to}`]));
        break;
      case 3:
        lines.push(random.pick([`ldr r${random.below(8)}, ${to}`, `ldr r9, ${to}`, `adr r${random.below(8)}, ${to}`]));
        break;
      case 4:
        lines.push(
          random.pick([`ldr r1, =${random.next()}`, `ldr r2, =${to}`, `ldr r3, =${to} + ${random.below(64)}`]),
        );
        break;
      case 5:
        lines.push(`.space ${random.pick([2, 4, 30, 100, 230, 900, 1900]) + 2 * random.below(20)}`);
        break;
      case 6:
        lines.push(random.pick(['.balign 4', '.balign 8', '.p2align 5', '.align 2', 'nop']));
        break;
      case 7:
        lines.push(random.pick(['.ltorg', '.word 9f - 8b', 'movw r0, #1000', 'nop', 'nop']), '8: nop; 9:');
        break;
      default:
        if (placed < labels) lines.push(random.below(3) === 0 ? `.balign 4; l${placed++}:` : `l${placed++}:`);
        lines.push(random.pick(['adds r0, #1', 'add.w r0, r1, r2', 'ldr r0, [r1]']));
    }
  }
  while (placed < labels) lines.push(`.balign 4; l${placed++}:`);
  return [...lines.slice(0, 3), '8: nop', ...lines.slice(3), '.ltorg', 'nop; 9: nop'].join('\n') + '\n';
}
