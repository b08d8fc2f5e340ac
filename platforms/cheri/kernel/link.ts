import type { Image, ImageSymbol } from '../../machine/image.js';
import { PHASE_INDEX } from '../../machine/ledger.js';
import { physical, virtual } from '../../machine/units.js';
import { RTOS_BOARD } from '../devices/board.js';
import { representableLength } from '../hardware/capability-bounds.js';
import { HEAP_BASE } from '../hardware/revocation.js';
import {
  allocatorCompartment,
  IDLE,
  IDLE_COMPARTMENT,
  LIBRARIES,
  librariesOf,
  reservedNames,
  SCHEDULER,
  schedulerCompartment,
  SWEEPING_COMPARTMENT,
} from './compartments.js';
import { entryOffset, exportTable, exportTableBytes } from './exports.js';
import { MemoryImage, MemoryPlan, type Region } from './memory.js';
import { type KernelConfig, kernelSymbols } from './parameters.js';
import { Capabilities, type Capability, LoaderTable } from './records.js';
import { constant } from './source.js';
import type { Authority, Compartment, Import, InterruptPosture, Padding, System, Thread } from './system.js';
import { type PlacedUnit, placeUnit, type Unit, unitOf } from './unit.js';

/** A system with the kernel, ready to load. */
export interface LinkedSystem {
  readonly image: Image;
  /**
   * Symbol `compartment.label`; the kernel's compartments are `switcher`, `scheduler`, `idle`, `loader`.
   * @throws RangeError if there is none.
   */
  readonly symbol: (name: string) => ImageSymbol;
  /** Code, globals and export table of each compartment and library, by name. */
  readonly places: ReadonlyMap<string, Place>;
  /** Stack and trusted stack of each thread, by its number; 0 is idle. */
  readonly threads: readonly ThreadPlace[];
  /** What the loader leaves to the heap: all memory from its own first byte on. */
  readonly heap: Region;
}

/** Where a compartment or library is. */
export interface Place {
  readonly code: Region;
  readonly globals: Region;
  readonly exports: Region;
}

/** Where a thread's memory is. */
export interface ThreadPlace {
  readonly name: string;
  readonly stack: Region;
  readonly trustedStack: Region;
}

/**
 * Lays out memory and links kernel and compartments into an image for board `rtos`; the loader, which runs first, derives
 * every capability.
 * @throws RangeError if something does not fit or names what does not exist; SyntaxError if a program does not assemble.
 */
export function linkSystem(
  config: KernelConfig,
  system: System,
  padding: Padding = { code: 0, globals: 0 },
): LinkedSystem {
  return new Linker(config, system, padding).link();
}

const { ram } = RTOS_BOARD;

/** Bytes of the scheduler's own stack, behind a trap. */
const SCHEDULER_STACK = 256;
const IDLE_STACK = 128;
/** At which bounds of a heap of up to 256 KiB are exact. */
const HEAP_ALIGNMENT = 1024;
const NO_PADDING: Padding = { code: 0, globals: 0 };
/** Sources of the interrupt controller. */
const MOST_SOURCES = 31;
const SWITCHER = 'switcher';
const LOADER = 'loader';

/** A thread with its number and where its parts are. */
interface PlacedThread extends ThreadPlace {
  readonly thread: Thread;
}

class Linker {
  private readonly plan = new MemoryPlan(ram.start, ram.start + ram.bytes);
  private readonly memory = new MemoryImage(ram.start, ram.bytes);
  private readonly table = new LoaderTable();
  private readonly make: Capabilities;
  private readonly placed = new Map<string, PlacedUnit>();
  private readonly exports = new Map<string, Region>();
  private readonly objects = new Map<string, Region>();
  private readonly tokens = new Map<string, Region>();
  private readonly symbols = new Map<string, ImageSymbol>();
  private heap: Region = { base: 0, bytes: 0 };
  private hazards: Region = { base: 0, bytes: 0 };
  private hazardEpoch: Region = { base: 0, bytes: 0 };

  constructor(
    private readonly config: KernelConfig,
    private readonly system: System,
    private readonly padding: Padding,
  ) {
    this.make = new Capabilities(config.isolation !== 'path');
    const [taken] = reservedNames(system);
    if (taken !== undefined) throw new RangeError(`compartment ${taken}: the kernel has one of that name`);
  }

  link(): LinkedSystem {
    const { config, system, plan } = this;
    const memory = { MEMORY_START: ram.start, MEMORY_END: ram.start + ram.bytes, HEAP_BASE };
    const define = { ...kernelSymbols(config), ...memory, IN_KERNEL: 1 };
    const idle = { name: IDLE, compartment: IDLE, entry: IDLE, priority: -1, stackBytes: IDLE_STACK, trustedFrames: 1 };
    const threads = [idle, ...system.threads];
    const software = config.revocation === 'software';
    const kernel = [
      schedulerCompartment(threads.length),
      IDLE_COMPARTMENT,
      allocatorCompartment(software, threads.length),
      ...(software ? [SWEEPING_COMPARTMENT] : []),
    ].map((c) => unitOf(c, define));
    const users = [...librariesOf(system), ...withFollowers(system.compartments)].map((c) =>
      unitOf(c, { IN_KERNEL: 0 }),
    );
    const units = [...kernel, ...users];
    this.place(bareUnit(SWITCHER, define));
    for (const unit of units) this.place(unit);
    for (const unit of units) this.addExports(this.unit(unit.name));
    for (const { name, bytes, alignment, words } of system.objects) {
      const region = plan.take(`object ${name}`, bytes, alignment);
      words.forEach((word, i) => this.memory.word(region.base + 4 * i, word));
      this.objects.set(name, region);
    }
    for (const { name, bytes } of system.quotas) {
      const words = [constant('KEY_ALLOCATOR'), 0, bytes];
      this.tokens.set(`quota ${name}`, this.placeToken(`quota ${name}`, constant('QUOTA_BYTES'), words));
    }
    this.hazards = plan.take('hazard slots', constant('HAZARD_BYTES') * threads.length);
    this.hazardEpoch = plan.take('hazard epoch', 4);
    const placedThreads = threads.map((thread) => this.placeThread(thread));
    placedThreads.forEach((thread, number) => this.fillThread(thread, number));
    this.fillSwitcher();
    this.fillScheduler(placedThreads);
    for (const item of units.flatMap((unit) => unit.imports))
      if (item.kind === 'interrupt') this.addInterrupt(item.source);
    plan.align(HEAP_ALIGNMENT);
    this.heap = { base: plan.free, bytes: ram.start + ram.bytes - plan.free };
    for (const unit of units) this.resolveImports(this.unit(unit.name));
    this.addLoader(placedThreads[0], define);
    return {
      image: this.image(),
      symbol: (name) => this.symbol(name),
      places: new Map(
        units.map(({ name }) => [
          name,
          { code: this.unit(name).code, globals: this.unit(name).globals, exports: this.exports.get(name)! },
        ]),
      ),
      threads: placedThreads.map(({ name, stack, trustedStack }) => ({ name, stack, trustedStack })),
      heap: this.heap,
    };
  }

  /** The kernel's own units have no padding: what is measured in them does not depend on the seed. */
  private place(unit: Unit): void {
    if (this.placed.has(unit.name)) throw new RangeError(`two compartments or libraries are called ${unit.name}`);
    const placed = placeUnit(unit, this.plan, unit.define.IN_KERNEL === 1 ? NO_PADDING : this.padding);
    this.placed.set(unit.name, placed);
    for (const { address, bytes } of placed.program.sections) this.memory.set(address, bytes);
    for (const symbol of placed.program.image.symbols) {
      const name = `${unit.name}.${symbol.name}`;
      this.symbols.set(name, { ...symbol, name });
    }
  }

  private unit(name: string): PlacedUnit {
    const found = this.placed.get(name);
    if (found === undefined) throw new RangeError(`there is no compartment or library ${name}`);
    return found;
  }

  private symbol(name: string): ImageSymbol {
    const found = this.symbols.get(name);
    if (found === undefined) throw new RangeError(`the system has no symbol ${name}`);
    return found;
  }

  private label(unit: string, label: string): number {
    return this.symbol(`${unit}.${label}`).virtual;
  }

  private addExports(placed: PlacedUnit): void {
    const { code, unit } = placed;
    const region = this.plan.take(`export table of ${unit.name}`, exportTableBytes(placed));
    this.exports.set(unit.name, region);
    this.memory.set(
      region.base,
      exportTable(placed, (label) => this.label(unit.name, label) - code.base),
    );
    this.table.add(region.base + constant('EXPORT_PCC'), this.make.code(code, code.base));
    this.table.add(region.base + constant('EXPORT_CGP'), this.globals(placed));
  }

  /** Points to the label `globals`. */
  private globals({ globals, unit }: PlacedUnit): Capability {
    return this.make.memory(globals, 'GLOBALS_PERMISSIONS', this.label(unit.name, 'globals'));
  }

  private placeThread(thread: Thread): PlacedThread {
    const { name, stackBytes, trustedFrames } = thread;
    const stack = this.plan.take(`stack of thread ${name}`, stackBytes, 16);
    const frames = constant('TS_FRAMES') + constant('FRAME_BYTES') * (trustedFrames + 1);
    return { thread, name, stack, trustedStack: this.plan.take(`trusted stack of thread ${name}`, frames) };
  }

  /** The state in which a thread begins, as if the scheduler had just been told to run it. */
  private fillThread({ thread, stack, trustedStack }: PlacedThread, number: number): void {
    const { make, table, memory } = this;
    const unit = this.unit(thread.compartment);
    const switcher = this.unit(SWITCHER).code;
    const top = stack.base + stack.bytes;
    const sp = top - constant('RESERVED_BYTES');
    const at = (name: string): number => trustedStack.base + constant(name);
    const csp = (address: number): Capability => make.memory(stack, 'STACK_PERMISSIONS', address);
    table.add(at('TS_PC'), make.code(unit.code, this.label(thread.compartment, thread.entry)));
    const returns = make.switcher(switcher, this.label(SWITCHER, 'return_compartment'), constant('RETURN_DISABLE'));
    table.add(at('TS_RA'), returns);
    table.add(at('TS_SP'), csp(sp));
    table.add(at('TS_GP'), this.globals(unit));
    const size = constant('HAZARD_BYTES');
    const slots = { base: this.hazards.base + size * number, bytes: size };
    table.add(at('TS_HAZARDS'), make.kernel(slots, 'HAZARD_PERMISSIONS'));
    memory.word(at('TS_STATUS'), constant('STATUS_START'));
    memory.word(at('TS_MARK'), top);
    memory.word(at('TS_MARK_BASE'), stack.base);
    memory.half(at('TS_FRAME'), constant('TS_FRAMES') + constant('FRAME_BYTES'));
    memory.half(at('TS_THREAD'), number);
    const exports = this.exports.get(unit.unit.name)!;
    // all of the stack belongs to this invocation, as to a callee what is below its caller's csp
    table.add(at('TS_FRAMES') + constant('FRAME_CSP'), csp(top));
    const entry = make.kernel(exports, 'READ_PERMISSIONS', exports.base + constant('EXPORT_ENTRIES'));
    table.add(at('TS_FRAMES') + constant('FRAME_EXPORT'), entry);
  }

  private resolveImports({ unit }: PlacedUnit): void {
    for (const item of unit.imports)
      this.table.add(this.label(unit.name, `import.${item.name}`), this.imported(unit, item));
  }

  private sentry({ name }: Unit, label: string, interrupts: InterruptPosture): Capability {
    const type = { inherit: 'SENTRY_INHERIT', disabled: 'SENTRY_DISABLE', enabled: 'SENTRY_ENABLE' }[interrupts];
    return this.make.code(this.unit(name).code, this.label(name, label), constant(type));
  }

  /** A function of the switcher, with interrupts off. */
  private fromSwitcher(label: string): Capability {
    return this.make.switcher(this.unit(SWITCHER).code, this.label(SWITCHER, label), constant('SENTRY_DISABLE'));
  }

  private imported(unit: Unit, item: Import): Capability {
    const { make } = this;
    switch (item.kind) {
      case 'switcher':
        return this.fromSwitcher(item.function);
      case 'call': {
        const exports = this.exports.get(this.unit(item.compartment).unit.name)!;
        const entry = exports.base + entryOffset(this.unit(item.compartment), item.export);
        return make.kernel(exports, 'READ_PERMISSIONS', entry, constant('TYPE_EXPORT'));
      }
      case 'library': {
        const library = this.unit(item.library);
        entryOffset(library, item.function);
        const { interrupts = 'inherit' } = library.unit.exports.find((e) => e.name === item.function)!;
        return this.sentry(library.unit, item.function, interrupts);
      }
      case 'own':
        return this.sentry(unit, item.function, item.interrupts);
      case 'device': {
        const { start, bytes } = RTOS_BOARD[item.device];
        return make.memory({ base: start, bytes }, 'DEVICE_PERMISSIONS');
      }
      case 'object': {
        const region = this.objects.get(item.object);
        if (region === undefined) throw new RangeError(`there is no shared object ${item.object}`);
        return make.memory(region, item.access === 'read' ? 'OBJECT_READ_PERMISSIONS' : 'GLOBALS_PERMISSIONS');
      }
      case 'quota':
        return this.token(`quota ${item.quota}`);
      case 'interrupt':
        return this.token(`interrupt ${item.source}`);
      case 'authority':
        if (unit.define.IN_KERNEL !== 1 && !LIBRARIES.some(({ program }) => program === unit.program))
          throw new RangeError(`${unit.name}: imports of kind authority are the kernel's`);
        return this.authority(item.authority);
    }
  }

  /** A sealed object: who has the right to its type finds the key in its first word. */
  private placeToken(what: string, bytes: number, words: readonly number[]): Region {
    const region = this.plan.take(what, bytes);
    words.forEach((word, i) => this.memory.word(region.base + 4 * i, word));
    return region;
  }

  private token(name: string): Capability {
    const region = this.tokens.get(name);
    if (region === undefined) throw new RangeError(`there is no ${name}`);
    return this.make.kernel(region, 'GLOBALS_PERMISSIONS', region.base, constant('TYPE_STATIC_TOKEN'));
  }

  private addInterrupt(source: number): void {
    const name = `interrupt ${source}`;
    if (this.tokens.has(name)) return;
    if (!(source >= 1 && source <= MOST_SOURCES)) throw new RangeError(`${name}: sources are 1 to ${MOST_SOURCES}`);
    this.tokens.set(name, this.placeToken(name, constant('INTERRUPT_BYTES'), [constant('KEY_INTERRUPT'), 0, source]));
  }

  private authority(authority: Authority): Capability {
    switch (authority) {
      case 'heap':
        return this.make.kernel(this.heap, 'GLOBALS_PERMISSIONS');
      case 'memory':
        return this.make.kernel({ base: ram.start, bytes: ram.bytes }, 'MEMORY_PERMISSIONS');
      case 'static tokens':
        return this.make.key(constant('TYPE_STATIC_TOKEN'), 'UNSEAL_PERMISSIONS');
      case 'dynamic tokens':
        return this.make.key(constant('TYPE_DYNAMIC_TOKEN'), 'BOTH_SEAL_PERMISSIONS');
      case 'unsealing dynamic tokens':
        return this.make.key(constant('TYPE_DYNAMIC_TOKEN'), 'UNSEAL_PERMISSIONS');
      case 'thread number':
        return this.fromSwitcher('thread_number');
      case 'hazard slots':
        return this.make.kernel(this.hazards, 'HAZARDS_READ_PERMISSIONS');
      case 'hazard epoch':
        return this.make.kernel(this.hazardEpoch, 'DEVICE_PERMISSIONS');
      case 'reading the hazard epoch':
        return this.make.kernel(this.hazardEpoch, 'OBJECT_READ_PERMISSIONS');
      case 'bounds of the heap':
        return this.make.kernel(this.heap, 'HEAP_BOUNDS_PERMISSIONS');
      case 'token keys': {
        const first = constant('DYNAMIC_KEYS');
        return this.make.key(first, 'BOTH_SEAL_PERMISSIONS', 2 ** 32 - first);
      }
    }
  }

  private fillSwitcher(): void {
    const { make, table } = this;
    const scheduler = this.unit(SCHEDULER);
    const stack = this.plan.take("scheduler's stack", SCHEDULER_STACK, 16);
    const slot = (name: string, capability: Capability): void => table.add(this.label(SWITCHER, name), capability);
    slot('export_key', make.key(constant('TYPE_EXPORT'), 'UNSEAL_PERMISSIONS'));
    slot('trusted_stack_key', make.key(constant('TYPE_TRUSTED_STACK'), 'BOTH_SEAL_PERMISSIONS'));
    slot('scheduler_csp', make.memory(stack, 'STACK_PERMISSIONS', stack.base + stack.bytes));
    slot('scheduler_cgp', this.globals(scheduler));
    slot('scheduler_pcc', make.code(scheduler.code, this.label(SCHEDULER, 'schedule')));
  }

  /** All threads are ready; the rings are in the order of the list. Idle, of priority 0, is below all of them. */
  private fillScheduler(threads: readonly PlacedThread[]): void {
    const { memory } = this;
    const { symbols } = this.unit(SCHEDULER).program;
    const number = (name: string): number => symbols.get(name)!;
    const offset = (i: number): number => number('threads') - number('globals') + i * number('T_BYTES');
    const rings = new Map<number, number[]>();
    threads.forEach(({ thread, trustedStack }, i) => {
      const priority = thread.priority + 1;
      if (priority < 0 || priority >= number('PRIORITIES')) {
        throw new RangeError(
          `thread ${thread.name}: priority ${thread.priority} is not 0 to ${number('PRIORITIES') - 2}`,
        );
      }
      const record = number('globals') + offset(i);
      this.table.add(record + number('T_HANDLE'), this.handle(trustedStack));
      for (const field of ['T_PRIORITY', 'T_OWN_PRIORITY']) memory.byte(record + number(field), priority);
      rings.set(priority, [...(rings.get(priority) ?? []), i]);
    });
    for (const [priority, ring] of rings) {
      memory.word(number('ready') + 4 * priority, offset(ring[0]));
      ring.forEach((i, at) => {
        const record = number('globals') + offset(i);
        memory.word(record + number('T_NEXT'), offset(ring[(at + 1) % ring.length]));
        memory.word(record + number('T_PREVIOUS'), offset(ring[(at + ring.length - 1) % ring.length]));
      });
    }
    memory.word(
      number('bitmap'),
      [...rings.keys()].reduce((bits, priority) => (bits | (1 << priority)) >>> 0, 0),
    );
    memory.word(number('current'), offset(0));
  }

  private handle(trustedStack: Region): Capability {
    return this.make.kernel(trustedStack, 'MEMORY_PERMISSIONS', trustedStack.base, constant('TYPE_TRUSTED_STACK'));
  }

  /** The loader with its table, the last of the image and the first of what becomes heap. */
  private addLoader(idle: PlacedThread, define: Unit['define']): void {
    const { table, make, plan, memory } = this;
    const switcher = this.unit(SWITCHER).code;
    const own = 4;
    const bytes = table.bytes + own * constant('RECORD_BYTES');
    const { base } = this.heap;
    const at = plan.take("loader's table", bytes).base;
    this.place(bareUnit(LOADER, { ...define, LOADER_TABLE: at, LOADER_TABLE_END: at + bytes }));
    const loader = { base, bytes: representableLength(plan.free - base) };
    const slot = (name: string, capability: Capability): void => table.add(this.label(LOADER, name), capability);
    slot('vector', make.switcher(switcher, this.label(SWITCHER, 'trap_entry')));
    slot('first_install', make.switcher(switcher, this.label(SWITCHER, 'install')));
    slot('first_thread', this.handle(idle.trustedStack));
    table.add(idle.trustedStack.base + constant('TS_A0'), make.kernel(loader, 'GLOBALS_PERMISSIONS'));
    memory.set(at, table.image);
  }

  private image(): Image {
    const units = [...this.placed.values()];
    const phases = units.flatMap(({ unit, program }) => [
      ...program.image.phases,
      ...(unit.define.IN_KERNEL === 1 ? [] : unit.exports).map(({ name }) => ({
        physical: physical(this.label(unit.name, name)),
        phase: PHASE_INDEX.user,
      })),
    ]);
    const data = this.memory.upTo(this.plan.free);
    return {
      segments: [{ physical: physical(ram.start), data, bytes: ram.bytes, writable: true, executable: true }],
      symbols: [...this.symbols.values()],
      phases: phases.sort((a, b) => a.physical - b.physical),
      domains: units.map(({ unit, code }) => ({ space: code.base, name: unit.name })),
      lines: units.flatMap(({ program }) => program.image.lines).sort((a, b) => a.physical - b.physical),
      entry: virtual(this.label(LOADER, '_start')),
      threadWord: physical(this.label(SCHEDULER, 'current_thread')),
    };
  }
}

/** Compartments, each whose globals are to follow another's right behind that one. */
const withFollowers = (compartments: readonly Compartment[]): readonly Compartment[] =>
  compartments
    .filter(({ behind }) => behind === undefined)
    .flatMap((first) => [first, ...compartments.filter(({ behind }) => behind === first.name)]);

const bareUnit = (name: string, define: Unit['define']): Unit => ({
  name,
  program: `.include "${name}.s"`,
  imports: [],
  exports: [],
  define,
  handlers: {},
});
