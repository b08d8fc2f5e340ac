# Scoped error handlers: regions of a function, like a try block, and the stackless error handler that goes on behind the innermost one
# that a fault has left. A program includes this file in front of its own code and has `SCOPED_HANDLERS` of compartments.ts. All of it
# is the compartment's own code, not the kernel's, as in the real system (unwind.h and unwind_error_handler of cheriot-rtos b06a7bb): a
# record says nothing that the compartment could not do anyway. Regions are on the stack of one invocation: they are gone when it
# returns, and a callee, the same compartment called anew too, begins without any. They need the bounds of a stack, and that it was
# zeroed: with isolation=path region_begin faults.
#
# Record of a region, in its function's frame, at a multiple of 8
.equ REGION_NEXT, 0                   # the region around it, or null
.equ REGION_S0, 8                     # what is given back: these and cgp
.equ REGION_S1, 16
.equ REGION_SP, 24
.equ REGION_RA, 32                    # return sentry to where region_begin looks: interrupts are as they were there
.equ REGION_BYTES, 40
# From the end of an invocation's stack, in the bytes that the switcher reserves: the innermost region, null when it begins
.equ INNERMOST_REGION, -8

# Loads the innermost region: \end = the end of the stack. Uses the integer register \address for it.
.macro innermost_region cd, end, address
  cgettop \address, csp
  csetaddr \end, csp, \address
  clc   \cd, INNERMOST_REGION(\end)
.endm

# A region begins, with its record at \record(csp). A fault until region_end goes on at \handler, with the region ended: s0, s1, csp
# as they are here, cgp, a0 = how many entries to handlers and exits of them the invocation had, odd; all else is lost. Memory stays
# as the fault found it. Uses ca0, ct0, ct1, cra.
.macro region_begin record, handler
  innermost_region ct1, ct0, t0
  csc   ct1, \record + REGION_NEXT(csp)
  cincoffset ca0, csp, \record
  csc   ca0, INNERMOST_REGION(ct0)
  cjal  keep_registers
  bnez  a0, \handler
.endm

# The region with its record at \record(csp), the innermost one, is left. Uses ct0, ct1.
.macro region_end record
  clc   ct1, \record + REGION_NEXT(csp)
  cgettop t0, csp
  csetaddr ct0, csp, t0
  csc   ct1, INNERMOST_REGION(ct0)
.endm

  .text
# Comes back twice: with a0 = 0 now, with another behind a fault. ca0 = record.
keep_registers:
  csc   cs0, REGION_S0(ca0)
  csc   cs1, REGION_S1(ca0)
  csc   csp, REGION_SP(ca0)
  csc   cra, REGION_RA(ca0)
  li    a0, 0
  cret

# The stackless error handler. A fault of its own, by way of a list that was overwritten, ends the invocation: the switcher's count
# is odd until it is reset. Behind that the region is off the list, and the next fault finds the one around it.
scoped_handler:
  back_here
  innermost_region cs0, csp, t0
  beqz  s0, 1f
  clc   ct0, REGION_NEXT(cs0)
  csc   ct0, INNERMOST_REGION(csp)
  library_call reset_handled          # a0 = what the count was: odd here, so not 0
  back_here
  clc   cs1, REGION_S1(cs0)
  clc   csp, REGION_SP(cs0)
  clc   cra, REGION_RA(cs0)
  clc   cs0, REGION_S0(cs0)
1:
  cret                                # where the region began, or to the switcher, which ends the invocation
