# Ephemeral claims, the allocator's side: memory into which a thread's hazard slot points (ephemeral.s) is not freed but kept, and freed
# when no slot has it any more. From a look at the slots to the painting of the bitmap the epoch's word is odd, so that no thread
# believes that it has what the look did not see. Nobody is charged for what is kept.
#
# The mutex makes looks one after the other; interrupts stay enabled. Threads that claim by the library do not store to a slot while the
# epoch is odd, so that there are no more kept chunks than slots. Who stores there all the same can have more found: they are freed.

.equ HAZARD_SLOTS, THREAD_COUNT * HAZARD_BYTES / 8

# The epoch becomes odd, and names who looks, for the scheduler: who waits lends it its priority. Uses t0 to t2.
begin_look:
  load_import ct0, hazard_epoch
  clw   t1, 0(ct0)
  global clhu, t2, lock               # this thread's number
  or    t1, t1, t2
  li    t2, 1 << EPOCH_SHIFT
  add   t1, t1, t2
  csw   t1, 0(ct0)
  cret

end_look:
  load_import ct0, hazard_epoch
  clw   t1, 0(ct0)
  srli  t1, t1, EPOCH_SHIFT
  addi  t1, t1, 1
  slli  t1, t1, EPOCH_SHIFT
  csw   t1, 0(ct0)
  cret

# a0 = 1 if a slot has a pointer into chunk s1, else 0. Bounds only shrink: its base says it. Uses a1, a2, t0 to t2.
in_slots:
  chunk ct0, s1
  clw   a1, CHUNK_SIZE(ct0)
  andi  a1, a1, ~FLAGS
  load_import ct0, hazards
  cgettop a2, ct0
  li    a0, 1
1:
  clc   ct1, 0(ct0)
  cgettag t2, ct1
  beqz  t2, 2f
  cgettype t2, ct1
  bnez  t2, 2f
  cgetbase t2, ct1
  sub   t2, t2, s1
  bltu  t2, a1, 3f
2:
  cincoffset ct0, ct0, 8
  bltu  t0, a2, 1b
  li    a0, 0
3:
  cret

# Frees chunk s1, which nobody has allocated or claims any more, or keeps it. Uses all but s1.
free_chunk:
  cincoffset csp, csp, -16
  csc   cra, 0(csp)
  jal   begin_look
  jal   look_again
  jal   in_slots
  beqz  a0, 1f
  global clw, t0, kept_count
  li    t1, HAZARD_SLOTS
  bgeu  t0, t1, 1f
  addi  t1, t0, 1
  global csw, t1, kept_count
  slli  t0, t0, 2
  cincoffset ct0, cgp, t0
  csw   s1, kept - globals(ct0)
  jal   end_look
  j     2f
1:
  jal   paint_chunk
  jal   end_look
  jal   quarantine
2:
  clc   cra, 0(csp)
  cincoffset csp, csp, 16
  cret

# Frees what is kept and in no slot any more. Uses all.
free_kept:
  global clw, t0, kept_count
  bnez  t0, 1f
  cret
1:
  cincoffset csp, csp, -16
  csc   cra, 0(csp)
  jal   begin_look
  li    s1, 0
  jal   look_again
  jal   end_look
  clc   cra, 0(csp)
  cincoffset csp, csp, 16
  cret

# Looks at all kept chunks again, the epoch is odd: s1, which is about to be freed anew, and those that somebody has claimed since are
# kept no longer; those that are in no slot are freed. Uses all but s1.
look_again:
  global clw, t0, kept_count
  bnez  t0, 1f
  cret
1:
  cincoffset csp, csp, -16
  csc   cra, 0(csp)
  csw   s1, 8(csp)
  csw   zero, 12(csp)                 # index
2:
  clw   t0, 12(csp)
  global clw, t1, kept_count
  bgeu  t0, t1, 5f
  slli  t0, t0, 2
  cincoffset ct0, cgp, t0
  clw   s1, kept - globals(ct0)
  clw   t1, 8(csp)
  beq   s1, t1, 3f
  li    a1, 0
  jal   find_claim
  bnez  a0, 3f
  jal   in_slots
  bnez  a0, 4f
  jal   paint_chunk
  jal   quarantine
3:
  global clw, t1, kept_count          # the last one takes its place
  addi  t1, t1, -1
  global csw, t1, kept_count
  slli  t1, t1, 2
  cincoffset ct1, cgp, t1
  clw   t2, kept - globals(ct1)
  clw   t0, 12(csp)
  slli  t0, t0, 2
  cincoffset ct0, cgp, t0
  csw   t2, kept - globals(ct0)
  j     2b
4:
  clw   t0, 12(csp)
  addi  t0, t0, 1
  csw   t0, 12(csp)
  j     2b
5:
  clw   s1, 8(csp)
  clc   cra, 0(csp)
  cincoffset csp, csp, 16
  cret
