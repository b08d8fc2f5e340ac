import type { Compartment, Export, Import, Library, System } from './system.js';

/** The kernel's own compartments; the linker knows them by these names. */
export const SCHEDULER = 'scheduler';
export const ALLOCATOR = 'allocator';
export const SWEEPER = 'sweeper';
export const IDLE = 'idle';

/** Imports of exports of a compartment, under their own names. */
export const fromCompartment = (compartment: string, ...names: readonly string[]): readonly Import[] =>
  names.map((name) => ({ kind: 'call', name, compartment, export: name }));

/** Imports of functions of a library, under their own names. */
export const fromLibrary = (library: string, ...names: readonly string[]): readonly Import[] =>
  names.map((name) => ({ kind: 'library', name, library, function: name }));

const uninterruptedExport = (name: string, count: number, minimumStack: number): Export => ({
  name,
  arguments: count,
  minimumStack,
  interrupts: 'disabled',
});

/** What a compartment with scoped handlers has, beside `.include "scoped.s"` in front of its program. */
export const SCOPED_HANDLERS = {
  stacklessHandler: 'scoped_handler',
  imports: [{ kind: 'switcher', name: 'reset_handled', function: 'reset_handled' }],
} as const satisfies Partial<Compartment>;

/** The scheduler, for a number of threads that includes idle. */
export const schedulerCompartment = (threads: number): Compartment => ({
  name: SCHEDULER,
  program: `.equ THREAD_COUNT, ${threads}\n.include "layout.s"\n.include "scheduler.s"`,
  imports: [
    { kind: 'device', name: 'timer', device: 'timer' },
    { kind: 'device', name: 'controller', device: 'controller' },
    { kind: 'authority', name: 'token_key', authority: 'static tokens' },
  ],
  exports: [
    uninterruptedExport('ticks', 0, 0x20),
    uninterruptedExport('sleep', 1, 0x60),
    uninterruptedExport('futex_wait', 3, 0x60),
    uninterruptedExport('futex_wait_inheriting', 3, 0x60),
    uninterruptedExport('futex_wake', 2, 0x60),
    uninterruptedExport('interrupt_futex', 1, 0),
    uninterruptedExport('interrupt_complete', 1, 0),
  ],
});

/** The allocator, for a number of threads that includes idle; `sweeper`: with a compartment that sweeps, else with the hardware. */
export const allocatorCompartment = (sweeper: boolean, threads: number): Compartment => ({
  name: ALLOCATOR,
  program: `.equ THREAD_COUNT, ${threads}\n.include "layout.s"\n.include "allocator.s"`,
  imports: [
    { kind: 'authority', name: 'heap', authority: 'heap' },
    { kind: 'authority', name: 'token_key', authority: 'static tokens' },
    { kind: 'authority', name: 'dynamic_key', authority: 'dynamic tokens' },
    { kind: 'authority', name: 'key_space', authority: 'token keys' },
    { kind: 'device', name: 'bitmap', device: 'bitmap' },
    { kind: 'authority', name: 'hazards', authority: 'hazard slots' },
    { kind: 'authority', name: 'hazard_epoch', authority: 'hazard epoch' },
    ...(sweeper
      ? fromCompartment(SWEEPER, 'sweep', 'sweep_epoch')
      : [{ kind: 'device', name: 'revoker', device: 'revoker' } as const]),
    ...fromCompartment(SCHEDULER, 'sleep'),
    ...fromLibrary('locks', 'mutex_lock', 'mutex_unlock'),
  ],
  exports: [
    { name: 'heap_allocate', arguments: 3, minimumStack: 0x220 },
    { name: 'heap_free', arguments: 2, minimumStack: 0x220 },
    { name: 'heap_claim', arguments: 2, minimumStack: 0x220 },
    { name: 'quota_left', arguments: 1, minimumStack: 0x220 },
    { name: 'quarantine_flush', arguments: 1, minimumStack: 0x220 },
    { name: 'heap_free_all', arguments: 1, minimumStack: 0x220 },
    { name: 'token_key_new', arguments: 0, minimumStack: 0x220 },
    { name: 'token_allocate', arguments: 4, minimumStack: 0x240 },
    { name: 'token_free', arguments: 3, minimumStack: 0x220 },
  ],
});

/** The software revoker (revocation=software). */
export const SWEEPING_COMPARTMENT: Compartment = {
  name: SWEEPER,
  program: '.include "sweep.s"',
  imports: [{ kind: 'authority', name: 'memory', authority: 'memory' }],
  exports: [uninterruptedExport('sweep', 0, 0), uninterruptedExport('sweep_epoch', 0, 0)],
};

/** The idle thread's code. */
export const IDLE_COMPARTMENT: Compartment = {
  name: IDLE,
  program: '.include "idle.s"',
  imports: [],
  exports: [],
};

/** Names that a system may not use, because the kernel does. */
export const reservedNames = (system: System): readonly string[] =>
  [SCHEDULER, ALLOCATOR, SWEEPER, IDLE, 'switcher', 'loader'].filter((name) =>
    system.compartments.some((c) => c.name === name),
  );

/** Functions that a library calls itself, uninterrupted. */
const uninterrupted = (...names: readonly string[]): readonly Import[] =>
  names.map((name) => ({ kind: 'own', name, function: name, interrupts: 'disabled' }));

const libraryFunction = (name: string, count: number): Export => ({ name, arguments: count, interrupts: 'inherit' });

/**
 * Libraries that every system may import from: mutexes (`locks.s`), message queues (`queues.s`), micro-reboots (`reboot.s`), sealed
 * objects (`unseal.s`), ephemeral claims (`ephemeral.s`).
 */
export const LIBRARIES: readonly Library[] = [
  {
    name: 'locks',
    program: '.include "locks.s"',
    imports: [
      ...fromCompartment(SCHEDULER, 'futex_wait_inheriting', 'futex_wake'),
      ...uninterrupted('take_if_free', 'set_free'),
      { kind: 'authority', name: 'thread_number', authority: 'thread number' },
    ],
    exports: [libraryFunction('mutex_lock', 1), libraryFunction('mutex_unlock', 1)],
  },
  {
    name: 'queues',
    program: '.include "queues.s"',
    imports: [...fromCompartment(SCHEDULER, 'futex_wait', 'futex_wake'), ...uninterrupted('try_put', 'try_get')],
    exports: [libraryFunction('queue_put', 2), libraryFunction('queue_get', 1)],
  },
  {
    name: 'reboot',
    program: '.include "reboot.s"',
    imports: [...fromCompartment(SCHEDULER, 'futex_wait', 'futex_wake'), ...uninterrupted('leave_guard')],
    exports: [
      ...['guard_enter', 'guard_close', 'guard_open'].map((name): Export => ({
        name,
        arguments: 1,
        interrupts: 'disabled',
      })),
      libraryFunction('guard_leave', 1),
      libraryFunction('guard_drain', 1),
      libraryFunction('guard_reset', 2),
    ],
  },
  {
    name: 'tokens',
    program: '.include "unseal.s"',
    imports: [{ kind: 'authority', name: 'dynamic_key', authority: 'unsealing dynamic tokens' }],
    exports: [{ name: 'token_unseal', arguments: 2, interrupts: 'disabled' }],
  },
  {
    name: 'ephemeral',
    program: '.include "ephemeral.s"',
    imports: [
      { kind: 'switcher', name: 'hazard_slots', function: 'hazard_slots' },
      { kind: 'authority', name: 'hazard_epoch', authority: 'reading the hazard epoch' },
      { kind: 'authority', name: 'heap_bounds', authority: 'bounds of the heap' },
      ...fromCompartment(SCHEDULER, 'futex_wait_inheriting'),
    ],
    exports: [libraryFunction('heap_claim_ephemeral', 3)],
  },
];

/** The libraries to be linked: those of the system, and of the kernel's those that somebody imports from. */
export function librariesOf({ compartments, libraries }: System): readonly Library[] {
  const asked = new Set(
    compartments.flatMap(({ imports }) => imports.map((i) => (i.kind === 'library' ? i.library : ''))),
  );
  // the allocator's
  asked.add('locks');
  return [...LIBRARIES.filter(({ name }) => asked.has(name)), ...libraries];
}
