# Faults: pages that are reserved become real, magic addresses are returns, everything else ends the process.

# t1 = cause
  .phase validate
fault:
  csrr  t0, sstatus
  andi  t0, t0, SSTATUS_SPP
  bnez  t0, panic             # the kernel's own mistake
  li    t0, CAUSE_FETCH
  beq   t1, t0, fetch_fault
  li    t0, CAUSE_LOAD
  beq   t1, t0, page_fault
  li    t0, CAUSE_STORE
  bne   t1, t0, terminate

page_fault:
  csrr  t3, stval
  li    t0, USER_END
  bgeu  t3, t0, terminate
  jal   find_leaf
  beqz  t4, terminate
  lw    t2, 0(t4)
  andi  t0, t2, PTE_V
.if HARDENED
  bnez  t0, terminate         # the page is there, the right is not
.else
  bnez  t0, return_resume     # Xous finds the page and tries again, for ever
.endif
  andi  t0, t2, PTE_LENT
  bnez  t0, terminate
  beqz  t2, terminate         # nothing was ever there
  jal   demand_page
  beqz  t0, terminate
  j     return_resume

fetch_fault:
  lw    t0, F_PC(sp)
  li    t1, RETURN_FROM_HANDLER
  beq   t0, t1, handler_returns
  li    t1, EXIT_THREAD
  beq   t0, t1, exit_thread
  j     terminate

# The kernel is broken: nothing runs any more. The machine reports that it sleeps here.
panic:
  csrw  sie, zero
1:
  wfi
  j     1b
