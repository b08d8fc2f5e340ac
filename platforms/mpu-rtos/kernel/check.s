@ Hardening: what CMRX does not check. Each routine sets Z if all is well.

.if CHECK_POINTERS
@ `to` := definition of process `number`, which changes.
.macro definition to, number
  lsls  \number, #P_SHIFT
  ldr   \to, =processes
  adds  \to, \number
  ldr   \to, [\to, #P_DEFINITION]
.endm

@ r1 bytes at r0 are memory that the running thread can write: variables of the process whose code runs, shared of the thread's owner,
@ its stack. Uses r0 to r3; r0 = E_INVALID_ADDRESS if not.
  .phase inherit
check_own:
  push  {r4-r7, lr}
  movs  r4, r0
  movs  r5, r1
  ldr   r7, =kernel
  ldr   r6, [r7, #K_RECORD]
  ldr   r3, [r7, #K_PROCESS]
  definition r2, r3
  bl    check_variables_of_host
  beq   1f
  ldrb  r3, [r6, #T_HOSTS]
  definition r2, r3
  movs  r0, r4
  movs  r1, r5
  adds  r2, #D_SHARED
  bl    within
  beq   1f
  ldrb  r1, [r6, #T_STACK]
  bl    stack_of
  adds  r1, r0
  push  {r0, r1}
  mov   r2, sp
  movs  r0, r4
  movs  r1, r5
  bl    within
  pop   {r2, r3}
  beq   1f
  movs  r0, #E_INVALID_ADDRESS
  cmp   r0, #0
1:
  pop   {r4-r7, pc}

@ r1 bytes at r0 lie in data or bss of the process with definition r2.
check_variables_of_host:
  push  {r4, lr}
  movs  r4, r2
  bl    within
  beq   1f
  movs  r2, r4
  adds  r2, #D_BSS
  bl    within
1:
  pop   {r4, pc}

@ r1 bytes at r0 are RAM behind the kernel's.
check_any_variables:
  ldr   r2, =variables_bounds
  b     within
  .balign 4
variables_bounds:
  .word kernel_end, RAM_BASE + RAM_BYTES
.endif

.if CHECK_POINTERS || CHECK_OBJECT
@ r1 bytes at r0 lie between the two words at r2. Keeps r0, r1; uses r2, r3.
within:
  ldr   r3, [r2]
  cmp   r0, r3
  blo   1f
  ldr   r3, [r2, #4]
  subs  r3, r0                      @ bytes from r0 to the end; r0 beyond it: more than 2 GiB or none
  bls   1f
  cmp   r1, r3
  bhi   1f
  cmp   r0, r0
1:
  bx    lr
.endif

.if CHECK_OBJECT
@ r1 bytes at r0 lie in variables of the process with definition r2.
check_variables:
  push  {r4, lr}
  movs  r4, r2
  bl    within
  beq   1f
  movs  r2, r4
  adds  r2, #D_BSS
  bl    within
  beq   1f
  movs  r2, r4
  adds  r2, #D_SHARED
  bl    within
1:
  pop   {r4, pc}
.endif

.if CHECK_STACK
@ Frame r4 of the thread with record r0 lies in its stack, with room below it for another frame and a system call in it. Keeps r0 to r3.
check_frame:
  push  {r0-r3, lr}
.if EQUAL
  ldrb  r1, [r0, #T_DEPTH]
  adds  r1, #T_STACKS
  ldrb  r1, [r0, r1]
.else
  ldrb  r1, [r0, #T_STACK]
.endif
  bl    stack_of
  adds  r1, r0
  adds  r0, #2 * (F_BYTES + 8)
  cmp   r4, r0
  blo   1f
  subs  r1, #F_BYTES
  cmp   r4, r1
  bhi   2f
  cmp   r0, r0
1:
  pop   {r0-r3, pc}
2:
  cmp   r1, r4
  pop   {r0-r3, pc}
.endif
  .pool
