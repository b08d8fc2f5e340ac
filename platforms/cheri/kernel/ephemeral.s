# Library: ephemeral claims. A thread puts up to two pointers into its hazard slots; what they point into is not freed while they are
# there. It costs no quota and no call: the switcher clears the slots with the thread's next call of a compartment or return from one.
# The allocator looks at all slots between its two changes of the epoch's word (hazards.s), so that this is a sequence lock: what was
# stored under one even epoch will be seen (research/cheri-cheriot.md section 2.13).
  .text
  .include "layout.s"
.equ EPOCH_POLL, 2000                 # ticks of a wait for the end of a look: nobody is woken by it

# Jumps to \bad unless slots can hold \cd, if it is not null: a slot keeps no tag of what is not global, and to who has a sealed pointer
# the object is not there to be used. Uses t0.
.macro check_claimed cd, reg, bad
  beqz  \reg, .Lnothing\@
  cgettag t0, \cd
  beqz  t0, \bad                      # freed: this thread was interrupted, its registers have been through the load filter
  cgettype t0, \cd
  bnez  t0, \bad
  cgetperm t0, \cd
  andi  t0, t0, RIGHT_GLOBAL
  beqz  t0, \bad
.Lnothing\@:
.endm
.equ RIGHT_GLOBAL, 1

# Claims up to two objects of the heap, instead of those that the thread has claimed before. ca0 = timeout, ca1 and ca2 = pointers into
# them; pointers to other memory are passed over. a0 = 0; -INVALID if one was freed, is sealed or not global; -TIMED_OUT. With an error
# nothing is claimed.
heap_claim_ephemeral:
  cmove ca4, cra
  cmove ca5, ca0
  library_call hazard_slots           # ca0; it changes nothing else
  cmove cra, ca4
  load_import ct0, heap_bounds
  cgetlen t1, ct0
  cgetbase t0, ct0
  cgetbase t2, ca1
  sub   t2, t2, t0
  bltu  t2, t1, 1f
  li    a1, 0
1:
  cgetbase t2, ca2
  sub   t2, t2, t0
  bltu  t2, t1, 2f
  li    a2, 0
  beqz  a1, nothing_claimed           # whenever that is seen
2:
  load_import ct0, hazard_epoch
3:
  clw   a3, 0(ct0)
  slli  t1, a3, 31 - EPOCH_SHIFT
  bltz  t1, wait_for_look
  csc   ca1, 0(ca0)
  csc   ca2, 8(ca0)
  clw   t1, 0(ct0)
  bne   t1, a3, 3b
  check_claimed ca1, a1, claim_refused
  check_claimed ca2, a2, claim_refused
  li    a0, 0
  cret
nothing_claimed:
  csc   cnull, 0(ca0)
  csc   cnull, 8(ca0)
  li    a0, 0
  cret
claim_refused:
  li    a1, -INVALID
claim_failed:
  csc   cnull, 0(ca0)
  csc   cnull, 8(ca0)
  mv    a0, a1
  cret

# The epoch is odd: lets the thread run that looks, with this one's priority, if the timeout ca5 allows it. a3 = the word.
wait_for_look:
  clw   t0, TIMEOUT_REMAINING(ca5)
  li    t1, EPOCH_POLL
  minu  t0, t0, t1
  bnez  t0, 4f
  li    a1, -TIMED_OUT
  j     claim_failed
4:
  cincoffset csp, csp, -48
  csc   cra, 0(csp)
  csc   ca1, 8(csp)
  csc   ca2, 16(csp)
  csc   ca5, 24(csp)
  csc   ca0, 32(csp)
  csw   zero, 40+TIMEOUT_ELAPSED(csp)
  csw   t0, 40+TIMEOUT_REMAINING(csp)
  load_import ca1, hazard_epoch
  mv    a2, a3
  cincoffset ca0, csp, 40
  csetbounds ca0, ca0, TIMEOUT_BYTES
  cross_call futex_wait_inheriting
  clc   ca5, 24(csp)
  clw   t1, 40+TIMEOUT_ELAPSED(csp)
  clw   t0, TIMEOUT_ELAPSED(ca5)
  add   t0, t0, t1
  csw   t0, TIMEOUT_ELAPSED(ca5)
  clw   t0, TIMEOUT_REMAINING(ca5)
  li    t2, FOREVER
  beq   t0, t2, 5f
  minu  t1, t1, t0
  sub   t0, t0, t1
  csw   t0, TIMEOUT_REMAINING(ca5)
5:
  clc   ca0, 32(csp)
  clc   ca1, 8(csp)
  clc   ca2, 16(csp)
  clc   cra, 0(csp)
  cincoffset csp, csp, 48
  j     2b
