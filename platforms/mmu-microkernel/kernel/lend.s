# Messages that carry pages. Borrow and mutable borrow: the pages leave the sender (V = 0, lent bit) and appear in the
# server's message window until the answer. Move: they go for good. One page at a time, changing spaces for each, as in Xous:
# tables can be edited only in their own space.
#
# With isolation=path there is one space: the server gets the sender's address.

# Kind a2, address a4, bytes a5; s2, s6 as everywhere. Goes on in `post` with a4 = address in the server, s10 = in the sender.
  .phase validate
send_memory:
  beqz  a5, bad_address
  or    t0, a4, a5
  slli  t0, t0, 20
  bnez  t0, 1f
  check_user_range a4, a5, bad_address
  mv    s10, a4
  lw    s3, S_OWNER(s6)
  mv    s0, a4                # page under way, in the sender
  add   s8, a4, a5            # where it ends
  .phase switch-protection
.if FULL
  bne   s3, s1, lend_pages
  # within the process nothing moves, but all of it must be there
2:
  jal   present_page
  beqz  t1, bad_address
  li    t0, 4096
  add   s0, s0, t0
  bne   s0, s8, 2b
.else
  li    t0, KIND_MOVE
  bne   a2, t0, 4f
  # nothing moves, but the server owns what is there from now on
2:
  mv    t3, s0
  jal   find_leaf
  beqz  t4, bad_address
  lw    t1, 0(t4)
  tracker_of t2, t1, 3f, t0
  lw    t0, S_OWNER(s6)
  sb    t0, 0(t2)
3:
  li    t0, 4096
  add   s0, s0, t0
  bne   s0, s8, 2b
4:
.endif
.if HARDENED
  j     post
.else
  j     post_memory
.endif
1:
  li    t0, KIND_MOVE
  beq   a2, t0, bad_address
  j     bad_alignment

.if FULL
# t1 := entry of the running process's own page s0, after making a reserved one real; its address: t4. 0 if it has no such
# page. t2 = the tracker's byte. Uses t0, t3, t5, t6.
present_page:
  mv    t1, ra
  mv    t3, s0
  jal   find_leaf
  mv    ra, t1
  li    t1, 0
  beqz  t4, 3f
  lw    t1, 0(t4)
  andi  t0, t1, PTE_V
  beqz  t0, 1f
  tracker_of t2, t1, 2f, t0
  lbu   t0, 0(t2)
  bne   t0, s1, 2f            # borrowed
  ret
1:
  andi  t0, t1, PTE_LENT
  bnez  t0, 2f
  beqz  t1, 3f
  mv    s4, ra
  jal   demand_page
  .phase switch-protection
  mv    ra, s4
  bnez  t0, present_page
2:
  li    t1, 0
3:
  ret

lend_pages:
  slli  s3, s3, P_SHIFT
  .phase switch-protection
  visit s3, t0
  contexts t0
  lw    s9, C_WINDOW_LAST(t0)
  li    t5, WINDOW_BASE
  li    t6, WINDOW_END
  mv    s0, s8
  mv    s8, a5
  jal   find_room
  mv    s8, s0
  beqz  s9, 1f
  contexts t0
  sw    s9, C_WINDOW_LAST(t0)
  mv    t3, s9
  lw    t5, S_OWNER(s6)
  jal   ensure_table
  .phase switch-protection
  bnez  t0, 1f
  li    s9, 0
1:
  visit s2, t0
  beqz  s9, no_memory
  mv    s0, s10
  mv    a4, s9                # page under way, in the server

next_page:
  jal   present_page
  beqz  t1, undo_pages
  li    t0, KIND_MOVE
  beq   a2, t0, 2f
  xori  t0, t1, PTE_V | PTE_LENT
  sw    t0, 0(t4)
  flush_page s0
  visit s3, t0
  andi  t1, t1, ~PTE_X
  li    t0, KIND_MUTABLE_BORROW
  beq   a2, t0, 1f
  andi  t1, t1, ~PTE_W
1:
  leaf_at t4, a4, t0
  sw    t1, 0(t4)
  flush_page a4
.if GENERATION != IDEAL
  flush_page a4               # once in `map_page`, once in `lend_page`
.endif
  visit s2, t0
  j     3f
2:
  lw    t0, S_OWNER(s6)
  sb    t0, 0(t2)
  sw    zero, 0(t4)
  flush_page s0
  visit s3, t0
  leaf_at t4, a4, t0
  sw    t1, 0(t4)
  flush_page a4
  visit s2, t0
3:
  li    t0, 4096
  add   a4, a4, t0
  add   s0, s0, t0
  bne   s0, s8, next_page
  mv    a4, s9
.if HARDENED
  j     post
.else
  j     post_memory
.endif

# A page of the range cannot go: those before it come back. Xous leaves them with the server.
undo_pages:
.if HARDENED
1:
  beq   s0, s10, bad_address
  li    t0, -4096
  add   s0, s0, t0
  add   a4, a4, t0
  visit s3, t0
  leaf_at t4, a4, t0
  lw    t1, 0(t4)
  sw    zero, 0(t4)
  flush_page a4
  visit s2, t0
  leaf_at t4, s0, t0
  li    t0, KIND_MOVE
  beq   a2, t0, 2f
  lw    t1, 0(t4)
  xori  t1, t1, PTE_V | PTE_LENT
  j     3f
2:
  tracker_of t2, t1, 3f, t0
  sb    s1, 0(t2)
3:
  sw    t1, 0(t4)
  flush_page s0
  j     1b
.else
  j     bad_address
.endif
.endif

# The borrowed pages of message s0 of the running server go back to process s3. Uses t0 to t4, s7 to s11.
return_pages:
.if FULL
  .phase switch-protection
  beq   s3, s1, 2f            # they never went
  slli  s7, s3, P_SHIFT
  lw    s9, Q_A4(s0)
  lw    s8, Q_A5(s0)
  lw    s10, Q_CLIENT(s0)
  add   s8, s8, s9
1:
  leaf_at t4, s9, t0
.if !HARDENED
  lw    t1, 0(t4)
  andi  t1, t1, PTE_V
  beqz  t1, share_violation   # the server has dropped it
.endif
  sw    zero, 0(t4)
  flush_page s9
  visit s7, t0
  leaf_at t4, s10, t0
  lw    t1, 0(t4)
  xori  t1, t1, PTE_V | PTE_LENT
  sw    t1, 0(t4)
  flush_page s10
  visit s2, t0
  li    t0, 4096
  add   s9, s9, t0
  add   s10, s10, t0
  bne   s9, s8, 1b
2:
  .phase validate
.endif
  ret

# The pages of message s0 belong to the running server: away with them. Uses t0 to t3, s8, s9.
drop_pages:
.if FULL
  mv    t3, ra
  lw    s9, Q_A4(s0)
  lw    s8, Q_A5(s0)
  add   s8, s8, s9
1:
  beq   s9, s8, 2f
  jal   unmap_own_page
  li    t0, 4096
  add   s9, s9, t0
  j     1b
2:
  .phase validate
  jr    t3
.else
  ret
.endif
