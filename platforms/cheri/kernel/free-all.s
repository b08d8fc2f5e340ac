# Gives back everything that a quota has: what a compartment that is rebooted has allocated or claimed. Every pointer to it is dead
# from then on, also those of threads that are still inside: but for ephemeral claims, until their next call or return.

# ca0 = quota. a0 = bytes that it has got back, or a negative error.
  .phase kernel
heap_free_all:
  enter
  clc   ca0, 32(csp)
  open_quota free_not_permitted
  csc   ct2, 24(csp)
  clw   t0, QUOTA_LEFT(ct2)
  csw   t0, 40(csp)
  global clw, t0, started
  beqz  t0, freed_all
# Its claims: the list is looked through from its beginning after each, for its records move.
next_claim:
  li    a2, 0
  global clw, a0, claims
1:
  beqz  a0, own_chunks
  clc   ct2, 24(csp)
  clw   t2, QUOTA_OWNER(ct2)
  chunk ct0, a0
  clw   t1, CLAIM_OWNER(ct0)
  beq   t1, t2, 2f
  mv    a2, a0
  clw   a0, CLAIM_NEXT(ct0)
  j     1b
2:
  clw   s1, CLAIM_CHUNK(ct0)
  jal   drop_claim
  jal   refund
  chunk ct0, s1
  clw   t1, CHUNK_BEFORE(ct0)
  srli  t1, t1, OWNER_SHIFT
  bnez  t1, next_claim                # who allocated it has it still
  jal   free_unclaimed
  j     next_claim

# What it has allocated: chunks follow each other, and none is joined with another here.
own_chunks:
  cgetbase s1, cs0
  addi  s1, s1, HEAP_UNUSED
1:
  cgettop t0, cs0
  bgeu  s1, t0, freed_all
  chunk ct0, s1
  clw   t1, CHUNK_SIZE(ct0)
  andi  t1, t1, FLAGS
  addi  t1, t1, -IN_USE
  bnez  t1, 2f
  clw   t1, CHUNK_BEFORE(ct0)
  srli  t1, t1, OWNER_SHIFT
  clc   ct2, 24(csp)
  clw   t2, QUOTA_OWNER(ct2)
  bne   t1, t2, 2f
  jal   refund
  chunk ct0, s1
  clw   t2, CHUNK_BEFORE(ct0)
  li    t1, BEFORE_MASK
  and   t2, t2, t1
  csw   t2, CHUNK_BEFORE(ct0)
  jal   free_unclaimed
2:
  chunk ct0, s1
  clw   t1, CHUNK_SIZE(ct0)
  andi  t1, t1, ~FLAGS
  add   s1, s1, t1
  j     1b
freed_all:
  clc   ct2, 24(csp)
  clw   a0, QUOTA_LEFT(ct2)
  clw   t1, 40(csp)
  sub   a0, a0, t1
  leave

# Frees chunk s1 unless somebody claims it. Uses all but s1.
free_unclaimed:
  cincoffset csp, csp, -16
  csc   cra, 0(csp)
  li    a1, 0
  jal   find_claim
  bnez  a0, 1f
  jal   free_chunk
1:
  clc   cra, 0(csp)
  cincoffset csp, csp, 16
  cret
