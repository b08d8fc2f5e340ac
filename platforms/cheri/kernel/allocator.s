# The allocator: a compartment that owns the heap and the revocation bitmap. All that it does is behind a mutex; interrupts stay
# enabled. Chunks follow each other without gap: a header of 8 bytes, then what was asked for. The bitmap's bit of each header is
# set, so that no pointer to one survives a load, and that a header can be told from everything else. Free memory is zero but for
# headers and the links of its list.
  .text
.equ CHUNK_SIZE, 0                    # bytes with the header, a multiple of 8, and flags
.equ CHUNK_BEFORE, 4                  # bytes of the chunk in front of it, 0: none; owner in the bits from OWNER_SHIFT on
.equ CHUNK_NEXT, 8                    # list of free or of quarantined chunks: addresses, 0: none
.equ CHUNK_LAST, 12                   # free: the one before; quarantined: the epoch from which on it may be used again
.equ CHUNK_HEADER, 8
.equ CHUNK_LEAST, 16
.equ HEAP_UNUSED, 8
.equ IN_USE, 1                        # flags
.equ QUARANTINED, 2
.equ FLAGS, 7
.equ OWNER_SHIFT, 20
.equ BEFORE_MASK, (1 << OWNER_SHIFT) - 1

.equ SMALL_BINS, 8                    # 16 to 72 bytes, one size each; then one bin for each power of two
.equ BINS, 20
.equ SMALL_LIMIT, CHUNK_LEAST + 8 * SMALL_BINS
.equ DEQUEUED_BY_ALLOCATE, 4
.equ DEQUEUED_BY_FREE, 3

.equ SWEEP_POLL, 2000                 # ticks between looks at a sweep; one of 256 KiB takes 65536 cycles or more
.equ NOBODY, 0                        # REVOCATION
.equ SOFTWARE, 1
.equ HARDWARE, 2

.macro global instruction, register, name
  \instruction \register, \name - globals(cgp)
.endm
# \cd = memory at address \reg, by way of the heap's capability in cs0.
.macro chunk cd, reg
  csetaddr \cd, cs0, \reg
.endm

  .include "check.s"
  .include "zero.s"
  .include "bins.s"
  .include "quarantine.s"
  .include "hazards.s"

# Enters: all registers that calls keep are saved, the mutex is held, cs0 = heap. ca0 to ca2 are at 32(csp) on.
.macro enter
  cincoffset csp, csp, -64
  csc   cra, 0(csp)
  csc   cs0, 8(csp)
  csc   cs1, 16(csp)
  csc   ca0, 32(csp)
  csc   ca1, 40(csp)
  csc   ca2, 48(csp)
  cincoffset ca0, cgp, lock - globals
  csetbounds ca0, ca0, 4
  library_call mutex_lock
  load_import cs0, heap
.endm
# Leaves with ca0.
.macro leave
  csc   ca0, 32(csp)
  cincoffset ca0, cgp, lock - globals
  csetbounds ca0, ca0, 4
  library_call mutex_unlock
  clc   ca0, 32(csp)
  li    a1, 0
  clc   cra, 0(csp)
  clc   cs0, 8(csp)
  clc   cs1, 16(csp)
  cincoffset csp, csp, 64
  cret
.endm

# ct2 = the quota behind the sealed handle ca0, or a jump to \bad; it gets an owner number with its first use. Uses t0, t1.
.macro open_quota bad
  load_import ct0, token_key
  cunseal ct2, ca0, ct0
  cgettag t0, ct2
  beqz  t0, \bad
  clw   t0, TOKEN_KEY(ct2)
  li    t1, KEY_ALLOCATOR
  bne   t0, t1, \bad
  clw   t0, QUOTA_OWNER(ct2)
  bnez  t0, .Lowned\@
  global clw, t0, last_owner
  addi  t0, t0, 1
  global csw, t0, last_owner
  csw   t0, QUOTA_OWNER(ct2)
.Lowned\@:
.endm

# Allocates zeroed memory. ca0 = timeout, ca1 = quota, a2 = bytes. ca0 = the memory, or an untagged negative error.
  .phase kernel
heap_allocate:
  check_pointer ca0, a0, TIMEOUT_BYTES, RIGHT_LOAD | RIGHT_STORE, bad_timeout
  enter
  clc   ca0, 40(csp)
  open_quota allocate_not_permitted
  csc   ct2, 24(csp)
  clw   a0, 48(csp)
  beqz  a0, allocate_invalid
  load_import ct0, heap
  cgetlen t0, ct0
  bgeu  a0, t0, allocate_no_memory
  crrl  a0, a0                        # what bounds can say
  addi  a0, a0, 7
  andi  a0, a0, -8
  csw   a0, 56(csp)
try_again:
  jal   free_kept
  li    a0, DEQUEUED_BY_ALLOCATE
  jal   dequeue
  clw   a0, 56(csp)
  clc   ct2, 24(csp)
  clw   t0, QUOTA_LEFT(ct2)
  addi  t1, a0, CHUNK_HEADER + CHUNK_LEAST - 8  # what is too short to be a chunk comes along
  bltu  t0, t1, allocate_no_memory
  jal   take_chunk                    # a0 = chunk, a1 = its bytes
  beqz  a0, none_left
  clc   ct2, 24(csp)
  clw   t0, QUOTA_LEFT(ct2)
  sub   t0, t0, a1
  csw   t0, QUOTA_LEFT(ct2)
  clw   t2, QUOTA_OWNER(ct2)
  slli  t2, t2, OWNER_SHIFT
  chunk ct0, a0
  clw   t1, CHUNK_BEFORE(ct0)
  or    t1, t1, t2
  csw   t1, CHUNK_BEFORE(ct0)
  ori   a1, a1, IN_USE
  csw   a1, CHUNK_SIZE(ct0)
  clw   t1, 48(csp)
  crrl  t1, t1
  cincoffset ca0, ct0, CHUNK_HEADER
  csetboundsexact ca0, ca0, t1
  leave

# Nothing fits: memory in quarantine may, once it has been swept for.
none_left:
  global clw, t0, quarantine_first
  beqz  t0, allocate_no_memory
  jal   start_sweep
  clc   ca0, 32(csp)
  jal   wait_for_sweep                # a0 = 0 or -TIMED_OUT
  beqz  a0, try_again
allocate_no_memory:
  li    a0, -NO_MEMORY
  j     allocate_leave
allocate_not_permitted:
  li    a0, -NOT_PERMITTED
  j     allocate_leave
allocate_invalid:
  li    a0, -INVALID
allocate_leave:
  leave

# Gives memory back. ca0 = quota that it was allocated or claimed with, ca1 = pointer with its base. It is freed when nobody has it any
# more, ephemeral claims included, which the quota does not pay for. a0 = 0 or a negative error.
  .phase kernel
heap_free:
  enter
  clc   ca0, 32(csp)
  open_quota free_not_permitted
  csc   ct2, 24(csp)
  clc   ca1, 40(csp)
  jal   chunk_of                      # a0 = chunk or 0
  beqz  a0, free_invalid
  mv    s1, a0
  clc   ct2, 24(csp)
  clw   a1, QUOTA_OWNER(ct2)
  jal   find_claim
  beqz  a0, free_own
  clw   t1, CLAIM_COUNT(ct0)          # it has a claim: that goes first
  addi  t1, t1, -1
  csw   t1, CLAIM_COUNT(ct0)
  bnez  t1, freed
  jal   drop_claim
  jal   refund
  chunk ct0, s1
  clw   t1, CHUNK_BEFORE(ct0)
  srli  t1, t1, OWNER_SHIFT
  bnez  t1, freed                     # who allocated it has it still
  j     free_if_unclaimed
free_own:
  chunk ct0, s1
  clw   t1, CHUNK_BEFORE(ct0)
  srli  t1, t1, OWNER_SHIFT
  clc   ct2, 24(csp)
  clw   t2, QUOTA_OWNER(ct2)
  bne   t2, t1, free_not_permitted
  jal   refund
  chunk ct0, s1
  clw   t2, CHUNK_BEFORE(ct0)         # nobody's
  li    t1, BEFORE_MASK
  and   t2, t2, t1
  csw   t2, CHUNK_BEFORE(ct0)
free_if_unclaimed:
  li    a1, 0
  jal   find_claim
  bnez  a0, freed
  jal   free_chunk
  li    a0, DEQUEUED_BY_FREE
  jal   dequeue
freed:
  li    a0, 0
  leave
free_not_permitted:
  li    a0, -NOT_PERMITTED
  leave
free_invalid:
  li    a0, -INVALID
  leave

# Bytes that a quota has left. ca0 = quota. a0 = bytes or a negative error.
  .phase kernel
quota_left:
  enter
  clc   ca0, 32(csp)
  open_quota free_not_permitted
  clw   a0, QUOTA_LEFT(ct2)
  leave

# Takes everything out of quarantine, sweeping as often as it takes. What hazard slots have is not there yet. ca0 = timeout. a0 = 0 or -TIMED_OUT.
  .phase kernel
quarantine_flush:
  check_pointer ca0, a0, TIMEOUT_BYTES, RIGHT_LOAD | RIGHT_STORE, bad_timeout
  enter
  jal   free_kept
1:
  li    a0, -1
  jal   dequeue
  global clw, t0, quarantine_first
  beqz  t0, 2f
  jal   start_sweep
  clc   ca0, 32(csp)
  jal   wait_for_sweep
  beqz  a0, 1b
  leave
2:
  li    a0, 0
  leave

bad_timeout:
  li    a0, -INVALID
  li    a1, 0
  cret

# a0 = the chunk of which pointer ca1 has the base, or 0: tagged, unsealed, its base behind a header that is in use. Its length is not
# looked at. Uses t0 to t2.
chunk_of:
  cgettag t0, ca1
  beqz  t0, 1f
  cgettype t0, ca1
  bnez  t0, 1f
  cgetbase a0, ca1
  andi  t0, a0, 7
  bnez  t0, 1f
  cgetbase t0, cs0
  addi  t0, t0, HEAP_UNUSED + CHUNK_HEADER
  bltu  a0, t0, 1f
  cgettop t0, cs0
  bgeu  a0, t0, 1f
  addi  a0, a0, -CHUNK_HEADER
  load_import ct0, bitmap
  li    t1, HEAP_BASE
  sub   t1, a0, t1
  srli  t2, t1, 3
  srli  t1, t1, 8
  slli  t1, t1, 2
  cincoffset ct0, ct0, t1
  clw   t1, 0(ct0)
  srl   t1, t1, t2                    # modulo 32
  andi  t1, t1, 1
  beqz  t1, 1f
  chunk ct0, a0
  clw   t1, CHUNK_SIZE(ct0)
  andi  t1, t1, FLAGS
  addi  t1, t1, -IN_USE
  bnez  t1, 1f
  cret
1:
  li    a0, 0
  cret

  .include "claims.s"
  .include "tokens.s"
  .include "free-all.s"

  .data
lock:                 .word 0
last_owner:           .word 0
bin_map:              .word 0         # bit b: bin b holds a chunk
quarantine_first:     .word 0
quarantine_last:      .word 0
quarantine_bytes:     .word 0
free_bytes:           .word 0
claims:               .word 0         # first of the list of claims
next_key:             .word -1        # number of the next key of sealed objects
started:              .word 0         # the heap has been made one free chunk
bins:                 .space 4 * BINS
kept_count:           .word 0
kept:                 .space 4 * HAZARD_SLOTS  # chunks that are freed when no hazard slot has them any more
