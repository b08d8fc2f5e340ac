# The first code that runs. It holds the three roots, makes from them what the linker's table asks for, and gives the machine to
# the idle thread with nothing left in any register. LOADER_TABLE and LOADER_TABLE_END are the linker's.
  .include "layout.s"
  .text
_start:
  auipcc cs0, 0                       # the executable root
  cspecialrw cs1, mtdc, cnull         # memory
  cspecialrw ctp, mscratchc, cnull    # sealing
  li    a0, LOADER_TABLE
  csetaddr ca0, cs1, a0
  li    a1, LOADER_TABLE_END
record:
  cmove ca2, cs0
  clw   t0, RECORD_ROOT(ca0)
  beqz  t0, 1f
  cmove ca2, cs1
  addi  t0, t0, -1
  beqz  t0, 1f
  cmove ca2, ctp
1:
  clw   t0, RECORD_BASE(ca0)
  clw   t1, RECORD_LENGTH(ca0)
  csetaddr ca2, ca2, t0
  beqz  t1, 2f
  csetboundsexact ca2, ca2, t1
2:
  clw   t0, RECORD_PERMISSIONS(ca0)
  clw   t1, RECORD_ADDRESS(ca0)
  candperm ca2, ca2, t0
  csetaddr ca2, ca2, t1
  clw   t0, RECORD_TYPE(ca0)
  beqz  t0, 3f
  csetaddr ct1, ctp, t0
  cseal ca2, ca2, ct1
3:
  cgettag t1, ca2
  beqz  t1, refused
  clw   t0, RECORD_PLACE(ca0)
  csetaddr ct1, cs1, t0
  csc   ca2, 0(ct1)
  addi  a0, a0, RECORD_BYTES
  csetaddr ca0, cs1, a0
  bne   a0, a1, record

  li    t0, ENABLED_INTERRUPTS        # taken from the first mret on
  csrw  mie, t0
  load_slot ct0, vector
  cspecialrw cnull, mtcc, ct0
  li    t0, 0
  cspecialrw cnull, mtdc, ct0
  cspecialrw cnull, mscratchc, ct0
  load_slot ct0, first_install
  load_slot ca0, first_thread         # every other register is overwritten by the thread's
  cjr   ct0

# The table asks for what cannot be: a linker's mistake.
refused:
  ebreak

  .balign 8
vector:               .space 8        # the switcher's trap_entry
first_install:        .space 8        # its install
first_thread:         .space 8        # the idle thread, sealed
