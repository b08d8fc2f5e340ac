# Threads of a process: 31 frames of its context page, of which threads 2 to 30 are its own.

# CreateThread(function, stack, bytes, four words): the new thread runs at once; the caller gets its number when it runs again.
  .phase validate
call_create_thread:
  beqz  a1, bad_address
  li    s4, FIRST_THREAD
  li    t2, THREADS
  contexts s0
  addi  s0, s0, (FIRST_THREAD + 1) << FRAME_SHIFT
1:
  lw    t0, F_PC(s0)
  beqz  t0, 2f
  addi  s0, s0, FRAME_BYTES
  addi  s4, s4, 1
  bne   s4, t2, 1b
  j     no_such_thread
2:
  .phase clear
  mv    t0, s0
  addi  t1, s0, FRAME_BYTES
3:
  sw    zero, 0(t0)
  addi  t0, t0, 4
  bne   t0, t1, 3b
  .phase validate
  sw    a1, F_PC(s0)
  add   t0, a2, a3
  sw    t0, F_SP(s0)
  li    t0, EXIT_THREAD
  sw    t0, F_RA(s0)
  sw    a4, F_A0(s0)
  sw    a5, F_A1(s0)
  sw    a6, F_A2(s0)
  sw    a7, F_A3(s0)
  li    t0, TAG_THREAD
  sw    t0, F_A0(sp)
  sw    s4, F_A1(sp)
  .phase schedule
  lw    t2, current_thread(zero)
  make_ready s2, t2, t0, t1
  sw    s4, P_TURN(s2)        # it has the rest of its creator's turn
  mv    s3, s1
  .phase switch-protection
  jal   switch_to_thread
  j     return_resume

# A thread has returned from its function: its place is free, who joined it gets a0; the last one ends the process.
  .phase validate
exit_thread:
  lw    t0, interrupted(zero)
  bnez  t0, terminate         # a handler is no thread
  lw    t2, F_A0(sp)
  sw    zero, F_PC(sp)
  contexts t3
  lw    t0, current_thread(zero)
  add   t0, t0, t3
  lbu   s4, C_JOINERS(t0)
  sb    zero, C_JOINERS(t0)
  beqz  s4, 1f
  addi  t0, s4, 1
  slli  t0, t0, FRAME_SHIFT
  add   t0, t0, t3
  li    t1, TAG_SCALAR1
  sw    t1, F_A0(t0)
  sw    t2, F_A1(t0)
  make_ready s2, s4, t0, t1
  j     wait
1:
  addi  t3, t3, (FIRST_THREAD + 1) << FRAME_SHIFT
  li    t1, THREADS - FIRST_THREAD
2:
  lw    t0, F_PC(t3)
  bnez  t0, wait
  addi  t3, t3, FRAME_BYTES
  addi  t1, t1, -1
  bnez  t1, 2b
last_thread_ends:
  j     terminate

# JoinThread(thread): waits for its end.
  .phase validate
call_join_thread:
  lw    t0, current_thread(zero)
  beq   a1, t0, no_such_thread
  addi  t1, a1, -FIRST_THREAD
  li    t2, THREADS - FIRST_THREAD
  bgeu  t1, t2, no_such_thread
  contexts t1
  addi  t2, a1, 1
  slli  t2, t2, FRAME_SHIFT
  add   t2, t2, t1
  lw    t2, F_PC(t2)
  beqz  t2, no_such_thread
  add   t1, t1, a1
  lbu   t2, C_JOINERS(t1)
  bnez  t2, no_such_thread
  sb    t0, C_JOINERS(t1)
  j     wait
