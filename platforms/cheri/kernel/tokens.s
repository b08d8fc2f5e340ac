# Sealed objects made at run time (research/cheri-cheriot.md section 2.14). A key is a capability to one number above all hardware
# types, with the rights to seal and unseal: who has it may make and open objects, who may only open gets one without the right to
# seal. An object is heap memory: the key's number and the payload's length, then the payload. Its handle is all of it, sealed, and
# points to the payload; whoever has the handle alone can neither look into it nor free it.

# A new key, which nobody ever gets again. ca0 = key, or an untagged negative error.
  .phase kernel
token_key_new:
  enter
  load_import ct2, key_space
  global clw, t0, next_key
  cgetbase t1, ct2
  li    a0, -NO_MEMORY
  bltu  t0, t1, 1f                    # all numbers have been given away
  addi  t1, t0, -1
  global csw, t1, next_key
  csetaddr ca0, ct2, t0
  csetbounds ca0, ca0, 1
1:
  leave

# Makes an object. ca0 = timeout, ca1 = quota, ca2 = key, a3 = bytes of the payload. ca0 = handle, ca1 = zeroed payload, or an
# untagged negative error.
  .phase kernel
token_allocate:
  cincoffset csp, csp, -32
  csc   cra, 0(csp)
  check_key ca2, a2, RIGHT_SEAL, token_refused
  csc   ca2, 8(csp)
  beqz  a3, token_invalid
  load_import ct0, heap
  cgetlen t0, ct0
  bgeu  a3, t0, token_no_memory
  crrl  a3, a3                        # what bounds can say, at a place where they can
  csw   a3, 16(csp)
  cram  t0, a3
  neg   t0, t0
  li    t1, TOKEN_HEADER
  maxu  t0, t0, t1
  csw   t0, 20(csp)                   # the payload's offset
  add   a2, a3, t0
  jal   heap_allocate
  cgettag t0, ca0
  beqz  t0, 1f
  clw   t0, 20(csp)
  cincoffset ca0, ca0, t0
  clw   t0, 8(csp)                    # the key's address is its number
  csw   t0, TOKEN_KEY - TOKEN_HEADER(ca0)
  clw   t0, 16(csp)
  csw   t0, TOKEN_LENGTH - TOKEN_HEADER(ca0)
  csetboundsexact ca1, ca0, t0
  load_import ct0, dynamic_key
  cseal ca0, ca0, ct0
1:
  clc   cra, 0(csp)
  cincoffset csp, csp, 32
  cret
token_refused:
  li    a0, -NOT_PERMITTED
  j     2f
token_no_memory:
  li    a0, -NO_MEMORY
  j     2f
token_invalid:
  li    a0, -INVALID
2:
  li    a1, 0
  j     1b

# Frees an object. ca0 = quota that it was made with, ca1 = key with the right to unseal, ca2 = handle. a0 = 0 or a negative error.
  .phase kernel
token_free:
  check_key ca1, a1, RIGHT_UNSEAL, 1f
  load_import ct0, dynamic_key
  open_token ca2, a1, 1f
  cgetbase t1, ct0
  csetaddr ca1, ct0, t1
  j     heap_free
1:
  li    a0, -NOT_PERMITTED
  li    a1, 0
  cret
