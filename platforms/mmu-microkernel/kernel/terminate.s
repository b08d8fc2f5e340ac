# The end of a process: everybody else must be able to go on.

# TerminateProcess, and the end of a process that did what it may not: the running process s1.
  .phase validate
call_terminate:
terminate:
  # what it has sent, queue by queue; s10 = the process whose space is visible
  mv    s10, s2
  li    s5, 0
  li    s6, SERVERS
1:
  lw    s3, S_OWNER(s6)
  beqz  s3, 2f
  slli  s3, s3, P_SHIFT
  beq   s3, s10, 9f
  .phase switch-protection
  visit s3, t0
  mv    s10, s3
  .phase validate
9:
  jal   orphan_messages
2:
  addi  s6, s6, 1 << S_SHIFT
  addi  s5, s5, 1
  li    t0, SERVER_COUNT
  bne   s5, t0, 1b
  beq   s10, s2, 9f
  .phase switch-protection
  visit s2, t0
9:
  .phase validate

  # its servers
  li    s5, 0
  li    s6, SERVERS
3:
  lw    t0, S_OWNER(s6)
  bne   t0, s1, 4f
.if HARDENED
  jal   release_clients       # Xous lets them wait for ever
.endif
  jal   close_server
4:
  addi  s6, s6, 1 << S_SHIFT
  addi  s5, s5, 1
  li    t0, SERVER_COUNT
  bne   s5, t0, 3b

  # its interrupt lines
  li    t0, INTERRUPTS
  li    t1, 1
  lw    t2, enabled_lines(zero)
5:
  lw    t3, I_PROCESS(t0)
  bne   t3, s1, 6f
  sw    zero, I_PROCESS(t0)
  not   t3, t1
  and   t2, t2, t3
6:
  addi  t0, t0, 16
  slli  t1, t1, 1
  bnez  t1, 5b
  sw    t2, enabled_lines(zero)
  csrw  LINE_MASK, t2

  # its pages
  li    t0, TRACKER
  addi  t1, t0, SRAM_PAGES
7:
  lbu   t2, 0(t0)
  bne   t2, s1, 8f
  sb    zero, 0(t0)
8:
  addi  t0, t0, 1
  bne   t0, t1, 7b

  # itself; if it was a handler, what it interrupted is ready
  lw    t0, interrupted(zero)
  beqz  t0, 9f
  sw    zero, interrupted(zero)
  jal   release_interrupted
9:
  sw    zero, P_SATP(s2)
  sw    zero, P_READY(s2)
  j     wait

# Messages of process s1 in the visible queue of server s5 owe nothing to anybody now: a lent page belongs to the server,
# whose process is s3 >> P_SHIFT. Uses t0 to t5, s0, s7 to s9.
orphan_messages:
  server_queue s0, s5, t0
  li    t0, SLOTS * SLOT_BYTES
  add   s7, s0, t0
1:
  lbu   t0, Q_PROCESS(s0)
  bne   t0, s1, 5f
  lbu   t1, Q_KIND(s0)
  li    t2, KIND_SCALAR
  li    t0, KIND_BLOCKING_SCALAR
  beq   t1, t0, 4f
  li    t2, SLOT_FORGET
  li    t0, SLOT_WAITS_SCALAR
  bne   t1, t0, 2f
  sw    zero, Q_A5(s0)        # no pages
  j     4f
2:
  li    t0, SLOT_WAITS_MEMORY
  beq   t1, t0, 3f
  addi  t1, t1, -1
  li    t2, KIND_MOVE
  li    t0, KIND_BORROW
  bgeu  t1, t0, 5f
3:
.if FULL
  lw    s9, Q_A4(s0)
  lw    s8, Q_A5(s0)
  add   s8, s8, s9
  srli  t5, s3, P_SHIFT
6:
  leaf_at t4, s9, t0
  lw    t1, 0(t4)
  tracker_of t3, t1, 7f, t0
  sb    t5, 0(t3)
7:
  li    t0, 4096
  add   s9, s9, t0
  bne   s9, s8, 6b
.endif
4:
  sb    t2, Q_KIND(s0)
5:
  addi  s0, s0, SLOT_BYTES
  bne   s0, s7, 1b
  ret

# Everybody who has a message in server s5 of the running process gets the pages back and ServerNotFound; moved pages are
# freed. Uses everything but s1, s2, s5, s6, sp, a0 to a7.
release_clients:
  mv    s11, ra
  server_queue s0, s5, t0
1:
  lbu   t4, Q_KIND(s0)
  lbu   s3, Q_PROCESS(s0)
  lbu   s4, Q_THREAD(s0)
  beqz  t4, 5f
  li    t0, KIND_SCALAR
  beq   t4, t0, 5f
  li    t0, KIND_MOVE
  beq   t4, t0, 4f
  li    t0, SLOT_FORGET
  beq   t4, t0, 4f
  li    t0, SLOT_WAITS_MEMORY
  beq   t4, t0, 2f
  li    t0, KIND_MOVE
  bgtu  t4, t0, 3f
2:
  jal   return_pages
3:
  slli  s7, s3, P_SHIFT
  .phase switch-protection
  visit s7, t0
  .phase validate
  li    t1, SERVER_NOT_FOUND
  jal   fail_thread
  .phase switch-protection
  visit s2, t0
  .phase validate
  j     5f
4:
  jal   drop_pages
5:
  addi  s0, s0, SLOT_BYTES
  slli  t0, s0, 20
  bnez  t0, 1b
  jr    s11
