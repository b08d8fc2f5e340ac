# What the loader ends with, in M-mode: every trap and interrupt goes to S-mode, translation on, to the kernel.
_start:
  li    t0, -1
  csrw  medeleg, t0
  csrw  mideleg, t0
  la    t0, breakpoint
  csrw  mtvec, t0
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

# This core cannot delegate breakpoints (medeleg bit 3 is 0): a program's ebreak comes here and goes on to the kernel, as if
# the hardware had taken it there. MPP and SPP are 0, for U-mode.
  .balign 4
breakpoint:
  csrw  mscratch, t0
  csrr  t0, mepc
  csrw  sepc, t0
  csrr  t0, mcause
  csrw  scause, t0
  li    t0, 0x100             # SPP
  csrc  sstatus, t0
  li    t0, 1 << 11           # MPP = S
  csrs  mstatus, t0
  csrr  t0, stvec
  csrw  mepc, t0
  csrr  t0, mscratch
  mret
