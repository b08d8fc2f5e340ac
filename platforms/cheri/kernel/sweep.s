# The software revoker: a compartment that can reach all of memory and does one thing with it. Loading a capability clears its tag
# if the bitmap says so, and storing what was loaded makes that last. Interrupts are off, so that nobody stores in between.
  .text
.equ SWEEP_PART, 4096                 # granules in one call (cheriot-rtos, software revoker)

# Begins a sweep unless one is under way, and does a part of it.
  .phase kernel
sweep:
  clw   t0, position - globals(cgp)
  bnez  t0, 1f
  li    t0, MEMORY_START
  clw   t1, epochs - globals(cgp)
  addi  t1, t1, 1
  csw   t1, epochs - globals(cgp)
1:
  load_import ca0, memory
  csetaddr ca0, ca0, t0
  li    t1, SWEEP_PART * 8
  add   t1, t0, t1
  li    t2, MEMORY_END
  minu  t1, t1, t2
2:
  clc   ca1, 0(ca0)
  csc   ca1, 0(ca0)
  cincoffset ca0, ca0, 8
  bltu  a0, t1, 2b
  bne   t1, t2, 3f
  li    t1, 0
  clw   t0, epochs - globals(cgp)
  addi  t0, t0, 1
  csw   t0, epochs - globals(cgp)
3:
  csw   t1, position - globals(cgp)
  li    a0, 0
  li    a1, 0
sweep_done:
  cret

# a0 = epoch: one more when a sweep begins and when it ends.
  .phase kernel
sweep_epoch:
  clw   a0, epochs - globals(cgp)
  li    a1, 0
  cret

  .data
position:             .word 0         # next address; 0: no sweep is under way
epochs:               .word 0
