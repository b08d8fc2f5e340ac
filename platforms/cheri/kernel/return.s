# A callee comes back; results in ca0, ca1. Interrupts are as it ran.
  .phase restore
return_compartment:
  cspecialrw ctp, mtdc, cnull
  clc   ct2, TS_HAZARDS(ctp)
  csw   zero, 0(ct2)                  # ephemeral claims end here
  csw   zero, 8(ct2)
  clhu  t0, TS_FRAME(ctp)
  li    t1, TS_FRAMES + FRAME_BYTES
  addi  t0, t0, -FRAME_BYTES
  bltu  t0, t1, exit_thread           # its entry function has returned
  cincoffset ct1, ctp, t0
  clc   csp, FRAME_CSP(ct1)
  csh   t0, TS_FRAME(ctp)
  clc   cs0, SPILL_S0(csp)
  clc   cs1, SPILL_S1(csp)
  clc   cra, SPILL_RA(csp)
  clc   cgp, SPILL_GP(csp)
  cincoffset csp, csp, SPILL_BYTES
  .phase clear
  .if FULL
  dirty_from t1
  zero_stack zero_on_return, t1, t2, t0
  csrw  mshwm, sp
  li    tp, 0
  li    t0, 0
  li    t1, 0
  li    t2, 0
  li    a2, 0
  li    a3, 0
  li    a4, 0
  li    a5, 0
  .endif
  .phase return
  cret

# The callee asks for more stack than is left. The call has its frame already.
  .phase return
call_no_stack:
  li    a0, -NOT_ENOUGH_STACK
  li    a1, 0
  j     return_compartment

# No frame is left in the trusted stack: nothing has changed but the caller's spilled registers.
  .phase restore
call_no_frame:
  li    a0, -NOT_ENOUGH_TRUSTED_STACK
  clc   cs0, SPILL_S0(csp)
  clc   cs1, SPILL_S1(csp)
  clc   cgp, SPILL_GP(csp)
  clc   cra, SPILL_RA(csp)
  cincoffset csp, csp, SPILL_BYTES
  j     call_refused_with

# No room for the registers that a call spills.
  .phase return
call_refused:
  li    a0, -NOT_ENOUGH_STACK
call_refused_with:
  li    a1, 0
  .phase clear
  .if FULL
  li    a2, 0
  li    a3, 0
  li    a4, 0
  li    a5, 0
  li    tp, 0
  li    t0, 0
  li    t1, 0
  li    t2, 0
  .endif
  .phase return
  cret

# Ends the running compartment's invocation: its caller sees that it failed. Interrupts are off.
  .phase return
unwind:
  li    a0, -COMPARTMENT_FAILED
  li    a1, 0
  j     return_compartment

# Ends the thread: the scheduler never runs it again.
  .phase schedule
exit_thread:
  csrci mstatus, STATUS_MIE
  cspecialrw csp, mtdc, cnull
  li    t0, 0
  cspecialrw cnull, mtdc, ct0
  li    a1, CAUSE_THREAD_EXIT
  li    a2, 0
  j     schedule
