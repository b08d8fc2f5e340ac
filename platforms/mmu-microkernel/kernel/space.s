# Address spaces: the only place that writes satp.

# The context page of the current process. With isolation=path there is one address space, so a word says where it is.
.macro contexts rd
.if FULL
  li    \rd, CONTEXTS
.else
  lw    \rd, current_contexts(zero)
.endif
.endm

# The saved registers of a thread of the process whose context page is visible.
.macro frame_of rd, thread, scratch
  contexts \rd
  addi  \scratch, \thread, 1
  slli  \scratch, \scratch, FRAME_SHIFT
  add   \rd, \rd, \scratch
.endm

# A page-table entry of the page at \address has changed in the current space.
.macro flush_page address
.if GENERATION == IDEAL
  sfence.vma \address
.else
  sfence.vma
.endif
.endm

# satp := \satp, with the flushes of the generation around it. Generations before PR 668 flushed on both sides.
.macro pivot satp
.if FULL
.if GENERATION == V0_9_12
  sfence.vma
.endif
  csrw  satp, \satp
.if GENERATION != IDEAL || !ASID
  sfence.vma
.endif
.endif
.endm

# Makes the tables and the context page of the process with this record the visible ones; nobody runs differently.
# For a look into another process and back.
.macro visit record, scratch
.if FULL
  lw    \scratch, P_SATP(\record)
  pivot \scratch
.else
  lw    \scratch, P_CONTEXTS(\record)
  sw    \scratch, current_contexts(zero)
.endif
.endm

# Thread s4 of process s3 becomes the running one: s1, s2 and sp are its, and it is not ready any more. The process is
# activated twice, as in Xous: `mapping.activate` and `process.activate` both do it. Uses t0 to t2. The caller sets the phase.
  .phase switch-protection
activate_thread:
  slli  s2, s3, P_SHIFT
.if GENERATION != IDEAL
  visit s2, t0
.endif
  # Xous goes this way alone where it answers a message straight away (`switch_to_thread`).
switch_to_thread:
  slli  s2, s3, P_SHIFT
  visit s2, t0
  .phase schedule
  mv    s1, s3
  sw    s1, current_process(zero)
  sw    s4, current_thread(zero)
  sw    s4, P_THREAD(s2)
  li    t0, 1
  sll   t0, t0, s4
  not   t0, t0
  lw    t1, P_READY(s2)
  and   t1, t1, t0
  sw    t1, P_READY(s2)
  contexts t1
  addi  t0, s4, 1
  sw    t0, C_FRAME(t1)
  slli  t0, t0, FRAME_SHIFT
  add   sp, t1, t0
  li    t0, SSTATUS_SPP | SSTATUS_SPIE
  csrc  sstatus, t0           # to U-mode
  li    t0, SCHEDULER
  bne   s1, t0, 1f
  li    t0, SSTATUS_SPP       # PID 1 is a thread of S-mode, and runs with interrupts off
  csrs  sstatus, t0
1:
  ret
