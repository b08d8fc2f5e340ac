# A server's queue: one page of slots in its owner's space, out of reach of its programs. A slot holds a message that waits,
# or, after delivery, what is owed to its sender. Messages are ordered by an 8-bit generation, not by place.
#
# Routines here need the owner's space to be the visible one. s5 = server, s6 = its record, s0 = slot.

# A free slot: s0. There is one, S_USED was looked at. Uses t0.
claim_slot:
  lw    t0, S_USED(s6)
  addi  t0, t0, 1
  sw    t0, S_USED(s6)
  server_queue s0, s5, t0
  j     2f
1:
  addi  s0, s0, SLOT_BYTES
2:
  lbu   t0, Q_KIND(s0)
  bnez  t0, 1b
  ret

.macro free_slot scratch
  sb    zero, Q_KIND(s0)
  lw    \scratch, S_USED(s6)
  addi  \scratch, \scratch, -1
  sw    \scratch, S_USED(s6)
.endm

# rd := token of slot s0 for a message of process \process.
.macro token rd, process, scratch
  slli  \rd, \process, 8
  or    \rd, \rd, s5
  slli  \rd, \rd, 16
  slli  \scratch, s0, 20
  srli  \scratch, \scratch, 25
  or    \rd, \rd, \scratch
.endm

# Puts the message of kind a2 with words a3 to a7 (pages of the sender: s10) from the sender in s7 (process << 16 | thread << 8)
# at the end of the queue. Uses t0, t1 and s0.
put_message:
  mv    t2, ra
  jal   claim_slot
  lbu   t1, S_NEXT_PUT(s6)
  addi  t0, t1, 1
  sb    t0, S_NEXT_PUT(s6)
  slli  t1, t1, 24
  or    t1, t1, s7
  or    t1, t1, a2
  sw    t1, Q_KIND(s0)
  sw    a3, Q_ID(s0)
  sw    a4, Q_A4(s0)
  sw    a5, Q_A5(s0)
  sw    a6, Q_A6(s0)
  sw    a7, Q_A7(s0)
  sw    s10, Q_CLIENT(s0)
  jr    t2

# What is owed to the sender s7 of the blocking message of kind a2 that is handed over right now. Uses t0, t1 and s0.
put_debt:
  mv    t1, ra
  jal   claim_slot
  li    t0, KIND_BLOCKING_SCALAR
  bne   a2, t0, 1f
  addi  t0, s7, SLOT_WAITS_SCALAR
  sw    t0, Q_KIND(s0)
  jr    t1
1:
  addi  t0, s7, SLOT_WAITS_MEMORY
  sw    t0, Q_KIND(s0)
  sw    a4, Q_A4(s0)
  sw    a5, Q_A5(s0)
  sw    s10, Q_CLIENT(s0)
  jr    t1

# The oldest message, as a0 to a7 of its receiver; a0 = TAG_NONE if there is none. Uses t0 to t2 and s0.
take_message:
  lbu   t0, S_NEXT_TAKE(s6)
  lbu   t1, S_NEXT_PUT(s6)
  li    a0, TAG_NONE
  beq   t0, t1, 3f
  addi  t1, t0, 1
  sb    t1, S_NEXT_TAKE(s6)
  server_queue s0, s5, t1
  j     2f
1:
  addi  s0, s0, SLOT_BYTES
2:
  lbu   t1, Q_GENERATION(s0)
  bne   t1, t0, 1b
  lbu   a2, Q_KIND(s0)
  addi  a2, a2, -1            # as its receiver counts kinds
  li    t1, KIND_BLOCKING_SCALAR
  bgeu  a2, t1, 1b            # free or delivered
  lw    a3, Q_ID(s0)
  lw    a4, Q_A4(s0)
  lw    a5, Q_A5(s0)
  lw    a6, Q_A6(s0)
  lw    a7, Q_A7(s0)
  li    a0, TAG_MESSAGE
  lbu   t1, Q_PROCESS(s0)
  li    t0, KIND_BLOCKING_SCALAR - 1
  beq   a2, t0, 4f
  li    t0, KIND_BORROW
  bltu  a2, t0, 5f
  # nothing is owed
  free_slot t0
  slli  a1, t1, 8
  or    a1, a1, s5
  slli  a1, a1, 16
  ori   a1, a1, NO_SLOT
3:
  ret
4:
  li    t0, SLOT_WAITS_SCALAR
  j     6f
5:
  li    t0, SLOT_WAITS_MEMORY
6:
  sb    t0, Q_KIND(s0)
  token a1, t1, t0
  ret
