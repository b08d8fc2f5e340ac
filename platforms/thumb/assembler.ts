import type { Cursor } from '../assembler/cursor.js';
import type { Expression } from '../assembler/expression.js';
import type { Host, IsaPlugin, IsaSession } from '../assembler/isa.js';
import { Mistake } from '../assembler/problems.js';
import type { Label } from '../assembler/section.js';
import { directive } from './assembler/directives.js';
import type { Settings } from './assembler/directives.js';
import { waitingFragment, wordBytes } from './assembler/fragments.js';
import type { Waiting } from './assembler/fragments.js';
import { FEATURE_NAMES, joinReasons, readable } from './assembler/messages.js';
import { IfThen } from './assembler/it.js';
import { match } from './assembler/match.js';
import type { Matched, Surroundings } from './assembler/match.js';
import { branchName, nameOf } from './assembler/names.js';
import type { Name } from './assembler/names.js';
import { readOperands } from './assembler/operands.js';
import type { Operand } from './assembler/operands.js';
import { prepare } from './assembler/patterns.js';
import type { Prepared } from './assembler/patterns.js';
import { LiteralPools } from './assembler/pool.js';
import { whyUnpredictable } from './assembler/unpredictable.js';
import { COMMUTATIVE, attempts } from './assembler/rewrite.js';
import type { Attempt } from './assembler/rewrite.js';
import { Flags } from './instruction.js';
import type { Instruction } from './instruction.js';
import { Op } from './operations.js';
import { INSTRUCTIONS, PROFILES } from './table.js';
import type { Architecture } from './table.js';

/** What the Thumb assembler may know. */
export interface ThumbAssemblerOptions {
  /** Whose instructions can be written; `.arch` and `.cpu` of a source change it. */
  readonly architecture: Architecture;
}

/** Every instruction that can be written, by the name of its table entry. */
const BY_NAME = byName((instruction) => instruction.mnemonic);

/** The same inside an IT block: 16-bit forms that set the flags elsewhere have the name without `s`. */
const BY_NAME_IN_BLOCK = byName(({ mnemonic, flags }) =>
  flags === Flags.OUTSIDE_IT ? mnemonic.slice(0, -1) : mnemonic,
);

function byName(nameIn: (instruction: Instruction) => string): ReadonlyMap<string, readonly Prepared[]> {
  const map = new Map<string, Prepared[]>();
  // The 16-bit form is preferred
  const ordered = [...INSTRUCTIONS].sort((a, b) => a.length - b.length);
  for (const instruction of ordered) {
    if (instruction.decodeOnly) continue;
    const name = nameIn(instruction);
    map.set(name, [...(map.get(name) ?? []), prepare(instruction)]);
  }
  return map;
}

/** The Thumb syntax of GNU as (`.syntax unified`): the same bytes for the same source. */
export function thumbAssembler(options: ThumbAssemblerOptions): IsaPlugin {
  return {
    name: 'Thumb',
    lexical: { comment: '@', lineComment: '#' },
    open: (host: Host) => new ThumbSession(host, options.architecture),
  };
}

/** Branches that must be the last of an IT block. */
const LAST_IN_BLOCK: ReadonlySet<Op> = new Set([
  Op.B,
  Op.BL,
  Op.BX,
  Op.BLX,
  Op.TBB,
  Op.TBH,
  Op.MOV_PC,
  Op.ADD_PC,
  Op.LDR_PC_I,
  Op.LDR_PC_R,
  Op.LDR_PC_W,
  Op.LDR_PC_LITERAL,
]);

/** Instructions that an IT block cannot hold. */
const NEVER_IN_BLOCK: ReadonlySet<Op> = new Set([Op.CBZ, Op.CBNZ, Op.CPS, Op.IT]);

/** One assembly of Thumb source. */
class ThumbSession implements IsaSession {
  readonly alignIsPowerOfTwo = true;
  readonly bareAlign = 2;
  readonly codeAlignment = 2;
  readonly instructionAlignment = 1;
  readonly endAlignment = 4;
  private readonly pools: LiteralPools;
  private readonly block = new IfThen();
  private readonly settings: Settings;
  private readonly around: Surroundings;

  constructor(
    private readonly host: Host,
    architecture: Architecture,
  ) {
    this.pools = new LiteralPools(host);
    const settings: Settings = { architecture, features: new Set(PROFILES[architecture]), nextIsFunction: false };
    this.settings = settings;
    this.around = {
      get features() {
        return settings.features;
      },
      constant: (expression) => this.constant(expression),
    };
  }

  instruction(mnemonic: string, cursor: Cursor): boolean {
    const name = nameOf(mnemonic, (base) => BY_NAME.has(base));
    if (name === undefined) return false;
    if (name.base.startsWith('it')) {
      this.ifThen(name.base, cursor);
      return true;
    }
    // BKPT has no condition, in an IT block neither; a branch has one outside, too
    const always = name.base === 'bkpt' || (name.base === 'b' && this.block.condition === undefined);
    if (!always) this.block.check(mnemonic, name.condition);
    try {
      this.emit(mnemonic, name, readOperands(cursor));
    } finally {
      // Also after a mistake, or every instruction that follows would seem to be in the wrong place
      this.block.advance();
    }
    return true;
  }

  directive(name: string, operands: Cursor): boolean {
    return directive(name, operands, { host: this.host, pools: this.pools, settings: this.settings });
  }

  /** Zeros up to an even address, one NOP up to a multiple of 4, then the widest NOP of the architecture. */
  padding(bytes: number): number[] {
    const out: number[] = bytes % 2 === 1 ? [0] : [];
    const wide = this.settings.features.has('v7-M');
    if (wide && (bytes - out.length) % 4 === 2) out.push(0x00, 0xbf);
    while (out.length < bytes) out.push(...(wide ? [0xaf, 0xf3, 0x00, 0x80] : [0xc0, 0x46]));
    return out;
  }

  labelDefined(label: Label): void {
    if (this.settings.nextIsFunction || label.function) this.functionDeclared(label);
    this.settings.nextIsFunction = false;
  }

  functionDeclared(label: Label): void {
    if (label.position?.section.kind.executable === true) label.codeBit = 1;
  }

  finish(): void {
    this.pools.finish();
    this.block.finish();
  }

  private constant(expression: Expression): number | undefined {
    const value = this.host.constant(expression);
    return value === undefined ? undefined : Number(value);
  }

  private ifThen(name: string, cursor: Cursor): void {
    const [prepared] = BY_NAME.get('it') ?? [];
    if (!this.settings.features.has(prepared.instruction.feature)) {
      throw new Mistake(
        `it needs ${FEATURE_NAMES[prepared.instruction.feature]}, which ${this.settings.architecture} lacks`,
      );
    }
    const state = this.block.begin(name.slice(2), cursor.name('condition'));
    this.host.bytes(wordBytes(prepared.base | state, 2));
  }

  private emit(mnemonic: string, name: Name, operands: readonly Operand[]): void {
    if (name.base === 'nop' && operands.length === 0 && !this.settings.features.has('v7-M')) {
      // Armv6-M: GNU as knows the hint only from Armv6T2 on, and writes `mov r8, r8`
      this.host.bytes([0xc0, 0x46]);
      return;
    }
    if (operands[1]?.kind === 'pool') {
      this.loadConstant(mnemonic, name, operands, operands[1].expression);
      return;
    }
    const inBlock = this.block.condition !== undefined;
    const branch = name.base === 'b' && !inBlock && name.condition !== undefined;
    const list = branch
      ? [{ mnemonic: branchName(name.condition), operands }]
      : attempts(name.base, name.s, operands, (expression) => this.constant(expression));
    const found = this.find(list, name, inBlock);
    if (found.length === 0) throw new Mistake(this.explain(mnemonic, name, list, inBlock));
    const unpredictable = whyUnpredictable(found[0]);
    if (unpredictable !== undefined) throw new Mistake(`${mnemonic}: ${unpredictable}`);
    this.checkBlock(mnemonic, found[0]);
    const waiting = found.filter((matched): matched is Waiting => matched.pending !== undefined);
    if (waiting.length === 0) {
      this.host.bytes(wordBytes(found[0].word, found[0].prepared.instruction.length));
      return;
    }
    this.host.fragment(waitingFragment(waiting, this.codeBit(waiting[0])));
  }

  /** The first entry that takes the operands as they are; else all whose value is not known yet. */
  private find(list: readonly Attempt[], name: Name, inBlock: boolean): Matched[] {
    const waiting: Matched[] = [];
    for (const attempt of list) {
      for (const prepared of this.candidates(attempt, name, inBlock)) {
        for (const operands of orders(attempt, prepared)) {
          const result = match(this.around, prepared, operands);
          if ('reason' in result) continue;
          if (result.pending === undefined) return waiting.length > 0 ? waiting : [result];
          waiting.push(result);
          break;
        }
      }
    }
    return waiting;
  }

  private candidates(attempt: Attempt, name: Name, inBlock: boolean): Prepared[] {
    const { mnemonic } = attempt;
    const all = (inBlock ? BY_NAME_IN_BLOCK : BY_NAME).get(mnemonic) ?? [];
    return all.filter(
      ({ instruction }) =>
        this.settings.features.has(instruction.feature) &&
        (name.width === undefined || name.width === instruction.length) &&
        (attempt.length === undefined || attempt.length === instruction.length) &&
        (attempt.constantOnly !== true || instruction.operands.includes('imm.const')),
    );
  }

  /** ADR to a function that was defined before finds the address with bit 0 set. */
  private codeBit(waiting: Waiting): 0 | 1 {
    if (waiting.prepared.instruction.mnemonic !== 'adr') return 0;
    const { expression } = waiting.pending;
    const label = expression.kind === 'binary' ? expression.left : expression;
    return label.kind === 'label' ? label.label.codeBit : 0;
  }

  private checkBlock(mnemonic: string, { prepared, word }: Matched): void {
    if (this.block.condition === undefined) return;
    const { op } = prepared.instruction;
    if (NEVER_IN_BLOCK.has(op)) throw new Mistake(`${mnemonic} cannot be in an IT block`);
    const leaves = LAST_IN_BLOCK.has(op) || ((op === Op.LDMIA || op === Op.LDMDB) && loadsPc(prepared, word));
    if (leaves && !this.block.isLast) throw new Mistake(`${mnemonic} branches: it must be the last of its IT block`);
  }

  /** `ldr rX, =value`: MOV, MVN or MOVW if one of them makes the value, else a load from the literal pool. */
  private loadConstant(mnemonic: string, name: Name, operands: readonly Operand[], expression: Expression): void {
    const [rt] = operands;
    if (!/^ldr/.test(name.base) || rt.kind !== 'register' || operands.length !== 2) {
      throw new Mistake(`${mnemonic} does not take =value: ldr rX, =value does`);
    }
    const value = this.constant(expression);
    if (value !== undefined && name.base === 'ldr' && name.width !== 2 && rt.register !== 13 && rt.register !== 15) {
      const number: Operand = { kind: 'value', expression: { kind: 'number', value: BigInt(value) }, hash: true };
      const wide: Name = { base: 'mov', s: '', width: 4 };
      const list = attempts('mov', '', [rt, number], (e) => this.constant(e));
      const [found] = this.find(list, wide, this.block.condition !== undefined);
      if (found !== undefined) {
        this.host.bytes(wordBytes(found.word, 4));
        return;
      }
    }
    const label = this.pools.add(expression);
    this.emit(mnemonic, name, [rt, { kind: 'value', expression: { kind: 'label', label }, hash: false }]);
  }

  /** Why no entry takes the operands: the reasons of those that came nearest. */
  private explain(mnemonic: string, name: Name, list: readonly Attempt[], inBlock: boolean): string {
    const own = list.filter((attempt) => attempt.constantOnly !== true);
    const results = own.flatMap((attempt) =>
      this.candidates(attempt, name, inBlock).flatMap((prepared) =>
        orders(attempt, prepared).map((operands) => ({ prepared, result: match(this.around, prepared, operands) })),
      ),
    );
    if (results.length === 0) return this.explainAbsence(mnemonic, name, own);
    if (!inBlock && own.some((attempt) => this.matchesWithS(attempt, name))) {
      return `${mnemonic} without flags has no such form on ${this.settings.architecture}: write ${name.base}s`;
    }
    const refused = results.flatMap(({ prepared, result }) =>
      'reason' in result && result.reason !== '' ? [{ ...result, length: prepared.instruction.length }] : [],
    );
    const rank = Math.max(0, ...refused.map((r) => r.rank));
    const nearest = refused.filter((r) => r.rank === rank);
    // What a 32-bit form could not take, a 16-bit one could not either
    const wide = nearest.filter((r) => r.length === 4);
    const reasons = [...new Set((wide.length > 0 ? wide : nearest).map((r) => r.reason))];
    const count = own[0].operands.length;
    const near = results.filter(({ prepared }) => prepared.patterns.length === count);
    const forms = new Set((near.length > 0 ? near : results).map((r) => readable(r.prepared.instruction.operands)));
    if (rank >= 2 || (rank > 0 && forms.size === 1)) return `${mnemonic}: ${joinReasons(reasons)}`;
    return `${mnemonic} takes ${[...forms].map((form) => (form === '' ? 'no operands' : form)).join('; or ')}`;
  }

  private matchesWithS(attempt: Attempt, name: Name): boolean {
    const other = { ...attempt, mnemonic: `${attempt.mnemonic}s` };
    return this.candidates(other, name, false).some((prepared) =>
      orders(other, prepared).some((operands) => !('reason' in match(this.around, prepared, operands))),
    );
  }

  private explainAbsence(mnemonic: string, name: Name, list: readonly Attempt[]): string {
    const { architecture, features } = this.settings;
    const everywhere = list.flatMap((attempt) => BY_NAME.get(attempt.mnemonic) ?? []);
    const missing = everywhere.find(({ instruction }) => !features.has(instruction.feature));
    const present = everywhere.find(({ instruction }) => features.has(instruction.feature));
    if (present === undefined && missing !== undefined) {
      return `${mnemonic} needs ${FEATURE_NAMES[missing.instruction.feature]}, which ${architecture} lacks`;
    }
    if (name.width !== undefined) return `${mnemonic}: there is no ${name.width * 8}-bit form on ${architecture}`;
    const wanted = this.block.condition === undefined ? 'with an s, or in an IT block' : 'outside an IT block';
    return `${mnemonic} exists on ${architecture} only ${wanted}`;
  }
}

/** The operands as the entry counts them: a first source that is the destination may be left out, some may change places. */
function orders(attempt: Attempt, { instruction, patterns }: Prepared): (readonly Operand[])[] {
  const { operands } = attempt;
  const base = attempt.mnemonic.replace(/s$/, '');
  const commutes = COMMUTATIVE.has(base) && operands.length === 3 && operands[2].kind === 'register';
  const swapped = commutes ? [operands[0], operands[2], operands[1]] : undefined;
  if (operands.length !== patterns.length + 1) {
    // Only narrow forms gain by it: in a wide one both orders fit, and the written one counts
    return swapped !== undefined && instruction.length === 2 && patterns.some((p) => p.kind === 'fixed register')
      ? [operands, swapped]
      : [operands];
  }
  const [first, ...rest] = operands;
  const same = (operand: Operand | undefined): boolean =>
    first.kind === 'register' && operand?.kind === 'register' && operand.register === first.register;
  const found: (readonly Operand[])[] = [];
  if (same(operands[1])) found.push([first, ...operands.slice(2)]);
  if (commutes && same(operands[2])) found.push([first, rest[0]]);
  return found;
}

function loadsPc(prepared: Prepared, word: number): boolean {
  return prepared.instruction.length === 2
    ? prepared.instruction.mnemonic === 'pop' && (word & 0x100) !== 0
    : word < 0 && (word & 0x8000) !== 0;
}
