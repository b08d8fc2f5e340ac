@ RPC: the thread goes on in another process, on its own stack. The object's first word names a vtable; the process that owns the
@ vtable is the callee, and its variables and devices take the place of the caller's.

@ Behind the caller's frame, and a word of padding if the hardware needed it: object, method, canary.
  .phase inherit
call_rpc_call:
  push  {r5-r7, lr}
  ldr   r0, [r4, #F_XPSR]
  movs  r5, r4
  adds  r5, #F_BYTES + RPC_KEPT
  lsls  r0, #XPSR_PAD_TO_SIGN
  bpl   1f
  adds  r5, #4
1:
  ldr   r6, [r5]                    @ object
  ldr   r7, [r5, #4]                @ method
.if CANARY
  ldr   r0, [r5, #8]
  ldr   r1, =RPC_CANARY
  cmp   r0, r1
  bne   rpc_bad_address
.endif
.if CHECK_POINTERS
  movs  r0, r6
  movs  r1, #4
  bl    check_any_variables         @ of any process: the owner is not known yet
  bne   rpc_bad_address
.endif
  ldr   r5, [r6]                    @ vtable
  ldr   r2, =processes
  movs  r3, #PROCESSES
2:
  ldr   r0, [r2, #P_DEFINITION]
  cmp   r0, #0
  beq   3f
  ldr   r1, [r0, #D_VTABLE]
  cmp   r5, r1
  blo   3f
  ldr   r1, [r0, #D_VTABLE_END]
  cmp   r5, r1
  blo   4f
3:
  adds  r2, #P_BYTES
  subs  r3, #1
  bne   2b
rpc_bad_address:
  movs  r0, #E_INVALID_ADDRESS
  pop   {r5-r7, pc}
4:
.if CHECK_METHOD
  subs  r1, r5                      @ bytes of the block from this vtable on
  lsrs  r1, #2
  cmp   r7, r1
  bhs   rpc_out_of_range
.endif
.if CHECK_OBJECT
  push  {r2, r3}
  movs  r2, r0
  movs  r0, r6
  movs  r1, #4
  bl    check_variables
  pop   {r2, r3}
  bne   rpc_bad_address
.endif
  movs  r1, #PROCESSES
  subs  r3, r1, r3                  @ number of the callee
  lsls  r7, #2
  ldr   r7, [r5, r7]
  ldr   r1, =kernel
  ldr   r0, [r1, #K_RECORD]
.if CHECK_STACK
  bl    check_frame                 @ room for the frame that is made below, and for a system call of the callee
  bne   rpc_bad_address
.endif
  ldrb  r5, [r0, #T_DEPTH]
  adds  r5, #1
  cmp   r5, #RPC_LEVELS
  bhi   rpc_too_deep
.if EQUAL
  bl    take_callee_stack
  bne   rpc_out_of_stacks
.endif
  strb  r5, [r0, #T_DEPTH]
.if KEEPS_FRAMES
  lsls  r1, r5, #2
  adds  r1, #T_FRAMES - 4
  str   r4, [r0, r1]
.endif
  adds  r5, #T_HOSTS
  strb  r3, [r0, r5]
.if KEEPS_FRAMES
  ldr   r1, =kernel
.endif
  str   r3, [r1, #K_PROCESS]
  .phase switch-protection
.if FULL
  push  {r6, r7}
  movs  r1, r2
  ldr   r2, =REGISTER_BASE
  load_regions 0, 4, r1
.if EQUAL
  movs  r1, r0
  adds  r1, #T_REGION
  load_regions 6, 1, r1
.endif
  pop   {r6, r7}
.endif
  .phase return
  @ the callee's frame: object, three words; the fourth lies where its stack begins
.if EQUAL
  ldr   r1, =kernel
  ldr   r5, [r1, #K_RECORD]
  bl    callee_stack_top            @ r5
  ldmia r4!, {r0-r3}
  movs  r4, r5
.else
  ldmia r4!, {r0-r3}
  subs  r4, #4 * 4
.endif
  subs  r4, #8 + F_BYTES
  str   r3, [r4, #F_BYTES]
.if CANARY
  ldr   r3, =RPC_CANARY
  str   r3, [r4, #F_BYTES + 4]
.endif
  str   r0, [r4, #F_R1]
  str   r1, [r4, #F_R2]
  str   r2, [r4, #F_R3]
  ldr   r0, =rpc_return + 1
  str   r0, [r4, #F_LR]
  start_frame r4, r7, r0
  msr   psp, r4
  movs  r0, r6                      @ goes to the frame's r0
.if EQUAL
  b     scrub_for_callee
.else
  pop   {r5-r7, pc}
.endif
  .phase inherit
.if CHECK_METHOD
rpc_out_of_range:
  movs  r0, #E_OUT_OF_RANGE
  pop   {r5-r7, pc}
.endif
.if EQUAL
rpc_out_of_stacks:
  movs  r0, #E_OUT_OF_STACKS
  pop   {r5-r7, pc}
.endif
rpc_too_deep:
  movs  r0, #E_TOO_DEEP
  pop   {r5-r7, pc}
  .pool

@ The callee has returned to the stub, its result in r0.
  .phase inherit
call_rpc_return:
  push  {r5-r7, lr}
  ldr   r1, =kernel
  ldr   r2, [r1, #K_RECORD]
  ldrb  r3, [r2, #T_DEPTH]
  cmp   r3, #0
  beq   rpc_nothing_to_return_from
.if CANARY
  ldr   r5, [r4, #F_XPSR]
  movs  r6, r4
  adds  r6, #F_BYTES + 4            @ behind the callee's frame: its fourth word, the canary
  lsls  r5, #XPSR_PAD_TO_SIGN
  bpl   1f
  adds  r6, #4
1:
  ldr   r6, [r6]
  ldr   r5, =RPC_CANARY
  cmp   r6, r5
  bne   rpc_overwritten
.endif
.if KEEPS_FRAMES
  lsls  r4, r3, #2
  adds  r4, #T_FRAMES - 4
  ldr   r4, [r2, r4]                @ the caller's frame
.else
  ldr   r5, [r4, #F_XPSR]
  adds  r4, #F_BYTES + 8            @ behind the callee's frame and the two words of its arguments
  lsls  r5, #XPSR_PAD_TO_SIGN
  bpl   1f
  adds  r4, #4
1:
.endif
.if CHECK_STACK && KEEPS_FRAMES == 0
  push  {r0, r2, r3}
  movs  r0, r2
  bl    check_frame
  pop   {r0, r2, r3}
  beq   2f
  subs  r4, #F_BYTES + 8            @ where that would be is not its stack: the frame that is there gets the error
  movs  r0, #E_INVALID_ADDRESS
  pop   {r5-r7, pc}
2:
.endif
rpc_unwind:                         @ r0 = result, r2 = record, r3 = level, r4 = the caller's frame
.if EQUAL
  bl    give_callee_stack_back
.endif
  subs  r3, #1
  strb  r3, [r2, #T_DEPTH]
  adds  r3, #T_HOSTS
  ldrb  r3, [r2, r3]
  ldr   r1, =kernel
  str   r3, [r1, #K_PROCESS]
  .phase switch-protection
.if FULL
  lsls  r3, #P_SHIFT
  ldr   r1, =processes
  adds  r1, r3
.if EQUAL
  push  {r2}
.endif
  ldr   r2, =REGISTER_BASE
  load_regions 0, 4, r1
.if EQUAL
  pop   {r1}
  adds  r1, #T_REGION
  load_regions 6, 1, r1
.endif
.endif
  .phase return
  msr   psp, r4
  isb
.if EQUAL
  b     scrub_for_caller
.else
  pop   {r5-r7, pc}
.endif
  .phase inherit
rpc_nothing_to_return_from:
  movs  r0, #E_INVALID
  pop   {r5-r7, pc}
.if CANARY
rpc_overwritten:                    @ the callee has written above its stack: a fault of it
.if POLICY == AS_SHIPPED
  ldr   r0, =panic + 1
.else
  ldr   r0, =call_failed + 1
.endif
  bx    r0
.endif
  .pool
