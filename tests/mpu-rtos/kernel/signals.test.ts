import { describe, expect, it } from 'vitest';
import { coresOf, outputsOf } from './system.js';

describe.each(coresOf('m4'))('%s: signals and the end of threads', (core) => {
  it('SIGSTOP and SIGCONT take a thread out and bring it back', () => {
    const program = `
urgent:
  put 1
  movs r0, #0
  movs r1, #SIGSTOP
  bl kill
  out r0
  put 2
  bl thread_exit
main:
  put 3
  movs r0, #0
  movs r1, #SIGCONT
  bl kill
  out r0
  movs r0, #1
  movs r1, #SIGCONT
  bl kill
  out r0
  movs r0, #40
  movs r1, #SIGCONT
  bl kill
  out r0
  movs r0, #1
  movs r1, #36
  bl kill
  out r0
  exit
`;
    const threads = [
      ['p.urgent', 3],
      ['p.main', 5],
    ] as const;
    expect(outputsOf({ processes: { p: program }, threads }, { core })).toEqual([1, 3, 0, 2, 0, 10, 1, 10]);
  });

  it('others run the handler when the thread is switched to; then it goes on with all registers', () => {
    const program = `
handler:
  out r0
  fill 0x900
  ldr r1, =0x11111111
  mov r12, r1
  movs r2, #77
  movs r3, #78
  bx lr
main:
  ldr r0, =handler + 1
  bl signal
  fill 0x100
  movs r1, #1
  movs r2, #2
  movs r3, #3
  mov r12, r3
  svc #SVC_SCHED_YIELD
  push {r0-r7}
  mov r0, r12
  out r0
  pop {r0-r7}
  push {r0-r7}
  adds r0, r1
  adds r0, r2
  adds r0, r3
  out r0
  pop {r0-r7}
  mov r0, r8
  adds r0, r4
  add r0, r9
  adds r0, r5
  add r0, r10
  adds r0, r6
  add r0, r11
  adds r0, r7
  out r0
  exit
other:
  movs r0, #0
  movs r1, #5
  bl kill
  movs r0, #0
  movs r1, #2
  bl kill
  bl thread_yield
  b other
`;
    const threads = [
      ['p.main', 5],
      ['p.other', 5],
    ] as const;
    // callee-saved registers are the handler's to keep, as in any C function: this one does not
    const sum = 2 * (4 * 0x900 + 6);
    expect(outputsOf({ processes: { p: program }, threads }, { core }).slice(0, 4)).toEqual([2, 3, 6, sum]);
  });

  it('join waits for the end and gets the status, also of one that was killed; slot and stack are used again', () => {
    const program = `
worker:
  push {r4, lr}
  mov r4, r0
  bl thread_yield
  mov r0, r4
  pop {r4, pc}
main:
  movs r4, #20
1:
  ldr r0, =number
  ldr r1, =worker + 1
  mov r2, r4
  movs r3, #5
  bl thread_create
  cmp r0, #0
  bne failed
  ldr r0, =number
  ldr r0, [r0]
  ldr r1, =status
  bl thread_join
  cmp r0, #0
  bne failed
  ldr r0, =status
  ldr r0, [r0]
  cmp r0, r4
  bne failed
  subs r4, #1
  bne 1b
  ldr r0, =number
  ldr r1, =worker + 1
  movs r3, #9
  bl thread_create
  ldr r0, =number
  ldr r0, [r0]
  movs r1, #SIGKILL
  bl kill
  out r0
  ldr r0, =number
  ldr r0, [r0]
  ldr r1, =status
  bl thread_join
  ldr r0, =status
  ldr r0, [r0]
  out r0
  movs r0, #0
  ldr r1, =status
  bl thread_join
  out r0
  movs r0, #7
  ldr r1, =status
  bl thread_join
  out r0
  exit
failed:
  put 0xbad
  exit
.bss
.balign 4
number: .space 4
status: .space 4
`;
    // joining itself is a deadlock, an empty slot is invalid
    expect(outputsOf({ processes: { p: program }, threads: [['p.main', 5]] }, { core })).toEqual([0, -32 >>> 0, 8, 10]);
  });

  it('when slots are exhausted, thread_create says so', () => {
    const program = `
worker:
  bx lr
main:
  movs r4, #0
1:
  ldr r0, =number
  ldr r1, =worker + 1
  movs r3, #9
  bl thread_create
  cmp r0, #0
  bne 2f
  adds r4, #1
  b 1b
2:
  out r4
  out r0
  exit
.bss
.balign 4
number: .space 4
`;
    // of 8: this one and the idle thread
    expect(outputsOf({ processes: { p: program }, threads: [['p.main', 5]] }, { core })).toEqual([6, 255]);
  });

  it('numbers that no call has are refused', () => {
    const program = `
main:
  svc #28
  out r0
  svc #255
  out r0
  svc #4
  out r0
  svc #SVC_RPC_RETURN
  out r0
  exit
`;
    expect(outputsOf({ processes: { p: program }, threads: [['p.main', 5]] }, { core })).toEqual([10, 10, 9, 10]);
  });
});
