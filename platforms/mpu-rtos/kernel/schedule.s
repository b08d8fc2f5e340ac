@ Who runs next: the most urgent thread that is ready, in turn among equals.

@ r0 := its record. Walks all slots from the one behind the running thread's, and that one again at the end, so that the running
@ thread loses against its equals.
  .phase schedule
get_next_thread:
  push  {r4-r7}
  ldr   r1, =kernel
  ldr   r0, [r1, #K_RECORD]
  ldr   r1, =threads_end
  ldr   r5, =THREADS * T_BYTES
  movs  r2, #THREADS + 1
  movs  r3, #IDLE_PRIORITY + 1 >> 1
  lsls  r3, #1                      @ best priority so far: worse than any
  movs  r6, #0                      @ its record
1:
  adds  r0, #T_BYTES
  cmp   r0, r1
  bne   2f
  subs  r0, r5
2:
  ldrb  r4, [r0, #T_STATE]
  subs  r4, #READY
  cmp   r4, #RUNNING - READY
  bhi   3f
  ldrb  r4, [r0, #T_PRIORITY]
  cmp   r4, r3
  bhs   3f
  movs  r3, r4
  movs  r6, r0
3:
  subs  r2, #1
  bne   1b
  movs  r0, r6
  pop   {r4-r7}
  bx    lr

@ The system call, and what every change of a state ends in: has PendSV switch if another thread should run. r0 := E_OK.
  .phase schedule
sched_yield:
  push  {r4, r5, r6, lr}
  ldr   r4, =kernel
1:
  transaction r5, r4
  bl    get_next_thread
  ldr   r1, [r4, #K_RECORD]
  ldr   r2, =ICSR
  movs  r3, #1
  lsls  r3, #27                     @ PENDSVCLR: a switch that was decided earlier is void
  cmp   r0, r1
  beq   2f
  commit r5, r4, r6, 3f
  str   r0, [r4, #K_NEXT]
  lsls  r3, #1                      @ PENDSVSET
  str   r3, [r2]
  isb
  dsb                               @ the request has arrived before interrupts are enabled
  done
  movs  r0, #E_OK
  pop   {r4, r5, r6, pc}
2:
  str   r3, [r2]
  movs  r0, #E_OK
  pop   {r4, r5, r6, pc}
3:
  done
  b     1b
  .pool
