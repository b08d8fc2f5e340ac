# Structures that switcher, loader and linker agree on (research/cheri-cheriot.md section 2.2). The linker reads the numbers.

# permissions, as cgetperm gives them (CHERIoT 1.0, section on permissions)
.equ STACK_PERMISSIONS, 0x7e          # everything that memory can have but global: it cannot be stored elsewhere
.equ GLOBALS_PERMISSIONS, 0x6f        # no store-local
.equ READ_PERMISSIONS, 0x6b
.equ OBJECT_READ_PERMISSIONS, 0x21    # data that is only read
.equ DEVICE_PERMISSIONS, 0x25         # no capabilities
.equ CODE_PERMISSIONS, 0x16b          # no system registers
.equ SWITCHER_PERMISSIONS, 0x1eb
.equ MEMORY_PERMISSIONS, 0x7f
.equ SEAL_PERMISSIONS, 0x401
.equ UNSEAL_PERMISSIONS, 0x201
.equ BOTH_SEAL_PERMISSIONS, 0x601

# types of sentries
.equ SENTRY_INHERIT, 1
.equ SENTRY_DISABLE, 2
.equ SENTRY_ENABLE, 3
.equ RETURN_DISABLE, 4

# types of sealed data
.equ TYPE_EXPORT, 9
.equ TYPE_TRUSTED_STACK, 10
.equ TYPE_DYNAMIC_TOKEN, 11
.equ TYPE_STATIC_TOKEN, 12

# trusted stack: state of a thread while it does not run, then its calls
.equ TS_PC, 0
.equ TS_REGISTERS, 0                  # register n at 8 n
.equ TS_RA, 8
.equ TS_SP, 16
.equ TS_GP, 24
.equ TS_TP, 32
.equ TS_T0, 40
.equ TS_T1, 48
.equ TS_T2, 56
.equ TS_S0, 64
.equ TS_S1, 72
.equ TS_A0, 80
.equ TS_A1, 88
.equ TS_A2, 96
.equ TS_A3, 104
.equ TS_A4, 112
.equ TS_A5, 120
.equ TS_HAZARDS, 128                  # to the thread's two hazard slots
.equ TS_STATUS, 136
.equ TS_CAUSE, 140
.equ TS_MARK, 144
.equ TS_MARK_BASE, 148
.equ TS_FRAME, 152                    # halfword: offset of the first free frame
.equ TS_THREAD, 154                   # halfword: number of the thread
.equ TS_FRAMES, 168

# a frame of it
.equ FRAME_CSP, 0                     # the caller's, behind its spilled registers
.equ FRAME_EXPORT, 8                  # entry of the callee's export table
.equ FRAME_HANDLED, 16                # halfword: entries to and exits from its error handler, odd while that runs
.equ FRAME_STATUS, 20                 # mstatus of the fault that its handler looks at
.equ FRAME_BYTES, 24

# spilled on the caller's stack
.equ SPILL_S0, 0
.equ SPILL_S1, 8
.equ SPILL_GP, 16
.equ SPILL_RA, 24
.equ SPILL_BYTES, 32

# at the top of each callee's stack
.equ RESERVED_BYTES, 16

# export table of a compartment
.equ EXPORT_PCC, 0
.equ EXPORT_CGP, 8
.equ EXPORT_HANDLER, 16               # halfwords: handler's offset from the base of PCC
.equ EXPORT_STACKLESS, 18
.equ NO_HANDLER, 0xffff
.equ EXPORT_ENTRIES, 20
.equ ENTRY_FUNCTION, 0                # halfword: offset from the base of PCC
.equ ENTRY_STACK, 2                   # byte: 8 bytes of stack that it must find
.equ ENTRY_FLAGS, 3
.equ ENTRY_BYTES, 4
.equ FLAG_ARGUMENTS, 7
.equ FLAG_ENABLED, 8
.equ FLAG_DISABLED, 16

# what the loader is told to make: a capability and where it goes
.equ RECORD_PLACE, 0
.equ RECORD_ROOT, 4                   # 0 executable, 1 memory, 2 sealing
.equ RECORD_BASE, 8
.equ RECORD_LENGTH, 12                # 0: bounds of the root
.equ RECORD_ADDRESS, 16
.equ RECORD_PERMISSIONS, 20
.equ RECORD_TYPE, 24                  # 0: not sealed
.equ RECORD_BYTES, 28

# errors that an invocation may handle, entries and exits counted
.equ MOST_HANDLED, 1024

# mstatus of a thread that starts: MPP = M, MPIE
.equ STATUS_START, 0x1880
.equ STATUS_MIE, 8
.equ ENABLED_INTERRUPTS, 0x880        # mie: timer and external

# mcause
.equ CAUSE_ECALL, 11
.equ CAUSE_CAPABILITY, 28
.equ FIRST_OTHER_CAUSE, 8             # below: synchronous faults
.equ CAUSE_THREAD_EXIT, 24            # not the hardware's
.equ CAUSE_TIMER, 0x80000007
.equ CAUSE_EXTERNAL, 0x8000000b

# two hazard slots of each thread
.equ HAZARD_BYTES, 16
.equ HAZARD_PERMISSIONS, 0x44         # the thread's own: only stores, and not to be kept in globals
.equ HAZARDS_READ_PERMISSIONS, 0x61   # the allocator's: only loads, of what can only be looked at
.equ HEAP_BOUNDS_PERMISSIONS, 1       # none: says where the heap is
# the word of their epoch: odd while the allocator looks at them, and below it the number of the thread that does
.equ EPOCH_SHIFT, 16

# objects sealed by software: a word that says with which key, and the payload behind it
.equ TOKEN_KEY, 0
.equ TOKEN_LENGTH, 4                   # of those made at run time: bytes of the payload
.equ TOKEN_HEADER, 8
.equ KEY_ALLOCATOR, 16                # numbers of static keys; hardware types are below
.equ KEY_INTERRUPT, 17
.equ DYNAMIC_KEYS, 0x01000000         # the least number of a key made at run time; the first one is 0xffffffff
.equ QUOTA_LEFT, 8                    # of a quota: bytes left, owner number (0: none yet)
.equ QUOTA_OWNER, 12
.equ QUOTA_BYTES, 24
.equ INTERRUPT_SOURCE, 8
.equ INTERRUPT_BYTES, 16

# Loads the switcher's capability at a label: PCC is the only way to it.
.macro load_slot cd, slot
.Lslot\@:
  auipcc \cd, %cheriot_compartment_hi(\slot)
  clc   \cd, %cheriot_compartment_lo_i(.Lslot\@)(\cd)
.endm
