@ Interrupts: a handler of the kernel quiets the device and notifies; programs wait for the object. Handlers run in the order of the
@ numbers at the priority of system calls, which none of them interrupts.

  .phase validate
interrupt:
  push  {r4, lr}
  mrs   r0, ipsr
  subs  r0, #16
  movs  r1, #L_BYTES
  muls  r0, r1
  ldr   r1, =TABLES + TABLE_LINES
  adds  r1, r0
  ldr   r2, [r1, #L_ADDRESS]
  cmp   r2, #0
  beq   1f
  ldr   r3, [r1, #L_VALUE]
  str   r3, [r2]
1:
  ldr   r0, [r1, #L_OBJECT]
  movs  r1, #NOTIFY_QUEUE
  bl    wake
  cmp   r0, #E_YIELD
  bne   2f
  bl    sched_yield
2:
  .phase return
  pop   {r4, pc}

@ enable_irq(line), disable_irq(line): any program may, as in CMRX.
  .phase inherit
call_enable_irq:
  ldr   r1, =NVIC_ISER
  b     1f
call_disable_irq:
  ldr   r1, =NVIC_ICER
1:
  cmp   r0, #LINE_COUNT
  bhs   2f
  movs  r2, #1
  lsls  r2, r0
  str   r2, [r1]
  movs  r0, #E_OK
  bx    lr
2:
  movs  r0, #E_OUT_OF_RANGE
  bx    lr

@ shutdown(): the processor sleeps for good.
  .phase inherit
call_shutdown:
  b     panic
  .pool
