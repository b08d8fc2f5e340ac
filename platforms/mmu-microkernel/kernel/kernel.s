# The kernel: one file for each mechanism. Parameters are symbols of the assembler:
#   GENERATION  V0_9_12, PR668, HEAD or IDEAL: how often a switch activates and flushes (space.s)
#   ASID        1 if the hardware tags TLB entries; used by IDEAL only
#   HARDENED    1: misuse ends in an error; 0: as Xous ships
#   FULL        1: an address space for each process; 0 (isolation=path): one for all
  .include "abi.s"
  .include "layout.s"
  .text
  .include "space.s"
  .include "entry.s"
  .include "schedule.s"
  .include "dispatch.s"
  .include "servers.s"
  .include "memory.s"
  .include "queue.s"
  .include "send.s"
  .include "lend.s"
  .include "receive.s"
  .include "reply.s"
  .include "fault.s"
  .include "interrupts.s"
  .include "threads.s"
  .include "terminate.s"
  .include "boot.s"
