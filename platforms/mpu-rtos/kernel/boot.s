@ From reset to the first thread: process records, threads of the linker's table, the idle thread, the MPU.

  .phase kernel
reset:
  cpsid i
.if ARCH == 8 && FULL
  ldr   r0, =MPU_MAIR0
  ldr   r1, =0x44ffaa00             @ Device, write-through, write-back, not cacheable
  str   r1, [r0]
.endif
.if ARCH > 6 && POLICY != AS_SHIPPED
  ldr   r0, =SHCSR
  movs  r1, #7                      @ MemManage, BusFault, UsageFault are taken as such
  lsls  r1, #16
  str   r1, [r0]
.endif
  ldr   r0, =SHPR3
  ldr   r1, =0xffff0000             @ PendSV and SysTick at the lowest priority
  str   r1, [r0]
  @ numbers of threads do not change
  ldr   r0, =threads
  ldr   r2, =threads_end
  movs  r1, #0
1:
  strb  r1, [r0, #T_ID]
  adds  r1, #1
  adds  r0, #T_BYTES
  cmp   r0, r2
  bne   1b
  @ processes
  movs  r4, #0
2:
  movs  r0, r4
  bl    make_process
  movs  r0, r4
  bl    initialise_variables
  adds  r4, #1
  ldr   r0, =TABLES
  ldr   r1, [r0, #TABLE_PROCESSES]
  cmp   r4, r1
  bne   2b
  @ threads; -1: of all processes
  movs  r0, #0
  mvns  r0, r0
  bl    start_threads
  ldr   r0, =idle + 1
  movs  r1, #0
  movs  r2, #IDLE_PRIORITY
  movs  r3, #0
  bl    make_thread
  bne   panic_at_boot
  movs  r1, #READY
  strb  r1, [r0, #T_STATE]
  ldr   r4, =kernel
  str   r0, [r4, #K_RECORD]
  bl    get_next_thread
  .phase kernel
  movs  r7, r0
  str   r7, [r4, #K_RECORD]
  ldrb  r0, [r7, #T_ID]
  str   r0, [r4, #K_THREAD]
  ldrb  r0, [r7, #T_HOSTS]
  str   r0, [r4, #K_PROCESS]
  movs  r1, #RUNNING
  strb  r1, [r7, #T_STATE]
.if FULL
  @ flash: everybody reads and executes
  ldr   r2, =MPU_RNR
  movs  r3, #7
  str   r3, [r2]
.if ARCH == 8
  ldr   r3, =FLASH_BASE + (3 << 1)  @ AP: read-only
  str   r3, [r2, #RBAR]
  ldr   r3, =FLASH_BASE + FLASH_BYTES - 32 + (2 << 1) + 1
  str   r3, [r2, #RASR]
.else
  ldr   r3, =FLASH_BASE + (1 << 4) + 7
  str   r3, [r2, #RBAR]
  ldr   r3, =(2 << 24) + (1 << 17) + (20 << 1) + 1   @ AP: privileged read and write, others read; C; 2 MiB
  str   r3, [r2, #RASR]
.endif
  ldr   r2, =MPU_CTRL
  movs  r3, #(1 << 2) | 1           @ PRIVDEFENA, ENABLE
  str   r3, [r2]
  lsls  r0, #P_SHIFT
  ldr   r1, =processes
  adds  r1, r0
  movs  r4, r7
  ldr   r2, =REGISTER_BASE
  load_regions 0, 4, r1
  load_regions 4, 3, r1
  movs  r7, r4
  adds  r4, #T_REGION
  push  {r7}
  load_regions 6, 1, r4
  pop   {r7}
.endif
  ldr   r0, =TABLES
  ldr   r0, [r0, #TABLE_TIMERS]
  cmp   r0, #0
  beq   3f
  ldr   r0, =SYST_CSR
  ldr   r1, =CLOCK_MHZ * TICK_US - 1
  str   r1, [r0, #SYST_RVR]
  str   r1, [r0, #SYST_CVR]
  movs  r1, #7                      @ core clock, interrupt, on
  str   r1, [r0]
3:
  ldr   r0, [r7, #T_SP]
  adds  r0, #SAVED_BYTES
  msr   psp, r0
  cpsie i                           @ nothing can be pending: the tick has just begun, no line is enabled
  movs  r0, #3                      @ process stack, no privilege
  msr   control, r0
  isb
  @ the frame by hand: there was no exception to return from
  .phase user
  pop   {r0-r3}
  pop   {r4-r7}
  mov   r12, r6
  mov   lr, r5
  movs  r4, #1
  orrs  r6, r4
  movs  r4, #0
  movs  r5, #0
  movs  r7, #0
  bx    r6
  .phase kernel
panic_at_boot:
  b     panic

@ Record of process r0: its regions as the MPU wants them.
make_process:
  push  {r4-r7, lr}
  lsls  r4, r0, #P_SHIFT
  ldr   r1, =processes
  adds  r4, r1
  movs  r1, #D_BYTES
  muls  r0, r1
  ldr   r5, =PROCESS_TABLE
  adds  r5, r0
  str   r5, [r4, #P_DEFINITION]
  movs  r6, #0
1:
  ldmia r5!, {r0, r1}
  subs  r1, r0
  movs  r2, r6
  bl    encode_region
  stmia r4!, {r0, r1}
  adds  r6, #1
  cmp   r6, #5
  bne   1b
2:
  movs  r0, #0                      @ regions 5 and 6: off
  movs  r1, #0
  movs  r2, r6
  bl    encode_region
  stmia r4!, {r0, r1}
  adds  r6, #1
  cmp   r6, #7
  bne   2b
  pop   {r4-r7, pc}

@ Variables of process r0 get their first values: data and shared from flash, the rest zeros.
initialise_variables:
  push  {r4-r7, lr}
  movs  r1, #D_BYTES
  muls  r0, r1
  ldr   r4, =PROCESS_TABLE
  adds  r4, r0
  movs  r5, #D_DATA
  movs  r6, #D_DATA_LOAD
  bl    1f
  movs  r5, #D_SHARED
  movs  r6, #D_SHARED_LOAD
  bl    1f
  movs  r5, #D_BSS
  movs  r6, #0
  bl    1f
  pop   {r4-r7, pc}
1:
  push  {lr}
  ldr   r0, [r4, r5]
  adds  r5, #4
  ldr   r1, [r4, r5]                @ end
  movs  r2, r0
  cmp   r6, #0
  beq   3f
  ldr   r3, [r4, r6]
  adds  r6, #4
  ldr   r2, [r4, r6]
  adds  r2, r0                      @ end of what is in flash
  b     3f
2:
  ldmia r3!, {r5}
  stmia r0!, {r5}
3:
  cmp   r0, r2
  bne   2b
  movs  r5, #0
  b     5f
4:
  stmia r0!, {r5}
5:
  cmp   r0, r1
  bne   4b
  pop   {pc}

@ Makes the threads of the linker's table that process r0 owns, or all (-1).
start_threads:
  push  {r4-r7, lr}
  movs  r7, r0
  ldr   r4, =THREAD_TABLE
  ldr   r5, =TABLES
  ldr   r5, [r5, #TABLE_THREADS]
  b     3f
1:
  ldrb  r3, [r4, #A_PROCESS]
  cmp   r7, #0
  blt   2f
  cmp   r3, r7
  bne   4f
2:
  ldr   r0, [r4, #A_ENTRY]
  ldr   r1, [r4, #A_DATA]
  ldrb  r2, [r4, #A_PRIORITY]
  bl    make_thread
  bne   panic_at_boot
  movs  r1, #READY
  strb  r1, [r0, #T_STATE]
4:
  adds  r4, #A_BYTES
  subs  r5, #1
3:
  cmp   r5, #0
  bne   1b
  pop   {r4-r7, pc}
  .pool
