# The kernel's start, in S-mode and in the address space of PID 1. The loader has laid out everything else.
kernel_start:
  la    t0, trap_entry
  csrw  stvec, t0
  li    t0, SIE_EXTERNAL
  csrw  sie, t0
  j     scheduler
