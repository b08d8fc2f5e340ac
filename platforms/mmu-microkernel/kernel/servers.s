# Servers and connections. Whoever knows a server's 128-bit name (SID) may connect; a connection is a byte in the process's
# context page, and a message names its place there (CID).

# rd := record of server \index.
.macro server_record rd, index, scratch
  slli  \rd, \index, S_SHIFT
  li    \scratch, SERVERS
  add   \rd, \rd, \scratch
.endm

# rd := queue page of server \index, in its owner's space.
.macro server_queue rd, index, scratch
  slli  \rd, \index, 12
  li    \scratch, QUEUES
  add   \rd, \rd, \scratch
.endm

# Finds the server whose SID is a1 to a4: s5 = number, s6 = record; s5 = SERVER_COUNT if there is none. Uses t0, t1.
find_server:
  li    s5, 0
  li    s6, SERVERS
  li    t1, SERVER_COUNT
1:
  lw    t0, S_OWNER(s6)
  beqz  t0, 2f
  lw    t0, S_SID(s6)
  bne   t0, a1, 2f
  lw    t0, S_SID + 4(s6)
  bne   t0, a2, 2f
  lw    t0, S_SID + 8(s6)
  bne   t0, a3, 2f
  lw    t0, S_SID + 12(s6)
  beq   t0, a4, 3f
2:
  addi  s6, s6, 1 << S_SHIFT
  addi  s5, s5, 1
  bne   s5, t1, 1b
3:
  ret

# CreateServerWithAddress(sid): a server with an empty queue, and a connection to it. Result: SID, CID.
  .phase validate
call_create_server:
  jal   find_server
  li    t1, SERVER_COUNT
  bne   s5, t1, 7f
  li    s6, SERVERS
  li    s5, 0
1:
  lw    t0, S_OWNER(s6)
  beqz  t0, 2f
  addi  s6, s6, 1 << S_SHIFT
  addi  s5, s5, 1
  bne   s5, t1, 1b
  j     no_memory
2:
  jal   find_place
  beqz  t0, no_memory
  mv    s10, t0
  server_queue s9, s5, t0
  li    s8, PTE_KERNEL
  jal   map_new_page
  beqz  t0, no_memory
  sw    a1, S_SID(s6)
  sw    a2, S_SID + 4(s6)
  sw    a3, S_SID + 8(s6)
  sw    a4, S_SID + 12(s6)
  sw    s1, S_OWNER(s6)
  sw    zero, S_PARKED(s6)
  sw    zero, S_USED(s6)
  sw    zero, S_NEXT_PUT(s6)  # both generations
  addi  t0, s5, CONNECTION_SERVER
  sb    t0, C_CONNECTIONS(s10)
  contexts t0
  sub   a5, s10, t0
  addi  a5, a5, FIRST_CID
  li    a0, TAG_NEW_SERVER
  j     return_result
7:
  li    a1, SERVER_EXISTS
  j     return_error

# A free place for a connection: t0 = context page + place, 0 if there is none. Uses t1, t2.
find_place:
  contexts t0
  addi  t1, t0, CONNECTIONS
1:
  lbu   t2, C_CONNECTIONS(t0)
  beqz  t2, 2f
  addi  t0, t0, 1
  bne   t0, t1, 1b
  li    t0, 0
2:
  ret

# Connect(sid): the CID of the caller's connection to that server, an old one if there is one.
  .phase validate
call_connect:
  jal   find_server
  li    t1, SERVER_COUNT
  beq   s5, t1, no_such_server
  contexts t0
  addi  t1, t0, CONNECTIONS
  addi  t2, s5, CONNECTION_SERVER
1:
  lbu   t3, C_CONNECTIONS(t0)
  beq   t3, t2, 2f
  addi  t0, t0, 1
  bne   t0, t1, 1b
  jal   find_place
  beqz  t0, no_memory
  addi  t2, s5, CONNECTION_SERVER
  sb    t2, C_CONNECTIONS(t0)
2:
  contexts t1
  sub   a1, t0, t1
  addi  a1, a1, FIRST_CID
  li    a0, TAG_CONNECTION
  j     return_result

# Disconnect(cid)
  .phase validate
call_disconnect:
  addi  t0, a1, -FIRST_CID
  li    t1, CONNECTIONS
  bgeu  t0, t1, no_such_server
  contexts t1
  add   t1, t1, t0
  lbu   t0, C_CONNECTIONS(t1)
  beqz  t0, no_such_server
  sb    zero, C_CONNECTIONS(t1)
  j     return_ok

no_such_server:
  li    a1, SERVER_NOT_FOUND
  j     return_error
no_memory:
  li    a1, OUT_OF_MEMORY
  j     return_error
bad_address:
  li    a1, BAD_ADDRESS
  j     return_error
bad_alignment:
  li    a1, BAD_ALIGNMENT
  j     return_error

# DestroyServer(sid): refused while a delivered message is unanswered. Waiting messages are undone and their senders told,
# threads that wait in it get an error, connections lead nowhere from now on.
  .phase validate
call_destroy_server:
  jal   find_server
  li    t1, SERVER_COUNT
  beq   s5, t1, no_such_server
  lw    t0, S_OWNER(s6)
  bne   t0, s1, no_such_server
  server_queue s0, s5, t0
  li    s3, 0
1:
  lbu   t0, Q_KIND(s0)
  li    t1, SLOT_WAITS_SCALAR
  bgeu  t0, t1, 8f
  addi  s3, s3, 1
  addi  s0, s0, SLOT_BYTES
  li    t0, SLOTS
  bne   s3, t0, 1b
  jal   release_clients
  jal   close_server
  server_queue s9, s5, t0
  jal   unmap_own_page
  .phase validate
  j     return_ok
8:
  li    a1, SERVER_QUEUE_FULL
  j     return_error

# Ends server s5 (record s6) of the running process s1: its connections lead nowhere, its parked threads are told, and its
# record is free. Keeps s0 to s2, s5, s6 and sp; the caller's ra is in s11 meanwhile.
close_server:
  mv    s11, ra
  jal   bury_connections
  # threads of the process that are parked in it: call them back with an error
  lw    s3, S_PARKED(s6)
1:
  beqz  s3, 2f
  lowest_bit s4, s3, t0
  addi  t0, s3, -1
  and   s3, s3, t0
  li    t1, SERVER_NOT_FOUND
  mv    s7, s2
  jal   fail_thread
  j     1b
2:
  sw    zero, S_OWNER(s6)
  jr    s11

# Thread s4 of the process whose record is s7 and whose context page is visible gets error t1 and is ready. Uses t0, t2, t3.
fail_thread:
  frame_of t0, s4, t2
  li    t2, TAG_ERROR
  sw    t2, F_A0(t0)
  sw    t1, F_A1(t0)
  make_ready s7, s4, t2, t3
  ret

# In every process, connections to server s5 become tombstones. Visits all and comes back to s2. Uses t0 to t4, s3.
bury_connections:
  li    s3, 1 << P_SHIFT
1:
  lw    t0, P_SATP(s3)
  beqz  t0, 4f
  .phase switch-protection
  visit s3, t0
  .phase validate
  contexts t0
  addi  t1, t0, CONNECTIONS
  addi  t2, s5, CONNECTION_SERVER
  li    t4, CONNECTION_GONE
2:
  lbu   t3, C_CONNECTIONS(t0)
  bne   t3, t2, 3f
  sb    t4, C_CONNECTIONS(t0)
3:
  addi  t0, t0, 1
  bne   t0, t1, 2b
4:
  addi  s3, s3, 1 << P_SHIFT
  li    t0, PROCESS_COUNT << P_SHIFT
  bne   s3, t0, 1b
  .phase switch-protection
  visit s2, t0
  .phase validate
  ret
