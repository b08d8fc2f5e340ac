# Zeroes the stack from the mark in register \from up to sp, by way of csp; both are multiples of 16. Uses \pointer (the
# capability form is c\pointer) and \limit. The loop takes 11 cycles for 32 bytes, one more if its head lies at 2 modulo 4: who
# uses this makes an instruction before it as wide as it takes, never one more. A test looks at the labels \loop.
.macro zero_stack loop, from, pointer, limit
  csetaddr c\pointer, csp, \from
  addi  \limit, sp, -31
  bgeu  \pointer, \limit, .Ltail\@
\loop:
  csc   cnull, 0(c\pointer)
  csc   cnull, 8(c\pointer)
  csc   cnull, 16(c\pointer)
  csc   cnull, 24(c\pointer)
  cincoffset c\pointer, c\pointer, 32
  bltu  \pointer, \limit, \loop
.Ltail\@:
  bgeu  \pointer, sp, .Ldone\@
  csc   cnull, 0(c\pointer)
  csc   cnull, 8(c\pointer)
.Ldone\@:
.endm

# What the running compartment may have written: \mark = first address.
.macro dirty_from mark
  .if HIGH_WATER_MARK
  csrr  \mark, mshwm
  .else
  cgetbase \mark, csp
  .endif
.endm

# Zeroes memory from \pointer (the capability c\pointer) up to the address \end, both multiples of 8. Uses \limit; moves \pointer.
.macro zero_memory pointer, end, limit
  addi  \limit, \end, -31
.Lzero\@:
  bgeu  \pointer, \limit, .Lrest\@
  csc   cnull, 0(c\pointer)
  csc   cnull, 8(c\pointer)
  csc   cnull, 16(c\pointer)
  csc   cnull, 24(c\pointer)
  cincoffset c\pointer, c\pointer, 32
  j     .Lzero\@
.Lrest\@:
  bgeu  \pointer, \end, .Lzeroed\@
  csc   cnull, 0(c\pointer)
  cincoffset c\pointer, c\pointer, 8
  j     .Lrest\@
.Lzeroed\@:
.endm
