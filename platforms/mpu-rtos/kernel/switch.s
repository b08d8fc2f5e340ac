@ The thread switch: PendSV, which runs when every other exception has ended. Interrupts are masked from end to end.

  .phase save
pendsv:
  cpsid i
  mrs   r0, psp
  subs  r0, #16
  stmia r0!, {r4-r7}
  mov   r4, r8
  mov   r5, r9
  mov   r6, r10
  mov   r7, r11
  subs  r0, #32
  stmia r0!, {r4-r7}
  subs  r0, #16
  ldr   r4, =kernel
  ldr   r1, [r4, #K_RECORD]
  str   r0, [r1, #T_SP]
  ldrb  r0, [r1, #T_STATE]
  cmp   r0, #RUNNING                @ else it waits, is stopped or has ended
  bne   1f
  movs  r0, #READY
  strb  r0, [r1, #T_STATE]
1:
  ldr   r0, [r4, #K_NEXT]
  .phase schedule
  str   r0, [r4, #K_RECORD]
  ldrb  r2, [r0, #T_ID]
  str   r2, [r4, #K_THREAD]
  movs  r2, #RUNNING
  strb  r2, [r0, #T_STATE]
  ldrb  r2, [r0, #T_DEPTH]
  adds  r2, #T_HOSTS
  ldrb  r2, [r0, r2]                @ process whose code the next thread executes
  ldr   r3, [r4, #K_PROCESS]
  str   r2, [r4, #K_PROCESS]
  ldrb  r5, [r1, #T_HOSTS]
  ldrb  r6, [r0, #T_HOSTS]
  cmp   r2, r3
  bne   2f
  cmp   r5, r6
  beq   3f
  .phase switch-protection
2:
.if FULL
  movs  r1, r2
  movs  r4, r6
  ldr   r2, =REGISTER_BASE
  lsls  r1, #P_SHIFT
  ldr   r3, =processes
  adds  r1, r3
  lsls  r4, #P_SHIFT
  adds  r4, r3
  adds  r4, #P_PARENT_REGIONS
  load_regions 0, 4, r1
  load_regions 4, 3, r4
.endif
3:
  .phase switch-protection
.if FULL
  ldr   r2, =REGISTER_BASE
  movs  r1, r0
  adds  r1, #T_REGION
  load_regions 6, 1, r1
.endif
  .phase restore
  ldr   r1, [r0, #T_SIGNALS]
  cmp   r1, #0
  bne   5f
4:
  ldr   r0, [r0, #T_SP]
  ldr   r1, =ICSR
  movs  r2, #1
  lsls  r2, #27                     @ PENDSVCLR: requests up to here are met
  str   r2, [r1]
  ldmia r0!, {r4-r7}
  mov   r8, r4
  mov   r9, r5
  mov   r10, r6
  mov   r11, r7
  ldmia r0!, {r4-r7}
  msr   psp, r0
  isb
  dsb
  cpsie i
  bx    lr
5:
  mov   r12, lr
  bl    deliver_signal_in_switch    @ leaves r12 as it is
  mov   lr, r12
  .phase restore
  b     4b
  .pool
