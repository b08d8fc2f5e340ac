# A synchronous fault. csp = trusted stack with the registers of the fault, ca2 = its PCC, a1 = cause; mtdc is null.
  .phase validate
fault:
  auipcc ct0, 0
  cgetbase t0, ct0
  cgetbase t1, ca2
  beq   t0, t1, fault_in_switcher

# No handler: the invocation ends.
  .phase return
fault_unwind:
  cspecialrw cnull, mtdc, csp
  j     unwind

# In the switcher only what a caller handed it can fault: its stack at the first spill, or the import that it calls.
  .phase validate
fault_in_switcher:
  cgetaddr t0, ca2
  cllc  ct1, call_spill
  bne   t0, t1, fault_unwind
  cllc  ct1, call_refused             # as if it had been the caller's next instruction, with all other registers as they were
  csc   ct1, TS_PC(csp)
  j     install_thread
