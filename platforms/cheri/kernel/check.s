# What calls are given is checked before anything changes: it is answered, never found out by a fault.

# The word \cd of \bytes bytes must be usable with permissions \rights, else \bad. Uses t0, t1.
.macro check_pointer cd, reg, bytes, rights, bad
  cgettag t0, \cd
  beqz  t0, \bad
  cgettype t0, \cd
  bnez  t0, \bad
  cgetperm t0, \cd
  andi  t0, t0, \rights
  li    t1, \rights
  bne   t0, t1, \bad
  andi  t0, \reg, 3
  bnez  t0, \bad
  cgetbase t0, \cd
  bltu  \reg, t0, \bad
  cgettop t1, \cd
  addi  t0, \reg, \bytes
  bltu  t1, t0, \bad
.endm
.equ RIGHT_STORE, 4
.equ RIGHT_LOAD, 32
