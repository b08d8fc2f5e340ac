# Rings of ready threads, and what happens at a trap.

# Puts a thread at the end of its priority's ring. a0 = offset, ca1 = record; uses a2, a3, ca4, a5.
make_ready:
  csb   zero, T_STATE(ca1)
  clbu  a2, T_PRIORITY(ca1)
  li    a3, 1
  sll   a3, a3, a2
  slli  a2, a2, 2
  cincoffset ca4, cgp, a2
  global clw, a5, bitmap
  or    a3, a3, a5
  global csw, a3, bitmap
  clw   a5, ready - globals(ca4)
  beqz  a5, 1f
  record ca3, a5                      # head of the ring
  clw   a2, T_PREVIOUS(ca3)
  csw   a0, T_PREVIOUS(ca3)
  csw   a5, T_NEXT(ca1)
  csw   a2, T_PREVIOUS(ca1)
  record ca3, a2                      # it was the last
  csw   a0, T_NEXT(ca3)
  cret
1:
  csw   a0, ready - globals(ca4)
  csw   a0, T_NEXT(ca1)
  csw   a0, T_PREVIOUS(ca1)
  cret

# Takes a ready thread from its ring. a0 = offset, ca1 = record; uses a2, a3, ca4, a5.
leave_ready:
  clbu  a2, T_PRIORITY(ca1)
  slli  a3, a2, 2
  cincoffset ca4, cgp, a3
  clw   a3, T_NEXT(ca1)
  bne   a3, a0, 1f
  csw   zero, ready - globals(ca4)    # it was alone
  li    a3, 1
  sll   a3, a3, a2
  global clw, a5, bitmap
  xor   a5, a5, a3
  global csw, a5, bitmap
  cret
1:
  clw   a2, ready - globals(ca4)
  bne   a2, a0, 2f
  csw   a3, ready - globals(ca4)
2:
  clw   a2, T_PREVIOUS(ca1)
  record ca4, a3
  csw   a2, T_PREVIOUS(ca4)
  record ca4, a2
  csw   a3, T_NEXT(ca4)
  cret

# From the switcher, on the scheduler's stack. ca0 = the thread that ran, sealed, a1 = cause, a2 = its pc, a3 = mtval. Gives back
# the thread to run.
  .phase schedule
schedule:
  csc   cra, -8(csp)
  cincoffset csp, csp, -8
  li    t0, CAUSE_ECALL
  beq   a1, t0, yielded
  li    t0, CAUSE_TIMER
  beq   a1, t0, timer_due
  li    t0, CAUSE_EXTERNAL
  beq   a1, t0, interrupt_due
  li    t0, CAUSE_THREAD_EXIT
  bne   a1, t0, choose
  global clw, a0, current             # the thread is gone
  record ca1, a0
  jal   leave_ready
  global clw, a0, current
  record ca1, a0
  li    t0, STATE_ENDED
  csb   t0, T_STATE(ca1)
  j     choose

timer_due:
  jal   expire
  # the current thread's turn is over if its end has come: then the next of the ring runs, as after a yield
  load_import ct0, timer
  global clw, a0, turn_end
  global clw, a1, turn_end+4
  jal   is_past
  beqz  a0, choose
yielded:
  global clw, a0, current
  record ca1, a0
  clbu  t0, T_STATE(ca1)
  bnez  t0, choose                    # it yields because it is blocked
  clbu  a2, T_PRIORITY(ca1)
  slli  a2, a2, 2
  cincoffset ca4, cgp, a2
  clw   a0, T_NEXT(ca1)
  csw   a0, ready - globals(ca4)

# The first ready thread of the highest priority. Idle is always ready.
choose:
  global clw, t0, bitmap
  clz   t0, t0
  li    t1, PRIORITIES - 1
  sub   t0, t1, t0
  slli  t0, t0, 2
  cincoffset ct0, cgp, t0
  clw   s0, ready - globals(ct0)
  record cs1, s0
  global clw, t1, current
  global csw, s0, current
  load_import ct0, timer
  clw   t2, T_NEXT(cs1)
  beq   t2, s0, 2f                    # no peers: only timeouts are waited for
  beq   t1, s0, 1f                    # the same thread: its turn goes on
  jal   new_turn
1:
2:
  jal   program_timer
  record ct0, s0
  addi  t1, s0, -(threads - globals)
  srli  t1, t1, 6
  global csw, t1, current_thread
  clc   ca0, T_HANDLE(ct0)
  clc   cra, 0(csp)
  cincoffset csp, csp, 8
schedule_done:
  cret

# An interrupt of the controller: its word counts, and who waits for the word runs.
interrupt_due:
  load_import ct0, controller
  li    t1, PLIC_CLAIM
  cincoffset ct0, ct0, t1
  clw   t1, 0(ct0)
  beqz  t1, choose
  slli  t1, t1, 2
  cincoffset ct0, cgp, t1
  cincoffset ct0, ct0, interrupt_words - globals
  clw   t1, 0(ct0)
  addi  t1, t1, 1
  csw   t1, 0(ct0)
  cgetaddr a0, ct0
  li    a1, -1
  jal   wake_waiters
  j     choose
