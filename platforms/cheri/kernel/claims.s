# Claims: who has a claim on memory keeps it, whoever frees it, and pays for it. A claim is a record in the heap; all are in one list.

.equ CLAIM_NEXT, 0                    # address of the next record, 0: none
.equ CLAIM_CHUNK, 4
.equ CLAIM_OWNER, 8
.equ CLAIM_COUNT, 12                  # how often its owner has claimed it
.equ CLAIM_BYTES, 16

# a0 and ct0 = the claim of owner a1 (0: of anybody) on chunk s1, a0 = 0: none; a2 = the record before it, 0: none. Uses t1.
find_claim:
  li    a2, 0
  global clw, a0, claims
1:
  beqz  a0, 3f
  chunk ct0, a0
  clw   t1, CLAIM_CHUNK(ct0)
  bne   t1, s1, 2f
  beqz  a1, 3f
  clw   t1, CLAIM_OWNER(ct0)
  beq   t1, a1, 3f
2:
  mv    a2, a0
  clw   a0, CLAIM_NEXT(ct0)
  j     1b
3:
  cret

# Takes claim a0, ct0 behind a2 out of the list and frees its record, to which nobody else had a pointer. Uses all but s1.
drop_claim:
  clw   t2, CLAIM_NEXT(ct0)
  beqz  a2, 1f
  chunk ct1, a2
  csw   t2, CLAIM_NEXT(ct1)
  j     2f
1:
  global csw, t2, claims
2:
  csc   cnull, 0(ct0)
  csc   cnull, 8(ct0)
  addi  a0, a0, -CHUNK_HEADER
  chunk ct0, a0
  clw   a1, CHUNK_SIZE(ct0)
  andi  a1, a1, ~FLAGS
  j     give_chunk

# Gives the bytes of chunk s1 back to the quota at 24(csp). Uses t1, t2, a1, ct0, ct2.
refund:
  chunk ct0, s1
  clw   a1, CHUNK_SIZE(ct0)
  andi  a1, a1, ~FLAGS
  clc   ct2, 24(csp)
  clw   t1, QUOTA_LEFT(ct2)
  add   t1, t1, a1
  csw   t1, QUOTA_LEFT(ct2)
  cret

# Claims memory. ca0 = quota, ca1 = pointer with its base. a0 = its bytes or a negative error.
  .phase kernel
heap_claim:
  enter
  clc   ca0, 32(csp)
  open_quota free_not_permitted
  csc   ct2, 24(csp)
  clc   ca1, 40(csp)
  jal   chunk_of
  beqz  a0, free_invalid
  mv    s1, a0
  csw   s1, 56(csp)
  clc   ct2, 24(csp)
  clw   a1, QUOTA_OWNER(ct2)
  jal   find_claim
  beqz  a0, 1f
  clw   t1, CLAIM_COUNT(ct0)
  addi  t1, t1, 1
  csw   t1, CLAIM_COUNT(ct0)
  j     claimed
1:
  chunk ct0, s1
  clw   t1, CHUNK_SIZE(ct0)
  andi  t1, t1, ~FLAGS
  clc   ct2, 24(csp)
  clw   a0, QUOTA_LEFT(ct2)
  bltu  a0, t1, allocate_no_memory
  li    a0, CLAIM_BYTES
  jal   take_chunk
  beqz  a0, allocate_no_memory
  chunk ct0, a0
  ori   a1, a1, IN_USE
  csw   a1, CHUNK_SIZE(ct0)
  addi  a0, a0, CHUNK_HEADER
  chunk ct0, a0
  clw   s1, 56(csp)
  csw   s1, CLAIM_CHUNK(ct0)
  global clw, t1, claims
  csw   t1, CLAIM_NEXT(ct0)
  global csw, a0, claims
  clc   ct2, 24(csp)
  clw   t1, QUOTA_OWNER(ct2)
  csw   t1, CLAIM_OWNER(ct0)
  li    t1, 1
  csw   t1, CLAIM_COUNT(ct0)
  clc   ct2, 24(csp)
  chunk ct0, s1
  clw   t1, CHUNK_SIZE(ct0)
  andi  t1, t1, ~FLAGS
  clw   a0, QUOTA_LEFT(ct2)
  sub   a0, a0, t1
  csw   a0, QUOTA_LEFT(ct2)
claimed:
  chunk ct0, s1
  clw   a0, CHUNK_SIZE(ct0)
  andi  a0, a0, ~FLAGS
  addi  a0, a0, -CHUNK_HEADER
  leave
