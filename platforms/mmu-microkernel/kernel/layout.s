# Where things are and what they look like. The loader (loader.ts) reads these symbols: they have no other home.

# parameters, as numbers of the parameter table (parameters.ts)
.equ V0_9_12, 0
.equ PR668, 1
.equ HEAD, 2
.equ IDEAL, 3

# ---- virtual memory of every process ----
.equ USER_END, 0xff000000           # what is above belongs to the kernel
.equ TEXT_BASE, 0x00010000
.equ WINDOW_BASE, 0x40000000        # memory messages arrive here: one root entry, 4 MiB
.equ WINDOW_END, 0x40400000
.equ AREA_BASE, 0x60000000          # MapMemory without an address
.equ AREA_BYTES, 0x10000000
.equ STACK_TOP, 0x80000000          # the last page is there from the start, the others when they are touched
.equ STACK_BYTES, 0x20000
.equ PATH_STRIDE, 0x00400000        # isolation=path: process n has all of this n times higher
.equ TABLES, 0xff400000             # the page tables of the current process: the entry of page v is at TABLES + 4 v
.equ ROOT, 0xff800000               # its root table
.equ CONTEXTS, 0xff801000           # its context page
.equ PATH_CONTEXTS, 0xff810000      # isolation=path: the context page of process n, of all in the one space
.equ QUEUES, 0xff880000             # the queue page of server n, in its owner's space
.equ KERNEL_TEXT, 0xffd00000        # from here on the same in every process

.equ SRAM_PAGE, 0x61000             # number of the first page of RAM
.equ SRAM_PAGES, 512

# ---- page-table entries (privileged ISA 20211203, 4.3.1) ----
.equ PTE_V, 1
.equ PTE_R, 2
.equ PTE_W, 4
.equ PTE_X, 8
.equ PTE_U, 16
.equ PTE_AD, 0xc0                   # accessed and dirty are always set: nobody takes faults for them
.equ PTE_LENT, 0x100                # software bit: lent out, V = 0 until it comes back
.equ PTE_FLAGS, 0x3ff
.equ PTE_KERNEL, PTE_V | PTE_R | PTE_W | PTE_AD

# ---- context page: 32 frames of 128 bytes; frame 0 holds facts about the process, frame n + 1 thread n ----
.equ FRAME_SHIFT, 7
.equ C_SCRATCH, 0
.equ C_FRAME, 4                     # number of the running thread's frame
.equ C_WINDOW_LAST, 8               # where the last memory message arrived
.equ C_AREA_BASE, 12
.equ C_AREA_LAST, 16                # where MapMemory last found room
.equ C_CONNECTIONS, 32              # 32 bytes: 0 free, 1 server gone, else server + 2
.equ C_JOINERS, 64                  # 32 bytes: which thread waits for the end of thread n
.equ CONNECTIONS, 32
.equ FIRST_CID, 2                   # a connection's number is its place plus 2
.equ CONNECTION_GONE, 1
.equ CONNECTION_SERVER, 2

# a frame: x1 to x31, then the pc; pc = 0 is a thread that does not exist
.equ F_RA, 0
.equ F_SP, 4
.equ F_A0, 36
.equ F_A1, 40
.equ F_A2, 44
.equ F_A3, 48
.equ F_A4, 52
.equ F_A5, 56
.equ F_A6, 60
.equ F_A7, 64
.equ F_PC, 124
.equ FRAME_BYTES, 128
.equ HANDLER_THREAD, 0
.equ FIRST_THREAD, 2
.equ THREADS, 31

# ---- kernel data: the last two pages of the address space; its last 2 KiB are in reach of x0 ----
.equ SERVERS, 0xffffe000            # 128 records of 32 bytes
.equ TRACKER, 0xfffff000            # a byte for each page of RAM: the process that owns it, 0 = free
.equ INTERRUPTS, 0xfffff200         # 32 records of 16 bytes
.equ PROCESSES, -2048               # 64 records of 32 bytes
.equ SERVER_COUNT, 128
.equ PROCESS_COUNT, 64
.equ INTERRUPT_COUNT, 32

# process record, at PROCESSES + 32 pid
.equ P_SHIFT, 5
.equ P_SATP, PROCESSES + 0          # 0 = no such process
.equ P_READY, PROCESSES + 4         # bit t: thread t is ready and not running
.equ P_THREAD, PROCESSES + 8        # the thread that ran last
.equ P_PARENT, PROCESSES + 12
.equ P_CONTEXTS, PROCESSES + 16     # isolation=path: its context page
.equ P_TURN, PROCESSES + 20         # the thread that PID 1 ran last; hand-offs do not count

# There is no process 0: the kernel's own words are in its record.
.equ current_process, PROCESSES + 0
.equ current_thread, PROCESSES + 4
.equ quantum, PROCESSES + 8         # process << 8 | thread that PID 1 switched to
.equ interrupted, PROCESSES + 12    # process << 8 | thread an interrupt handler goes back to; 0 = no handler runs
.equ enabled_lines, PROCESSES + 16  # interrupt lines that somebody claimed
.equ current_contexts, PROCESSES + 20 # isolation=path: the context page in use

# PID 1 is the scheduler
.equ SCHEDULER, 1

# server record
.equ S_SHIFT, 5
.equ S_SID, 0                       # 16 bytes
.equ S_OWNER, 16                    # process, 0 = no such server
.equ S_PARKED, 20                   # bit t: thread t waits for a message
.equ S_USED, 24                     # queue slots in use, 0 to 128
.equ S_NEXT_PUT, 28                 # 8 bits: generation of the next message
.equ S_NEXT_TAKE, 29                # 8 bits: generation of the oldest message

# interrupt record
.equ I_PROCESS, 0                   # 0 = not claimed
.equ I_FUNCTION, 4
.equ I_ARGUMENT, 8

# ---- queue page: 128 slots of 32 bytes ----
.equ SLOT_BYTES, 32
.equ SLOTS, 128
.equ Q_KIND, 0                      # byte: SLOT_FREE, a kind of message, or one of the kinds below
.equ Q_THREAD, 1                    # byte: the sender
.equ Q_PROCESS, 2                   # byte
.equ Q_GENERATION, 3                # byte
.equ Q_ID, 4
.equ Q_A4, 8
.equ Q_A5, 12
.equ Q_A6, 16
.equ Q_A7, 20
.equ Q_CLIENT, 24                   # where the lent pages are in the sender's space
.equ SLOT_FREE, 0
.equ SLOT_WAITS_SCALAR, 8           # delivered, the sender waits for words
.equ SLOT_WAITS_MEMORY, 9           # delivered, the sender waits for its pages
.equ SLOT_FORGET, 10                # delivered, the sender is gone

# a sender token: process << 24 | server << 16 | slot
.equ NO_SLOT, 0xff                  # of a message that needs no answer

# ---- sstatus and causes (privileged ISA 20211203, 4.1.1 and 4.1.8) ----
.equ SSTATUS_SIE, 0x2
.equ SSTATUS_SPIE, 0x20
.equ SSTATUS_SPP, 0x100
.equ CAUSE_CALL_U, 8
.equ CAUSE_CALL_S, 9
.equ CAUSE_FETCH, 12
.equ CAUSE_LOAD, 13
.equ CAUSE_STORE, 15
.equ SIE_EXTERNAL, 0x200
.equ LINE_MASK, 0x9c0               # CSR: interrupt lines let through to S-mode (VexRiscv ExternalInterruptArray)
.equ LINE_PENDING, 0xdc0            # CSR: lines that are high and let through
