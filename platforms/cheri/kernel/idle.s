# Idle: the first thread that runs and the one that runs when no other can. ca0 = the loader's memory.
  .text
idle:
  cgettop t0, ca0
1:
  csc   cnull, 0(ca0)                 # the loader, its table and its roots are gone; what is left is heap
  cincoffset ca0, ca0, 8
  bltu  a0, t0, 1b
  li    a0, 0
  yield
2:
  wfi
  j     2b
