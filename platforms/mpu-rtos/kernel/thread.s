@ Threads: made, ended, waited for. A thread is a record, a stack and the process that owns it.

@ Makes a thread that is not ready yet: r0 = entry, r1 = data, r2 = priority, r3 = process.
@ Result: Z set and r0 = its record, else r0 = error.
  .phase inherit
make_thread:
  push  {r4-r7, lr}
  movs  r4, r0
  movs  r5, r1
  movs  r6, r2
  movs  r7, r3
1:
  ldr   r3, =kernel
  transaction r2, r3
  ldr   r1, =threads_end
  mov   r12, r1
  ldr   r0, =threads
2:
  ldrb  r1, [r0, #T_STATE]
  cmp   r1, #EMPTY
  beq   3f
  adds  r0, #T_BYTES
  cmp   r0, r12
  bne   2b
  movs  r0, #E_OUT_OF_THREADS
  pop   {r4-r7, pc}
3:
  commit r2, r3, r1, 9f
  movs  r1, #CREATED
  strb  r1, [r0, #T_STATE]
  bl    take_stack                  @ r1 = its number
  done
  beq   4f
  movs  r1, #EMPTY
  strb  r1, [r0, #T_STATE]
  movs  r0, #E_OUT_OF_STACKS
  pop   {r4-r7, pc}
4:
  strb  r1, [r0, #T_STACK]
.if EQUAL
  movs  r2, r0
  adds  r2, #T_STACKS
  strb  r1, [r2]
.endif
  strb  r6, [r0, #T_PRIORITY]
  strb  r6, [r0, #T_OWN_PRIORITY]
  strb  r7, [r0, #T_HOSTS]
  movs  r2, #0
  strb  r2, [r0, #T_DEPTH]
  str   r2, [r0, #T_SIGNALS]
  str   r2, [r0, #T_HANDLER]
  str   r2, [r0, #T_WAIT]
  str   r2, [r0, #T_EXIT]
  movs  r7, r0
  bl    stack_of                    @ r0 = lowest address, r1 = bytes
  movs  r6, r0
  adds  r6, r1
  movs  r2, #6
  bl    encode_region
  str   r0, [r7, #T_REGION]
  str   r1, [r7, #T_REGION + 4]
  @ what a switch finds: registers of 0, then a frame
  subs  r6, #F_BYTES + SAVED_BYTES
  str   r6, [r7, #T_SP]
  movs  r0, #(F_BYTES + SAVED_BYTES) / 4
  movs  r1, #0
5:
  stmia r6!, {r1}
  subs  r0, #1
  bne   5b
  subs  r6, #F_BYTES
  str   r5, [r6, #F_R0]
  ldr   r0, =thread_exit + 1
  str   r0, [r6, #F_LR]
  start_frame r6, r4, r0
  movs  r0, r7
  cmp   r0, r0
  pop   {r4-r7, pc}
9:
  done
  b     1b

@ A free stack becomes the thread's: r1 = its number and Z set, or Z clear. Interrupts are masked. Uses r1, r2, r3, r12.
take_stack:
  ldr   r3, =kernel
  ldr   r2, [r3, #K_STACKS]
  mov   r12, r2
  movs  r1, #0
1:
  lsrs  r2, #1
  bcc   2f
  adds  r1, #1
  cmp   r1, #STACKS
  bne   1b
  cmp   r1, #0                      @ none
  bx    lr
2:
  movs  r2, #1
  lsls  r2, r1
  add   r2, r12
  str   r2, [r3, #K_STACKS]
  cmp   r1, r1
  bx    lr

@ The stack with number r1 is free. Uses r1, r2, r3.
give_stack_back:
  movs  r2, #1
  lsls  r2, r1
  ldr   r3, =kernel
  ldr   r1, [r3, #K_STACKS]
  bics  r1, r2
  str   r1, [r3, #K_STACKS]
  bx    lr

@ Stack number r1: r0 = its lowest address, r1 = its bytes. Uses r2.
stack_of:
  ldr   r0, =STACK_BYTES
  muls  r1, r0
  ldr   r2, =stacks
  adds  r1, r2
  movs  r2, r0
  movs  r0, r1
  movs  r1, r2
  bx    lr

@ Record of thread r0: r1, or r0 = E_OUT_OF_RANGE and Z clear. Uses r2.
thread_record:
  cmp   r0, #THREADS
  bhs   1f
  movs  r1, #T_BYTES
  muls  r1, r0
  ldr   r2, =threads
  adds  r1, r2
  cmp   r0, r0
  bx    lr
1:
  movs  r0, #E_OUT_OF_RANGE
  cmp   r0, #0
  bx    lr

@ thread_create(where its number goes, entry, data, priority): ready, in the process whose code asks. It does not run before the
@ next decision of the scheduler, however urgent it is; so does CMRX.
  .phase inherit
call_thread_create:
  push  {r5, lr}
  movs  r5, r0
  cmp   r3, #IDLE_PRIORITY
  bhs   2f
.if CHECK_POINTERS
  push  {r1-r3}
  movs  r1, #4
  bl    check_own
  pop   {r1-r3}
  bne   1f
.endif
  movs  r0, r1
  movs  r1, r2
  movs  r2, r3
  ldr   r3, =kernel
  ldr   r3, [r3, #K_PROCESS]
  bl    make_thread
  bne   1f
  ldrb  r1, [r0, #T_ID]
  str   r1, [r5]
  movs  r1, #READY
  strb  r1, [r0, #T_STATE]
  movs  r0, #E_OK
1:
  pop   {r5, pc}
2:
  movs  r0, #E_OUT_OF_RANGE
  pop   {r5, pc}

@ thread_exit(status). Its slot is free when somebody has joined it.
  .phase inherit
call_thread_exit:
  push  {lr}
  movs  r1, r0
  ldr   r0, =kernel
  ldr   r0, [r0, #K_RECORD]
  bl    end_thread
  bl    sched_yield
  pop   {pc}

@ Thread r0 (record) ends with status r1: it waits for nothing any more, its stack is free, who joins it is woken. The caller has the
@ scheduler decide.
end_thread:
  push  {r4-r7, lr}
  movs  r6, r0
  movs  r7, r1
1:
  ldr   r4, =kernel
  transaction r5, r4
  commit r5, r4, r3, 9f
  str   r7, [r6, #T_EXIT]
  ldrb  r1, [r6, #T_STATE]
  cmp   r1, #WAITING
  bne   2f
  bl    stop_waiting                @ r0
2:
  movs  r0, r6
  bl    cancel_interval
  movs  r1, #FINISHED
  strb  r1, [r6, #T_STATE]
.if EQUAL
  bl    give_all_stacks_back        @ r6
.else
  ldrb  r1, [r6, #T_STACK]
  bl    give_stack_back
.endif
  done
  movs  r0, r6
  movs  r1, #0
  bl    wake                        @ who waits for the record joins it
  pop   {r4-r7, pc}
9:
  done
  b     1b

@ thread_join(number, where the status goes): E_OK and the slot is free; E_YIELD after waiting for its end (the stub asks again).
  .phase inherit
call_thread_join:
  push  {r5-r7, lr}
  movs  r5, r1
.if CHECK_POINTERS
  push  {r0}
  movs  r0, r5
  movs  r1, #4
  bl    check_own
  pop   {r1}
  bne   2f
  movs  r0, r1
.endif
  bl    thread_record
  bne   2f
1:
  ldr   r6, =kernel
  transaction r7, r6
  ldrb  r2, [r1, #T_STATE]
  cmp   r2, #EMPTY
  beq   3f
  ldr   r3, [r6, #K_RECORD]
  cmp   r1, r3
  beq   4f
  commit r7, r6, r3, 9f
  cmp   r2, #FINISHED
  bne   5f
  movs  r2, #EMPTY
  strb  r2, [r1, #T_STATE]
  done
  ldr   r1, [r1, #T_EXIT]
  str   r1, [r5]
  movs  r0, #E_OK
2:
  pop   {r5-r7, pc}
3:
  movs  r0, #E_INVALID
  pop   {r5-r7, pc}
4:
  movs  r0, #E_DEADLOCK
  pop   {r5-r7, pc}
5:
  movs  r0, r1
  movs  r1, #0
  bl    block
  done
  bl    sched_yield
  movs  r0, #E_YIELD
  pop   {r5-r7, pc}
9:
  done
  b     1b

@ setpriority(priority): of the caller.
  .phase inherit
call_setpriority:
  cmp   r0, #IDLE_PRIORITY
  bhs   1f
  ldr   r1, =kernel
  ldr   r1, [r1, #K_RECORD]
  strb  r0, [r1, #T_PRIORITY]
  strb  r0, [r1, #T_OWN_PRIORITY]
  b     sched_yield
1:
  movs  r0, #E_OUT_OF_RANGE
  bx    lr
  .pool
