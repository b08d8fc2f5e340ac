# Sending: SendMessage(cid, kind, id, four words). Blocking kinds hand the processor to a waiting server thread at once.
#
# s5, s6 = server; s7 = sender, process << 16 | thread << 8; s10 = the sender's pages; s11 = 1 if it waits for room.

  .phase validate
call_try_send:
  li    s11, 0
  j     1f
call_send:
  li    s11, 1
1:
  addi  t0, a1, -FIRST_CID
  li    t1, CONNECTIONS
  bgeu  t0, t1, no_such_server
  contexts t1
  add   t1, t1, t0
  lbu   s5, C_CONNECTIONS(t1)
  addi  s5, s5, -CONNECTION_SERVER
  bltz  s5, no_such_server
  server_record s6, s5, t0
  addi  t0, a2, -1
  li    t1, KIND_BLOCKING_SCALAR
  bgeu  t0, t1, invalid_call
  lw    t0, interrupted(zero)
  bnez  t0, send_of_handler
send_allowed:
  lw    t0, current_thread(zero)
  slli  s7, s1, 8
  or    s7, s7, t0
  slli  s7, s7, 8
  li    t0, KIND_MOVE
.if HARDENED
  lw    t1, S_USED(s6)        # Xous moves the pages first and then finds the queue full
  li    t2, SLOTS
  beq   t1, t2, queue_full
.endif
  bleu  a2, t0, send_memory
.if !HARDENED
post_memory:
  lw    t1, S_USED(s6)
  li    t2, SLOTS
  beq   t1, t2, queue_full
.endif

# The message is complete; a4 is the server's address if pages go with it.
post:
  .phase schedule
  lw    t0, S_PARKED(s6)
  beqz  t0, enqueue
  lw    s3, S_OWNER(s6)
  lowest_bit s4, t0, t1
  addi  t1, t0, -1
  and   t0, t0, t1
  sw    t0, S_PARKED(s6)
  li    t0, KIND_MOVE
  beq   a2, t0, deliver
  li    t0, KIND_SCALAR
  beq   a2, t0, deliver

# A blocking message to a parked thread s4 of process s3: it runs now, on the sender's quantum.
.if GENERATION <= PR668
  slli  s8, s3, P_SHIFT
  .phase switch-protection
  visit s8, t0
  .phase schedule
  jal   put_debt
  .phase switch-protection
  visit s2, t0
.endif
  .phase switch-protection
  mv    s8, s1
  jal   activate_thread
.if GENERATION > PR668
  jal   put_debt              # PR 669: the queue is visible by now
.endif
  li    a0, TAG_MESSAGE
  token a1, s8, t0
  addi  a2, a2, -1
  j     return_result

# A message without answer to a parked thread s4 of process s3: into its registers; the sender goes on.
deliver:
  slli  s3, s3, P_SHIFT
  make_ready s3, s4, t0, t1
  .phase switch-protection
  visit s3, t0
  .phase schedule
  frame_of t0, s4, t1
  li    t1, TAG_MESSAGE
  sw    t1, F_A0(t0)
  slli  t1, s1, 8
  or    t1, t1, s5
  slli  t1, t1, 16
  ori   t1, t1, NO_SLOT
  sw    t1, F_A1(t0)
  addi  a2, a2, -1
  sw    a2, F_A2(t0)
  sw    a3, F_A3(t0)
  sw    a4, F_A4(t0)
  sw    a5, F_A5(t0)
  sw    a6, F_A6(t0)
  sw    a7, F_A7(t0)
  .phase switch-protection
  visit s2, t0
  .phase restore
  j     return_ok

# Nobody waits in the server.
enqueue:
  lw    s3, S_OWNER(s6)
  slli  s3, s3, P_SHIFT
  .phase switch-protection
  visit s3, t0
  .phase schedule
  jal   put_message
  .phase switch-protection
  visit s2, t0
  .phase schedule
  li    t0, KIND_MOVE
  beq   a2, t0, return_ok
  li    t0, KIND_SCALAR
  beq   a2, t0, return_ok
  j     wait

# A handler cannot wait for an answer.
  .phase validate
send_of_handler:
  li    t0, KIND_MOVE
  beq   a2, t0, send_allowed
  li    t0, KIND_SCALAR
  beq   a2, t0, send_allowed
invalid_call:
  li    a1, INVALID_CALL
  j     return_error

# The call is made again when the sender's turn comes round.
queue_full:
  li    a1, SERVER_QUEUE_FULL
  beqz  s11, return_error
  lw    t0, F_PC(sp)
  addi  t0, t0, -4
  sw    t0, F_PC(sp)
  j     yield
