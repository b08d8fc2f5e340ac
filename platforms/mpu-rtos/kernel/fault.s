@ Faults. As shipped nothing of CMRX runs: HardFault ends in a loop of the chip vendor's. The other policies are ours.

@ The system stands still: a vendor's endless loop, in which the processor may as well sleep. The tick cannot interrupt HardFault; it
@ is stopped so that a simulator sees that nothing will ever happen.
  .phase kernel
panic:
hard_fault:
  cpsid i
  ldr   r0, =SYST_CSR
  movs  r1, #0
  str   r1, [r0]
1:
  wfi
  b     1b

.if POLICY != AS_SHIPPED
@ MemManage, BusFault, UsageFault and HardFault. lr tells where it came from (DDI0403E B1.5.8): a thread, or the kernel.
  .phase validate
fault:
  movs  r0, #1 << 3
  mov   r1, lr
  tst   r0, r1
  beq   fault_in_kernel
  push  {r4, lr}
  mrs   r4, psp
  bl    end_what_failed
  .phase return
  @ a system call whose frame could not be stored is still pending, and would read whatever frame it finds: it gets one of its own,
  @ with which it does nothing
  ldr   r0, =ICSR
  ldr   r0, [r0]
  lsls  r0, #32 - 21
  lsrs  r0, #32 - 9                 @ VECTPENDING
  cmp   r0, #11
  bne   1f
  mrs   r4, psp
  subs  r4, #F_BYTES
  ldr   r0, =signal_return + 2
  str   r0, [r4, #F_PC]
  movs  r0, #1
  lsls  r0, #XPSR_T_SHIFT
  str   r0, [r4, #F_XPSR]
  msr   psp, r4
1:
  pop   {r4, pc}

@ A system call that trips over a pointer of its caller is the caller's fault: the exception returns to the end of the call. Any other
@ fault of the kernel is a defect of it.
  .phase inherit
fault_in_kernel:
  mov   r0, sp
  ldr   r1, [r0, #F_XPSR]
  lsls  r1, #32 - 9
  lsrs  r1, #32 - 9                 @ exception number of what failed
  cmp   r1, #11                     @ SVCall
  bne   panic
  ldr   r1, =call_failed
  lsrs  r1, #1
  lsls  r1, #1
  str   r1, [r0, #F_PC]
  bx    lr

@ Still in the system call. It began with an empty kernel stack.
  .phase validate
call_failed:
  cpsie i                           @ it may have been in a transaction
  ldr   r0, =kernel_stack - 8       @ r4 of the thread and the return value of the exception are there
  mov   sp, r0
  mrs   r4, psp
  bl    end_what_failed
  .phase return
  pop   {r4, pc}

@ What the policy says about the process whose code runs. r4 = psp; afterwards the scheduler has decided.
end_what_failed:
  push  {r5-r7, lr}
.if POLICY == UNWIND
  ldr   r1, =kernel
  ldr   r2, [r1, #K_RECORD]
  ldrb  r3, [r2, #T_DEPTH]
  cmp   r3, #0
  beq   terminate
  lsls  r4, r3, #2
  adds  r4, #T_FRAMES - 4
  ldr   r4, [r2, r4]
  movs  r0, #E_ACCESS               @ is the result of the caller's RPC
  str   r0, [r4, #F_R0]
  ldr   r7, =rpc_unwind + 1         @ pops what was pushed here
  bx    r7
.endif
  .phase kernel
terminate:
  @ every thread that the process owns, and every one that executes in it
  ldr   r7, =kernel
  ldr   r6, [r7, #K_PROCESS]
  ldr   r5, =threads
1:
  ldrb  r1, [r5, #T_STATE]
  cmp   r1, #EMPTY
  beq   3f
  cmp   r1, #FINISHED
  beq   3f
  ldr   r1, [r7, #K_IDLE]
  cmp   r1, r5
  beq   3f                          @ the kernel's own, whoever owns it
  ldrb  r1, [r5, #T_HOSTS]
  cmp   r1, r6
  beq   2f
  ldrb  r1, [r5, #T_DEPTH]
  adds  r1, #T_HOSTS
  ldrb  r1, [r5, r1]                @ process of its level
  cmp   r1, r6
  bne   3f
2:
  movs  r0, r5
  movs  r1, #SIGSEGV
  rsbs  r1, r1, #0
  bl    end_thread
.if POLICY == RESTART
  movs  r1, #EMPTY                  @ nobody joins it
  strb  r1, [r5, #T_STATE]
.endif
3:
  adds  r5, #T_BYTES
  ldr   r1, =threads_end
  cmp   r5, r1
  bne   1b
.if POLICY == RESTART
  movs  r0, r6
  bl    initialise_variables
initialised_again:
  movs  r0, r6
  bl    start_threads
.else
  lsls  r6, #P_SHIFT
  ldr   r0, =processes
  adds  r0, r6
  movs  r1, #0
  str   r1, [r0, #P_DEFINITION]     @ nobody calls it any more
.endif
  @ nobody runs until PendSV switches: the stack pointer may be anywhere, PendSV stores below it, and the record may be used again
  bl    get_next_thread             @ in its turn: from the slot behind the one that ran
  .phase kernel
  str   r0, [r7, #K_NEXT]
  ldr   r1, =nobody
  str   r1, [r7, #K_RECORD]
  movs  r0, #FINISHED
  strb  r0, [r1, #T_STATE]
  movs  r0, #255
  strb  r0, [r1, #T_HOSTS]          @ whoever is next is of another process
  ldr   r0, =nobody_stack
  msr   psp, r0
  ldr   r0, =ICSR
  movs  r1, #1
  lsls  r1, #28                     @ PENDSVSET
  str   r1, [r0]
  pop   {r5-r7, pc}
  .pool
.endif
