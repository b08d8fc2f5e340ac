# Priority inheritance: who has what others wait for runs with the highest of their priorities, if that is more than its own. Only
# one step: what a thread lends that waits itself goes no further.

# As futex_wait, for a word that has the number of the thread that holds it in its low half: that thread inherits the caller's priority
# until the wait is over. -INVALID if it names nobody else.
  .phase schedule
futex_wait_inheriting:
  check_pointer ca1, a1, 4, RIGHT_LOAD, invalid
  clw   t0, 0(ca1)
  bne   t0, a2, nothing_to_do
  slli  t0, t0, 16
  srli  t0, t0, 16
  beqz  t0, invalid                   # idle holds nothing
  li    t1, THREAD_COUNT
  bgeu  t0, t1, invalid
  slli  t0, t0, 6                     # T_BYTES
  addi  a3, t0, threads - globals
  global clw, t0, current
  bne   t0, a3, block
  j     invalid

# The priority of the thread that has what ca1 waits or waited for, anew. Uses a2, a3, ca4, a5, t0.
inherit:
  clw   a2, T_HOLDER(ca1)
  bnez  a2, 1f
  cret
1:
  csc   cra, -24(csp)
  csc   ca1, -16(csp)
  csw   a0, -8(csp)
  cincoffset csp, csp, -24
  mv    a0, a2
  record ca1, a0
  clbu  t0, T_OWN_PRIORITY(ca1)
  global clw, a5, waiters
2:
  beqz  a5, 3f
  record ca3, a5
  clw   a5, T_NEXT(ca3)
  clw   a2, T_HOLDER(ca3)
  bne   a2, a0, 2b
  clbu  a2, T_PRIORITY(ca3)
  maxu  t0, t0, a2
  j     2b
3:
  clbu  a2, T_PRIORITY(ca1)
  beq   a2, t0, 5f
  clbu  a2, T_STATE(ca1)
  bnez  a2, 4f                        # in no ring
  jal   leave_ready
  csb   t0, T_PRIORITY(ca1)
  jal   make_ready
  slli  a2, t0, 2
  cincoffset ca4, cgp, a2
  csw   a0, ready - globals(ca4)      # first of its ring: its turn goes on
4:
  csb   t0, T_PRIORITY(ca1)
5:
  clc   cra, 0(csp)
  clc   ca1, 8(csp)
  clw   a0, 16(csp)
  cincoffset csp, csp, 24
  cret
