import type { Library } from '../kernel/system.js';

/**
 * Atomic operations on a word. The core has no instructions for them: as in CHERIoT RTOS, functions of a library that runs with
 * interrupts off. ca0 = word; a0 = what it was.
 */
export const ATOMICS: Library = {
  name: 'atomics',
  program: `
# Stores a2 if the word is a1.
compare_exchange:
  cmove ca3, ca0
  clw   a0, 0(ca3)
  bne   a0, a1, 1f
  csw   a2, 0(ca3)
1:
  cret

# Stores a1.
exchange:
  cmove ca3, ca0
  clw   a0, 0(ca3)
  csw   a1, 0(ca3)
  cret
`,
  exports: [
    { name: 'compare_exchange', arguments: 3, interrupts: 'disabled' },
    { name: 'exchange', arguments: 2, interrupts: 'disabled' },
  ],
};

/** Values of a mutex's word, those of CHERIoT RTOS's flag locks without inheritance of priorities. */
export const FREE = 0;
export const TAKEN = 1;
export const TAKEN_WITH_WAITERS = 2;
