@ What is linked into programs: a stub for each system call, mutexes, queues. Runs without privilege. Functions keep r4 to r11.
  .section .text.library, "ax"
  .phase user
library:

.macro stub name, number
\name:
  svc   #\number
  bx    lr
.endm

  stub  get_tid, SVC_GET_TID
  stub  thread_yield, SVC_SCHED_YIELD
  stub  thread_create, SVC_THREAD_CREATE
  stub  setitimer, SVC_SETITIMER
  stub  usleep, SVC_USLEEP
  stub  signal, SVC_SIGNAL
  stub  kill, SVC_KILL
  stub  setpriority, SVC_SETPRIORITY
  stub  init_waitable_object, SVC_INIT_WAITABLE_OBJECT
  stub  notify_object, SVC_NOTIFY_OBJECT
  stub  wait_for_object, SVC_WAIT_FOR_OBJECT
  stub  enable_irq, SVC_ENABLE_IRQ
  stub  disable_irq, SVC_DISABLE_IRQ
  stub  get_microtime, SVC_GET_MICROTIME
  stub  shutdown, SVC_SHUTDOWN
  stub  notify_object2, SVC_NOTIFY_OBJECT2
  stub  wait_for_object_value, SVC_WAIT_FOR_OBJECT_VALUE

@ Behind the arguments on the stack: object, method, canary.
rpc_call:
.if KEEPS_FRAMES
  @ the callee may not come back, or find other registers: they are the caller's to keep
  push  {r4-r7}
  mov   r4, r8
  mov   r5, r9
  mov   r6, r10
  mov   r7, r11
  push  {r4-r7}
  svc   #SVC_RPC_CALL
  pop   {r4-r7}
  mov   r8, r4
  mov   r9, r5
  mov   r10, r6
  mov   r11, r7
  pop   {r4-r7}
.else
  svc   #SVC_RPC_CALL
.endif
  bx    lr

@ Where threads and methods return to.
thread_exit:
  svc   #SVC_THREAD_EXIT
rpc_return:
  svc   #SVC_RPC_RETURN
  b     rpc_return
signal_return:
  svc   #SVC_SIGNAL_RETURN

@ thread_join(number, where its status goes): waits for its end.
thread_join:
  push  {r4, lr}
  movs  r4, r0
1:
  movs  r0, r4
  svc   #SVC_THREAD_JOIN            @ leaves r1 as it is
  cmp   r0, #E_YIELD
  beq   1b
  pop   {r4, pc}

@ What the idle thread does.
idle:
  wfi
  b     idle

@ futex_lock(mutex): E_OK. A free one costs one system call, of which thread it is; on cores without exclusives two.
futex_lock:
  push  {r4, lr}
  movs  r4, r0
  svc   #SVC_GET_TID
.if ARCH > 6
1:
  ldrexb r1, [r4]
  cbnz  r1, 2f
  movs  r2, #1
  strexb r3, r2, [r4]
  cmp   r3, #0
  bne   1b
  strb  r0, [r4, #FUTEX_OWNER]
  movs  r0, #E_OK
  pop   {r4, pc}
2:
  clrex
.endif
  push  {r0, r5}
  movs  r0, r4
  movs  r1, #0
  movs  r2, #0
  movs  r3, #WAIT_INCREMENT | WAIT_PRIORITY_INHERIT
  svc   #SVC_WAIT_FOR_OBJECT_VALUE
  pop   {r1, r5}
  strb  r1, [r4, #FUTEX_OWNER]
  movs  r0, #E_OK
  pop   {r4, pc}

@ futex_unlock(mutex): E_OK; E_INVALID if it is free.
futex_unlock:
  movs  r1, #NO_OWNER
  strb  r1, [r0, #FUTEX_OWNER]
.if ARCH > 6
1:
  ldrexb r1, [r0]
  subs  r1, #1
  bmi   2f
  strexb r2, r1, [r0]
  cmp   r2, #0
  bne   1b
  movs  r1, #NOTIFY_PRIORITY_DROP
.else
  ldrb  r1, [r0]
  subs  r1, #1
  bmi   2f
  movs  r1, #NOTIFY_PRIORITY_DROP | NOTIFY_DECREMENT
.endif
  svc   #SVC_NOTIFY_OBJECT2
  movs  r0, #E_OK
  bx    lr
2:
.if ARCH > 6
  clrex
.endif
  movs  r0, #E_INVALID
  bx    lr

@ Queue: one thread sends, one receives. Each writes its own place and count, so that neither needs the other to stand still.
@ queue_send(queue, item): copies the item's bytes in; E_BUSY if the queue is full. Notifies who waits for the queue.
queue_send:
  push  {r4-r7, lr}
  ldrh  r2, [r0, #QUEUE_SENT]
  ldrh  r3, [r0, #QUEUE_RECEIVED]
  subs  r3, r2, r3
  uxth  r3, r3
  ldrh  r4, [r0, #QUEUE_DEPTH]
  cmp   r3, r4
  bhs   3f
  ldrh  r5, [r0, #QUEUE_ITEM]
  ldrh  r3, [r0, #QUEUE_WRITE]
  movs  r7, r3
  muls  r7, r5
  adds  r7, r0
  adds  r7, #QUEUE_HEADER
1:
  subs  r5, #1
  ldrb  r6, [r1, r5]
  strb  r6, [r7, r5]
  bne   1b
  adds  r3, #1
  cmp   r3, r4
  bne   2f
  movs  r3, #0
2:
  strh  r3, [r0, #QUEUE_WRITE]
  adds  r2, #1
  strh  r2, [r0, #QUEUE_SENT]
  svc   #SVC_NOTIFY_OBJECT
  pop   {r4-r7, pc}
3:
  movs  r0, #E_BUSY
  pop   {r4-r7, pc}

@ queue_receive(queue, where the item goes): waits while the queue is empty.
queue_receive:
  push  {r4-r7, lr}
  movs  r4, r0
  movs  r5, r1
1:
  movs  r0, r4
  movs  r1, #0
  svc   #SVC_WAIT_FOR_OBJECT
  ldrh  r2, [r4, #QUEUE_RECEIVED]
  ldrh  r3, [r4, #QUEUE_SENT]
  cmp   r2, r3
  beq   1b
  ldrh  r1, [r4, #QUEUE_READ]
  ldrh  r3, [r4, #QUEUE_ITEM]
  movs  r6, r1
  muls  r6, r3
  adds  r6, r4
  adds  r6, #QUEUE_HEADER
2:
  subs  r3, #1
  ldrb  r7, [r6, r3]
  strb  r7, [r5, r3]
  bne   2b
  adds  r1, #1
  ldrh  r3, [r4, #QUEUE_DEPTH]
  cmp   r1, r3
  bne   3f
  movs  r1, #0
3:
  strh  r1, [r4, #QUEUE_READ]
  adds  r2, #1
  strh  r2, [r4, #QUEUE_RECEIVED]
  movs  r0, #E_OK
  pop   {r4-r7, pc}
library_end:
