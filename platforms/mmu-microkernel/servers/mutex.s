# Mutexes of programs, as the standard library of Xous has them: a word, 0 = free, else 1 + threads that wait. Included in every
# process that has one; the first try is in the program itself. a1 = the word's address. Changes a0 to a7, t0, t1.

# The first of three tries has failed: the processor is given away after each, then the thread waits in the ticktimer server (Rust's
# std/src/sys/sync/mutex/xous.rs, whose messages to lock and to unlock are both blocking scalars).
mutex.lock:
  li    t1, 3
1:
  li    a0, CALL_YIELD
  ecall
  addi  t1, t1, -1
  beqz  t1, 4f
  jal   t0, mutex.try
  bnez  a0, 1b
  ret
4:
  li    a0, 1
  amoadd.w a0, a0, (a1)
  beqz  a0, 3f
  li    a3, 6
2:
  mv    a4, a1
  lw    a1, connection.ticktimer
  li    a2, KIND_BLOCKING_SCALAR
  li    a0, CALL_SEND
  ecall
  li    t0, TAG_SCALAR1
  bne   a0, t0, failed
3:
  ret

# Somebody waits: the ticktimer server chooses who is next.
mutex.unlock:
  li    a3, 7
  j     2b

# a0 := 0 and the mutex is taken, or not 0; returns to t0. Uses a2.
mutex.try:
  lr.w  a0, (a1)
  bnez  a0, 1f
  li    a2, 1
  sc.w  a0, a2, (a1)
  bnez  a0, mutex.try         # lost the reservation
1:
  jr    t0
