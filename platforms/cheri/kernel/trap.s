# Every trap. mtdc is the running thread's trusted stack; while the switcher or the scheduler works for nobody it is null, so
# that a trap there finds out that nothing can be saved.
  .balign 4
  .phase save
trap_entry:
  cspecialrw csp, mtdc, csp
  beqz  sp, wedge
  csc   cra, TS_RA(csp)
  csc   cgp, TS_GP(csp)
  csc   ctp, TS_TP(csp)
  csc   ct0, TS_T0(csp)
  csc   ct1, TS_T1(csp)
  csc   ct2, TS_T2(csp)
  csc   cs0, TS_S0(csp)
  csc   cs1, TS_S1(csp)
  csc   ca0, TS_A0(csp)
  csc   ca1, TS_A1(csp)
  csc   ca2, TS_A2(csp)
  csc   ca3, TS_A3(csp)
  csc   ca4, TS_A4(csp)
  csc   ca5, TS_A5(csp)
  li    t0, 0
  cspecialrw ct0, mtdc, ct0
  csc   ct0, TS_SP(csp)
  cspecialrw ca2, mepcc, cnull
  csc   ca2, TS_PC(csp)
  csrr  t0, mstatus
  csw   t0, TS_STATUS(csp)
  csrr  t0, mshwm
  csw   t0, TS_MARK(csp)
  csrr  t0, mshwmb
  csw   t0, TS_MARK_BASE(csp)
  csrr  a1, mcause
  csw   a1, TS_CAUSE(csp)
  .phase validate
  li    t0, CAUSE_CAPABILITY
  beq   a1, t0, fault
  li    t0, FIRST_OTHER_CAUSE
  bltu  a1, t0, fault
  cgetaddr a2, ca2

# To the scheduler. csp = trusted stack, a1 = cause, a2 = address where the thread stopped; mtdc is null.
  .phase switch-protection
schedule:
  load_slot cs0, trusted_stack_key
  cseal ca0, csp, cs0
  csrr  a3, mtval
  load_slot csp, scheduler_csp
  load_slot cgp, scheduler_cgp
  load_slot cra, scheduler_pcc
  .phase clear
  .if FULL
  li    tp, 0
  li    t0, 0
  li    t1, 0
  li    t2, 0
  li    s0, 0
  li    s1, 0
  li    a4, 0
  li    a5, 0
  .endif
  .phase schedule
  cjalr cra

# The scheduler names the thread to run in ca0. The loader comes here too.
  .phase switch-protection
install:
  load_slot csp, trusted_stack_key
  cunseal csp, ca0, csp
  .phase restore
install_thread:
  clw   t0, TS_CAUSE(csp)             # faults, and wedges, if it was no trusted stack
  cspecialrw cnull, mtdc, csp
  clc   ct2, TS_PC(csp)
  li    t1, CAUSE_ECALL
  bne   t0, t1, 1f
  cincoffset ct2, ct2, 4              # behind the ecall
1:
  clw   t0, TS_STATUS(csp)
  csrw  mstatus, t0
  clw   t0, TS_MARK(csp)
  csrw  mshwm, t0
  clw   t0, TS_MARK_BASE(csp)
  csrw  mshwmb, t0
  cspecialrw cnull, mepcc, ct2
  clc   cra, TS_RA(csp)
  clc   cgp, TS_GP(csp)
  clc   ctp, TS_TP(csp)
  clc   ct0, TS_T0(csp)
  clc   ct1, TS_T1(csp)
  clc   ct2, TS_T2(csp)
  clc   cs0, TS_S0(csp)
  clc   cs1, TS_S1(csp)
  clc   ca0, TS_A0(csp)
  clc   ca1, TS_A1(csp)
  clc   ca2, TS_A2(csp)
  clc   ca3, TS_A3(csp)
  clc   ca4, TS_A4(csp)
  clc   ca5, TS_A5(csp)
  clc   csp, TS_SP(csp)
  .phase return
  mret

# A trap where no thread is: nothing can go on. With no vector the next trap stops the hardware.
  .phase kernel
wedge:
  li    t0, 0
  cspecialrw cnull, mtcc, ct0
  ebreak
