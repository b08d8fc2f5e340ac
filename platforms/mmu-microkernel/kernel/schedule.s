# Who runs next. PID 1 is an ordinary thread of S-mode that goes round the process table and asks the kernel to switch.

# rd := number of the lowest bit set in \bits, which is not 0 (de Bruijn multiplication).
.macro lowest_bit rd, bits, scratch
  neg   \scratch, \bits
  and   \rd, \bits, \scratch
  li    \scratch, 0x077cb531
  mul   \rd, \rd, \scratch
  srli  \rd, \rd, 27
  la    \scratch, bit_numbers
  add   \rd, \rd, \scratch
  lbu   \rd, 0(\rd)
.endm

# Thread \thread of the process with this record is ready.
.macro make_ready record, thread, scratch1, scratch2
  li    \scratch1, 1
  sll   \scratch1, \scratch1, \thread
  lw    \scratch2, P_READY(\record)
  or    \scratch2, \scratch2, \scratch1
  sw    \scratch2, P_READY(\record)
.endm

# The scheduler itself: round robin over processes, from the one after the last.
  .phase schedule
scheduler:
  li    s0, SCHEDULER         # the last one that ran
1:
  mv    s3, s0
2:
  addi  s3, s3, 1
  andi  s3, s3, PROCESS_COUNT - 1
  slli  t0, s3, P_SHIFT
  beqz  t0, 3f                # the place of process 0 holds something else
  lw    t1, P_READY(t0)
  bnez  t1, 4f
3:
  bne   s3, s0, 2b
  wfi                         # nobody: wait for a line, and let its interrupt in here only
  csrsi sstatus, SSTATUS_SIE
  nop                         # an interrupt takes the place of an instruction that is in decode 3 cycles after the
  nop                         # CSR write: of this one's successor
  csrci sstatus, SSTATUS_SIE
  j     1b
4:
  mv    s0, s3
  li    a0, CALL_SWITCH_TO
  mv    a1, s3
  ecall
  j     1b

# SwitchTo(process): runs one of the caller's children.
  .phase validate
call_switch_to:
  li    t0, PROCESS_COUNT
  bgeu  a1, t0, no_such_process
  mv    s3, a1
  beqz  s3, no_such_process
  slli  t0, s3, P_SHIFT
  lw    t1, P_SATP(t0)
  beqz  t1, no_such_process
  lw    t1, P_PARENT(t0)
  bne   t1, s1, not_a_child
  .phase schedule
  lw    t1, P_READY(t0)
  # the lowest ready thread above the last one, else the lowest
  lw    t2, P_TURN(t0)
  li    t3, -2
  sll   t3, t3, t2
  and   t3, t3, t1
  bnez  t3, 1f
  mv    t3, t1
  beqz  t3, no_such_process
1:
  lowest_bit s4, t3, t2
  sw    s4, P_TURN(t0)
  slli  t2, s3, 8
  or    t2, t2, s4
  sw    t2, quantum(zero)
  sw    zero, F_A0(sp)        # TAG_OK, for when the caller runs again
  jal   activate_thread
  j     return_resume

no_such_process:
  li    a1, PROCESS_NOT_FOUND
  j     return_error
no_such_thread:
  li    a1, THREAD_NOT_AVAILABLE
  j     return_error
not_a_child:
  li    a1, PROCESS_NOT_CHILD
  j     return_error

# Yield: the caller stays ready, PID 1 chooses.
  .phase schedule
call_yield:
  sw    zero, F_A0(sp)        # TAG_OK
yield:
  lw    t2, current_thread(zero)
  make_ready s2, t2, t0, t1
  j     wait

# The running thread is not ready any more: PID 1 chooses.
  .phase schedule
wait:
  li    s3, SCHEDULER
  li    s4, FIRST_THREAD
  jal   activate_thread
  j     return_resume

  .balign 4
bit_numbers:
  .byte 0, 1, 28, 2, 29, 14, 24, 3, 30, 22, 20, 15, 25, 17, 4, 8
  .byte 31, 27, 13, 23, 21, 19, 16, 7, 26, 12, 18, 6, 11, 5, 10, 9
