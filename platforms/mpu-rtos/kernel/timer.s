@ Time: the tick of SysTick counts microseconds and serves timers. A queue holds those that run, earliest first.

  .phase schedule
systick:
  push  {r4, lr}
  ldr   r4, =kernel
  ldr   r0, [r4, #K_TIME]
  ldr   r1, =TICK_US
  adds  r0, r1
  str   r0, [r4, #K_TIME]
  ldr   r1, [r4, #K_SLEEPING]
  cmp   r1, #0
  beq   1f
  bl    run_timers
1:
  bl    sched_yield
  pop   {r4, pc}

@ Serves the timers that are due.
run_timers:
  push  {r5-r7, lr}
1:
  ldr   r5, =kernel
  transaction r6, r5
  ldr   r1, [r5, #K_SLEEPING]
  cmp   r1, #0
  beq   2f
  ldr   r0, =sleeper_queue
  ldr   r7, [r0]
  ldr   r1, [r7, #S_DEADLINE]
  ldr   r2, [r5, #K_TIME]
  subs  r2, r1
  bpl   3f
2:
  pop   {r5-r7, pc}
3:
  commit r6, r5, r3, 9f
  movs  r0, r7
  bl    cancel_timer
  ldr   r6, [r7, #S_RECORD]
  ldr   r1, [r7, #S_PERIOD]
  cmp   r1, #0
  bne   5f
  @ a sleep ends, or a wait: then its result is another
  ldr   r1, [r6, #T_WAIT]
  cmp   r1, #0
  beq   4f
  movs  r0, r6
  bl    stop_waiting
  ldr   r1, [r6, #T_SP]
  movs  r2, #E_TIMEOUT
  str   r2, [r1, #SAVED_BYTES + F_R0]
4:
  movs  r1, #READY
  strb  r1, [r6, #T_STATE]
  done
  b     1b
5:
  ldr   r2, [r7, #S_DEADLINE]
  adds  r1, r2
  str   r1, [r7, #S_DEADLINE]
  movs  r0, r7
  bl    insert_timer
  ldr   r1, [r6, #T_SIGNALS]
  movs  r2, #1
  lsls  r2, #SIGALRM
  orrs  r1, r2
  str   r1, [r6, #T_SIGNALS]
  done
  b     1b
9:
  done
  b     1b

@ The timer of a sleep of thread record r0, in the table at r1: r0.
find_timer:
  ldrb  r0, [r0, #T_ID]
  lsls  r0, #4
  adds  r0, r1
  bx    lr

@ Thread record r0 is to be woken after r1 microseconds. Interrupts are masked.
set_sleep:
  push  {r4, lr}
  movs  r4, r0
  ldr   r2, =kernel
  ldr   r2, [r2, #K_TIME]
  adds  r3, r1, r2
  ldr   r1, =sleepers
  bl    find_timer
  str   r3, [r0, #S_DEADLINE]
  movs  r3, #0
  str   r3, [r0, #S_PERIOD]
  str   r4, [r0, #S_RECORD]
  bl    insert_timer
  pop   {r4, pc}

@ Puts timer r0 into the queue, behind those that are due not later. Interrupts are masked. Uses r1 to r3.
insert_timer:
  push  {r4-r7}
  ldr   r4, =kernel
  ldr   r1, [r4, #K_SLEEPING]
  ldr   r5, =sleeper_queue
  adds  r2, r1, #4
  str   r2, [r4, #K_SLEEPING]
  ldr   r6, [r0, #S_DEADLINE]
  b     2f
1:
  subs  r1, #4
  ldr   r2, [r5, r1]
  ldr   r3, [r2, #S_DEADLINE]
  subs  r3, r6, r3
  bpl   3f
  adds  r3, r1, #4                  @ the later one moves up
  str   r2, [r5, r3]
2:
  cmp   r1, #0
  bne   1b
  str   r0, [r5]
  pop   {r4-r7}
  bx    lr
3:
  adds  r1, #4
  str   r0, [r5, r1]
  pop   {r4-r7}
  bx    lr

@ Thread record r0 has no time-out, or no interval timer, any more. Interrupts are masked.
cancel_interval:
  ldr   r1, =sleepers + THREADS * S_BYTES
  b     1f
cancel_sleep:
  ldr   r1, =sleepers
1:
  push  {lr}
  bl    find_timer
  bl    cancel_timer
  pop   {pc}

@ Takes timer r0 out of the queue if it is in it. Interrupts are masked. Uses r1 to r3.
cancel_timer:
  push  {r4, r5}
  ldr   r4, =kernel
  ldr   r3, [r4, #K_SLEEPING]
  ldr   r5, =sleeper_queue
  movs  r1, #0
  b     2f
1:
  ldr   r2, [r5, r1]
  adds  r1, #4
  cmp   r2, r0
  beq   3f
2:
  cmp   r1, r3
  bne   1b
  pop   {r4, r5}
  bx    lr
3:
  cmp   r1, r3
  beq   4f
  ldr   r2, [r5, r1]                @ those behind it move down
  subs  r1, #4
  str   r2, [r5, r1]
  adds  r1, #8
  b     3b
4:
  subs  r3, #4
  str   r3, [r4, #K_SLEEPING]
  pop   {r4, r5}
  bx    lr

@ usleep(microseconds): up to 1 ms the kernel itself waits, as CMRX does; longer sleeps end with a tick.
  .phase inherit
call_usleep:
  push  {r5-r7, lr}
  ldr   r1, =TABLES
  ldr   r1, [r1, #TABLE_TIMERS]
  cmp   r1, #0
  beq   5f
  ldr   r1, =1000
  cmp   r0, r1
  blo   2f
  movs  r5, r0
1:
  ldr   r7, =kernel
  transaction r6, r7
  commit r6, r7, r3, 9f
  ldr   r0, [r7, #K_RECORD]
  movs  r1, #WAITING
  strb  r1, [r0, #T_STATE]
  movs  r1, r5
  bl    set_sleep
  done
  bl    sched_yield
  pop   {r5-r7, pc}
2:
  movs  r1, #CLOCK_MHZ
  muls  r0, r1                      @ cycles to go
  ldr   r1, =SYST_CSR
  ldr   r5, [r1, #SYST_RVR]
  adds  r5, #1
  ldr   r2, [r1, #SYST_CVR]
3:
  ldr   r3, [r1, #SYST_CVR]
  subs  r2, r3                      @ it counts down
  bpl   4f
  adds  r2, r5
4:
  subs  r0, r2
  movs  r2, r3
  cmp   r0, #0
  bgt   3b
  movs  r0, #E_OK
  pop   {r5-r7, pc}
5:
  movs  r0, #E_NOT_AVAILABLE
  pop   {r5-r7, pc}
9:
  done
  b     1b

@ setitimer(microseconds or 0): SIGALRM every so often, 0 ends it.
  .phase inherit
call_setitimer:
  push  {r5-r7, lr}
  movs  r5, r0
1:
  ldr   r7, =kernel
  transaction r6, r7
  commit r6, r7, r3, 9f
  ldr   r0, [r7, #K_RECORD]
  movs  r6, r0
  bl    cancel_interval             @ r0 = the timer
  cmp   r5, #0
  beq   2f
  ldr   r1, [r7, #K_TIME]
  adds  r1, r5
  str   r1, [r0, #S_DEADLINE]
  str   r5, [r0, #S_PERIOD]
  str   r6, [r0, #S_RECORD]
  bl    insert_timer
2:
  done
  movs  r0, #E_OK
  pop   {r5-r7, pc}
9:
  done
  b     1b

@ get_microtime(): microseconds since boot, modulo 2^32, at the last tick.
  .phase inherit
call_get_microtime:
  ldr   r0, =kernel
  ldr   r0, [r0, #K_TIME]
  bx    lr
  .pool
