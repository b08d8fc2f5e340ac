@ equal: an RPC that protects both sides from each other. The callee has a stack of its own, and registers that carry nothing are zero.

.if EQUAL
@ A stack for level r5 of the thread with record r0: its number and region in the record, Z set; Z clear if there is none. Keeps r0, r2 to r5.
  .phase inherit
take_callee_stack:
  push  {r0, r2-r7, lr}
  movs  r6, r0
  cpsid i
  bl    take_stack
  cpsie i
  bne   1f
  adds  r5, #T_STACKS
  strb  r1, [r6, r5]
  bl    set_stack_region
  cmp   r0, r0
1:
  pop   {r0, r2-r7, pc}

@ Region 6 of the thread with record r6 becomes that of stack r1. Uses r0 to r3.
set_stack_region:
  push  {lr}
  bl    stack_of
  movs  r2, #6
  bl    encode_region
  str   r0, [r6, #T_REGION]
  str   r1, [r6, #T_REGION + 4]
  pop   {pc}

@ r5 := end of the stack of the level of the thread with record r5. Keeps r0, r1, r4, r6, r7.
callee_stack_top:
  push  {r0, r1, lr}
  ldrb  r1, [r5, #T_DEPTH]
  adds  r1, #T_STACKS
  ldrb  r1, [r5, r1]
  bl    stack_of
  adds  r5, r0, r1
  pop   {r0, r1, pc}

@ The stack of level r3 of the thread with record r2 is free, region 6 that of the level below. Keeps r0, r2 to r4.
give_callee_stack_back:
  push  {r0, r2-r7, lr}
  movs  r6, r2
  movs  r5, r3
  adds  r5, #T_STACKS
  ldrb  r1, [r6, r5]
  cpsid i
  bl    give_stack_back
  cpsie i
  subs  r5, #1
  ldrb  r1, [r6, r5]
  bl    set_stack_region
  pop   {r0, r2-r7, pc}

@ All stacks of the thread with record r6 are free. Interrupts are masked.
give_all_stacks_back:
  push  {r4, r5, lr}
  ldrb  r4, [r6, #T_DEPTH]
1:
  movs  r5, r4
  adds  r5, #T_STACKS
  ldrb  r1, [r6, r5]
  bl    give_stack_back
  subs  r4, #1
  bpl   1b
  pop   {r4, r5, pc}

@ The end of an RPC call or return. On the kernel's stack: r5, r6, r7, return address, r4. What goes to the callee but arguments,
@ and to the caller but the result, is zero; the caller's stub has kept its registers.
  .phase clear
scrub_for_callee:
  movs  r1, #0
  str   r1, [r4, #F_R12]
scrub_for_caller:
  movs  r1, #0
  mov   r8, r1
  mov   r9, r1
  mov   r10, r1
  mov   r11, r1
  str   r1, [sp, #0]
  str   r1, [sp, #4]
  str   r1, [sp, #8]
  str   r1, [sp, #16]
  .phase return
  pop   {r5-r7, pc}
  .pool
.endif
