# Receiving: ReceiveMessage(sid), TryReceiveMessage(sid), and the end of ReplyAndReceiveNext (reply.s).

  .phase validate
call_receive:
  jal   find_own_server
  jal   take_message
  li    t0, TAG_MESSAGE
  beq   a0, t0, return_result

# No message: the running thread waits in server s6.
  .phase schedule
  jal   park
  j     wait

call_try_receive:
  .phase validate
  jal   find_own_server
  jal   take_message
  j     return_result

# The server with SID a1 to a4, if it is the caller's: s5, s6.
find_own_server:
  mv    t2, ra
  jal   find_server
  li    t1, SERVER_COUNT
  beq   s5, t1, no_such_server
  lw    t0, S_OWNER(s6)
  bne   t0, s1, no_such_server
  jr    t2

# The running thread is parked in server s6. Uses t0 to t2.
park:
  lw    t2, current_thread(zero)
  li    t0, 1
  sll   t0, t0, t2
  lw    t1, S_PARKED(s6)
  or    t1, t1, t0
  sw    t1, S_PARKED(s6)
  ret
