# Library: message queues of words in memory that their users share. Counters run modulo twice the capacity, so that full and
# empty differ; each is also the word that the other side waits for.
  .text
.equ QUEUE_CAPACITY, 0                # words that fit; who makes the queue sets it, the rest begins at 0
.equ QUEUE_PUT, 4                     # words put
.equ QUEUE_TAKEN, 8                   # words taken
.equ QUEUE_WAITERS, 12                # 1 if a thread waits or is about to
.equ QUEUE_WORDS, 16

# Next value of counter \counter for capacity \capacity. Uses \scratch.
.macro advance counter, capacity, scratch
  addi  \counter, \counter, 1
  add   \scratch, \capacity, \capacity
  bne   \counter, \scratch, .Lwithin\@
  li    \counter, 0
.Lwithin\@:
.endm

# ct0 = place of the word with counter \counter. Uses t1.
.macro place counter, capacity
  mv    t1, \counter
  bltu  t1, \capacity, .Lfirst\@
  sub   t1, t1, \capacity
.Lfirst\@:
  slli  t1, t1, 2
  cincoffset ct0, ca0, t1
.endm

# Behind sentries that disable interrupts. ca0 = queue, a1 = word. a0 = 0: nothing more to do, 1: wake who waits, 2: it was full
# when the other side had taken a1 words.
try_put:
  clw   a2, QUEUE_CAPACITY(ca0)
  clw   a3, QUEUE_PUT(ca0)
  clw   a4, QUEUE_TAKEN(ca0)
  sub   t0, a3, a4
  beq   t0, a2, 2f
  add   t0, t0, a2                    # the counters' difference is the capacity or that minus twice the capacity
  beqz  t0, 2f
  place a3, a2
  csw   a1, QUEUE_WORDS(ct0)
  advance a3, a2, t0
  csw   a3, QUEUE_PUT(ca0)
1:
  clw   t0, QUEUE_WAITERS(ca0)
  csw   zero, QUEUE_WAITERS(ca0)
  mv    a0, t0
  cret
2:
  li    t0, 1
  csw   t0, QUEUE_WAITERS(ca0)
  mv    a1, a4
  li    a0, 2
  cret

# The same for taking: a1 = the word; a0 = 2: it was empty when the other side had put a1 words.
try_get:
  clw   a2, QUEUE_CAPACITY(ca0)
  clw   a3, QUEUE_PUT(ca0)
  clw   a4, QUEUE_TAKEN(ca0)
  beq   a3, a4, 2f
  place a4, a2
  clw   a1, QUEUE_WORDS(ct0)
  advance a4, a2, t0
  csw   a4, QUEUE_TAKEN(ca0)
  j     1b
2:
  li    t0, 1
  csw   t0, QUEUE_WAITERS(ca0)
  mv    a1, a3
  li    a0, 2
  cret

# Waits until the counter at \counter of the queue at 8(csp) is not a1 any more; to \failed with a negative a0 if that is an error.
.macro wait_for counter, failed
  csw   zero, 24+TIMEOUT_ELAPSED(csp)
  li    t0, FOREVER
  csw   t0, 24+TIMEOUT_REMAINING(csp)
  mv    a2, a1
  cincoffset ca0, csp, 24
  csetbounds ca0, ca0, TIMEOUT_BYTES
  clc   ca1, 8(csp)
  cincoffset ca1, ca1, \counter
  cross_call futex_wait
  bltz  a0, \failed
.endm

# Puts a word, waiting while the queue is full. ca0 = queue, a1 = word. a0 = 0 or a negative error of the scheduler.
queue_put:
  cincoffset csp, csp, -32
  csc   cra, 0(csp)
  csc   ca0, 8(csp)
  csw   a1, 16(csp)
1:
  library_call try_put
  addi  t0, a0, -2
  bnez  t0, 2f
  wait_for QUEUE_TAKEN, 4f
  clc   ca0, 8(csp)
  clw   a1, 16(csp)
  j     1b
2:
  beqz  a0, 4f
  clc   ca0, 8(csp)
  cincoffset ca0, ca0, QUEUE_PUT
3:
  li    a1, FOREVER                   # all: who still finds it full waits again
  cross_call futex_wake
  bltz  a0, 4f
  li    a0, 0
4:
  clc   cra, 0(csp)
  cincoffset csp, csp, 32
  cret

# Takes the oldest word, waiting while the queue is empty. ca0 = queue. a0 = 0 or a negative error, a1 = the word.
queue_get:
  cincoffset csp, csp, -32
  csc   cra, 0(csp)
  csc   ca0, 8(csp)
1:
  library_call try_get
  addi  t0, a0, -2
  bnez  t0, 2f
  wait_for QUEUE_PUT, 4f
  clc   ca0, 8(csp)
  j     1b
2:
  csw   a1, 16(csp)
  beqz  a0, 3f
  clc   ca0, 8(csp)
  cincoffset ca0, ca0, QUEUE_TAKEN
  li    a1, FOREVER
  cross_call futex_wake
  bltz  a0, 4f
  li    a0, 0
3:
  clw   a1, 16(csp)
4:
  clc   cra, 0(csp)
  cincoffset csp, csp, 32
  cret
