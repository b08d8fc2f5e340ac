# Interrupts go to functions of programs: thread 0 of the process that claimed the line runs on the stack of the process's
# last thread, with all lines masked, and ends by returning to RETURN_FROM_HANDLER.

# rd := record of line \line.
.macro interrupt_record rd, line, scratch
  slli  \rd, \line, 4
  li    \scratch, INTERRUPTS
  add   \rd, \rd, \scratch
.endm

  .phase validate
interrupt:
  csrr  t0, LINE_PENDING
  beqz  t0, return_resume     # it went away
  csrw  LINE_MASK, zero
  lowest_bit s7, t0, t1
  interrupt_record s5, s7, t1
  .phase schedule
  lw    t0, current_thread(zero)
  slli  t1, s1, 8
  or    t1, t1, t0
  sw    t1, interrupted(zero)
  lw    s3, I_PROCESS(s5)
  slli  t0, s3, P_SHIFT
  lw    s6, P_THREAD(t0)
  li    s4, HANDLER_THREAD
  jal   activate_thread
  sw    s6, P_THREAD(s2)
  frame_of t0, s6, t1
  lw    t1, F_SP(t0)
  sw    t1, F_SP(sp)
  lw    t1, I_FUNCTION(s5)
  sw    t1, F_PC(sp)
  li    t1, RETURN_FROM_HANDLER
  sw    t1, F_RA(sp)
  sw    s7, F_A0(sp)
  lw    t1, I_ARGUMENT(s5)
  sw    t1, F_A1(sp)
  j     return_resume

# The handler has returned: back to what it interrupted.
  .phase validate
handler_returns:
  lw    t0, interrupted(zero)
.if HARDENED
  beqz  t0, terminate         # a program jumped here by itself
.else
  beqz  t0, return_resume     # Xous ignores that, and the program is here again
.endif
  sw    zero, interrupted(zero)
  lw    t1, enabled_lines(zero)
  csrw  LINE_MASK, t1
  srli  s3, t0, 8
  andi  s4, t0, 0xff
  jal   activate_thread
  j     return_resume

# ReturnToParent: from a handler, the return goes to PID 1, and what was interrupted is ready. Otherwise a yield.
  .phase validate
call_return_to_parent:
  lw    t0, interrupted(zero)
  beqz  t0, call_yield
  jal   release_interrupted
  li    t0, SCHEDULER << 8 | FIRST_THREAD
  sw    t0, interrupted(zero)
  j     return_ok

# The interrupted thread t0 is ready; PID 1 is never ready, it runs when nobody else does. Uses t0 to t4.
release_interrupted:
  srli  t1, t0, 8
  li    t2, SCHEDULER
  beq   t1, t2, 1f
  slli  t1, t1, P_SHIFT
  andi  t2, t0, 0xff
  make_ready t1, t2, t3, t4
1:
  ret

# ClaimInterrupt(line, function, argument)
  .phase validate
call_claim_interrupt:
  li    t0, INTERRUPT_COUNT
  bgeu  a1, t0, no_such_interrupt
  interrupt_record t0, a1, t1
  lw    t1, I_PROCESS(t0)
  bnez  t1, interrupt_in_use
  sw    s1, I_PROCESS(t0)
  sw    a2, I_FUNCTION(t0)
  sw    a3, I_ARGUMENT(t0)
  li    t0, 1
  sll   t0, t0, a1
  lw    t1, enabled_lines(zero)
  or    t1, t1, t0
  sw    t1, enabled_lines(zero)
  lw    t0, interrupted(zero)
  bnez  t0, return_ok         # at the handler's return
  csrw  LINE_MASK, t1
  j     return_ok

# FreeInterrupt(line)
call_free_interrupt:
  li    t0, INTERRUPT_COUNT
  bgeu  a1, t0, no_such_interrupt
  interrupt_record t0, a1, t1
  lw    t1, I_PROCESS(t0)
  bne   t1, s1, no_such_interrupt
  sw    zero, I_PROCESS(t0)
  li    t0, 1
  sll   t0, t0, a1
  csrc  LINE_MASK, t0
  not   t0, t0
  lw    t1, enabled_lines(zero)
  and   t1, t1, t0
  sw    t1, enabled_lines(zero)
  j     return_ok

no_such_interrupt:
  li    a1, INTERRUPT_NOT_FOUND
  j     return_error
interrupt_in_use:
  li    a1, INTERRUPT_IN_USE
  j     return_error
