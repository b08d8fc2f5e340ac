# What compartments and the kernel agree on. Every compartment is assembled behind this file.
#
# Registers: arguments in ca0 to ca5, results in ca0 and ca1; cs0, cs1, csp, cgp are kept across a call, nothing else is. csp is
# a multiple of 16 at a call and keeps its bounds; cgp points to the label `globals` at the head of .data, so that the variable v
# is `v - globals` bytes behind it. A callee's link is a return sentry: `cret` is the only way back.

# Negated in a0: why a call did not come back by itself
.equ COMPARTMENT_FAILED, 1            # the callee was unwound: it faulted, or the call was no valid one
.equ NOT_ENOUGH_STACK, 140
.equ NOT_ENOUGH_TRUSTED_STACK, 141

# Errors of kernel compartments, negated in a0
.equ NO_MEMORY, 12
.equ NOT_PERMITTED, 1                 # a handle without the right, or of another object
.equ INVALID, 22
.equ TIMED_OUT, 116
.equ RESTARTING, 85                   # a compartment that is being rebooted takes no callers

# Timeout, a structure of the caller: both words are timer ticks
.equ TIMEOUT_ELAPSED, 0               # how long it has waited: the kernel adds to it
.equ TIMEOUT_REMAINING, 4             # how long it may wait; FOREVER: without end
.equ TIMEOUT_BYTES, 8
.equ FOREVER, -1
.equ TICKS_PER_MICROSECOND, 20        # the timer counts cycles of a core at 20 MHz (devices/board.ts)

# Results of a rich error handler, in a0; what a stackless one gives back is not looked at: it ends the invocation, if it comes back
.equ INSTALL_CONTEXT, 0               # go on with the registers as the handler left them
.equ FORCE_UNWIND, 1                  # end the compartment's invocation: its caller sees -COMPARTMENT_FAILED

# What a rich handler gets: ca0 = registers of the fault as below, a1 = mcause, a2 = mtval. A stackless one: a0 = mcause,
# a1 = mtval, a2 = 0, and csp as the compartment was called with.
.equ CONTEXT_PC, 0                    # untagged: only its address counts
.equ CONTEXT_REGISTERS, 8             # register n at 8 n; c1 at 8, c15 at 120
.equ CONTEXT_BYTES, 128

# Loads the capability of an import. Two instructions.
.macro load_import cd, name
.Limport\@:
  auipcc \cd, %cheriot_compartment_hi(import.\name)
  clc   \cd, %cheriot_compartment_lo_i(.Limport\@)(\cd)
.endm

# Whose cycles these are, when somebody else has run in between.
.macro back_here
  .if IN_KERNEL
  .phase kernel
  .else
  .phase user
  .endif
.endm

# Calls an export of another compartment: five instructions. Uses ct1, ct2; arguments are in ca0 to ca5 (and ct0 where the
# export has seven).
.macro cross_call name
  load_import ct1, \name
  load_import ct2, switcher
  cjalr ct2
  back_here
.endm

# Calls a function of a library: three instructions. It runs with the caller's cgp, stack and rights. Uses ct2.
.macro library_call name
  load_import ct2, \name
  cjalr ct2
.endm

# Gives the processor to the next thread of the same priority. No register changes.
.macro yield
  ecall
  back_here
.endm
