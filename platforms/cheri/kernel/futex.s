# What compartments ask of the scheduler: to wait for a word of memory, to wake who waits, to sleep, to be told of interrupts.
# Arguments are checked before anything changes; what is wrong with them is answered, never found out by a fault.

# Ticks since the start. a0, a1 = low and high word.
  .phase schedule
ticks:
  load_import ct0, timer
  j     now

# Lets time pass. ca0 = timeout. a0 = 0.
  .phase schedule
sleep:
  li    a1, 0                         # no word
  li    a3, 0
  j     block

# Waits while a word has a value. ca0 = timeout, ca1 = word, a2 = value. a0 = 0 if woken or the word has another value,
# -TIMED_OUT, -INVALID.
  .phase schedule
futex_wait:
  check_pointer ca1, a1, 4, RIGHT_LOAD, invalid
  clw   t0, 0(ca1)
  bne   t0, a2, nothing_to_do
  li    a3, 0
block:                                # a3 = T_HOLDER
  check_pointer ca0, a0, TIMEOUT_BYTES, RIGHT_LOAD | RIGHT_STORE, invalid
  clw   t2, TIMEOUT_REMAINING(ca0)
  bnez  t2, 1f
  beqz  a1, nothing_to_do
  li    a0, -TIMED_OUT
  li    a1, 0
  cret
1:
  csc   cra, -32(csp)
  cincoffset csp, csp, -48
  csc   ca0, 24(csp)
  csc   cs0, 32(csp)
  csc   cs1, 40(csp)
  global clw, s0, current
  record cs1, s0
  csw   a1, T_WORD(cs1)
  csw   a3, T_HOLDER(cs1)
  load_import ct0, timer
  jal   now
  csw   a0, 0(csp)                    # when it began
  csw   a1, 4(csp)
  li    a2, FOREVER
  beq   t2, a2, 2f
  add   t2, a0, t2
  sltu  a0, t2, a0
  add   a1, a1, a0
  csw   t2, T_WAKE(cs1)
  csw   a1, T_WAKE+4(cs1)
  mv    a0, s0
  cmove ca1, cs1
  jal   add_timeout
2:
  mv    a0, s0
  cmove ca1, cs1
  jal   leave_ready
  li    t0, STATE_BLOCKED
  csb   t0, T_STATE(ca1)
  csw   zero, T_RESULT(ca1)
  jal   join_waiters
  jal   inherit
  ecall                               # back when woken
  .phase schedule

  load_import ct0, timer
  jal   now
  clw   t0, 0(csp)
  clc   ca1, 24(csp)                  # freed meanwhile: its tag is gone, and this call fails
  sub   a0, a0, t0                    # low words: no wait is as long as 2^32 ticks
  clw   t0, TIMEOUT_ELAPSED(ca1)
  clw   t1, TIMEOUT_REMAINING(ca1)
  add   t0, t0, a0
  csw   t0, TIMEOUT_ELAPSED(ca1)
  li    t2, FOREVER
  beq   t1, t2, 4f
  bltu  a0, t1, 3f
  mv    a0, t1
3:
  sub   t1, t1, a0
  csw   t1, TIMEOUT_REMAINING(ca1)
4:
  clw   a0, T_RESULT(cs1)
  clc   cs0, 32(csp)
  clc   cs1, 40(csp)
  clc   cra, 16(csp)
  cincoffset csp, csp, 48
  li    a1, 0
  cret

nothing_to_do:
  li    a0, 0
  li    a1, 0
  cret

invalid:
  li    a0, -INVALID
  li    a1, 0
  cret

# Wakes threads that wait for a word, first come first. ca0 = word, a1 = how many at most. a0 = how many, -INVALID.
  .phase schedule
futex_wake:
  check_pointer ca0, a0, 4, RIGHT_LOAD, invalid
  csc   cra, -16(csp)
  csc   cs0, -8(csp)
  cincoffset csp, csp, -16
  jal   wake_waiters                  # a0 = how many, a1 = their highest priority + 1
  mv    s0, a0
  beqz  a0, 2f
  global clw, t0, current
  record ct0, t0
  clbu  t1, T_PRIORITY(ct0)
  bltu  t1, a1, 1f                    # of its priority or above
  j     2f
1:
  addi  t1, t1, 1
  bne   t1, a1, 3f
  # a peer: it runs when the current thread has had its turn, which the timer has to say from now on
  load_import ct0, timer
  global clw, a0, turn_end
  global clw, a1, turn_end+4
  jal   is_past
  bnez  a0, 3f
  csc   cs0, -8(csp)
  global clw, s0, current
  li    t2, 0
  jal   program_timer
  clc   cs0, -8(csp)
  j     2f
3:
  ecall
  .phase schedule
2:
  mv    a0, s0
  clc   cra, 0(csp)
  clc   cs0, 8(csp)
  cincoffset csp, csp, 16
  li    a1, 0
  cret

# The current thread's record ca1 (offset a0) at the end of the list of waiters, if it waits for a word. Uses a2, ca3.
join_waiters:
  clw   a2, T_WORD(ca1)
  beqz  a2, 2f
  global clw, a2, last_waiter
  csw   a2, T_PREVIOUS(ca1)
  csw   zero, T_NEXT(ca1)
  global csw, a0, last_waiter
  beqz  a2, 1f
  record ca3, a2
  csw   a0, T_NEXT(ca3)
  cret
1:
  global csw, a0, waiters
2:
  cret

# Takes record ca1 out of the list of waiters if it is there. Uses a2, a3, ca4.
leave_waiters:
  clw   a2, T_WORD(ca1)
  beqz  a2, 4f
  csw   zero, T_WORD(ca1)
  clw   a2, T_PREVIOUS(ca1)
  clw   a3, T_NEXT(ca1)
  beqz  a2, 1f
  record ca4, a2
  csw   a3, T_NEXT(ca4)
  j     2f
1:
  global csw, a3, waiters
2:
  beqz  a3, 3f
  record ca4, a3
  csw   a2, T_PREVIOUS(ca4)
  cret
3:
  global csw, a2, last_waiter
4:
  cret

# Wakes up to a1 threads that wait for the word at a0. a0 = how many, a1 = 1 + their highest priority, 0 without any. Uses all but
# s0, s1.
wake_waiters:
  csc   cra, -32(csp)
  csc   cs0, -24(csp)
  csc   cs1, -16(csp)
  cincoffset csp, csp, -32
  csw   zero, 24(csp)                 # how many
  csw   zero, 28(csp)                 # highest priority
  mv    s0, a0
  mv    t2, a1
  global clw, a0, waiters
1:
  beqz  a0, 3f
  beqz  t2, 3f
  record ca1, a0
  clw   s1, T_NEXT(ca1)
  clw   a2, T_WORD(ca1)
  bne   a2, s0, 2f
  addi  t2, t2, -1
  jal   leave_waiters
  jal   leave_timeouts
  jal   make_ready
  jal   inherit
  clw   t0, 24(csp)
  addi  t0, t0, 1
  csw   t0, 24(csp)
  clbu  t0, T_PRIORITY(ca1)
  clw   t1, 28(csp)
  addi  t0, t0, 1
  bltu  t0, t1, 2f
  csw   t0, 28(csp)
2:
  mv    a0, s1
  j     1b
3:
  clw   a0, 24(csp)
  clw   a1, 28(csp)
  clc   cra, 0(csp)
  clc   cs0, 8(csp)
  clc   cs1, 16(csp)
  cincoffset csp, csp, 32
  cret

# ct2 = source and ct1 its word, of the sealed interrupt ca0, or a jump to \bad. Uses t0.
.macro open_interrupt bad
  load_import ct0, token_key
  cunseal ct1, ca0, ct0
  cgettag t0, ct1
  beqz  t0, \bad
  clw   t0, TOKEN_KEY(ct1)
  addi  t0, t0, -KEY_INTERRUPT
  bnez  t0, \bad
  clw   t2, INTERRUPT_SOURCE(ct1)
.endm

# The word that counts an interrupt, to be waited for. ca0 = sealed interrupt. ca0 = the word, read only, or a negative error.
  .phase schedule
interrupt_futex:
  open_interrupt not_permitted
  load_import ct0, controller
  slli  t1, t2, 2
  cincoffset ct1, ct0, t1
  li    a1, 1
  csw   a1, 0(ct1)                    # its priority
  sll   a1, a1, t2
  li    a2, PLIC_ENABLE
  cincoffset ct0, ct0, a2
  clw   a2, 0(ct0)
  or    a2, a2, a1
  csw   a2, 0(ct0)
  slli  t1, t2, 2
  cincoffset ca0, cgp, t1
  cincoffset ca0, ca0, interrupt_words - globals
  csetbounds ca0, ca0, 4
  li    t0, OBJECT_READ_PERMISSIONS
  candperm ca0, ca0, t0
  li    a1, 0
  cret

# Lets an interrupt come again. ca0 = sealed interrupt. a0 = 0 or a negative error.
  .phase schedule
interrupt_complete:
  open_interrupt not_permitted
  load_import ct0, controller
  li    t1, PLIC_CLAIM
  cincoffset ct0, ct0, t1
  csw   t2, 0(ct0)
  li    a0, 0
  li    a1, 0
  cret

not_permitted:
  li    a0, -NOT_PERMITTED
  li    a1, 0
  cret
