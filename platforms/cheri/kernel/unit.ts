import type { Program } from '../../assembler/files.js';
import { remembered } from '../../remembered.js';
import type { MemoryPlan, Region } from './memory.js';
import { assembleProgram } from './source.js';
import type { Compartment, Export, Import, Library, Padding } from './system.js';

/** The way to the switcher, which every compartment and library has. */
const CALL: Import = { kind: 'switcher', name: 'switcher', function: 'call_compartment' };

/** What is assembled by itself: switcher, loader, a compartment, a library. */
export interface Unit {
  readonly name: string;
  /** Behind the imports' slots. */
  readonly program: string;
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
  readonly define: Readonly<Record<string, number>>;
  readonly handlers: Pick<Compartment, 'errorHandler' | 'stacklessHandler'>;
  /** Name of the unit, placed just before, whose globals those of this one directly follow. */
  readonly behind?: string;
}

/** An assembled unit in its place. */
export interface PlacedUnit {
  readonly unit: Unit;
  readonly program: Program;
  readonly code: Region;
  readonly globals: Region;
}

/** A unit of a compartment or library. */
export function unitOf(source: Compartment | Library, define: Unit['define']): Unit {
  const { name, program, exports } = source;
  const imports = [CALL, ...(source.imports ?? [])];
  const { errorHandler, stacklessHandler, behind } = source as Partial<Compartment>;
  return {
    name,
    program,
    imports,
    exports,
    define,
    handlers: {
      ...(errorHandler === undefined ? {} : { errorHandler }),
      ...(stacklessHandler === undefined ? {} : { stacklessHandler }),
    },
    ...(behind === undefined ? {} : { behind }),
  };
}

/** Of code and globals: at least a cache line of any core. */
const ALIGNMENT = 64;
/** Of globals that directly follow others: of a capability. */
const LEAST_ALIGNMENT = 8;
/** Where code and globals are while sizes are measured: code must not run into the globals. */
const UNKNOWN = { code: 0x20000000, globals: 0x30000000 };
/** Passes until sizes agree with places: alignment inside a section can change its size with its address. */
const PASSES = 6;

/** Bytes of code and of globals. */
type Sizes = readonly [code: number, globals: number];

/** Sizes at the unknown places: the same for the same program, whatever it is linked with. */
const firstSizes = remembered<Sizes>();

/**
 * Assembles a unit for the next free places of memory and takes them.
 * @throws SyntaxError if it cannot be assembled, RangeError if it does not fit.
 */
export function placeUnit(unit: Unit, plan: MemoryPlan, padding: Padding): PlacedUnit {
  const follows = unit.behind !== undefined;
  const source = sourceOf(unit, follows ? { ...padding, globals: 0 } : padding);
  const assembleAt = (code: number, data: number): { readonly program: Program; readonly sizes: Sizes } => {
    const program = assembled(unit, source, { '.text': code, '.data': data });
    const endOf = (start: number, other: number): number => (other > start ? other : 2 ** 32);
    return {
      program,
      sizes: [sizeBetween(program, code, endOf(code, data)), sizeBetween(program, data, endOf(data, code))],
    };
  };
  let [codeBytes, globalsBytes] = firstSizes(
    [unit.name, source, unit.define],
    () => assembleAt(UNKNOWN.code, UNKNOWN.globals).sizes,
  );
  for (let pass = 0; pass < PASSES; pass++) {
    const parts = [
      { what: 'code', bytes: codeBytes, alignment: ALIGNMENT },
      { what: 'globals', bytes: globalsBytes, alignment: follows ? LEAST_ALIGNMENT : ALIGNMENT },
    ];
    // globals that follow those of the unit before come first
    const [before, behind] = follows ? [...parts].reverse() : parts;
    const first = plan.find(before.bytes, before.alignment);
    const second = plan.find(behind.bytes, behind.alignment, first.base + first.bytes);
    const [code, globals] = follows ? [second, first] : [first, second];
    const { program, sizes } = assembleAt(code.base, globals.base);
    if (sizes[0] === codeBytes && sizes[1] === globalsBytes) {
      for (const { what, bytes, alignment } of [before, behind]) plan.take(`${what} of ${unit.name}`, bytes, alignment);
      return { unit, program, code, globals };
    }
    [codeBytes, globalsBytes] = sizes;
  }
  throw new RangeError(`${unit.name}: its size changes with its address, by alignment inside it, without end`);
}

/** Programs of the kernel in their places that are kept: the same for most systems. */
const MOST_KERNELS = 64;
const kernels = remembered<Program>(MOST_KERNELS);

function assembled(unit: Unit, source: string, sections: Readonly<Record<string, number>>): Program {
  const make = (): Program => assembleProgram(source, unit.name, unit.define, sections);
  if (unit.define.IN_KERNEL !== 1) return make();
  return kernels([unit.name, source, unit.define, sections], make);
}

/** Bytes from `start` to the end of the last section that begins below `end`. */
const sizeBetween = ({ sections }: Program, start: number, end: number): number =>
  sections
    .filter(({ address }) => address >= start && address < end)
    .reduce((last, { address, size }) => Math.max(last, address + size), start) - start;

/** What the linker puts in front of a program: all in one line, so that problems have the program's lines but for one. */
function sourceOf({ program, imports }: Unit, padding: Padding): string {
  const slots = imports.map(({ name }) => `import.${name}: .space 8`);
  const before = [
    '.include "abi.s"',
    '.text',
    '.balign 8',
    `.space ${padding.code}`,
    ...slots,
    '.data',
    '.balign 8',
    `.space ${padding.globals}`,
    'globals:',
    '.text',
  ];
  return `${before.join('; ')}\n${program}`;
}
