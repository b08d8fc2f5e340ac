@ The kernel's memory. Stacks come first: each is a region, so it lies at a multiple of its size.
  .bss
  .balign STACK_BYTES
stacks:
  .space STACKS * STACK_BYTES
stacks_end:
  .space KERNEL_STACK_BYTES
kernel_stack:
  .space SAVED_BYTES
nobody_stack:
kernel:
  .space K_BYTES
  .balign 8
processes:
  .space PROCESSES * P_BYTES
nobody:                             @ record of what runs between the end of a thread and the switch to the next
  .space T_BYTES
threads:
  .space THREADS * T_BYTES
threads_end:
waiters:                            @ records of waiting threads
  .space THREADS * 4
events:
  .space EVENTS * N_BYTES
events_end:
sleepers:                           @ for each thread its sleep, then for each its interval timer
  .space 2 * THREADS * S_BYTES
sleepers_end:
sleeper_queue:                      @ timers in use, earliest first
  .space 2 * THREADS * 4
kernel_end:
