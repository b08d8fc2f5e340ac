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

# The word \cd must be a key of sealed objects with the right \right, else \bad. Uses t0, t1.
.macro check_key cd, reg, right, bad
  cgettag t0, \cd
  beqz  t0, \bad
  cgettype t0, \cd
  bnez  t0, \bad
  cgetperm t0, \cd
  andi  t0, t0, \right
  beqz  t0, \bad
  cgetbase t0, \cd
  bne   t0, \reg, \bad
  cgetlen t0, \cd
  li    t1, 1
  bne   t0, t1, \bad
.endm
.equ RIGHT_UNSEAL, 0x200
.equ RIGHT_SEAL, 0x400

# ct0 = the payload of the sealed object \handle with the bounds of all of it, if it was made with the key number \key; else \bad.
# ct0 holds the right to unseal before. Freed ones have no number any more. Uses t1.
.macro open_token handle, key, bad
  cunseal ct0, \handle, ct0
  cgettag t1, ct0
  beqz  t1, \bad
  clw   t1, TOKEN_KEY - TOKEN_HEADER(ct0)
  bne   t1, \key, \bad
.endm
