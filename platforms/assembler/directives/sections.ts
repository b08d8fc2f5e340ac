import type { Assembly, Directive } from '../assembly.js';
import type { Cursor } from '../cursor.js';
import { Mistake } from '../problems.js';
import type { Section, SectionKind } from '../section.js';

const CODE: SectionKind = { writable: false, executable: true, empty: false };
const CONSTANTS: SectionKind = { writable: false, executable: false, empty: false };
const VARIABLES: SectionKind = { writable: true, executable: false, empty: false };
const ZEROS: SectionKind = { writable: true, executable: false, empty: true };

/** Attributes of sections whose name tells them. */
const KNOWN: readonly (readonly [RegExp, SectionKind])[] = [
  [/^\.(text|init|fini)(\.|$)/, CODE],
  [/^\.(rodata|srodata)(\.|$)/, CONSTANTS],
  [/^\.(data|sdata|tdata)(\.|$)/, VARIABLES],
  [/^\.(bss|sbss|tbss)(\.|$)/, ZEROS],
];

const kindOf = (name: string): SectionKind => KNOWN.find(([pattern]) => pattern.test(name))?.[1] ?? CONSTANTS;

/** `.text` and the like. */
const fixed =
  (name: string): Directive =>
  (assembly, operands) => {
    // An optional subsection number: only 0 exists
    if (!operands.atEnd && assembly.number(operands.expression(), 'subsection') !== 0) {
      throw new Mistake('subsections other than 0 are not supported: use .section');
    }
    assembly.enter(assembly.sectionNamed(name, kindOf(name)));
  };

/** `.section name, "flags", @type`. */
const section: Directive = (assembly, operands) => assembly.enter(readSection(assembly, operands));

function readSection(assembly: Assembly, operands: Cursor): Section {
  const name = sectionName(operands);
  let kind = kindOf(name);
  if (operands.accept(',')) {
    const flags = String.fromCharCode(...operands.string());
    const wrong = /[^awxMSGTo?]/.exec(flags)?.[0];
    if (wrong !== undefined) throw new Mistake(`section flag "${wrong}" does not exist: a, w, x, M, S, T`);
    kind = { writable: flags.includes('w'), executable: flags.includes('x'), empty: kind.empty };
    if (operands.accept(',')) {
      if (!operands.accept('@') && !operands.accept('%'))
        throw new Mistake('section type is written @progbits or @nobits');
      const type = operands.name('section type');
      if (type !== 'progbits' && type !== 'nobits' && type !== 'note') {
        throw new Mistake(`section type @${type} does not exist: @progbits or @nobits`);
      }
      kind = { ...kind, empty: type === 'nobits' };
      while (operands.accept(',')) operands.expression();
    }
  }
  return assembly.sectionNamed(name, kind);
}

/** Names may hold characters that symbols cannot: all up to a comma or the end. */
function sectionName(operands: Cursor): string {
  const token = operands.peek();
  if (token?.kind === 'string') return String.fromCharCode(...operands.string());
  let name = operands.name('section name');
  while (operands.accept('-')) name += `-${operands.name('section name')}`;
  return name;
}

const push: Directive = (assembly, operands) => {
  assembly.sectionStack.push({ section: assembly.section, previous: assembly.previous });
  assembly.enter(readSection(assembly, operands));
};

const pop: Directive = (assembly) => {
  const saved = assembly.sectionStack.pop();
  if (saved === undefined) throw new Mistake('.popsection has no .pushsection');
  assembly.section = saved.section;
  assembly.previous = saved.previous;
};

const previous: Directive = (assembly) => assembly.enter(assembly.previous);

/** Directives that choose where bytes go (Using as, chapter 7). */
export const SECTIONS: ReadonlyMap<string, Directive> = new Map<string, Directive>([
  ['.text', fixed('.text')],
  ['.data', fixed('.data')],
  ['.bss', fixed('.bss')],
  ['.rodata', fixed('.rodata')],
  ['.section', section],
  ['.pushsection', push],
  ['.popsection', pop],
  ['.previous', previous],
]);
