import type { Cursor } from '../assembler/cursor.js';
import type { Host, IsaPlugin, IsaSession } from '../assembler/isa.js';
import { Mistake } from '../assembler/problems.js';
import { HighParts } from './assembler/context.js';
import type { Context } from './assembler/context.js';
import { emit } from './assembler/emit.js';
import { insn } from './assembler/insn.js';
import { MACROS, NEVER_COMPRESSED } from './assembler/macros.js';
import type { MacroInstruction } from './assembler/macros.js';
import { matchAlias, matchInstruction } from './assembler/match.js';
import { readOperands } from './assembler/operands.js';
import type { Operand } from './assembler/operands.js';
import { ALIASES, BITMANIP_ALIASES, byMnemonic } from './assembler/aliases.js';
import type { Alias, Compression } from './assembler/aliases.js';
import { CSRS } from './csrs.js';
import { Compressor } from './encode.js';
import type { Extension, Instruction } from './instruction.js';
import type { Op } from './operations.js';
import { REGISTERS } from './registers.js';
import { INSTRUCTIONS } from './table.js';

/** What the RISC-V assembler may know. */
export interface RiscvAssemblerOptions {
  readonly table?: readonly Instruction[];
  /** Extensions whose instructions can be written. Default: all of the table. */
  readonly extensions?: ReadonlySet<Extension>;
  readonly registers?: ReadonlyMap<string, number>;
  /** How many of them exist: 16 for RV32E. Default: 32. `.insn` takes all. */
  readonly registerCount?: 16 | 32;
  /** CSRs of the core besides the standard ones. */
  readonly csrs?: ReadonlyMap<string, number>;
  /** Whether a source begins with `.option rvc`. Default: whether C is one of the extensions. */
  readonly compressed?: boolean;
  readonly dialect?: Dialect;
}

/** What a family of assemblers adds to the mnemonics of the table. */
export interface Dialect {
  readonly aliases: readonly Alias[];
  readonly macros: ReadonlyMap<string, MacroInstruction>;
  /** Operations that are not compressed if written with their own mnemonic. */
  readonly neverCompressed: ReadonlySet<Op>;
  /** May be written before any mnemonic, and means nothing. */
  readonly prefix?: string;
}

/** GNU as. */
const GNU: Dialect = { aliases: [...ALIASES, ...BITMANIP_ALIASES], macros: MACROS, neverCompressed: NEVER_COMPRESSED };

/**
 * The RISC-V syntax of GNU as without linker relaxation (`-mno-relax`): the same bytes for the same source.
 */
export function riscvAssembler(options: RiscvAssemblerOptions = {}): IsaPlugin {
  const table = options.table ?? INSTRUCTIONS;
  const extensions = options.extensions ?? new Set(table.map((instruction) => instruction.extension));
  const enabled = table.filter((instruction) => extensions.has(instruction.extension));
  const instructions = new Map<string, Instruction[]>();
  for (const instruction of enabled) {
    if (instruction.decodeOnly !== undefined) continue;
    instructions.set(instruction.mnemonic, [...(instructions.get(instruction.mnemonic) ?? []), instruction]);
  }
  const operations = new Map<Op, Instruction>();
  for (const instruction of enabled) {
    if (instruction.length === 4 && !operations.has(instruction.op)) operations.set(instruction.op, instruction);
  }
  const compressor = new Compressor(enabled);
  const dialect = options.dialect ?? GNU;
  const aliases = byMnemonic(dialect.aliases);
  return {
    name: 'RISC-V',
    lexical: { comment: '#', lineComment: '' },
    open: (host: Host) =>
      new RiscvSession(
        {
          host,
          registers: options.registers ?? REGISTERS,
          registerCount: options.registerCount ?? 32,
          csrs: new Map([...CSRS, ...(options.csrs ?? [])]),
          compressor,
          instructions,
          operations,
          compressed: options.compressed ?? extensions.has('C'),
          highParts: new HighParts(),
        },
        table,
        dialect,
        aliases,
      ),
  };
}

const NOP = [0x13, 0, 0, 0];
const SHORT_NOP = [0x01, 0];

/** One assembly of RISC-V source. */
class RiscvSession implements IsaSession {
  readonly alignIsPowerOfTwo = true;
  readonly codeAlignment: number;
  private readonly optionStack: boolean[] = [];

  constructor(
    private readonly context: Context,
    private readonly table: readonly Instruction[],
    private readonly dialect: Dialect,
    private readonly aliases: ReadonlyMap<string, readonly Alias[]>,
  ) {
    this.codeAlignment = context.compressed ? 2 : 4;
  }

  get instructionAlignment(): number {
    return this.context.compressed ? 2 : 4;
  }

  instruction(written: string, cursor: Cursor): boolean {
    const { prefix = '', macros } = this.dialect;
    const mnemonic = written.startsWith(prefix) ? written.slice(prefix.length) : written;
    const macro = macros.get(mnemonic);
    const forms = this.aliasesOf(mnemonic);
    const instructions = this.context.instructions.get(mnemonic) ?? [];
    if (macro === undefined && forms.length === 0 && instructions.length === 0) {
      const unknown = this.table.find((instruction) => instruction.mnemonic === mnemonic);
      if (unknown === undefined) return false;
      throw new Mistake(`${mnemonic} needs extension ${unknown.extension}, which this core does not have`);
    }
    const operands = readOperands(cursor, this.context.registers);
    if (macro?.(this.context, operands) === true) return true;
    for (const alias of forms) {
      const target = matchAlias(this.context, alias, operands);
      if (target !== undefined && this.tryInstruction(alias.target, target, alias.compression)) return true;
    }
    if (this.tryInstruction(mnemonic, operands, undefined)) return true;
    throw new Mistake(`${mnemonic} takes ${this.forms(mnemonic)}`);
  }

  directive(name: string, operands: Cursor): boolean {
    switch (name) {
      case '.option':
        this.option(operands);
        return true;
      case '.insn':
        insn(this.context, operands);
        return true;
      default:
        return false;
    }
  }

  /** Zeros up to an even address, a c.nop up to a multiple of 4, then nops; also without C, as GNU as does it. */
  padding(bytes: number): number[] {
    const out: number[] = bytes % 2 === 1 ? [0] : [];
    if (bytes % 4 >= 2) out.push(...SHORT_NOP);
    while (out.length < bytes) out.push(...NOP);
    return out;
  }

  finish(): void {
    // Nothing is pending
  }

  /** Emits the instruction if one of this mnemonic takes these operands. */
  private tryInstruction(
    mnemonic: string,
    operands: readonly Operand[],
    compression: Compression | undefined,
  ): boolean {
    for (const instruction of this.context.instructions.get(mnemonic) ?? []) {
      const match = matchInstruction(this.context, instruction, operands);
      if (match === undefined) continue;
      if (instruction.length === 2 && !this.context.compressed) {
        throw new Mistake(`${mnemonic} needs .option rvc`);
      }
      const own = this.dialect.neverCompressed.has(instruction.op) ? 'never' : 'any';
      emit(this.context, instruction, match.operands, match.immediate, compression ?? own);
      return true;
    }
    return false;
  }

  /** The pseudo-instructions of a mnemonic whose instruction the core has. */
  private aliasesOf(mnemonic: string): readonly Alias[] {
    return (this.aliases.get(mnemonic) ?? []).filter((alias) => this.context.instructions.has(alias.target));
  }

  /** What may follow a mnemonic, for a message. */
  private forms(mnemonic: string): string {
    const own = (this.context.instructions.get(mnemonic) ?? []).map((i) => i.operands);
    const known = [...own, ...this.aliasesOf(mnemonic).map((alias) => alias.operands.join(','))].map(readable);
    const extra = this.dialect.macros.has(mnemonic) ? MACRO_FORMS.get(mnemonic) : undefined;
    if (extra !== undefined) known.push(extra);
    const limited = own.some((form) => form.includes("'")) ? ', with registers s0, s1 and a0 to a5' : '';
    return [...new Set(known)].map((form) => (form === '' ? 'no operands' : form)).join('; or ') + limited;
  }

  private option(operands: Cursor): void {
    const { context } = this;
    const name = operands.name('option');
    switch (name) {
      case 'rvc':
        this.needC();
        context.compressed = true;
        break;
      case 'norvc':
        context.compressed = false;
        break;
      case 'push':
        this.optionStack.push(context.compressed);
        break;
      case 'pop': {
        const saved = this.optionStack.pop();
        if (saved === undefined) throw new Mistake('.option pop has no .option push');
        context.compressed = saved;
        break;
      }
      case 'arch':
        this.architecture(operands);
        break;
      case 'norelax':
      case 'nopic':
      case 'csr-check':
      case 'no-csr-check':
        if (name.startsWith('no-') || name.endsWith('check')) operands.skip();
        break;
      case 'relax':
        throw new Mistake('linker relaxation is not supported: write .option norelax');
      default:
        throw new Mistake(`.option ${name} is not supported: rvc, norvc, push, pop, arch, norelax`);
    }
  }

  /** `.option arch, +c` and `-c`; other extensions are those of the core. */
  private architecture(operands: Cursor): void {
    while (operands.accept(',')) {
      const adds = operands.accept('+');
      if (!adds) operands.expect('-');
      const extension = operands.name('extension');
      if (extension !== 'c') throw new Mistake(`.option arch can switch only c, not ${extension}`);
      if (adds) this.needC();
      this.context.compressed = adds;
    }
  }

  private needC(): void {
    if (!this.table.some((instruction) => instruction.length === 2)) {
      throw new Mistake('this core has no compressed instructions');
    }
  }
}

/** A form of the tables as a reader would write it. */
function readable(form: string): string {
  const names: Readonly<Record<string, string>> = {
    d: 'rd',
    s: 'rs1',
    t: 'rs2',
    i: 'imm',
    p: 'target',
    m: 'imm(rs1)',
    c: 'csr',
  };
  return form
    .split(',')
    .map(
      (part) =>
        names[part] ??
        part
          .replace(/\bc\.|'/g, '')
          .replace(/\bu?imm\.[bj]\b/g, 'target')
          .replace(/\bu?imm\.\w+/g, 'imm'),
    )
    .join(', ');
}

const MACRO_FORMS: ReadonlyMap<string, string> = new Map([
  ['li', 'rd, number'],
  ['la', 'rd, symbol'],
  ['lla', 'rd, symbol'],
  ['call', 'symbol; or rd, symbol'],
  ['tail', 'symbol'],
  ['jump', 'symbol, register'],
  ...['lb', 'lbu', 'lh', 'lhu', 'lw'].map((mnemonic) => [mnemonic, 'rd, symbol'] as const),
  ...['sb', 'sh', 'sw'].map((mnemonic) => [mnemonic, 'rs2, symbol, register'] as const),
  ['sext.b', 'rd, rs1'],
  ['sext.h', 'rd, rs1'],
  ['zext.h', 'rd, rs1'],
  ['cllc', 'cd, symbol'],
  ['ccall', 'symbol'],
  ['ctail', 'symbol'],
  ['unimp', ''],
  ['c.unimp', ''],
]);
