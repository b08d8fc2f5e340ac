# What the loader ends with, in M-mode: every trap and interrupt goes to S-mode, translation on, to the kernel.
_start:
  li    t0, -1
  csrw  medeleg, t0
  csrw  mideleg, t0
  li    t0, SCHEDULER_SATP
  csrw  satp, t0
  sfence.vma
  li    t0, 3 << 11
  csrc  mstatus, t0
  li    t0, 1 << 11           # MPP = S
  csrs  mstatus, t0
  li    t0, ENTRY
  csrw  mepc, t0
  mret
