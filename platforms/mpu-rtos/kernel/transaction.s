@ Transactions: the kernel computes with interrupts enabled, then masks them, looks whether another transaction was committed
@ meanwhile, and if not, changes its tables. Who aborts unmasks and computes again.

.macro transaction version, words
  ldr   \version, [\words, #K_TRANSACTION]
.endm

.macro commit version, words, scratch, abort
  cpsid i
  ldr   \scratch, [\words, #K_TRANSACTION]
  cmp   \scratch, \version
  bne   \abort
  adds  \scratch, #1
  str   \scratch, [\words, #K_TRANSACTION]
.endm

.macro done
  cpsie i
.endm
