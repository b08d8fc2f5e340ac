# Free chunks, and the bitmap. In all of these cs0 = heap.

# Sets (a2 = 1) or clears (a2 = 0) the bits of memory from a0 to a1. Uses a0, a3 to a5, ct0, ct1, t2.
paint:
  load_import ct0, bitmap
  li    t1, HEAP_BASE
  sub   a0, a0, t1
  sub   a1, a1, t1
  srli  a0, a0, 3
  srli  a1, a1, 3
1:
  bgeu  a0, a1, 4f
  srli  t1, a0, 5
  slli  t1, t1, 2
  cincoffset ct1, ct0, t1
  li    a3, -1
  sll   a3, a3, a0                    # modulo 32: from this bit on
  ori   t2, a0, 31
  addi  t2, t2, 1                     # first bit of the next word
  bgeu  a1, t2, 2f
  li    a4, -1
  sll   a4, a4, a1
  not   a4, a4
  and   a3, a3, a4
2:
  clw   a4, 0(ct1)
  or    a4, a4, a3
  bnez  a2, 3f
  xor   a4, a4, a3
3:
  csw   a4, 0(ct1)
  mv    a0, t2
  j     1b
4:
  cret

# a0 = bin of a chunk of a0 bytes. Uses t0.
bin_of:
  li    t0, SMALL_LIMIT
  bgeu  a0, t0, 1f
  srli  a0, a0, 3
  addi  a0, a0, -CHUNK_LEAST / 8
  cret
1:
  clz   a0, a0
  li    t0, 31 - 6 + SMALL_BINS       # 80 to 127 bytes are in the first
  sub   a0, t0, a0
  li    t0, BINS - 1
  minu  a0, a0, t0
  cret

# Makes a0 (a1 bytes) the first of its bin. Its CHUNK_BEFORE is right, its header is painted. Uses a2, t0 to t2, ct0, ct1.
link_free:
  csc   cra, -8(csp)
  chunk ct1, a0
  csw   a1, CHUNK_SIZE(ct1)
  global clw, t0, free_bytes
  add   t0, t0, a1
  global csw, t0, free_bytes
  mv    a2, a0
  mv    a0, a1
  jal   bin_of
  li    t0, 1
  sll   t0, t0, a0
  global clw, t2, bin_map
  or    t2, t2, t0
  global csw, t2, bin_map
  slli  a0, a0, 2
  cincoffset ct0, cgp, a0
  clw   t2, bins - globals(ct0)
  csw   a2, bins - globals(ct0)
  csw   t2, CHUNK_NEXT(ct1)
  csw   zero, CHUNK_LAST(ct1)
  mv    a0, a2
  beqz  t2, 1f
  chunk ct0, t2
  csw   a0, CHUNK_LAST(ct0)
1:
  clc   cra, -8(csp)
  cret

# Takes free chunk a0 out of its bin and clears its links. a1 = its bytes. Uses a2, a3, t0 to t2, ct0.
unlink_free:
  csc   cra, -8(csp)
  chunk ct0, a0
  clw   a1, CHUNK_SIZE(ct0)
  clw   a2, CHUNK_NEXT(ct0)
  clw   a3, CHUNK_LAST(ct0)
  csw   zero, CHUNK_NEXT(ct0)
  csw   zero, CHUNK_LAST(ct0)
  global clw, t0, free_bytes
  sub   t0, t0, a1
  global csw, t0, free_bytes
  beqz  a2, 1f
  chunk ct0, a2
  csw   a3, CHUNK_LAST(ct0)
1:
  beqz  a3, 2f
  chunk ct0, a3
  csw   a2, CHUNK_NEXT(ct0)
  j     3f
2:
  mv    t2, a0                        # it was the first
  mv    a0, a1
  jal   bin_of
  slli  t0, a0, 2
  cincoffset ct0, cgp, t0
  csw   a2, bins - globals(ct0)
  li    t0, 1
  sll   t0, t0, a0
  mv    a0, t2
  bnez  a2, 3f
  global clw, t1, bin_map
  xor   t1, t1, t0
  global csw, t1, bin_map
3:
  clc   cra, -8(csp)
  cret

# Says to the chunk behind a0 (a1 bytes) how long a0 is. Uses t0, t1, ct0.
tell_next:
  add   t0, a0, a1
  cgettop t1, cs0
  bgeu  t0, t1, 1f
  chunk ct0, t0
  clw   t1, CHUNK_BEFORE(ct0)
  srli  t1, t1, OWNER_SHIFT
  slli  t1, t1, OWNER_SHIFT
  or    t1, t1, a1
  csw   t1, CHUNK_BEFORE(ct0)
1:
  cret

# Makes zeroed memory a0 (a1 bytes, its header painted and CHUNK_BEFORE right) free, together with its free neighbours. Uses all.
give_chunk:
  cincoffset csp, csp, -32
  csc   cra, 16(csp)
  # the one behind
  csw   a0, 0(csp)
  csw   a1, 4(csp)
  add   a0, a0, a1
  cgettop t0, cs0
  bgeu  a0, t0, 1f
  chunk ct0, a0
  clw   t0, CHUNK_SIZE(ct0)
  andi  t0, t0, FLAGS
  bnez  t0, 1f
  jal   unlink_free
  clw   t0, 4(csp)
  add   t0, t0, a1
  csw   t0, 4(csp)
  jal   forget_header
1:
  # the one in front
  clw   a0, 0(csp)
  chunk ct0, a0
  clw   t0, CHUNK_BEFORE(ct0)
  beqz  t0, 2f
  sub   a0, a0, t0
  chunk ct1, a0
  clw   t1, CHUNK_SIZE(ct1)
  andi  t1, t1, FLAGS
  bnez  t1, 2f
  csw   a0, 8(csp)
  jal   unlink_free
  clw   t0, 4(csp)
  add   t0, t0, a1
  csw   t0, 4(csp)
  clw   a0, 0(csp)
  jal   forget_header
  clw   a0, 8(csp)
  csw   a0, 0(csp)
2:
  clw   a0, 0(csp)
  clw   a1, 4(csp)
  jal   tell_next
  jal   link_free
  clc   cra, 16(csp)
  cincoffset csp, csp, 32
  cret

# The header at a0 is memory like any other from now on.
forget_header:
  csc   cra, -8(csp)
  chunk ct0, a0
  csc   cnull, 0(ct0)
  addi  a1, a0, CHUNK_HEADER
  li    a2, 0
  jal   paint
  clc   cra, -8(csp)
  cret

# A new header at a0: a chunk of a1 bytes behind one of a2. Uses all but a0, a1.
new_header:
  cincoffset csp, csp, -32
  csc   cra, 0(csp)
  csw   a0, 8(csp)
  csw   a1, 12(csp)
  chunk ct0, a0
  csw   a1, CHUNK_SIZE(ct0)
  csw   a2, CHUNK_BEFORE(ct0)
  addi  a1, a0, CHUNK_HEADER
  li    a2, 1
  jal   paint
  clw   a0, 8(csp)
  clw   a1, 12(csp)
  clc   cra, 0(csp)
  cincoffset csp, csp, 32
  cret

# Takes a chunk for a0 bytes, a length that bounds can say. a0 = chunk, 0: none; a1 = its bytes with the header. Uses all.
take_chunk:
  cincoffset csp, csp, -48
  csc   cra, 0(csp)
  csw   a0, 8(csp)
  addi  a1, a0, CHUNK_HEADER
  csw   a1, 12(csp)                   # what it takes
  cram  t0, a0
  neg   t0, t0
  li    t1, 8
  maxu  t0, t0, t1
  csw   t0, 16(csp)                   # alignment
  beq   t0, t1, 1f
  addi  t0, t0, CHUNK_LEAST           # room to align, and for a chunk in front
  add   a1, a1, t0
1:
  mv    s1, a1                        # what certainly is enough
  mv    a0, a1
  jal   bin_of
  global clw, t1, bin_map
  li    t2, -1
  sll   t2, t2, a0
  and   t1, t1, t2                    # bins that may hold it; of all but the first any chunk does
2:
  beqz  t1, none
  ctz   t2, t1
  addi  t0, t1, -1
  and   t1, t1, t0
  slli  t2, t2, 2
  cincoffset ct0, cgp, t2
  clw   a0, bins - globals(ct0)
3:
  beqz  a0, 2b
  chunk ct0, a0
  clw   t2, CHUNK_SIZE(ct0)
  bgeu  t2, s1, 4f
  clw   a0, CHUNK_NEXT(ct0)
  j     3b
4:
  jal   unlink_free
  # in front of the place that bounds ask for
  clw   t0, 16(csp)
  addi  t1, a0, CHUNK_HEADER
  neg   t2, t0
  add   a3, t1, t0
  addi  a3, a3, -1
  and   a3, a3, t2
  sub   a3, a3, t1
  beqz  a3, 6f
  li    t1, CHUNK_LEAST
  bgeu  a3, t1, 5f
  add   a3, a3, t0
5:
  csw   a0, 20(csp)
  csw   a3, 24(csp)
  add   a0, a0, a3
  sub   a1, a1, a3
  mv    a2, a3
  jal   new_header
  jal   tell_next
  csw   a0, 28(csp)
  csw   a1, 32(csp)
  clw   a0, 20(csp)
  clw   a1, 24(csp)
  jal   link_free
  clw   a0, 28(csp)
  clw   a1, 32(csp)
6:
  # behind it
  clw   t0, 12(csp)
  sub   t1, a1, t0
  li    t2, CHUNK_LEAST
  bltu  t1, t2, 7f
  csw   a0, 28(csp)
  mv    a2, t0
  add   a0, a0, t0
  mv    a1, t1
  jal   new_header
  jal   tell_next
  jal   link_free
  clw   a0, 28(csp)
  clw   a1, 12(csp)
7:
  clc   cra, 0(csp)
  cincoffset csp, csp, 48
  cret
none:
  li    a0, 0
  j     7b
