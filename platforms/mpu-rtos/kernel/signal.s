@ Signals: SIGSTOP, SIGCONT, SIGKILL and SIGSEGV change a thread's state at once, the others are pending until it is switched to.

@ signal(handler): the caller's; 0: none.
  .phase inherit
call_signal:
  ldr   r1, =kernel
  ldr   r1, [r1, #K_RECORD]
  str   r0, [r1, #T_HANDLER]
  movs  r0, #E_OK
  bx    lr

@ kill(thread, signal).
  .phase inherit
call_kill:
  push  {r5-r7, lr}
  movs  r5, r1
  bl    thread_record
  bne   3f
  movs  r6, r1
  cmp   r5, #SIGSEGV
  bhi   2f
1:
  ldr   r7, =kernel
  transaction r3, r7
  ldrb  r1, [r6, #T_STATE]
  cmp   r1, #EMPTY
  beq   2f
  cmp   r1, #FINISHED
  beq   2f
  cmp   r5, #SIGCONT
  beq   5f
  cmp   r5, #SIGSTOP
  beq   6f
  bhi   7f
  cmp   r5, #SIGKILL
  beq   7f
  commit r3, r7, r2, 9f
  movs  r1, #1
  lsls  r1, r5
  ldr   r2, [r6, #T_SIGNALS]
  orrs  r1, r2
  str   r1, [r6, #T_SIGNALS]
  done
  movs  r0, #E_OK
  pop   {r5-r7, pc}
2:
  movs  r0, #E_INVALID
3:
  pop   {r5-r7, pc}
5:
  commit r3, r7, r2, 9f
  cmp   r1, #STOPPED
  bne   8f
  movs  r1, #READY
  strb  r1, [r6, #T_STATE]
  done
  bl    sched_yield                 @ also if it is less urgent, as CMRX does
  pop   {r5-r7, pc}
6:
  commit r3, r7, r2, 9f
  subs  r1, #READY
  cmp   r1, #RUNNING - READY
  bhi   8f
  movs  r1, #STOPPED
  strb  r1, [r6, #T_STATE]
  done
  movs  r0, #E_OK
  ldr   r1, [r7, #K_RECORD]
  cmp   r1, r6
  bne   3b
  bl    sched_yield
  pop   {r5-r7, pc}
7:
  movs  r0, r6
  rsbs  r1, r5, #0                  @ the status says which signal it was
  bl    end_thread
  movs  r0, #E_OK
  ldr   r1, [r7, #K_RECORD]
  cmp   r1, r6
  bne   3b
  bl    sched_yield
  pop   {r5-r7, pc}
8:
  done
  movs  r0, #E_INVALID
  pop   {r5-r7, pc}
9:
  done
  b     1b

@ The thread in r0, which is being switched to, first runs its handler: a frame for it below what is saved. The lowest signal goes
@ first, the others at later switches. Interrupts are masked; keeps r0.
deliver_signal_in_switch:
  ldr   r3, [r0, #T_HANDLER]
  lsrs  r3, #1
  beq   3f                          @ it has none: it stays pending
  lsls  r3, #1
  movs  r4, #0
  movs  r5, #1
1:
  tst   r1, r5
  bne   2f
  adds  r4, #1
  lsls  r5, #1
  b     1b
2:
  bics  r1, r5
  str   r1, [r0, #T_SIGNALS]
  ldr   r1, [r0, #T_SP]
  movs  r2, r1
  subs  r2, #SAVED_BYTES
  str   r2, [r0, #T_SP]
  .rept 2
  ldmia r1!, {r5-r7}                @ registers r4 to r11 move down
  stmia r2!, {r5-r7}
  .endr
  ldmia r1!, {r5, r6}
  stmia r2!, {r5, r6}
  str   r4, [r2, #F_R0]
  str   r3, [r2, #F_PC]
  ldr   r3, =signal_return + 1
  str   r3, [r2, #F_LR]
  movs  r3, #1
  lsls  r3, #XPSR_T_SHIFT
  str   r3, [r2, #F_XPSR]
3:
  bx    lr

@ The handler has returned to the stub: what it interrupted goes on.
  .phase inherit
call_signal_return:
  ldr   r1, [r4, #F_XPSR]
  adds  r4, #F_BYTES
  lsls  r1, #XPSR_PAD_TO_SIGN
  bpl   1f
  adds  r4, #4
1:
  msr   psp, r4
  ldr   r0, [r4, #F_R0]             @ comes back to the frame as the result
  bx    lr
  .pool
