import { ALIASES } from '../../platforms/riscv/assembler/aliases.js';
import { FIELDS, fieldRange, operandParts } from '../../platforms/riscv/fields.js';
import type { OperandField } from '../../platforms/riscv/fields.js';
import { REGISTER_NAMES } from '../../platforms/riscv/registers.js';
import { INSTRUCTIONS } from '../../platforms/riscv/table.js';

/** A small deterministic generator of random numbers (xorshift32), so that a failing program can be made again. */
export class Random {
  constructor(private state: number) {
    if (state === 0) this.state = 1;
  }

  next(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return this.state >>> 0;
  }

  below(limit: number): number {
    return this.next() % limit;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}

const COMPRESSIBLE = ['s0', 's1', 'a0', 'a1', 'a5', 'sp', 'zero', 'ra'];

const register = (random: Random): string =>
  random.below(2) === 0 ? random.pick(COMPRESSIBLE) : random.pick(REGISTER_NAMES);

/** A number for a field: often at its edges, often small. */
function number(random: Random, field: OperandField): number {
  const { minimum, maximum, step } = fieldRange(FIELDS[field]);
  switch (random.below(5)) {
    case 0:
      return minimum;
    case 1:
      return maximum;
    case 2:
      return Math.min(maximum, Math.max(minimum, (random.below(80) - 40) * step));
    case 3:
      return Math.min(maximum, Math.max(minimum, random.below(70) * 4 * step));
    default:
      return minimum + random.below((maximum - minimum) / step + 1) * step;
  }
}

/** Instructions that GNU as does not know, or not with the architecture of the comparison. */
export const NOT_GNU = new Set(['dcache.flush', 'aes32esi', 'aes32esmi', 'aes32dsi', 'aes32dsmi']);

function operand(random: Random, field: OperandField, label: string): string {
  const { form, bias } = FIELDS[field];
  switch (form) {
    case 'register':
      return bias === 8 ? random.pick(REGISTER_NAMES.slice(8, 16)) : register(random);
    case 'upper':
      return field === 'imm.u' ? String(random.pick([0, 1, 31, 32, 0xfffe0, 0xfffff, random.below(0x100000)])) : '5';
    case 'number':
      return String(number(random, field));
    case 'capability':
    case 'scr':
      throw new RangeError(`${field} is CHERIoT's, which GNU as does not know`);
    case 'target':
      return label;
    case 'csr':
      return random.pick(['mstatus', 'satp', '0x7c0', String(random.below(4096))]);
    case 'fence set':
      return random.pick(['i', 'rw', 'iorw', 'o', 'ow']);
  }
}

/** A random instruction of the table in its own form. */
export function randomInstruction(random: Random, label: string): string {
  for (;;) {
    const instruction = random.pick(INSTRUCTIONS);
    if (instruction.decodeOnly !== undefined || NOT_GNU.has(instruction.mnemonic)) continue;
    const operands = operandParts(instruction.operands).map((part) =>
      part.kind === 'literal' ? part.text : operand(random, part.field, label),
    );
    const line = `${instruction.mnemonic} ${operands.join('')}`.trim();
    if (!refusedByGnu(line)) return line;
  }
}

/** Reserved or HINT forms of compressed instructions that GNU as does not take. */
function refusedByGnu(line: string): boolean {
  return (
    /^c\.(slli|srli|srai) .*,0$/.test(line) ||
    /^c\.(addi4spn|addi16sp) .*,0$/.test(line) ||
    /^c\.lwsp zero/.test(line) ||
    /^c\.(jr|jalr) zero$/.test(line) ||
    /^c\.(mv|add) .*,zero$/.test(line) ||
    /^c\.lui sp/.test(line) ||
    /^c\.nop 0$/.test(line)
  );
}

/** A random pseudo-instruction. */
export function randomAlias(random: Random, label: string): string {
  for (;;) {
    const alias = random.pick(ALIASES);
    if (alias.mnemonic === 'dcache.flush') continue;
    const operands = alias.operands.map((pattern) => {
      switch (pattern) {
        case 'd':
        case 's':
        case 't':
          return register(random);
        case 'i':
          return String(/^(csr|s[lr][la])/.test(alias.target) ? random.below(32) : number(random, 'imm.i'));
        case 'm':
          return `${number(random, 'imm.i')}(${register(random)})`;
        case 'p':
          return label;
        case 'c':
          return 'mepc';
        default:
          return pattern;
      }
    });
    return `${alias.mnemonic} ${operands.join(',')}`.trim();
  }
}

/** A random li or macro instruction. */
function randomMacro(random: Random, label: string): string {
  const value = random.next() >> random.below(32);
  return random.pick([
    `li ${register(random)}, ${value}`,
    `li ${register(random)}, ${value & ~0xfff}`,
    `la ${register(random)}, ${label}`,
    `call ${label}`,
    `lw ${register(random)}, ${label}`,
    `sw ${register(random)}, ${label}, t0`,
  ]);
}

/** A program of random instructions; every mnemonic appears if it is long enough. */
export function randomProgram(seed: number, lines: number): string {
  const random = new Random(seed);
  const body = Array.from({ length: lines }, () => {
    switch (random.below(4)) {
      case 0:
        return randomAlias(random, 'near');
      case 1:
        return randomMacro(random, 'near');
      default:
        return randomInstruction(random, 'near');
    }
  });
  // Short branches reach the label that is moved along
  const spread = body.map((line, i) => (i % 30 === 0 ? `9:\n${line}` : line).replaceAll('near', '9b'));
  return ['9:', ...spread].join('\n') + '\n';
}

/** A program of branches, jumps and gaps, for the sizes of branches. */
export function randomBranches(seed: number, count: number): string {
  const random = new Random(seed);
  const lines: string[] = [];
  const labels = Math.max(2, count >> 2);
  let placed = 0;
  for (let i = 0; i < count; i++) {
    const target = `l${random.below(labels)}`;
    const near = `l${Math.min(labels - 1, Math.max(0, placed + random.below(5) - 2))}`;
    const to = random.below(4) === 0 ? target : near;
    switch (random.below(9)) {
      case 0:
        lines.push(`beqz ${random.pick(['a0', 't0'])}, ${to}`);
        break;
      case 1:
        lines.push(`c.bnez s0, ${to}`);
        break;
      case 2:
        lines.push(`j ${to}`);
        break;
      case 3:
        lines.push(`bltu a0, t0, ${to}`);
        break;
      case 4:
        lines.push(random.pick([`jal ${to}`, `c.j ${to}`, `jal t0, ${to}`]));
        break;
      case 5:
        lines.push(`.space ${random.pick([2, 4, 30, 100, 120, 900, 1900]) + 2 * random.below(20)}`);
        break;
      case 6:
        lines.push(random.pick(['.balign 4', '.balign 16', '.p2align 5', 'nop']));
        break;
      default:
        if (placed < labels) lines.push(`l${placed++}:`);
        lines.push(random.pick(['addi a0, a0, 1', 'lw a0, 0(t0)']));
    }
  }
  while (placed < labels) lines.push(`l${placed++}:`);
  return lines.join('\n') + '\n nop\n';
}

const OPERATORS = [
  '+',
  '-',
  '*',
  '/',
  '%',
  '<<',
  '>>',
  '|',
  '&',
  '^',
  '!',
  '==',
  '!=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  '&&',
  '||',
];

/** An expression of numbers without regard to precedence; divisors are odd numbers, so that none is zero. */
function randomExpression(random: Random, depth: number): string {
  const terms = 1 + random.below(5);
  let text = operandText(random, depth);
  for (let i = 1; i < terms; i++) {
    const operator = random.pick(OPERATORS);
    const right =
      operator === '/' || operator === '%' || operator === '<<' || operator === '>>'
        ? String(2 * random.below(30) + 1)
        : operandText(random, depth);
    text += ` ${operator} ${right}`;
  }
  return text;
}

function operandText(random: Random, depth: number): string {
  if (depth > 0 && random.below(4) === 0) return `(${randomExpression(random, depth - 1)})`;
  const sign = random.pick(['', '', '', '-', '~', '!', '+']);
  return sign + random.pick([String(random.below(10)), `0x${random.next().toString(16)}`, String(random.next())]);
}

/** Eight-byte values of random expressions. */
export function randomExpressions(seed: number, count: number): string {
  const random = new Random(seed);
  return ['.data', ...Array.from({ length: count }, () => `.dword ${randomExpression(random, 2)}`)].join('\n') + '\n';
}
