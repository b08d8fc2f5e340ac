import type { Program } from '../../assembler/files.js';
import type { Image, ImageSymbol, PhaseMark, SourceLine } from '../../machine/image.js';
import { physical, type PhysicalAddress, virtual } from '../../machine/units.js';
import { Pages } from './pages.js';
import { type KernelConfig, kernelSymbols } from './parameters.js';
import { abiSymbols, assembleProgram } from './source.js';
import { AddressSpace, type Layout } from './space.js';

const PAGE = 4096;
/** Variables of a program lie this far above its text. */
const DATA_OFFSET = 0x00100000;

/** A page of a device that a program may use without asking. */
export interface DevicePage {
  readonly virtual: number;
  readonly physical: number;
}

/** A program and its process. Process numbers count from 2 in the order of the list. */
export interface ProcessSource {
  /** Prefix of its symbols (`name.symbol`) and name of its domain. */
  readonly name: string;
  /**
   * Assembly with the symbols of `abi.s` known, or sections that are assembled already, for the addresses of
   * `programAddresses`. Starts at `_start`.
   */
  readonly program: string | Program;
  readonly devices?: readonly DevicePage[];
  /** Name of the process whose last page of `.data` the first page of `.data` of this one follows in physical memory. */
  readonly behind?: string;
}

/** A kernel with its programs, ready to load. */
export interface LinkedSystem {
  readonly image: Image;
  /** Value of a kernel symbol. @throws RangeError if there is none. */
  readonly kernel: Layout;
  /** Address of a program's symbol, virtual and physical. @throws RangeError if there is none. */
  readonly symbol: (name: string) => ImageSymbol;
}

/** Where process `pid` has its text and its variables. */
export function programAddresses(config: KernelConfig, pid: number): { readonly text: number; readonly data: number } {
  const layout = symbolsOf(kernelProgram(config));
  const text = layout('TEXT_BASE') + lift(config, layout, pid);
  return { text, data: text + DATA_OFFSET };
}

/** How much higher a process lies than alone in its space. */
const lift = ({ isolation }: KernelConfig, layout: Layout, pid: number): number =>
  isolation === 'path' ? pid * layout('PATH_STRIDE') : 0;

const kernels = new Map<string, Program>();

/** The assembled kernel; one for each configuration. */
export function kernelProgram(config: KernelConfig): Program {
  const define = kernelSymbols(config);
  const key = JSON.stringify(define);
  let kernel = kernels.get(key);
  if (kernel === undefined) {
    kernel = assembleProgram('.include "kernel.s"', 'kernel.s', define, { '.text': 0xffd00000 });
    kernels.set(key, kernel);
  }
  return kernel;
}

function symbolsOf({ symbols }: Program): Layout {
  return (name) => {
    const value = symbols.get(name);
    if (value === undefined) throw new RangeError(`the kernel has no symbol ${name}`);
    return value;
  };
}

/** What is known of a process when its space has been laid out. */
interface Process {
  readonly pid: number;
  readonly space: AddressSpace;
  /** Page number of its context page, and where the kernel sees it. */
  readonly contextPage: number;
  readonly contexts: number;
}

/**
 * Lays out memory as the Xous loader leaves it and links kernel and programs into an image.
 * @throws RangeError if the programs do not fit; SyntaxError if one does not assemble.
 */
export function linkSystem(config: KernelConfig, sources: readonly ProcessSource[]): LinkedSystem {
  return new Linker(config, sources).link();
}

/** A page of a process. */
const placeKey = (pid: number, address: number): string => `${pid} ${Math.floor(address / PAGE)}`;

class Linker {
  private readonly kernel: Program;
  private readonly layout: Layout;
  private readonly pages: Pages;
  private readonly symbols: ImageSymbol[] = [];
  private readonly phases: PhaseMark[] = [];
  private readonly lines: SourceLine[] = [];
  private readonly processes: Process[] = [];
  /** Physical pages that are kept for pages of spaces, by `placeKey`. */
  private readonly kept = new Map<string, number>();
  private readonly dataPage: number;
  private readonly serverPage: number;

  constructor(
    private readonly config: KernelConfig,
    private readonly sources: readonly ProcessSource[],
  ) {
    this.kernel = kernelProgram(config);
    this.layout = symbolsOf(this.kernel);
    const most = this.layout('PROCESS_COUNT') - 2;
    if (sources.length > most) throw new RangeError(`${sources.length} programs: the kernel has room for ${most}`);
    this.pages = new Pages(this.layout('SRAM_PAGE'), this.layout('SRAM_PAGES'));
    this.dataPage = this.pages.take(this.layout('SCHEDULER'));
    this.serverPage = this.pages.take(this.layout('SCHEDULER'));
  }

  link(): LinkedSystem {
    const { layout, pages } = this;
    const scheduler = this.addProcess(layout('SCHEDULER'));
    this.mapKernel(scheduler.space);
    this.addSymbols(this.kernel, 0, '', scheduler.space);
    const numbered = this.sources.map((source, i) => ({ source, pid: layout('SCHEDULER') + 1 + i }));
    const [firsts, followers] = [false, true].map((follows) =>
      numbered.filter(({ source }) => (source.behind !== undefined) === follows),
    );
    for (const { source, pid } of [...firsts, ...followers]) this.addProgram(source, pid);
    for (const process of this.processes) this.writeRecord(process);
    this.kernelWord('current_process', layout('SCHEDULER'));
    this.kernelWord('current_thread', layout('FIRST_THREAD'));
    this.kernelWord('current_contexts', scheduler.contexts);
    pages.setWord(scheduler.contextPage, layout('C_FRAME'), layout('FIRST_THREAD') + 1);
    const entry = this.addStub(scheduler);
    pages.of(this.dataPage).set(pages.tracker, layout('TRACKER') % PAGE);
    const image: Image = {
      segments: pages.segments(),
      symbols: this.symbols,
      phases: [...this.phases].sort((a, b) => a.physical - b.physical),
      domains: [
        { space: layout('SCHEDULER'), name: 'scheduler' },
        ...this.sources.map(({ name }, i) => ({ space: layout('SCHEDULER') + 1 + i, name })),
      ],
      lines: [...this.lines].sort((a, b) => a.physical - b.physical),
      entry: virtual(entry),
      spaceWord: this.kernelAddress('current_process'),
      threadWord: this.kernelAddress('current_thread'),
    };
    const byName = new Map(this.symbols.map((s) => [s.name, s]));
    return {
      image,
      kernel: layout,
      symbol(name) {
        const found = byName.get(name);
        if (found === undefined) throw new RangeError(`the system has no symbol ${name}`);
        return found;
      },
    };
  }

  private kernelAddress(word: string): PhysicalAddress {
    return physical(this.dataPage * PAGE + (this.layout(word) & (PAGE - 1)));
  }

  private kernelWord(word: string, value: number): void {
    this.pages.setWord(this.dataPage, this.layout(word) & (PAGE - 1), value);
  }

  /** A process without program; with isolation=path all of them are in the space of the first. */
  private addProcess(pid: number): Process {
    const { layout, pages } = this;
    const shared = this.config.isolation === 'path';
    const space = shared && this.processes.length > 0 ? this.processes[0].space : new AddressSpace(pages, layout, pid);
    const contextPage = pages.take(pid);
    const contexts = shared ? layout('PATH_CONTEXTS') + pid * PAGE : layout('CONTEXTS');
    space.map(contexts, contextPage, layout('PTE_KERNEL'));
    pages.setWord(contextPage, layout('C_WINDOW_LAST'), layout('WINDOW_BASE'));
    const area = layout('AREA_BASE') + lift(this.config, layout, pid);
    pages.setWord(contextPage, layout('C_AREA_BASE'), area);
    pages.setWord(contextPage, layout('C_AREA_LAST'), area);
    const process = { pid, space, contextPage, contexts };
    this.processes.push(process);
    return process;
  }

  /** Kernel text and data in the slot that every space shares. */
  private mapKernel(space: AddressSpace): void {
    const { layout } = this;
    const readOnly = layout('PTE_V') | layout('PTE_R') | layout('PTE_X') | layout('PTE_AD');
    for (const { address, bytes } of this.kernel.sections) this.copy(space, 1, address, bytes, readOnly);
    space.map(layout('TRACKER') - (layout('TRACKER') % PAGE), this.dataPage, layout('PTE_KERNEL'));
    space.map(layout('SERVERS'), this.serverPage, layout('PTE_KERNEL'));
  }

  private addProgram({ name, program, devices = [] }: ProcessSource, pid: number): void {
    const { layout, pages, config } = this;
    const process = this.addProcess(pid);
    const { space } = process;
    if (config.isolation !== 'path') space.shareTable(layout('KERNEL_TEXT'), this.processes[0].space);
    const { text, data } = programAddresses(config, pid);
    const assembled =
      typeof program === 'string'
        ? assembleProgram(program, name, abiSymbols(), { '.text': text, '.data': data })
        : program;
    const user = layout('PTE_V') | layout('PTE_R') | layout('PTE_U') | layout('PTE_AD');
    this.keepPages(name, pid, assembled);
    for (const segment of assembled.image.segments) {
      const rights = (segment.writable ? layout('PTE_W') : 0) | (segment.executable ? layout('PTE_X') : 0);
      this.copy(space, pid, segment.physical, segment.data, user | rights, segment.bytes);
    }
    const stackTop = layout('STACK_TOP') + lift(config, layout, pid);
    space.map(stackTop - PAGE, pages.take(pid), user | layout('PTE_W'));
    for (let at = stackTop - layout('STACK_BYTES'); at < stackTop - PAGE; at += PAGE) {
      space.map(at, 0, (user | layout('PTE_W')) & ~layout('PTE_V'));
    }
    for (const device of devices) space.map(device.virtual, device.physical / PAGE, user | layout('PTE_W'));
    const frame = (layout('FIRST_THREAD') + 1) * layout('FRAME_BYTES');
    pages.setWord(process.contextPage, frame + layout('F_PC'), assembled.image.entry);
    pages.setWord(process.contextPage, frame + layout('F_SP'), stackTop);
    this.addSymbols(assembled, pid, `${name}.`, space);
  }

  /** Keeps two neighbouring pages for the end of a process's `.data` and the beginning of that of another, if one is to lie there. */
  private keepPages(name: string, pid: number, { sections }: Program): void {
    const i = this.sources.findIndex(({ behind }) => behind === name);
    const data = sections.find((section) => section.name === '.data');
    if (i < 0 || data === undefined) return;
    const follower = this.layout('SCHEDULER') + 1 + i;
    // pages are taken from the top down
    this.kept.set(placeKey(follower, programAddresses(this.config, follower).data), this.pages.take(follower));
    this.kept.set(placeKey(pid, data.address + data.size - 1), this.pages.take(pid));
  }

  /** Copies bytes to a virtual address, taking pages where none are yet; a page gets the rights of everything in it. */
  private copy(space: AddressSpace, owner: number, start: number, data: Uint8Array, flags: number, size = data.length) {
    for (let at = start - (start % PAGE); at < start + size; at += PAGE) {
      let page = space.pageAt(at);
      if (page === undefined) {
        page = this.kept.get(placeKey(owner, at)) ?? this.pages.take(owner);
        space.map(at, page, flags);
      }
      const from = Math.max(start, at);
      const to = Math.min(start + data.length, at + PAGE);
      if (to > from) this.pages.of(page).set(data.subarray(from - start, to - start), from - at);
    }
  }

  /** Takes symbols, phases and lines of a program over, at their physical places. */
  private addSymbols({ image }: Program, space: number, prefix: string, tables: AddressSpace): void {
    const place = (address: number): PhysicalAddress => {
      const page = tables.pageAt(address);
      return page === undefined ? physical(address) : physical(page * PAGE + (address % PAGE));
    };
    for (const { name, virtual: address } of image.symbols) {
      this.symbols.push({ name: prefix + name, space, virtual: address, physical: place(address) });
    }
    for (const { physical: at, phase } of image.phases) this.phases.push({ physical: place(at), phase });
    for (const { physical: at, file, line } of image.lines) this.lines.push({ physical: place(at), file, line });
  }

  private writeRecord({ pid, space, contexts }: Process): void {
    const { layout, config } = this;
    const scheduler = layout('SCHEDULER');
    const asid = config.isolation === 'path' ? scheduler : pid;
    const field = (name: string, value: number): void => {
      const offset = (layout(name) + (pid << layout('P_SHIFT'))) & (PAGE - 1);
      this.pages.setWord(this.dataPage, offset, value);
    };
    field('P_SATP', 2 ** 31 + asid * 2 ** 22 + space.root);
    field('P_READY', pid === scheduler ? 0 : 1 << layout('FIRST_THREAD'));
    field('P_THREAD', layout('FIRST_THREAD'));
    field('P_TURN', layout('FIRST_THREAD') - 1);
    field('P_PARENT', scheduler);
    field('P_CONTEXTS', contexts);
  }

  /** The code that runs in M-mode before the kernel. @returns its address. */
  private addStub({ space, pid }: Process): number {
    const page = this.pages.take(pid);
    const define = {
      SCHEDULER_SATP: 2 ** 31 + pid * 2 ** 22 + space.root,
      ENTRY: this.layout('kernel_start'),
    };
    const stub = assembleProgram('.include "stub.s"', 'stub.s', define, { '.text': page * PAGE });
    this.pages.of(page).set(stub.sections[0].bytes);
    return page * PAGE;
  }
}
