@ Notifications: any address is an object that threads wait for. An event that nobody waits for can be kept, as a count by object.

@ notify_object(object): keeps the event if nobody waits.
  .phase inherit
call_notify_object:
  movs  r1, #NOTIFY_QUEUE

@ notify_object2(object, flags).
call_notify_object2:
  push  {r5-r7, lr}
.if CHECK_POINTERS
  movs  r5, r1
  lsls  r1, #31 - 4                 @ NOTIFY_DECREMENT: the object is a byte that is written
  bpl   1f
  movs  r6, r0
  movs  r1, #1
  bl    check_own
  bne   3f
  movs  r0, r6
1:
  movs  r1, r5
.endif
  movs  r5, r1
  lsls  r1, #31 - 1                 @ NOTIFY_PRIORITY_DROP
  bpl   2f
  ldr   r2, =kernel
  ldr   r2, [r2, #K_RECORD]
  ldrb  r1, [r2, #T_OWN_PRIORITY]
  strb  r1, [r2, #T_PRIORITY]
2:
  movs  r1, r5
  bl    wake
  cmp   r0, #E_YIELD
  bne   3f
  bl    sched_yield
3:
  pop   {r5-r7, pc}

@ Wakes the most urgent thread that waits for object r0; r1 = flags. Result: E_YIELD if one was woken, else E_OK or E_OUT_OF_NOTIFICATIONS.
wake:
  push  {r1, r4-r7, lr}
  movs  r6, r0
1:
  ldr   r4, =kernel
  transaction r5, r4
  ldr   r3, =waiters
  ldr   r2, [r4, #K_WAITING]
  adds  r2, r3
  movs  r7, #255
  mov   r12, r7                     @ priority of the best so far
  movs  r0, #0                      @ its record
  b     3f
2:
  ldmia r3!, {r1}
  ldr   r7, [r1, #T_WAIT]
  cmp   r7, r6
  bne   3f
  ldrb  r7, [r1, #T_PRIORITY]
  cmp   r7, r12
  bhs   3f
  mov   r12, r7
  movs  r0, r1
3:
  cmp   r3, r2
  bne   2b
.if HEAD == 0
  movs  r7, r0                      @ v0.1.2 looks for a timer before it knows whether it wakes anybody
  bne   4f
  ldr   r0, [r4, #K_RECORD]
4:
  ldr   r1, =sleepers
  bl    find_timer
  movs  r0, r7
.endif
  commit r5, r4, r3, 9f
  ldr   r1, [sp]
  lsls  r2, r1, #31 - 4             @ NOTIFY_DECREMENT
  bpl   4f
  ldrb  r2, [r6]
  subs  r2, #1
  strb  r2, [r6]
4:
  cmp   r0, #0
  beq   5f
  movs  r6, r0
  bl    stop_waiting
  movs  r1, #READY
  strb  r1, [r6, #T_STATE]
  done
  movs  r0, #E_YIELD
  pop   {r1, r4-r7, pc}
5:
  lsls  r1, #31                     @ NOTIFY_QUEUE
  beq   6f
  movs  r0, r6
  bl    find_event
  cmp   r0, #0
  beq   7f
  str   r6, [r0, #N_OBJECT]
  ldr   r1, [r0, #N_COUNT]
  adds  r1, #1
  str   r1, [r0, #N_COUNT]
6:
  done
  movs  r0, #E_OK
  pop   {r1, r4-r7, pc}
7:
  done
  movs  r0, #E_OUT_OF_NOTIFICATIONS
  pop   {r1, r4-r7, pc}
9:
  done
  b     1b

@ The entry of object r0 in the table of events: r0; else one that can become its entry (count 0); 0 if the table is full. Open
@ addressing: an entry whose count is 0 keeps its object, so that a search goes on behind it. Uses r1, r2, r3.
find_event:
  push  {r4, r5}
  lsrs  r1, r0, #2
  movs  r2, #EVENTS - 1
  ands  r1, r2
  lsls  r1, #3
  ldr   r2, =events
  adds  r1, r2
  movs  r3, #EVENTS
  movs  r4, #0                      @ first that is free
1:
  ldr   r2, [r1, #N_OBJECT]
  cmp   r2, r0
  beq   5f
  ldr   r5, [r1, #N_COUNT]
  cmp   r5, #0
  bne   3f
  cmp   r4, #0
  bne   2f
  movs  r4, r1
2:
  cmp   r2, #0
  beq   4f                          @ never used: it is not behind this one
3:
  adds  r1, #N_BYTES
  ldr   r2, =events_end
  cmp   r1, r2
  bne   6f
  ldr   r1, =events
6:
  subs  r3, #1
  bne   1b
4:
  movs  r0, r4
  pop   {r4, r5}
  bx    lr
5:
  movs  r0, r1
  pop   {r4, r5}
  bx    lr

@ init_waitable_object(object): forgets what was kept for it.
  .phase inherit
call_init_waitable_object:
  push  {r5-r7, lr}
  movs  r7, r0
1:
  ldr   r6, =kernel
  transaction r5, r6
  commit r5, r6, r3, 9f
  movs  r0, r7
  bl    find_event
  cmp   r0, #0
  beq   2f
  movs  r1, #0
  str   r1, [r0, #N_COUNT]
2:
  done
  movs  r0, #E_OK
  pop   {r5-r7, pc}
9:
  done
  b     1b

@ wait_for_object(object, microseconds or 0 for ever): E_OK when it was notified, E_TIMEOUT.
  .phase inherit
call_wait_for_object:
  push  {r5-r7, lr}
  movs  r5, r0
  movs  r6, r1
1:
  ldr   r7, =kernel
  transaction r2, r7
  commit r2, r7, r3, 9f
  bl    find_event                  @ the object is still in r0
  cmp   r0, #0
  beq   2f
  ldr   r1, [r0, #N_COUNT]
  cmp   r1, #0
  beq   2f
  subs  r1, #1
  str   r1, [r0, #N_COUNT]
  done
  movs  r0, #E_OK
  pop   {r5-r7, pc}
2:
  movs  r0, r5
  movs  r1, r6
  bl    block
  done
  bl    sched_yield                 @ r0 = E_OK: stays in the frame unless time runs out
  pop   {r5-r7, pc}
9:
  done
  movs  r0, r5
  b     1b

@ wait_for_object_value(byte, value, microseconds or 0, flags): E_OK_NO_WAIT if the byte has the value, else as wait_for_object. The
@ byte is incremented if flags say so, and the thread whose number is in the byte behind it inherits the caller's priority.
  .phase inherit
call_wait_for_object_value:
  push  {r3, r5-r7, lr}
  movs  r5, r0
  movs  r6, r2
.if CHECK_POINTERS
  push  {r1}
  movs  r1, #2
  bl    check_own
  pop   {r1}
  bne   4f
.endif
1:
  ldr   r7, =kernel
  transaction r2, r7
  commit r2, r7, r3, 9f
  ldrb  r0, [r5]
  ldr   r2, [sp]
  lsls  r3, r2, #31 - 3             @ WAIT_INCREMENT
  bpl   2f
  adds  r3, r0, #1
  strb  r3, [r5]
2:
  cmp   r0, r1
  beq   6f
  lsls  r2, #31 - 2                 @ WAIT_PRIORITY_INHERIT
  bpl   3f
  ldrb  r0, [r5, #FUTEX_OWNER]
  bl    thread_record
  bne   3f
  ldr   r2, [r7, #K_RECORD]
  ldrb  r2, [r2, #T_PRIORITY]
  ldrb  r3, [r1, #T_PRIORITY]
  cmp   r2, r3
  bhs   3f
  strb  r2, [r1, #T_PRIORITY]
3:
  movs  r0, r5
  movs  r1, r6
  bl    block
  done
  bl    sched_yield
4:
  pop   {r3, r5-r7, pc}
6:
  done
  movs  r0, #E_OK_NO_WAIT
  pop   {r3, r5-r7, pc}
9:
  done
  b     1b

@ The running thread waits for object r0, at most r1 microseconds if that is not 0. Interrupts are masked; the caller has the scheduler
@ decide.
block:
  push  {r4, lr}
  ldr   r3, =kernel
  ldr   r4, [r3, #K_RECORD]
  str   r0, [r4, #T_WAIT]
  movs  r2, #WAITING
  strb  r2, [r4, #T_STATE]
  ldr   r2, =waiters
  ldr   r0, [r3, #K_WAITING]
  str   r4, [r2, r0]
  adds  r0, #4
  str   r0, [r3, #K_WAITING]
  cmp   r1, #0
  beq   1f
  movs  r0, r4
  bl    set_sleep
1:
  pop   {r4, pc}

@ Thread r0 waits for nothing any more: out of the list, no time-out. Interrupts are masked.
stop_waiting:
  push  {r4, r5, lr}
  movs  r4, r0
  movs  r1, #0
  str   r1, [r4, #T_WAIT]
  ldr   r1, =kernel
  ldr   r2, =waiters
  ldr   r3, [r1, #K_WAITING]
  adds  r3, r2
  b     2f
1:
  ldmia r2!, {r5}
  cmp   r5, r4
  beq   3f
2:
  cmp   r2, r3
  bne   1b
  b     4f                          @ it sleeps
3:
  subs  r3, #4
  ldr   r5, [r3]                    @ the last takes its place
  subs  r2, #4
  str   r5, [r2]
  ldr   r5, [r1, #K_WAITING]
  subs  r5, #4
  str   r5, [r1, #K_WAITING]
4:
  movs  r0, r4
  bl    cancel_sleep
  pop   {r4, r5, pc}
  .pool
