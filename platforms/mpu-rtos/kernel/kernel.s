@ The kernel: one file for each mechanism. Parameters are symbols of the assembler:
@   ARCH        6, 7 or 8: Armv6-M, Armv7-M, Armv8-M; code is Armv6-M's where nothing else is said, as CMRX's switch is
@   THREADS, PROCESSES, STACK_BYTES   sizes of the tables
@   HEAD        1: CMRX 16fc43c, 0: v0.1.2
@   POLICY      what a fault ends in
@   CHECK_OBJECT, CHECK_METHOD, CHECK_STACK, CHECK_POINTERS, EQUAL   hardening, 0 or 1
@   CANARY      1: the word behind object and method of an RPC is checked
@   BURST       1: regions are written four at a time
@   FULL        0 (isolation=path): the MPU stays off and no region is written
@   CLOCK_MHZ, TICK_US   clock and tick
@
@ In a system call r4 is the caller's exception frame, r0 to r3 are its arguments; r0 is the result. Subroutines keep r4 to r7.
  .syntax unified
  .thumb
.equ AS_SHIPPED, 0
.equ UNWIND, 1
.equ KILL, 2
.equ RESTART, 3
  .include "abi.s"
  .include "layout.s"
  .include "variables.s"
  .text
  .include "vectors.s"
  .include "transaction.s"
  .include "mpu.s"
  .include "dispatch.s"
  .include "schedule.s"
  .include "switch.s"
  .include "rpc.s"
  .include "thread.s"
  .include "check.s"
  .include "equal.s"
  .include "notify.s"
  .include "timer.s"
  .include "signal.s"
  .include "interrupt.s"
  .include "fault.s"
  .include "boot.s"
  .pool
  .include "library.s"
