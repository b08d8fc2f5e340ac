@ Records, states, registers of the system control space: the only home of these, link.ts reads them from here.

@ flash: vectors and kernel from 0, then what the linker writes, then programs
.equ FLASH_BASE, 0x00000000
.equ FLASH_BYTES, 0x00200000
.equ TABLES, 0x00004000
.equ PROGRAMS, 0x00006000
.equ RAM_BASE, 0x20000000
.equ RAM_BYTES, 0x00200000
.equ KERNEL_STACK_BYTES, 1024

@ tables of the linker
.equ TABLE_PROCESSES, 0             @ number of processes
.equ TABLE_THREADS, 4               @ number of threads made at boot
.equ TABLE_TIMERS, 8                @ 1: the tick runs
.equ TABLE_LINES, 16                @ interrupt lines: object, acknowledge address, acknowledge value
.equ LINE_COUNT, 32
.equ L_OBJECT, 0
.equ L_ADDRESS, 4
.equ L_VALUE, 8
.equ L_BYTES, 12
.equ PROCESS_TABLE, TABLES + TABLE_LINES + LINE_COUNT * L_BYTES

@ definition of a process in flash: start and end of data, bss, two device ranges, shared; vtables; initial values
.equ D_REGIONS, 0
.equ D_DATA, 0
.equ D_BSS, 8
.equ D_SHARED, 32
.equ D_VTABLE, 40
.equ D_VTABLE_END, 44
.equ D_DATA_LOAD, 48                @ initial values of data, words
.equ D_DATA_BYTES, 52
.equ D_SHARED_LOAD, 56
.equ D_SHARED_BYTES, 60
.equ D_BYTES, 64
.equ THREAD_TABLE, PROCESS_TABLE + PROCESSES * D_BYTES

@ a thread that is made at boot
.equ A_ENTRY, 0
.equ A_DATA, 4
.equ A_PROCESS, 8
.equ A_PRIORITY, 9
.equ A_BYTES, 12

@ process record: register values of regions 0 to 6, then its definition (0: no process)
.equ P_REGIONS, 0
.equ P_PARENT_REGIONS, 32           @ regions 4 to 6
.equ P_DEFINITION, 56
.equ P_SHIFT, 6
.equ P_BYTES, 1 << P_SHIFT

@ registers r4 to r11, below the frame of a thread that does not run
.equ SAVED_BYTES, 32

.if EQUAL
  .equ STACKS, (THREADS < 32) & THREADS + THREADS  @ callees have stacks of their own
.else
  .equ STACKS, THREADS
.endif

@ thread record; bytes lie where a load with a short offset reaches them
.equ T_SP, 0                        @ process stack pointer while it does not run
.equ T_STATE, 4
.equ T_PRIORITY, 5
.equ T_OWN_PRIORITY, 6              @ without what it inherits
.equ T_STACK, 7                     @ number of its stack
.equ T_ID, 8
.equ T_DEPTH, 9                     @ RPCs that it is in
.equ T_HOSTS, 10                    @ process of each level; level 0 is its owner
.equ RPC_LEVELS, 7
.equ T_REGION, 20                   @ register values of region 6
.equ T_EXIT, 28                     @ status with which it ended
.equ T_SIGNALS, 32                  @ pending, one bit each
.equ T_HANDLER, 36
.equ T_WAIT, 40                     @ object that it waits for, 0: none
.if POLICY == UNWIND || EQUAL
  .equ KEEPS_FRAMES, 1
  .equ T_FRAMES, 44                 @ frame of the caller of each level, level 1 first
  .equ T_STACKS, T_FRAMES + 4 * RPC_LEVELS   @ number of each level's stack, its own first
  .equ T_BYTES, T_STACKS + 8
  .equ RPC_KEPT, SAVED_BYTES         @ registers that the stub keeps between the frame and the arguments
.else
  .equ KEEPS_FRAMES, 0
  .equ T_BYTES, 44
  .equ RPC_KEPT, 0
.endif

.equ EMPTY, 0
.equ READY, 1
.equ RUNNING, 2
.equ CREATED, 3
.equ STOPPED, 4
.equ FINISHED, 5
.equ WAITING, 6

.equ IDLE_PRIORITY, 255

@ the kernel's own words
.equ K_THREAD, 0                    @ number of the running thread
.equ K_PROCESS, 4                   @ process whose code it executes
.equ K_RECORD, 8                    @ its record
.equ K_NEXT, 12                     @ record of the thread that PendSV switches to
.equ K_TRANSACTION, 16
.equ K_STACKS, 20                   @ stacks in use, one bit each
.equ K_WAITING, 24                  @ bytes in use of the list of waiting threads
.equ K_SLEEPING, 28                 @ bytes in use of the queue of timers
.equ K_TIME, 32                     @ microseconds since boot
.equ K_BYTES, 36

@ a queued event
.equ N_OBJECT, 0
.equ N_COUNT, 4
.equ N_BYTES, 8
.equ EVENTS, 16

@ a timer: sleep or time-out of a thread, or its interval timer
.equ S_DEADLINE, 0
.equ S_PERIOD, 4                    @ 0: a sleep or time-out
.equ S_RECORD, 8
.equ S_BYTES, 16

@ exception frame (DDI0403E B1.5.6)
.equ F_R0, 0
.equ F_R1, 4
.equ F_R2, 8
.equ F_R3, 12
.equ F_R12, 16
.equ F_LR, 20
.equ F_PC, 24
.equ F_XPSR, 28
.equ F_BYTES, 32
.equ XPSR_T_SHIFT, 24
.equ XPSR_PAD_TO_SIGN, 31 - 9       @ shift that brings the "one word of padding" bit to the sign

@ system control space (DDI0403E B3.2)
.equ SYST_CSR, 0xe000e010
.equ SYST_RVR, 4
.equ SYST_CVR, 8
.equ NVIC_ISER, 0xe000e100
.equ NVIC_ICER, 0xe000e180
.equ ICSR, 0xe000ed04
.equ PENDSVSET, 1 << 28
.equ PENDSVCLR, 1 << 27
.equ SHPR3, 0xe000ed20
.equ SHCSR, 0xe000ed24
.equ MPU_CTRL, 0xe000ed94
.equ MPU_RNR, 0xe000ed98
.equ RBAR, 4                        @ from MPU_RNR
.equ RASR, 8                        @ RLAR in PMSAv8
.equ MPU_MAIR0, 0xe000edc0
