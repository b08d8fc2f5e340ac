# Library: micro-reboots. A compartment that can be rebooted has a guard as the first of its globals; every export goes through
# guard_enter and guard_leave, and its stackless error handler through guard_leave. Who reboots it runs, in the compartment,
# (1) guard_close: new callers are refused; (2) wakes whatever threads inside wait for, and (3) gives back its heap, so that they
# fault where they use it or find the guard closed: both again until guard_drain says that nobody is left; (4) guard_reset,
# guard_open. These are the steps of the real network stack (research/cheri-cheriot.md section 2.15); they too are the compartment's
# own code, not the kernel's.
  .text
  .include "zero.s"
.equ GUARD_CLOSED, 0                  # 1 from guard_close to guard_open
.equ GUARD_USERS, 4                   # invocations inside; who drains waits for this word
.equ GUARD_REBOOTS, 8                 # how often it has been opened anew
.equ GUARD_ROUNDS, 12                 # of draining
.equ GUARD_BYTES, 16
.equ DRAIN_TICKS, 200000              # how long it waits for those inside before it tries again: a tick of 10 ms (as theirs)
.equ MOST_ROUNDS, 20                   # then it gives up: somebody neither leaves nor faults

# Behind sentries that disable interrupts, all four. ca0 = guard. a0 = 0, or -RESTARTING: it is closed.
guard_enter:
  clw   t0, GUARD_CLOSED(ca0)
  bnez  t0, 1f
  clw   t0, GUARD_USERS(ca0)
  addi  t0, t0, 1
  csw   t0, GUARD_USERS(ca0)
  li    a0, 0
  cret
1:
  li    a0, -RESTARTING
  cret

# a0 = 1 if somebody waits for the last to leave and this was it.
leave_guard:
  clw   t0, GUARD_USERS(ca0)
  addi  t0, t0, -1
  csw   t0, GUARD_USERS(ca0)
  seqz  t0, t0
  clw   t1, GUARD_CLOSED(ca0)
  and   a0, t0, t1
  cret

# a0 = 0, or -RESTARTING: somebody else reboots it.
guard_close:
  clw   t0, GUARD_CLOSED(ca0)
  bnez  t0, 1f
  li    t0, 1
  csw   t0, GUARD_CLOSED(ca0)
  csw   zero, GUARD_ROUNDS(ca0)
  li    a0, 0
  cret
1:
  li    a0, -RESTARTING
  cret

guard_open:
  clw   t0, GUARD_REBOOTS(ca0)
  addi  t0, t0, 1
  csw   t0, GUARD_REBOOTS(ca0)
  csw   zero, GUARD_CLOSED(ca0)
  li    a0, 0
  cret

# ca0 = guard. An invocation ends.
guard_leave:
  cincoffset csp, csp, -16
  csc   cra, 0(csp)
  csc   ca0, 8(csp)
  library_call leave_guard
  beqz  a0, 1f
  clc   ca0, 8(csp)
  cincoffset ca0, ca0, GUARD_USERS
  li    a1, 1
  cross_call futex_wake
1:
  clc   cra, 0(csp)
  cincoffset csp, csp, 16
  cret

# Waits a tick for those inside to leave. ca0 = guard. a0 = 0: nobody is inside, 1: release everything once more and come again,
# -TIMED_OUT: somebody neither leaves nor faults.
guard_drain:
  cincoffset csp, csp, -32
  csc   cra, 0(csp)
  csc   ca0, 8(csp)
  clw   a2, GUARD_USERS(ca0)
  li    a0, 0
  beqz  a2, 2f
  clc   ca1, 8(csp)
  clw   t0, GUARD_ROUNDS(ca1)
  li    t1, MOST_ROUNDS
  li    a0, -TIMED_OUT
  bgeu  t0, t1, 2f
  addi  t0, t0, 1
  csw   t0, GUARD_ROUNDS(ca1)
  cincoffset ca1, ca1, GUARD_USERS
  csw   zero, 16+TIMEOUT_ELAPSED(csp)
  li    t0, DRAIN_TICKS
  csw   t0, 16+TIMEOUT_REMAINING(csp)
  cincoffset ca0, csp, 16
  csetbounds ca0, ca0, TIMEOUT_BYTES
  cross_call futex_wait
  clc   ca1, 8(csp)
  clw   t0, GUARD_USERS(ca1)
  snez  a0, t0
2:
  clc   cra, 0(csp)
  cincoffset csp, csp, 32
  cret

# Gives globals their first values. ca0 = them, the guard at their beginning stays; ca1 = image: their bytes, a multiple of 8, then runs
# of offset, number of words and these; a run of no words ends it.
guard_reset:
  cincoffset ca2, ca1, 4
  clw   a1, 0(ca1)
  cincoffset ct0, ca0, GUARD_BYTES
  addi  a1, a1, -GUARD_BYTES
  add   a1, t0, a1                    # end
  zero_memory t0, a1, t2
1:
  clw   t2, 4(ca2)
  beqz  t2, 3f
  clw   t1, 0(ca2)
  cincoffset ct0, ca0, t1
  cincoffset ca2, ca2, 8
2:
  clw   t1, 0(ca2)
  csw   t1, 0(ct0)
  cincoffset ca2, ca2, 4
  cincoffset ct0, ct0, 4
  addi  t2, t2, -1
  bnez  t2, 2b
  j     1b
3:
  li    a0, 0
  cret
