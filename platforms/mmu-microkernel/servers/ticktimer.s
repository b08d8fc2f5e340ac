# The ticktimer server: time and mutexes, as on Xous. A program that waits has sent a blocking scalar that is not answered until
# its time comes or its mutex is free.
#
#   TICKTIMER_NAME       second word of the server's name
#   CYCLES_PER_TICK      cycles of a millisecond
#   TIMER_LINE, TIMER    the timer's interrupt line and registers

.equ OP_ALARM, 0              # from the handler: a time may have come
.equ OP_SLEEP, 1              # milliseconds
.equ OP_LOCK, 6               # address of the mutex
.equ OP_UNLOCK, 7

.equ TIMER_COUNT, 0x00
.equ TIMER_COMPARE, 0x08

# a sleeper: token, deadline (two words); token 0 = free
.equ SLEEPER_BYTES, 12
.equ SLEEPERS, 32
# who waits for a mutex, and who has been told too early that it is free: token or process << 24, address; oldest first
.equ WAITER_BYTES, 8
.equ WAITERS, 32

  .text
_start:
  jal   name
  li    a0, CALL_CREATE_SERVER
  ecall
  li    t0, TAG_NEW_SERVER
  bne   a0, t0, failed
  mv    s0, a5                # connection to itself, for the handler
  li    a0, CALL_CLAIM_INTERRUPT
  li    a1, TIMER_LINE
  la    a2, on_alarm
  mv    a3, s0
  ecall
  bnez  a0, failed

receive:
  jal   name
  li    a0, CALL_RECEIVE
  ecall
  li    t0, TAG_MESSAGE
  bne   a0, t0, failed
  mv    s1, a1                # who waits
  mv    s2, a4
  li    t0, OP_LOCK
  beq   a3, t0, lock
  li    t0, OP_UNLOCK
  beq   a3, t0, unlock
  li    t0, OP_SLEEP
  beq   a3, t0, sleep
  beqz  a3, wake_sleepers     # OP_ALARM
  j     receive

failed:
  j     failed

# The server's name in a1 to a4.
name:
  li    a1, 0x53455256
  li    a2, TICKTIMER_NAME
  li    a3, 0
  li    a4, 0
  ret

# Answers the blocking scalar of token a1.
answer:
  li    a0, CALL_RETURN_SCALAR1
  li    a2, 0
  ecall
  ret

# a0, a1 := cycles since the start.
now:
  li    t0, TIMER
1:
  lw    a1, TIMER_COUNT + 4(t0)
  lw    a0, TIMER_COUNT(t0)
  lw    t1, TIMER_COUNT + 4(t0)
  bne   a1, t1, 1b
  ret

# Interrupt handler: the line is quiet until the server has set the next time. a1 = connection.
on_alarm:
  li    t0, TIMER
  li    t1, -1
  sw    t1, TIMER_COMPARE + 4(t0)
  sw    t1, TIMER_COMPARE(t0)
  li    a2, KIND_SCALAR
  li    a3, OP_ALARM
  li    a0, CALL_TRY_SEND
  ecall
  ret

# Milliseconds s2 for the sender s1.
sleep:
  li    t0, CYCLES_PER_TICK
  mul   s3, s2, t0
  mulhu s4, s2, t0
  jal   now
  add   s3, s3, a0
  sltu  t0, s3, a0
  add   s4, s4, a1
  add   s4, s4, t0
  la    t0, sleepers
  li    t1, SLEEPERS
1:
  lw    t2, 0(t0)
  beqz  t2, 2f
  addi  t0, t0, SLEEPER_BYTES
  addi  t1, t1, -1
  bnez  t1, 1b
  j     failed                # the kernel has no more threads than that
2:
  sw    s1, 0(t0)
  sw    s3, 4(t0)
  sw    s4, 8(t0)
  j     set_alarm

# Answers everybody whose time has come, then sets the timer to the next.
wake_sleepers:
  la    s5, sleepers
  li    s6, SLEEPERS
1:
  lw    s1, 0(s5)
  beqz  s1, 2f
  jal   now
  lw    t1, 8(s5)
  bltu  a1, t1, 2f
  bgtu  a1, t1, 3f
  lw    t0, 4(s5)
  bltu  a0, t0, 2f
3:
  sw    zero, 0(s5)
  mv    a1, s1
  jal   answer
2:
  addi  s5, s5, SLEEPER_BYTES
  addi  s6, s6, -1
  bnez  s6, 1b

set_alarm:
  la    t0, sleepers
  li    t1, SLEEPERS
  li    s3, -1                # the earliest
  li    s4, -1
1:
  lw    t2, 0(t0)
  beqz  t2, 2f
  lw    t2, 4(t0)
  lw    t3, 8(t0)
  bgtu  t3, s4, 2f
  bltu  t3, s4, 3f
  bgeu  t2, s3, 2f
3:
  mv    s3, t2
  mv    s4, t3
2:
  addi  t0, t0, SLEEPER_BYTES
  addi  t1, t1, -1
  bnez  t1, 1b
  li    t0, TIMER
  li    t1, -1
  sw    t1, TIMER_COMPARE + 4(t0)
  sw    s3, TIMER_COMPARE(t0)
  sw    s4, TIMER_COMPARE + 4(t0)
  j     receive

# Mutex s2 for the sender s1: at once if its unlock has come before.
lock:
  la    s5, early
  jal   find
  beqz  t0, 1f
  jal   remove
  mv    a1, s1
  jal   answer
  j     receive
1:
  la    s5, waiters
  mv    t2, s1
  jal   append
  j     receive

# Mutex s2 is free: the longest waiting thread of the sender's process has it now.
unlock:
  la    s5, waiters
  jal   find
  beqz  t0, 1f
  lw    s7, 0(t0)
  jal   remove
  mv    a1, s7
  jal   answer
  j     2f
1:
  la    s5, early
  srli  t2, s1, 24
  slli  t2, t2, 24
  jal   append
2:
  mv    a1, s1
  jal   answer
  j     receive

# A list: number of entries, then entries. t0 := the first of list s5 with the process of s1 and address s2, 0 if there is none.
# t1 = entries from it on. Uses t2, t3.
find:
  addi  t0, s5, 4
  lw    t1, 0(s5)
  srli  t3, s1, 24
1:
  beqz  t1, 3f
  lw    t2, 0(t0)
  srli  t2, t2, 24
  bne   t2, t3, 2f
  lw    t2, 4(t0)
  beq   t2, s2, 4f
2:
  addi  t0, t0, WAITER_BYTES
  addi  t1, t1, -1
  j     1b
3:
  li    t0, 0
4:
  ret

# Removes entry t0, found by `find`: those behind it move up. Uses t1, t2.
remove:
  lw    t2, 0(s5)
  addi  t2, t2, -1
  sw    t2, 0(s5)
1:
  addi  t1, t1, -1
  beqz  t1, 2f
  lw    t2, WAITER_BYTES(t0)
  sw    t2, 0(t0)
  lw    t2, WAITER_BYTES + 4(t0)
  sw    t2, 4(t0)
  addi  t0, t0, WAITER_BYTES
  j     1b
2:
  ret

# Adds t2 with address s2 to list s5. Uses t0, t1.
append:
  lw    t0, 0(s5)
  li    t1, WAITERS
  beq   t0, t1, failed
  addi  t1, t0, 1
  sw    t1, 0(s5)
  slli  t0, t0, 3
  add   t0, t0, s5
  sw    t2, 4(t0)
  sw    s2, 8(t0)
  ret

  .data
  .balign 4
sleepers: .space SLEEPERS * SLEEPER_BYTES
waiters: .space 4 + WAITERS * WAITER_BYTES
early: .space 4 + WAITERS * WAITER_BYTES
