# Library: mutexes. A mutex is a word of memory that its users share: 0 free, 1 held, 2 held and waited for. What must not be
# interrupted are the functions behind sentries that disable interrupts: each a load, a store and what decides between them.
  .text
.equ FREE, 0
.equ HELD, 1
.equ CONTENDED, 2

# a0 = what the word was; ca0 = word. A free one becomes held, any other contended.
take_if_free:
  clw   t0, 0(ca0)
  li    t1, HELD
  beqz  t0, 1f
  li    t1, CONTENDED
1:
  csw   t1, 0(ca0)
  mv    a0, t0
  cret

# a0 = what the word was; ca0 = word, a1 = what it becomes.
exchange:
  clw   t0, 0(ca0)
  csw   a1, 0(ca0)
  mv    a0, t0
  cret

# ca0 = mutex. a0 = 0, or a negative error of the scheduler.
mutex_lock:
  cincoffset csp, csp, -32
  csc   cra, 0(csp)
  csc   ca0, 8(csp)
  library_call take_if_free
  beqz  a0, 2f
1:
  csw   zero, 16+TIMEOUT_ELAPSED(csp)
  li    t0, FOREVER
  csw   t0, 16+TIMEOUT_REMAINING(csp)
  cincoffset ca0, csp, 16
  csetbounds ca0, ca0, TIMEOUT_BYTES
  clc   ca1, 8(csp)
  li    a2, CONTENDED
  cross_call futex_wait
  bltz  a0, 2f
  clc   ca0, 8(csp)
  li    a1, CONTENDED                 # others may wait as well
  library_call exchange
  bnez  a0, 1b
2:
  clc   cra, 0(csp)
  cincoffset csp, csp, 32
  cret

# ca0 = mutex. a0 = 0, or how many threads were woken, or a negative error of the scheduler.
mutex_unlock:
  cincoffset csp, csp, -16
  csc   cra, 0(csp)
  csc   ca0, 8(csp)
  li    a1, FREE
  library_call exchange
  addi  a0, a0, -CONTENDED
  bnez  a0, 1f
  clc   ca0, 8(csp)
  li    a1, 1
  cross_call futex_wake
  j     2f
1:
  li    a0, 0
2:
  clc   cra, 0(csp)
  cincoffset csp, csp, 16
  cret
