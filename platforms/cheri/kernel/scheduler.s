# The scheduler: a compartment that decides which thread runs. It sees threads as sealed handles, so that it can starve one but
# not look into it. It runs with interrupts off: on its own stack behind a trap, on the caller's in a call.
# THREAD_COUNT, threads with their handles and priorities, and the first current thread are the linker's (link.ts).

# record of a thread, at `threads - globals` + 64 n
.equ T_HANDLE, 0                      # its trusted stack, sealed
.equ T_NEXT, 8                        # ready: ring of its priority; blocked: list of waiters. Offsets behind cgp, 0: none
.equ T_PREVIOUS, 12
.equ T_WAKE, 16                       # 64 bits: when its timeout is over; only while it is in the list of timeouts
.equ T_LATER, 24                      # list of timeouts, soonest first
.equ T_SOONER, 28
.equ T_WORD, 32                       # address of the word that it waits for; 0: none
.equ T_PRIORITY, 36                   # byte: its own, or that of who waits for what it holds
.equ T_STATE, 37                      # byte: STATE_
.equ T_TIMED, 38                      # byte: 1 while it is in the list of timeouts
.equ T_OWN_PRIORITY, 39               # byte
.equ T_RESULT, 40                     # why it runs again: 0, or -TIMED_OUT
.equ T_HOLDER, 44                     # thread that has what it waits for, 0: not known
.equ T_BYTES, 64
.equ STATE_READY, 0
.equ STATE_BLOCKED, 1
.equ STATE_ENDED, 2

.equ PRIORITIES, 32
.equ TURN, 200000                     # ticks that a thread runs before its peers: 10 ms (cheriot-rtos, 100 Hz)

# The timer's registers and the interrupt controller's (devices/board.ts)
.equ TIMER_COUNT, 0x10
.equ TIMER_COMPARE, 0x18
.equ PLIC_ENABLE, 0x2000
.equ PLIC_CLAIM, 0x200004

# \cd = what is at an offset behind cgp
.macro record cd, offset
  cincoffset \cd, cgp, \offset
.endm
.macro global instruction, register, name
  \instruction \register, \name - globals(cgp)
.endm

  .text
  .include "check.s"
  .include "schedule.s"
  .include "timeouts.s"
  .include "futex.s"
  .include "inherit.s"

  .data
bitmap:               .word 0         # bit p: a thread of priority p is ready
current:              .word 0         # thread that runs
soonest:              .word 0         # first of the list of timeouts
waiters:              .word 0         # first and last of the list of blocked threads that wait for a word
last_waiter:          .word 0
turn_end:             .word 0, 0      # when the current thread has had its turn
current_thread:       .word 0         # its number, for probes
ready:                .space 4 * PRIORITIES  # first of each ring
  .balign 8
interrupt_words:      .space 4 * 32   # one for each source of the controller
  .balign 8
threads:              .space T_BYTES * THREAD_COUNT
