# Library: mutexes. A mutex is a word of memory that its users share: FREE, or HELD or CONTENDED with the number of the thread that has
# it in the low half, for the scheduler: while others wait, that thread runs with the highest of their priorities. What must not be
# interrupted are the functions behind sentries that disable interrupts: each a load, a store and what decides between them.
  .text
.equ FREE, 0
.equ HELD, 1 << 16
.equ CONTENDED, 1 << 17               # held and waited for

# ca0 = word, a1 = what it becomes if it is free. a0 = 0: it was; else the word, contended now.
take_if_free:
  clw   t0, 0(ca0)
  bnez  t0, 1f
  csw   a1, 0(ca0)
  li    a0, 0
  cret
1:
  slli  t0, t0, 16                    # its owner
  srli  t0, t0, 16
  li    t1, CONTENDED
  or    t0, t0, t1
  csw   t0, 0(ca0)
  mv    a0, t0
  cret

# ca0 = word. a0 = what it was; it is free.
set_free:
  clw   t0, 0(ca0)
  csw   zero, 0(ca0)
  mv    a0, t0
  cret

# ca0 = mutex. a0 = 0, or a negative error of the scheduler: -INVALID if the caller has it already.
mutex_lock:
  cincoffset csp, csp, -32
  csc   cra, 0(csp)
  csc   ca0, 8(csp)
  library_call thread_number
  li    t0, CONTENDED
  or    t0, t0, a0
  csw   t0, 24(csp)
  li    a1, HELD
  or    a1, a1, a0
  clc   ca0, 8(csp)
  library_call take_if_free
  beqz  a0, 2f
1:
  csw   zero, 16+TIMEOUT_ELAPSED(csp)
  li    t0, FOREVER
  csw   t0, 16+TIMEOUT_REMAINING(csp)
  mv    a2, a0
  cincoffset ca0, csp, 16
  csetbounds ca0, ca0, TIMEOUT_BYTES
  clc   ca1, 8(csp)
  cross_call futex_wait_inheriting
  bltz  a0, 2f
  clc   ca0, 8(csp)
  clw   a1, 24(csp)                   # others may wait as well
  library_call take_if_free
  bnez  a0, 1b
2:
  clc   cra, 0(csp)
  cincoffset csp, csp, 32
  cret

# ca0 = mutex. a0 = 0, or how many threads were woken, or a negative error of the scheduler. All are woken, as in the real locks: who
# does not get it waits for its new owner.
mutex_unlock:
  cincoffset csp, csp, -16
  csc   cra, 0(csp)
  csc   ca0, 8(csp)
  library_call set_free
  li    t0, CONTENDED
  and   a0, a0, t0
  beqz  a0, 1f
  clc   ca0, 8(csp)
  li    a1, FOREVER
  cross_call futex_wake
1:
  clc   cra, 0(csp)
  cincoffset csp, csp, 16
  cret
