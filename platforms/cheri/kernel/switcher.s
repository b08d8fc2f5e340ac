# The switcher: the only code that may touch system registers, and so the only one that sees two compartments or two threads at
# once (research/cheri-cheriot.md sections 2.4 to 2.9). Parameters of its sources:
#   HIGH_WATER_MARK  1: zeroing starts at MSHWM; 0: at the base of the stack
#   FULL             0 (isolation=path): nothing is zeroed, cleared or bounded
  .include "layout.s"
  .include "zero.s"
  .text
# For the loader to fill. PCC reaches them; nobody can write them when it has erased itself.
  .balign 8
switcher_start:
export_key:           .space 8        # unseals TYPE_EXPORT
trusted_stack_key:    .space 8        # seals and unseals TYPE_TRUSTED_STACK
scheduler_csp:        .space 8
scheduler_cgp:        .space 8
scheduler_pcc:        .space 8
  .include "call.s"
  .include "return.s"
  .include "trap.s"
  .include "fault.s"

# The number of the running thread, for libraries of the kernel, behind a sentry that disables interrupts. a0 = the number.
  .phase kernel
thread_number:
  cspecialrw ca0, mtdc, cnull
  clhu  a0, TS_THREAD(ca0)
  cret

# The running thread's two hazard slots, to store to, for everybody (ephemeral.s), behind a sentry that disables interrupts. ca0 = slots;
# no other register changes.
hazard_slots:
  cspecialrw ca0, mtdc, cnull
  clc   ca0, TS_HAZARDS(ca0)
  cret

# The running invocation has handled no faults: for compartments whose handlers do not come back to the switcher, behind a sentry
# that disables interrupts. a0 = its count until now, entries and exits: odd while a handler runs.
reset_handled:
  cspecialrw ca1, mtdc, cnull
  clhu  a0, TS_FRAME(ca1)
  cincoffset ca1, ca1, a0
  clhu  a0, FRAME_HANDLED - FRAME_BYTES(ca1)
  csh   zero, FRAME_HANDLED - FRAME_BYTES(ca1)
  li    a1, 0
  cret
