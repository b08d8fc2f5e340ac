import type { Compartment, System } from './system.js';

/** The kernel's own compartments; the linker knows them by these names. */
export const SCHEDULER = 'scheduler';
export const IDLE = 'idle';

/** The scheduler, for a number of threads that includes idle. */
export const schedulerCompartment = (threads: number): Compartment => ({
  name: SCHEDULER,
  program: `.equ THREAD_COUNT, ${threads}\n.include "layout.s"\n.include "scheduler.s"`,
  imports: [
    { kind: 'device', name: 'timer', device: 'timer' },
    { kind: 'device', name: 'controller', device: 'controller' },
  ],
  exports: [
    { name: 'ticks', arguments: 0, minimumStack: 0x20, interrupts: 'disabled' },
    { name: 'sleep', arguments: 1, minimumStack: 0x60, interrupts: 'disabled' },
    { name: 'futex_wait', arguments: 3, minimumStack: 0x60, interrupts: 'disabled' },
    { name: 'futex_wake', arguments: 2, minimumStack: 0x60, interrupts: 'disabled' },
  ],
});

/** The idle thread's code. */
export const IDLE_COMPARTMENT: Compartment = {
  name: IDLE,
  program: '.include "idle.s"',
  imports: [],
  exports: [],
};

/** Names that a system may not use, because the kernel does. */
export const reservedNames = (system: System): readonly string[] =>
  [SCHEDULER, IDLE, 'switcher', 'loader'].filter((name) => system.compartments.some((c) => c.name === name));
