import { PHASES } from '../../machine/ledger.js';
import type { Directive } from '../assembly.js';
import { Mistake } from '../problems.js';

const set =
  (constant: boolean): Directive =>
  (assembly, operands) => {
    const name = operands.name('symbol name');
    operands.expect(',');
    assembly.setSymbol(name, operands.expression(), constant);
  };

/** Attributes that change no byte: linkage and debugging. */
const ignored: Directive = (_assembly, operands) => operands.skip();

const global: Directive = (assembly, operands) => {
  do assembly.symbols.label(operands.name('symbol name')).global = true;
  while (operands.accept(','));
};

/** `.type name, %function`: also `@function`, `#function`, `STT_FUNC`. Other types change no byte. */
const type: Directive = (assembly, operands) => {
  const label = assembly.symbols.label(operands.name('symbol name'));
  if (/^\W*(function|stt_func)$/i.test(operands.rest().replace(/[\s,"]/g, ''))) {
    label.function = true;
    if (label.position !== undefined) assembly.isa.functionDeclared?.(label);
  }
  operands.skip();
};

const weak: Directive = (assembly, operands) => {
  do assembly.symbols.label(operands.name('symbol name')).weak = true;
  while (operands.accept(','));
};

/** `.comm name, bytes, alignment`: zeros in `.bss`. The alignment is in bytes. */
const common: Directive = (assembly, operands) => {
  const name = operands.name('symbol name');
  operands.expect(',');
  const bytes = assembly.number(operands.expression(), 'size');
  const alignment = operands.accept(',') ? assembly.number(operands.expression(), 'alignment') : 1;
  if (bytes < 0) throw new Mistake(`size of ${name} is negative: ${bytes}`);
  const { section } = assembly;
  assembly.section = assembly.sectionNamed('.bss', { writable: true, executable: false, empty: true });
  assembly.align(alignment);
  assembly.symbols.define(name, assembly.section.here());
  assembly.bytes(new Array<number>(bytes).fill(0));
  assembly.section = section;
};

/** The name of a phase as `.phase` takes it: spaces become hyphens. */
const phaseNames = PHASES.map((phase) => phase.replaceAll(' ', '-'));

/**
 * `.phase name`: from the instruction here on, cycles are booked to this phase. `.phase inherit` makes no mark: the code
 * below runs in its caller's phase.
 */
const phase: Directive = (assembly, operands) => {
  let name = operands.name('phase name');
  while (operands.accept('-')) name += `-${operands.name('phase name')}`;
  if (name === 'inherit') return;
  const index = phaseNames.indexOf(name);
  if (index < 0) throw new Mistake(`phase "${name}" does not exist: ${phaseNames.join(', ')} or inherit`);
  assembly.phases.push({ position: assembly.section.here(), phase: index });
};

/** Directives about symbols (Using as, chapter 7), and `.phase`. */
export const SYMBOLS: ReadonlyMap<string, Directive> = new Map<string, Directive>([
  ['.set', set(false)],
  ['.equ', set(false)],
  ['.equiv', set(true)],
  ['.weak', weak],
  ['.globl', global],
  ['.global', global],
  ['.type', type],
  ['.comm', common],
  ['.lcomm', common],
  ['.phase', phase],
  ...[
    '.local',
    '.size',
    '.file',
    '.ident',
    '.hidden',
    '.protected',
    '.internal',
    '.loc',
    '.attribute',
    '.cfi_startproc',
    '.cfi_endproc',
    '.cfi_sections',
    '.cfi_def_cfa',
    '.cfi_def_cfa_offset',
    '.cfi_offset',
    '.cfi_restore',
  ].map((name) => [name, ignored] as const),
]);
