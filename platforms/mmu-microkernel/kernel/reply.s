# Answering: ReturnScalar1/2/5(sender, words), ReturnMemory(sender, address, length, offset, valid) and
# ReplyAndReceiveNext(sender, five words, kind).
#
# s0 = slot of the message, s5, s6 = server, s3 = client process, s4 = its thread, a0 = tag of the result.

# The slot that token a1 names, if it is one of the caller's: s0; its kind: t4. Jumps to the error otherwise. Uses t0 to t2.
find_debt:
  srli  s5, a1, 16
  andi  s5, s5, 0xff
  li    t0, SERVER_COUNT
  bgeu  s5, t0, no_such_server
  server_record s6, s5, t0
  lw    t0, S_OWNER(s6)
  bne   t0, s1, no_such_server
  slli  t0, a1, 16
  srli  t0, t0, 16
  li    t1, SLOTS
  bgeu  t0, t1, bad_address
  slli  t0, t0, 5
  server_queue s0, s5, t1
  add   s0, s0, t0
  lbu   t4, Q_KIND(s0)
  lbu   s3, Q_PROCESS(s0)
  lbu   s4, Q_THREAD(s0)
  ret

  .phase validate
call_return_scalar1:
  li    a0, TAG_SCALAR1
  j     1f
call_return_scalar2:
  li    a0, TAG_SCALAR2
  j     1f
call_return_scalar5:
  li    a0, TAG_SCALAR5
1:
  jal   find_debt
  li    t0, SLOT_FORGET
  beq   t4, t0, forget
  li    t0, SLOT_WAITS_SCALAR
  bne   t4, t0, wrong_debt
  free_slot t0
  j     answer

  .phase validate
call_return_memory:
  jal   find_debt
  li    t0, SLOT_FORGET
  beq   t4, t0, forget
  li    t0, SLOT_WAITS_MEMORY
  bne   t4, t0, wrong_debt
  lw    t0, Q_A4(s0)
  bne   t0, a2, bad_address
  lw    t0, Q_A5(s0)
  bne   t0, a3, bad_address
  jal   return_pages
  free_slot t0
  mv    a2, a4                # offset and valid are the words of the result
  mv    a3, a5
  li    a0, TAG_MEMORY_RETURNED
  j     answer

# Not a message that this call answers. Xous has consumed the slot by now, so that its client waits for ever.
wrong_debt:
.if !HARDENED
  beqz  t4, 1f
  free_slot t0
1:
.endif
  li    a1, DOUBLE_FREE
  j     return_error

# The client is gone: what it had lent belongs to this process now and is freed.
forget:
  jal   drop_pages
  free_slot t0
  li    a1, PROCESS_NOT_FOUND
  j     return_error

# The answer goes straight to the client, except from an interrupt handler and from the owner of the quantum: these go on.
answer:
  .phase schedule
  lw    t0, interrupted(zero)
  bnez  t0, 1f
  lw    t0, quantum(zero)
  lw    t1, current_thread(zero)
  slli  t2, s1, 8
  or    t1, t1, t2
  bne   t0, t1, 2f
1:
  sw    zero, F_A0(sp)        # TAG_OK
  jal   answer_later
  j     return_resume
2:
  sw    zero, F_A0(sp)
  lw    t2, current_thread(zero)
  make_ready s2, t2, t0, t1
  .phase switch-protection
  jal   switch_to_thread
  mv    t0, sp
  jal   write_result
  j     return_resume

# The result goes into the registers of thread s4 of process s3, which is ready; the caller goes on. Uses t0 to t3.
answer_later:
  mv    t3, ra
  slli  s3, s3, P_SHIFT
  make_ready s3, s4, t0, t1
  .phase switch-protection
  visit s3, t0
  .phase schedule
  frame_of t0, s4, t1
  jal   write_result
  .phase switch-protection
  visit s2, t0
  .phase schedule
  jr    t3

# Result a0 with its words a2 to a6 into frame t0; registers that hold no word stay as they are. Uses t1.
write_result:
  sw    a0, F_A0(t0)
  sw    a2, F_A1(t0)
  li    t1, TAG_SCALAR1
  beq   a0, t1, 1f
  sw    a3, F_A2(t0)
  li    t1, TAG_SCALAR5
  bne   a0, t1, 1f
  sw    a4, F_A3(t0)
  sw    a5, F_A4(t0)
  sw    a6, F_A5(t0)
1:
  ret

# ReplyAndReceiveNext(sender, five words, number of words): for a memory message the first two words are offset and valid.
  .phase validate
call_reply_and_receive:
  jal   find_debt
  li    a0, TAG_SCALAR1
  li    t0, SLOT_WAITS_SCALAR
  bne   t4, t0, 2f
  li    t0, 1
  beq   a7, t0, 1f
  li    a0, TAG_SCALAR2
  li    t0, 2
  beq   a7, t0, 1f
  li    a0, TAG_SCALAR5
  li    t0, 5
  bne   a7, t0, invalid_call
1:
  free_slot t0
  j     next
2:
  li    t0, SLOT_WAITS_MEMORY
  bne   t4, t0, 3f
  jal   return_pages
  free_slot t0
  li    a0, TAG_MEMORY_RETURNED
  j     next
3:
  li    t0, SLOT_FORGET
  bne   t4, t0, wrong_debt
  jal   drop_pages
  free_slot t0
  jal   take_message
  li    t0, TAG_MESSAGE
  beq   a0, t0, return_result
  jal   park
  j     wait

# The next message if there is one: then the client only becomes ready. Else the client runs, and this thread waits.
next:
  .phase schedule
  lbu   t0, S_NEXT_TAKE(s6)
  lbu   t1, S_NEXT_PUT(s6)
  beq   t0, t1, 1f
  jal   answer_later
  jal   take_message
  j     return_result
1:
  jal   park
.if GENERATION <= PR668
  mv    s7, s3
  jal   answer_later
  mv    s3, s7
  .phase switch-protection
  jal   activate_thread
  j     return_resume
.else
  .phase switch-protection
  jal   activate_thread
  mv    t0, sp
  jal   write_result
  j     return_resume
.endif
