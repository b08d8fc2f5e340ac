@ System calls: the number is the immediate of the SVC instruction, right before the return address.

@ Frame at `frame` starts at `entry`, in Thumb state. It has the address without the Thumb bit.
.macro start_frame frame, entry, scratch
  lsrs  \entry, #1
  lsls  \entry, #1
  str   \entry, [\frame, #F_PC]
  movs  \scratch, #1
  lsls  \scratch, #XPSR_T_SHIFT
  str   \scratch, [\frame, #F_XPSR]
.endm

  .phase validate
system_call:
  push  {r4, lr}
  mrs   r4, psp
  ldr   r0, [r4, #F_PC]
  subs  r0, #2
  ldrb  r0, [r0]
  cmp   r0, #SVC_COUNT
  bhs   2f
  lsls  r0, #2
  ldr   r1, =system_calls
  ldr   r1, [r1, r0]
  mov   r12, r1
  ldmia r4!, {r0-r3}
  subs  r4, #4 * 4
  blx   r12
  .phase return
1:
  str   r0, [r4, #F_R0]
  pop   {r4, pc}
  .phase inherit
2:
  movs  r0, #E_INVALID
  b     1b

  .balign 4
system_calls:
  .word call_get_tid + 1            @ 0
  .word sched_yield + 1
  .word call_thread_create + 1
  .word call_missing + 1            @ 3 to 6: mutexes, which CMRX reserves and does not have
  .word call_missing + 1
  .word call_missing + 1
  .word call_missing + 1
  .word call_rpc_call + 1           @ 7
  .word call_rpc_return + 1
  .word call_thread_join + 1
  .word call_thread_exit + 1
  .word call_setitimer + 1
  .word call_usleep + 1
  .word call_signal + 1
  .word call_kill + 1
  .word call_setpriority + 1
  .word call_missing + 1            @ 16: reset, which CMRX does not have
  .word call_init_waitable_object + 1
  .word call_notify_object + 1      @ 18
  .word call_wait_for_object + 1
  .word call_enable_irq + 1
  .word call_disable_irq + 1
  .word call_missing + 1            @ 22: frequency of the processor
  .word call_get_microtime + 1
  .word call_shutdown + 1
  .word call_notify_object2 + 1
  .word call_wait_for_object_value + 1
  .word call_signal_return + 1      @ 27

  .phase inherit
call_missing:
  movs  r0, #E_NOT_AVAILABLE
  bx    lr

call_get_tid:
  ldr   r0, =kernel
  ldr   r0, [r0, #K_THREAD]
  bx    lr
  .pool
