# Time: 64-bit ticks, the list of timeouts, and the timer, which is set to the next moment at which something has to be done.

# a0, a1 = now. ct0 = timer. Uses t1.
now:
  clw   a1, TIMER_COUNT+4(ct0)
  clw   a0, TIMER_COUNT(ct0)
  clw   t1, TIMER_COUNT+4(ct0)
  bne   t1, a1, now                   # the low word has wrapped in between
  cret

# a0 = whether the moment a0, a1 has come. ct0 = timer. Uses a2, a3, t1.
is_past:
  csc   cra, -8(csp)
  cincoffset csp, csp, -8
  mv    a2, a0
  mv    a3, a1
  jal   now
  clc   cra, 0(csp)
  cincoffset csp, csp, 8
  bne   a1, a3, 1f
  mv    a1, a0
  mv    a3, a2
1:
  sltu  a0, a1, a3
  xori  a0, a0, 1
  cret

# The current thread's turn begins. ct0 = timer. Uses a0, a1, t1.
new_turn:
  csc   cra, -8(csp)
  cincoffset csp, csp, -8
  jal   now
  li    t1, TURN
  add   t1, a0, t1
  sltu  a0, t1, a0
  add   a1, a1, a0
  global csw, t1, turn_end
  global csw, a1, turn_end+4
  clc   cra, 0(csp)
  cincoffset csp, csp, 8
  cret

# Sets the timer to the first timeout or, if the current thread has peers (t2, its next, is not s0), to the end of its turn if
# that is earlier. ct0 = timer. Uses a0 to a3, ca4.
program_timer:
  li    a0, -1
  li    a1, -1
  global clw, a2, soonest
  beqz  a2, 1f
  record ca4, a2
  clw   a0, T_WAKE(ca4)
  clw   a1, T_WAKE+4(ca4)
1:
  beq   t2, s0, 3f
  global clw, a2, turn_end
  global clw, a3, turn_end+4
  bltu  a1, a3, 3f
  bne   a1, a3, 2f
  bltu  a0, a2, 3f
2:
  mv    a0, a2
  mv    a1, a3
3:
  li    a2, -1
  csw   a2, TIMER_COMPARE+4(ct0)      # nothing is due while half of it is new
  csw   a0, TIMER_COMPARE(ct0)
  csw   a1, TIMER_COMPARE+4(ct0)
  cret

# Puts record ca1 (offset a0) into the list of timeouts, by its T_WAKE. Uses a2 to a5, ct0, ct1, t0 to t2.
add_timeout:
  li    a2, 1
  csb   a2, T_TIMED(ca1)
  clw   a2, T_WAKE(ca1)
  clw   a3, T_WAKE+4(ca1)
  li    a4, 0                         # the one before
  global clw, a5, soonest
1:
  beqz  a5, 3f
  record ct0, a5
  clw   t1, T_WAKE+4(ct0)
  bltu  a3, t1, 3f
  bne   a3, t1, 2f
  clw   t1, T_WAKE(ct0)
  bltu  a2, t1, 3f
2:
  mv    a4, a5
  clw   a5, T_LATER(ct0)
  j     1b
3:                                    # between a4 and a5
  csw   a4, T_SOONER(ca1)
  csw   a5, T_LATER(ca1)
  beqz  a5, 4f
  record ct0, a5
  csw   a0, T_SOONER(ct0)
4:
  beqz  a4, 5f
  record ct0, a4
  csw   a0, T_LATER(ct0)
  cret
5:
  global csw, a0, soonest
  cret

# Takes record ca1 out of the list of timeouts if it is there. Uses a2, a3, ca4.
leave_timeouts:
  clbu  a2, T_TIMED(ca1)
  beqz  a2, 3f
  csb   zero, T_TIMED(ca1)
  clw   a2, T_SOONER(ca1)
  clw   a3, T_LATER(ca1)
  beqz  a3, 1f
  record ca4, a3
  csw   a2, T_SOONER(ca4)
1:
  beqz  a2, 2f
  record ca4, a2
  csw   a3, T_LATER(ca4)
  cret
2:
  global csw, a3, soonest
3:
  cret

# Threads whose timeout is over become ready. Uses all but s0, s1.
expire:
  csc   cra, -8(csp)
  cincoffset csp, csp, -8
  load_import ct0, timer
  jal   now
  mv    t1, a0
  mv    t2, a1
1:
  global clw, a0, soonest
  beqz  a0, 3f
  record ca1, a0
  clw   a2, T_WAKE+4(ca1)
  bltu  t2, a2, 3f
  bne   t2, a2, 2f
  clw   a2, T_WAKE(ca1)
  bltu  t1, a2, 3f
2:
  clw   a2, T_WORD(ca1)
  beqz  a2, 4f                        # it sleeps: this is what it waits for
  li    a2, -TIMED_OUT
4:
  csw   a2, T_RESULT(ca1)
  jal   leave_timeouts
  jal   leave_waiters
  jal   make_ready
  jal   inherit
  j     1b
3:
  clc   cra, 0(csp)
  cincoffset csp, csp, 8
  cret
