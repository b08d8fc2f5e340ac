# What a trap was for.
#
# While the kernel works: sp = frame of the running thread, s1 = its process, s2 = offset of the process's record.
# A handler may use every register but these and ends with one of the ways out of entry.s.

.equ CALLS, 42

# Calls that an interrupt handler may make, as bits: 0 to 31, and from 32 on.
.equ CALLS_OF_HANDLERS_LOW, (1 << CALL_RETURN_TO_PARENT) | (1 << CALL_CLAIM_INTERRUPT) | (1 << CALL_FREE_INTERRUPT) | (1 << CALL_RETURN_MEMORY) | (1 << CALL_TRY_SEND) | (1 << CALL_TRY_CONNECT) | (1 << CALL_RETURN_SCALAR1) | (1 << CALL_RETURN_SCALAR2) | (1 << CALL_TRY_RECEIVE)
.equ CALLS_OF_HANDLERS_HIGH, 1 << (CALL_RETURN_SCALAR5 - 32)

# t0 = pc of the trap
  .phase validate
dispatch:
  csrr  t1, scause
  lw    s1, current_process(zero)
  slli  s2, s1, P_SHIFT
  li    t2, CAUSE_CALL_U
  beq   t1, t2, call
  bltz  t1, interrupt
  li    t2, CAUSE_CALL_S
  bne   t1, t2, fault

# A system call: a0 = number, a1 to a7 = arguments.
call:
  addi  t0, t0, 4
  sw    t0, F_PC(sp)
  li    t0, CALLS
  bgeu  a0, t0, no_such_call
  lw    t1, interrupted(zero)
  bnez  t1, call_of_handler
call_allowed:
  slli  t1, a0, 2
  la    t0, call_table
  add   t0, t0, t1
  lw    t0, 0(t0)
  jr    t0

# An interrupt handler runs on somebody else's time: it may not wait for anything.
call_of_handler:
  li    t0, CALLS_OF_HANDLERS_LOW
  li    t1, 32
  bltu  a0, t1, 1f
  li    t0, CALLS_OF_HANDLERS_HIGH
1:
  srl   t0, t0, a0            # by a0 mod 32
  andi  t0, t0, 1
  bnez  t0, call_allowed
  li    a1, INVALID_CALL
  j     return_error

no_such_call:
  li    a1, UNHANDLED_CALL
  j     return_error

# Calls that end at once, by number.
call_get_process_id:
  li    a0, TAG_PROCESS
  mv    a1, s1
  j     return_result

call_get_thread_id:
  li    a0, TAG_THREAD
  lw    a1, current_thread(zero)
  j     return_result

  .balign 4
call_table:
  .word no_such_call, no_such_call, call_map_memory, call_yield, call_return_to_parent, call_claim_interrupt
  .word call_free_interrupt, call_switch_to, no_such_call, no_such_call, no_such_call, no_such_call
  .word no_such_call, no_such_call, call_create_server, call_receive, call_send, call_connect
  .word call_create_thread, call_unmap_memory, call_return_memory, no_such_call, call_terminate, no_such_call
  .word call_try_send, call_connect, call_return_scalar1, call_return_scalar2, call_try_receive, no_such_call
  .word no_such_call, no_such_call, call_get_thread_id, call_get_process_id, call_destroy_server, call_disconnect
  .word call_join_thread, no_such_call, no_such_call, no_such_call, call_return_scalar5, call_reply_and_receive
