# Enters the error handler a4 bytes into the compartment whose export table is cgp; its arguments are in place.
.macro enter_handler
  clc   cra, EXPORT_PCC(cgp)
  clc   cgp, EXPORT_CGP(cgp)
  cincoffset cra, cra, a4
  .phase clear
  .if FULL
  li    tp, 0
  li    t0, 0
  li    t1, 0
  li    t2, 0
  li    s0, 0
  li    s1, 0
  li    a3, 0
  li    a4, 0
  li    a5, 0
  .endif
  .phase return
  csrsi mstatus, STATUS_MIE
  cjalr cra
.endm

# A synchronous fault: the compartment's error handler decides, or its invocation ends. csp = trusted stack with the registers of
# the fault, ca2 = its PCC, a1 = cause; mtdc is null. From here on the trusted stack is back in mtdc: a fault of the switcher's
# own, by way of what the compartment left in its registers, comes here again and ends the invocation.
  .phase validate
fault:
  cspecialrw cnull, mtdc, csp
  auipcc ct0, 0
  cgetbase t0, ct0
  cgetbase t1, ca2
  beq   t0, t1, fault_in_switcher
  clhu  t0, TS_FRAME(csp)
  addi  t0, t0, -FRAME_BYTES
  cincoffset cs0, csp, t0             # the running invocation
  clhu  s1, FRAME_HANDLED(cs0)
  andi  t1, s1, 1
  bnez  t1, unwind                    # its handler faults
  li    t1, MOST_HANDLED
  bgeu  s1, t1, unwind
  clc   cgp, FRAME_EXPORT(cs0)
  cgetbase t1, cgp
  csetaddr cgp, cgp, t1               # its export table
  addi  s1, s1, 1
  clw   t1, TS_STATUS(csp)
  li    a3, NO_HANDLER
  clhu  a4, EXPORT_HANDLER(cgp)
  beq   a4, a3, stackless
  clc   ca0, TS_SP(csp)
  cincoffset ca0, ca0, -CONTEXT_BYTES
  cgettag t0, ca0
  beqz  t0, stackless                 # no stack that a rich one could run on
  .phase save
  csh   s1, FRAME_HANDLED(cs0)
  csw   t1, FRAME_STATUS(cs0)
  ccleartag ca2, ca2                  # its address says enough
  csc   ca2, CONTEXT_PC(ca0)
  cincoffset ct0, csp, TS_RA
  cincoffset ct1, ca0, CONTEXT_REGISTERS
  addi  s1, sp, TS_HAZARDS            # behind the last register
1:
  clc   ct2, 0(ct0)
  csc   ct2, 0(ct1)
  cincoffset ct0, ct0, 8
  cincoffset ct1, ct1, 8
  bltu  t0, s1, 1b
  .phase switch-protection
  cmove csp, ca0
  csrr  a2, mtval
  enter_handler                       # ca0 = context, a1 = cause, a2 = mtval

# The rich handler comes back: a0 = what to do, csp as it was given: if it is not, the loads below fault.
  .phase validate
handled:
  csrci mstatus, STATUS_MIE
  cspecialrw ctp, mtdc, cnull
  clhu  t0, TS_FRAME(ctp)
  addi  t0, t0, -FRAME_BYTES
  cincoffset cs0, ctp, t0
  bnez  a0, unwind
  clhu  s1, FRAME_HANDLED(cs0)
  addi  s1, s1, 1
  csh   s1, FRAME_HANDLED(cs0)
  clw   a1, FRAME_STATUS(cs0)
  clc   ca2, FRAME_EXPORT(cs0)
  cgetbase t1, ca2
  csetaddr ca2, ca2, t1
  clc   ca2, EXPORT_PCC(ca2)
  clw   t1, CONTEXT_PC(csp)
  csetaddr ca2, ca2, t1               # its own code and nothing else
  .phase save
  csc   ca2, TS_PC(ctp)
  csw   a1, TS_STATUS(ctp)
  csw   zero, TS_CAUSE(ctp)
  csrr  t1, mshwm
  csw   t1, TS_MARK(ctp)
  csrr  t1, mshwmb
  csw   t1, TS_MARK_BASE(ctp)
  cincoffset ct0, csp, CONTEXT_REGISTERS
  cincoffset ct1, ctp, TS_RA
  addi  s1, tp, TS_HAZARDS
1:
  clc   ct2, 0(ct0)
  csc   ct2, 0(ct1)
  cincoffset ct0, ct0, 8
  cincoffset ct1, ct1, 8
  bltu  t1, s1, 1b
  cmove csp, ctp
  j     install_thread

# The stackless handler: it has the stack that its invocation began with, and cannot come back to where the fault was.
  .phase switch-protection
stackless:
  clhu  a4, EXPORT_STACKLESS(cgp)
  beq   a4, a3, unwind
  csh   s1, FRAME_HANDLED(cs0)
  clc   csp, FRAME_CSP(cs0)
  .if FULL
  cgetbase t1, csp
  sub   t2, sp, t1
  csetaddr csp, csp, t1
  csetboundsrounddown csp, csp, t2
  cgettop t1, csp
  andi  t1, t1, -16
  csetaddr csp, csp, t1
  .endif
  cincoffset csp, csp, -RESERVED_BYTES
  mv    a0, a1
  csrr  a1, mtval
  li    a2, 0
  enter_handler
  .phase return
  csrci mstatus, STATUS_MIE
  j     unwind

# In the switcher only what a caller handed it can fault: its stack at the first spill, the import that it calls, the stack of
# its handler.
  .phase validate
fault_in_switcher:
  cgetaddr t0, ca2
  cllc  ct1, call_spill
  bne   t0, t1, unwind
  cllc  ct1, call_refused             # as if it had been the caller's next instruction, with all other registers as they were
  csc   ct1, TS_PC(csp)
  j     install_thread
