# Freed memory: unreachable at once, used again when a sweep has seen all of memory since. REVOCATION says who sweeps.

# Paints chunk s1: no pointer to it is loaded any more, so that nobody who is interrupted stores to it once it has been zeroed. Uses all
# but s1.
paint_chunk:
  chunk ct0, s1
  clw   a1, CHUNK_SIZE(ct0)
  andi  a1, a1, ~FLAGS
  add   a1, s1, a1
  addi  a0, s1, CHUNK_HEADER
  li    a2, 1
  j     paint

# Zeroes chunk s1, which has been painted, and puts it into quarantine. Uses all but s1.
quarantine:
  cincoffset csp, csp, -16
  csc   cra, 0(csp)
  chunk ct0, s1
  clw   a1, CHUNK_SIZE(ct0)
  andi  a1, a1, ~FLAGS
  csw   a1, 8(csp)
  add   t1, s1, a1
  addi  t0, s1, CHUNK_HEADER
  chunk ct0, t0
  zero_memory t0, t1, t2
  jal   epoch
  addi  a0, a0, 1                     # the sweep that is under way does not count
  andi  a0, a0, -2
  chunk ct0, s1
  clw   a1, 8(csp)
  ori   t1, a1, QUARANTINED
  csw   t1, CHUNK_SIZE(ct0)
  .if REVOCATION != NOBODY
  addi  a0, a0, 2
  .endif
  csw   a0, CHUNK_LAST(ct0)
  global clw, t0, quarantine_bytes
  add   t0, t0, a1
  global csw, t0, quarantine_bytes
  global clw, t1, quarantine_last
  global csw, s1, quarantine_last
  beqz  t1, 1f
  chunk ct1, t1
  csw   s1, CHUNK_NEXT(ct1)
  j     2f
1:
  global csw, s1, quarantine_first
2:
  # a sweep begins when more than a quarter of what is free waits for one
  slli  t0, t0, 2
  global clw, t1, free_bytes
  bltu  t0, t1, 3f
  jal   start_sweep
3:
  clc   cra, 0(csp)
  cincoffset csp, csp, 16
  cret

# Makes up to a0 chunks free whose sweep is over. Uses all.
dequeue:
  cincoffset csp, csp, -32
  csc   cra, 0(csp)
  csw   a0, 8(csp)
  jal   start_heap
1:
  clw   t0, 8(csp)
  beqz  t0, 2f
  addi  t0, t0, -1
  csw   t0, 8(csp)
  global clw, s1, quarantine_first
  beqz  s1, 2f
  jal   epoch
  chunk ct0, s1
  clw   t1, CHUNK_LAST(ct0)
  sub   t1, a0, t1
  bltz  t1, 2f
  clw   t1, CHUNK_NEXT(ct0)
  global csw, t1, quarantine_first
  bnez  t1, 3f
  global csw, zero, quarantine_last
3:
  csc   cnull, CHUNK_NEXT(ct0)
  clw   a1, CHUNK_SIZE(ct0)
  andi  a1, a1, ~FLAGS
  csw   a1, 12(csp)
  clw   t2, CHUNK_BEFORE(ct0)         # nobody's any more
  li    t1, BEFORE_MASK
  and   t2, t2, t1
  csw   t2, CHUNK_BEFORE(ct0)
  global clw, t0, quarantine_bytes
  sub   t0, t0, a1
  global csw, t0, quarantine_bytes
  add   a1, s1, a1
  addi  a0, s1, CHUNK_HEADER
  li    a2, 0
  jal   paint
  mv    a0, s1
  clw   a1, 12(csp)
  jal   give_chunk
  j     1b
2:
  clc   cra, 0(csp)
  cincoffset csp, csp, 32
  cret

# The first use of the heap makes it one free chunk. The memory was the loader's and has been cleared, or never used. The first 8
# bytes stay out: they are the base of the heap's own capability, whose bit must not be set.
start_heap:
  global clw, t0, started
  bnez  t0, 1f
  cincoffset csp, csp, -32
  csc   cra, 0(csp)
  li    t0, 1
  global csw, t0, started
  cgetbase a0, cs0
  cgetlen a1, cs0
  addi  a0, a0, HEAP_UNUSED
  addi  a1, a1, -HEAP_UNUSED
  li    a2, 0
  jal   new_header
  jal   link_free
  clc   cra, 0(csp)
  cincoffset csp, csp, 32
1:
  cret

  .if REVOCATION == HARDWARE
.equ REVOKER_START, 0
.equ REVOKER_END, 4
.equ REVOKER_CONTROL, 8
.equ REVOKER_EPOCH, 12

# a0 = epoch: one more when a sweep begins and when it ends. Uses ct0.
epoch:
  load_import ct0, revoker
  clw   a0, REVOKER_EPOCH(ct0)
  cret

# Begins a sweep of all memory unless one is under way. Uses ct0, t1.
start_sweep:
  load_import ct0, revoker
  clw   t1, REVOKER_EPOCH(ct0)
  andi  t1, t1, 1
  bnez  t1, 1f
  li    t1, MEMORY_START
  csw   t1, REVOKER_START(ct0)
  li    t1, MEMORY_END - 8
  csw   t1, REVOKER_END(ct0)
  csw   zero, REVOKER_CONTROL(ct0)
  li    t1, 1
  csw   t1, REVOKER_CONTROL(ct0)
1:
  cret
  .else
  .if REVOCATION == SOFTWARE
# The same by the sweeping compartment: each start does a part of the sweep.
epoch:
  cincoffset csp, csp, -16
  csc   cra, 0(csp)
  cross_call sweep_epoch
  clc   cra, 0(csp)
  cincoffset csp, csp, 16
  cret
start_sweep:
  cincoffset csp, csp, -16
  csc   cra, 0(csp)
  cross_call sweep
  clc   cra, 0(csp)
  cincoffset csp, csp, 16
  cret
  .else
# Nobody sweeps: what is freed may be used again at once, and old pointers reach it (revocation=none).
epoch:
  li    a0, 2
  cret
start_sweep:
  cret
  .endif
  .endif

# Lets time pass in which a sweep goes on. ca0 = timeout of the caller, whose words were checked; if its memory has been freed since,
# that counts as timed out. a0 = 0 or -TIMED_OUT. Uses all.
wait_for_sweep:
  .if REVOCATION == HARDWARE
  cgettag t0, ca0
  beqz  t0, 2f
  clw   t0, TIMEOUT_REMAINING(ca0)
  li    a1, FOREVER
  beq   t0, a1, 1f
  li    a1, SWEEP_POLL
  bltu  t0, a1, 2f
  sub   t0, t0, a1
  csw   t0, TIMEOUT_REMAINING(ca0)
  clw   t0, TIMEOUT_ELAPSED(ca0)
  add   t0, t0, a1
  csw   t0, TIMEOUT_ELAPSED(ca0)
1:
  cincoffset csp, csp, -32
  csc   cra, 0(csp)
  csw   zero, 8+TIMEOUT_ELAPSED(csp)
  li    t0, SWEEP_POLL
  csw   t0, 8+TIMEOUT_REMAINING(csp)
  cincoffset ca0, csp, 8
  csetbounds ca0, ca0, TIMEOUT_BYTES
  cross_call sleep
  clc   cra, 0(csp)
  cincoffset csp, csp, 32
  .endif
  li    a0, 0
  cret
2:
  li    a0, -TIMED_OUT
  cret
