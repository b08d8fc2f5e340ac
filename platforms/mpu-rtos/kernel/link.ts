import type { Program } from '../../assembler/files.js';
import type { Image, ImageSymbol, Segment } from '../../machine/image.js';
import { physical, virtual } from '../../machine/units.js';
import { remembered } from '../../remembered.js';
import type { KernelConfig } from './parameters.js';
import { checkMmio, placeRegions, type PlacedBlock } from './regions.js';
import { assemblerOf, kernelProgram, programSymbols } from './source.js';

/** Memory of a device that a process may use: a power of two of bytes, at a multiple of it; from 256 on m0plus, else from 32. */
export interface MmioRange {
  readonly start: number;
  readonly bytes: number;
}

/**
 * A process: a static program with its own variables. Numbers count from 0 in the order of the list; process 0 also owns the idle
 * thread.
 *
 * Its assembly (`.syntax unified`, `.thumb`) has up to six sections:
 *
 * | section | where | who may what |
 * |---|---|---|
 * | `.text`, `.rodata` | flash | everybody: read, execute |
 * | `.vtable` | flash | everybody: read; the kernel calls no method whose vtable is elsewhere |
 * | `.data`, `.bss` | RAM | read and write, while the process's code runs: in its threads and in RPCs to it |
 * | `.shared` (`.section .shared, "aw"`) | RAM | read and write, in the process's threads, also while they execute RPCs in other processes |
 *
 * Known in it: the symbols of `abi.s`, the functions of `library.s` (for `bl`), and `name.label` for each label that another
 * process exports.
 *
 * A service is an object in `.data`, `.bss` or `.shared` whose first word is the address of a vtable: words in `.vtable`, each the
 * address of a method (`.word method` with `.thumb_func`, or + 1). A method gets the object in r0, the words of the caller
 * in r1, r2, r3 and [sp], sp a multiple of 8, and returns with `bx lr`, its answer in r0.
 */
export interface ProcessSource {
  /** Prefix of its symbols (`name.symbol`) and name of its domain. */
  readonly name: string;
  readonly program: string;
  /** Labels that other processes may name, as `name.label`: objects and notification addresses. */
  readonly exports?: readonly string[];
  /** At most two. */
  readonly mmio?: readonly MmioRange[];
  /**
   * Name of the process whose `.data` the `.data` of this one follows: that one's lies at the end of its region, this one's at the
   * beginning of the next.
   */
  readonly behind?: string;
}

/** A thread that the kernel makes at boot. They get numbers from 0 in the order of the list; the idle thread is the next. */
export interface ThreadSource {
  /** Name of the process that owns it. */
  readonly process: string;
  /** Label in that process. r0 = `data`, the other registers 0; returning ends the thread. */
  readonly entry: string;
  /** 0, most urgent, to 254. */
  readonly priority: number;
  readonly data?: number;
}

/** An interrupt that notifies: its handler, which is part of the kernel, masks nothing and wakes who waits for the object. */
export interface InterruptSource {
  /** Line of the interrupt controller; board `cmrx` has `CMRX_BOARD` lines that software raises. */
  readonly line: number;
  /** The object, as `process.label`, which that process exports. */
  readonly object: string;
  /** Store that quiets the device; without it the device must do so itself. */
  readonly acknowledge?: { readonly address: number; readonly value: number };
}

/** What is linked with the kernel. */
export interface SystemSource {
  readonly processes: readonly ProcessSource[];
  readonly threads: readonly ThreadSource[];
  readonly interrupts?: readonly InterruptSource[];
  /** Whether the tick runs; without it nothing times out. Default false. */
  readonly timers?: boolean;
}

/** A region of the MPU map of a process, as the kernel loads it. */
export interface LinkedRegion {
  /** Number of the MPU region: 0 data, 1 bss, 2 and 3 devices, 4 shared. */
  readonly number: number;
  readonly start: number;
  readonly bytes: number;
}

/** A kernel with its programs, ready to load. */
export interface LinkedSystem {
  readonly image: Image;
  /** Value of a kernel symbol. @throws RangeError if there is none. */
  readonly kernel: (name: string) => number;
  /** A program's symbol (`process.label`). @throws RangeError if there is none. */
  readonly symbol: (name: string) => ImageSymbol;
  /** Regions of a process, those that are not empty. @throws RangeError if there is no such process. */
  readonly regions: (process: string) => readonly LinkedRegion[];
}

/** Sections of a process that are in flash, in their order there: the size of text may depend on where things are. */
const CONSTANT = ['.vtable', '.rodata', '.text'] as const;
/** Number of the region with the shared memory of the process that owns the thread. */
export const SHARED_REGION = 4;
/** Sections that are regions, in the order of the process definition (`layout.s`), and the regions' numbers. */
const VARIABLE = ['.data', '.bss', '.shared'] as const;
const REGION_NUMBER: Readonly<Record<string, number>> = { '.data': 0, '.bss': 1, '.shared': SHARED_REGION };
const MMIO_REGION = 2;
const MOST_MMIO = 2;

/** Passes after which addresses must have settled: sizes depend on addresses only where a constant fits an instruction. */
const MOST_PASSES = 8;

/** Addresses of the sections of each process. */
type Places = readonly Readonly<Record<string, number>>[];

/** Programs of a layout. */
interface Layout {
  readonly programs: readonly Program[];
  /** Regions of each process, in the order of `VARIABLE`. */
  readonly regions: readonly (readonly PlacedBlock[])[];
  /** Address behind all programs, where initial values are. */
  readonly end: number;
}

/**
 * Lays out flash and RAM and links kernel and programs into an image.
 * @throws RangeError if something does not fit or no MPU region can describe it; SyntaxError if a source does not assemble.
 */
export function linkSystem(config: KernelConfig, source: SystemSource): LinkedSystem {
  const kernel = kernelProgram(config);
  const layout = kernelValues(kernel);
  checkSystem(config, source, layout);
  const { programs, regions, end } = layOut(config, source, layout);
  const { tables, initial } = writeTables(config, source, { programs, regions, end }, layout);
  const zeros = (start: number, bytes: number): Segment => ({
    physical: physical(start),
    data: new Uint8Array(0),
    bytes,
    writable: true,
    executable: false,
  });
  const constants = programs.flatMap(({ image }) => image.segments.filter(({ writable }) => !writable));
  const segments = [
    ...kernel.image.segments,
    tables,
    ...constants,
    ...initial,
    ...regions.flat().flatMap(({ start, bytes }) => (bytes > 0 ? [zeros(start, bytes)] : [])),
  ];
  const names = source.processes.map(({ name }) => name);
  const symbols = [
    ...kernel.image.symbols,
    ...programs.flatMap(({ image }, space) =>
      image.symbols.map((s): ImageSymbol => ({ ...s, space, name: `${names[space]}.${s.name}` })),
    ),
  ];
  const all = [kernel, ...programs].map(({ image }) => image);
  const image: Image = {
    segments: segments.sort((a, b) => a.physical - b.physical),
    symbols,
    phases: all.flatMap(({ phases }) => phases).sort((a, b) => a.physical - b.physical),
    domains: names.map((name, space) => ({ space, name })),
    lines: all.flatMap(({ lines }) => lines).sort((a, b) => a.physical - b.physical),
    entry: virtual(layout('reset')),
    spaceWord: physical(layout('kernel') + layout('K_PROCESS')),
    threadWord: physical(layout('kernel') + layout('K_THREAD')),
  };
  const byName = new Map(symbols.map((s) => [s.name, s]));
  return {
    image,
    kernel: layout,
    symbol(name) {
      const found = byName.get(name);
      if (found === undefined) throw new RangeError(`the system has no symbol ${name}`);
      return found;
    },
    regions(process) {
      const p = names.indexOf(process);
      if (p < 0) throw new RangeError(`the system has no process ${process}`);
      const variables = regions[p].map(({ start, bytes }, i) => ({ number: REGION_NUMBER[VARIABLE[i]], start, bytes }));
      const devices = (source.processes[p].mmio ?? []).map((range, i) => ({ number: MMIO_REGION + i, ...range }));
      return [...variables.filter(({ bytes }) => bytes > 0), ...devices];
    },
  };
}

type Values = (name: string) => number;

function kernelValues({ symbols }: Program): Values {
  return (name) => {
    const value = symbols.get(name);
    if (value === undefined) throw new RangeError(`the kernel has no symbol ${name}`);
    return value;
  };
}

/** @throws RangeError for more of something than the kernel has room for, or what no region describes. */
function checkSystem(
  config: KernelConfig,
  { processes, threads, interrupts = [] }: SystemSource,
  layout: Values,
): void {
  if (processes.length > config.processes) {
    throw new RangeError(`${processes.length} processes: the kernel has room for ${config.processes}`);
  }
  if (processes.length === 0) throw new RangeError('no process: one must own the idle thread');
  if (threads.length + 1 > config.threads) {
    throw new RangeError(`${threads.length} threads and the idle thread: the kernel has room for ${config.threads}`);
  }
  for (const { name, mmio = [] } of processes) {
    if (mmio.length > MOST_MMIO) {
      throw new RangeError(`process ${name}: ${mmio.length} ranges of devices, the MPU map has ${MOST_MMIO}`);
    }
    for (const { start, bytes } of mmio) checkMmio(config, name, start, bytes);
  }
  for (const { process, entry, priority } of threads) {
    if (!processes.some(({ name }) => name === process)) throw new RangeError(`thread ${entry}: no process ${process}`);
    if (!Number.isInteger(priority) || priority < 0 || priority >= layout('IDLE_PRIORITY')) {
      throw new RangeError(
        `thread ${process}.${entry}: priority ${priority}, must be 0 to ${layout('IDLE_PRIORITY') - 1}`,
      );
    }
  }
  for (const { line } of interrupts) {
    if (line < 0 || line >= layout('LINE_COUNT')) {
      throw new RangeError(`interrupt line ${line}: must be 0 to ${layout('LINE_COUNT') - 1}`);
    }
  }
}

/** Assembles the programs again and again until their sections are where they were taken to be. */
function layOut(config: KernelConfig, source: SystemSource, layout: Values): Layout {
  const known = programSymbols(config);
  const ram = { start: layout('kernel_end'), end: layout('RAM_BASE') + layout('RAM_BYTES') };
  let exported: Readonly<Record<string, number>> = Object.fromEntries(
    source.processes.flatMap(({ name, exports = [] }) => exports.map((label) => [`${name}.${label}`, ram.start])),
  );
  /** What a program names of the others. */
  const named = ({ name, program }: ProcessSource): Readonly<Record<string, number>> =>
    Object.fromEntries(
      Object.entries(exported).filter(([symbol]) => !symbol.startsWith(`${name}.`) && program.includes(symbol)),
    );
  const assembled = ({ name, program }: ProcessSource, others: Places[number], sections: Places[number]): Program => {
    const define = { ...known, ...others };
    return assemblerOf[config.core](`.syntax unified\n.thumb\n${program}`, `${name}.s`, define, sections);
  };
  // a first guess, far apart so that nothing overlaps
  const guess = {
    '.text': layout('PROGRAMS'),
    '.rodata': 0x01000000,
    '.vtable': 0x02000000,
    '.bss': 0x40000000,
    '.data': ram.start & -4096,
    '.shared': (ram.start & -4096) + 0x10000000,
  };
  const sizes = source.processes.map((process) => {
    const others = named(process);
    const key = [config.core, known, process.name, process.program, others, guess];
    return firstSizes(key, () => sizesOf(process.name, assembled(process, others, guess)));
  });
  let { places } = place(config, source, sizes, layout('PROGRAMS'), ram);
  let last: readonly { readonly key: string; readonly program: Program }[] = [];
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    last = source.processes.map((process, p) => {
      const others = named(process);
      const key = JSON.stringify([others, places[p]]);
      return last.at(p)?.key === key ? last[p] : { key, program: assembled(process, others, places[p]) };
    });
    const programs = last.map(({ program }) => program);
    const sized = programs.map((program, p) => sizesOf(source.processes[p].name, program));
    const next = place(config, source, sized, layout('PROGRAMS'), ram);
    const values = exportsOf(source, programs);
    const settled = [places, exported].every(
      (old, i) => JSON.stringify(old) === JSON.stringify([next.places, values][i]),
    );
    if (settled) {
      const flashEnd = layout('FLASH_BASE') + layout('FLASH_BYTES');
      if (next.end > flashEnd)
        throw new RangeError(`the programs need ${next.end} bytes of flash; there are ${flashEnd}`);
      return { programs, regions: next.regions, end: next.end };
    }
    places = next.places;
    exported = values;
  }
  throw new RangeError(`the layout of the programs does not settle in ${MOST_PASSES} passes`);
}

/** Labels that programs show to each other, by `process.label`. @throws RangeError if a program lacks one. */
function exportsOf({ processes }: SystemSource, programs: readonly Program[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    processes.flatMap(({ name, exports = [] }, p) =>
      exports.map((label) => {
        const value = programs[p].symbols.get(label);
        if (value === undefined) throw new RangeError(`process ${name} exports ${label}, which it does not have`);
        return [`${name}.${label}`, value] as const;
      }),
    ),
  );
}

/** Size and alignment of the sections of a program, by name. */
type Sizes = ReadonlyMap<string, { readonly size: number; readonly alignment: number }>;

/** Sizes at the guessed addresses: the same for the same program, whatever it is linked with. */
const firstSizes = remembered<Sizes>();

/** @throws SyntaxError for a section that processes do not have. */
function sizesOf(process: string, { sections }: Program): Sizes {
  const wrong = sections.find(({ name }) => ![...CONSTANT, ...VARIABLE].includes(name as never));
  if (wrong !== undefined) {
    const all = [...CONSTANT, ...VARIABLE].join(', ');
    throw new SyntaxError(`${process}.s: section ${wrong.name} does not exist here: ${all}`);
  }
  return new Map(sections.map(({ name, size, alignment }) => [name, { size, alignment }]));
}

/** Where sections of these sizes go. */
function place(
  config: KernelConfig,
  { processes }: SystemSource,
  sized: readonly Sizes[],
  flash: number,
  ram: { readonly start: number; readonly end: number },
): { readonly places: Places; readonly regions: Layout['regions']; readonly end: number } {
  let at = flash;
  const constants = sized.map((sections) =>
    Object.fromEntries(
      CONSTANT.map((name) => {
        const { size = 0, alignment = 4 } = sections.get(name) ?? {};
        at = Math.ceil(at / Math.max(4, alignment)) * Math.max(4, alignment);
        const start = at;
        at += size;
        return [name, start] as const;
      }),
    ),
  );
  const blocks = sized.flatMap((sections, p) =>
    VARIABLE.map((section) => {
      const { size: bytes = 0, alignment = 1 } = sections.get(section) ?? {};
      const before = section === '.data' ? processes.findIndex(({ name }) => name === processes[p].behind) : -1;
      const behind = before < 0 ? {} : { behind: before * VARIABLE.length + VARIABLE.indexOf(section) };
      return { process: processes[p].name, section, bytes, alignment, ...behind };
    }),
  );
  const placed = placeRegions(config, blocks, ram.start, ram.end);
  const regions = processes.map((_, p) => placed.slice(p * VARIABLE.length, (p + 1) * VARIABLE.length));
  const startOf = (i: number): number => {
    const { start, bytes } = placed[i];
    // a section that is empty gets an address, too, out of the way of the others
    if (bytes === 0) return ram.end;
    const { bytes: used, alignment } = blocks[i];
    return blocks.some(({ behind }) => behind === i)
      ? start + Math.floor((bytes - used) / alignment) * alignment
      : start;
  };
  const places = processes.map((_, p) => ({
    ...constants[p],
    ...Object.fromEntries(VARIABLE.map((name, i) => [name, startOf(p * VARIABLE.length + i)])),
  }));
  return { places, regions, end: Math.ceil(at / 4) * 4 };
}

/** The tables that `boot.s` reads, and the initial values of variables behind the programs. */
function writeTables(
  config: KernelConfig,
  { processes, threads, interrupts = [], timers = false }: SystemSource,
  { programs, regions, end }: Layout,
  layout: Values,
): { readonly tables: Segment; readonly initial: readonly Segment[] } {
  const base = layout('TABLES');
  const bytes = layout('THREAD_TABLE') + config.threads * layout('A_BYTES') - base;
  const view = new DataView(new ArrayBuffer(bytes));
  const word = (address: number, value: number): void => view.setUint32(address - base, value >>> 0, true);
  const label = (process: string, name: string): number => {
    const value = programs[processes.findIndex((p) => p.name === process)]?.symbols.get(name);
    if (value === undefined) throw new RangeError(`process ${process} has no label ${name}`);
    return value;
  };
  const readOnly = (start: number, data: Uint8Array): Segment => ({
    physical: physical(start),
    data,
    bytes: data.length,
    writable: false,
    executable: false,
  });
  word(base + layout('TABLE_PROCESSES'), processes.length);
  word(base + layout('TABLE_THREADS'), threads.length);
  word(base + layout('TABLE_TIMERS'), timers ? 1 : 0);
  for (const { line, object, acknowledge } of interrupts) {
    const at = base + layout('TABLE_LINES') + line * layout('L_BYTES');
    const [process, ...rest] = object.split('.');
    word(at + layout('L_OBJECT'), label(process, rest.join('.')));
    word(at + layout('L_ADDRESS'), acknowledge?.address ?? 0);
    word(at + layout('L_VALUE'), acknowledge?.value ?? 0);
  }
  const initial: Segment[] = [];
  let load = end;
  processes.forEach(({ mmio = [] }, p) => {
    const at = layout('PROCESS_TABLE') + p * layout('D_BYTES');
    const range = (offset: number, start: number, size: number): void => {
      word(at + offset, start);
      word(at + offset + 4, start + size);
    };
    const [data, bss, shared] = regions[p];
    range(layout('D_DATA'), data.start, data.bytes);
    range(layout('D_BSS'), bss.start, bss.bytes);
    mmio.forEach(({ start, bytes: size }, i) => range(layout('D_BSS') + 8 * (i + 1), start, size));
    range(layout('D_SHARED'), shared.start, shared.bytes);
    const vtable = programs[p].sections.find(({ name }) => name === '.vtable');
    range(layout('D_VTABLE'), vtable?.address ?? 0, vtable?.size ?? 0);
    for (const [name, offset, region] of [
      ['.data', layout('D_DATA_LOAD'), data],
      ['.shared', layout('D_SHARED_LOAD'), shared],
    ] as const) {
      const section = programs[p].sections.find((s) => s.name === name);
      const contents = section?.bytes ?? new Uint8Array(0);
      // `boot.s` copies from the beginning of the region on
      const before = contents.length > 0 ? section!.address - region.start : 0;
      const size = Math.ceil((before + contents.length) / 4) * 4;
      const padded = new Uint8Array(size);
      padded.set(contents, before);
      word(at + offset, load);
      word(at + offset + 4, size);
      if (size > 0) initial.push(readOnly(load, padded));
      load += size;
    }
  });
  threads.forEach(({ process, entry, priority, data = 0 }, i) => {
    const at = layout('THREAD_TABLE') + i * layout('A_BYTES');
    word(at + layout('A_ENTRY'), label(process, entry));
    word(at + layout('A_DATA'), data);
    view.setUint8(
      at + layout('A_PROCESS') - base,
      processes.findIndex(({ name }) => name === process),
    );
    view.setUint8(at + layout('A_PRIORITY') - base, priority);
  });
  return { tables: readOnly(base, new Uint8Array(view.buffer)), initial };
}
