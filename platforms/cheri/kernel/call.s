# A call of another compartment's export. ct1 = its sealed entry, cra = return sentry, arguments in ca0 to ca5 and ct0.
# Interrupts are off: the sentry that leads here says so. The steps are in the order of cheriot-rtos (b06a7bb, sdk/core/switcher),
# waits for loaded capabilities included.
  .balign 4
  .phase validate
call_compartment:
  cgetperm t2, csp
  li    tp, STACK_PERMISSIONS
  bne   t2, tp, unwind
  cgetbase t2, csp
  or    t2, t2, sp
  andi  t2, t2, 15
  bnez  t2, unwind

  .phase save
call_spill:                           # the store that finds out that there is no room (fault.s)
  csc   cs0, SPILL_S0 - SPILL_BYTES(csp)
  cincoffset csp, csp, -SPILL_BYTES
  csc   cs1, SPILL_S1(csp)
  csc   cgp, SPILL_GP(csp)
  csc   cra, SPILL_RA(csp)
  cspecialrw ctp, mtdc, cnull
  clc   ct2, TS_HAZARDS(ctp)
  csw   zero, 0(ct2)                  # ephemeral claims end here
  csw   zero, 8(ct2)
  .phase validate
  clhu  s0, TS_FRAME(ctp)
  cgetlen s1, ctp
  bgeu  s0, s1, call_no_frame
  .phase save
  addi  s1, s0, FRAME_BYTES
  cincoffset cs0, ctp, s0
  csc   csp, FRAME_CSP(cs0)
  csc   cnull, FRAME_EXPORT(cs0)
  csh   zero, FRAME_HANDLED(cs0)
  csh   s1, TS_FRAME(ctp)

  .phase switch-protection
  .if FULL
  cgetbase s1, csp                    # the callee's stack: from the base to here, as far as bounds can say
  sub   t2, sp, s1
  csetaddr csp, csp, s1
  csetboundsrounddown csp, csp, t2
  cgettop s1, csp
  .option push
  .option norvc                       # so that the loop below begins at a word
  andi  s1, s1, -16
  .option pop
  csetaddr csp, csp, s1
  .endif

  .phase clear
  .if FULL
  dirty_from s1
  zero_stack zero_on_call, s1, t2, gp
  .endif

  .phase validate
  load_slot cs1, export_key
  cunseal ct1, ct1, cs1
  clhu  t2, ENTRY_FUNCTION(ct1)       # faults if it was no export
  csc   ct1, FRAME_EXPORT(cs0)
  clbu  s1, ENTRY_STACK(ct1)
  cgetbase tp, csp
  slli  s1, s1, 3
  addi  s1, s1, RESERVED_BYTES
  sub   tp, sp, tp
  bltu  tp, s1, call_no_stack

  .phase switch-protection
  cincoffset csp, csp, -RESERVED_BYTES
  .phase clear
  .if FULL
  csrw  mshwm, sp
  .endif
  .phase switch-protection
  clbu  s1, ENTRY_FLAGS(ct1)
  cgetbase tp, ct1
  csetaddr ct1, ct1, tp
  clc   cgp, EXPORT_CGP(ct1)
  clc   cra, EXPORT_PCC(ct1)
  cincoffset cra, cra, t2

  .phase clear
  .if FULL
  andi  tp, s1, FLAG_ARGUMENTS
  slli  tp, tp, 1                     # c.li has two bytes
  cllc  cs0, clear_arguments
  cincoffset cs0, cs0, tp
  cjr   cs0
clear_arguments:
  li    a0, 0
  li    a1, 0
  li    a2, 0
  li    a3, 0
  li    a4, 0
  li    a5, 0
  li    t0, 0
  .endif

  .phase return
  andi  t1, s1, FLAG_DISABLED
  bnez  t1, 1f
  csrsi mstatus, STATUS_MIE
1:
  .phase clear
  .if FULL
  li    tp, 0
  li    t1, 0
  li    t2, 0
  li    s0, 0
  li    s1, 0
  .endif
  .phase return
  cjalr cra                           # its link is a return sentry to return.s, which follows
