import { describe, expect, it } from 'vitest';
import { CMRX_BOARD, CMRX_LINES } from '../../../platforms/mpu-rtos/devices/board.js';
import { coresOf, outputsOf } from './system.js';

const BSS = `
.bss
.balign 4
object: .space 4
other: .space 4
item: .space 8
.data
.balign 4
mutex: .byte 0, NO_OWNER, 0, 0
queue: .hword 3, 2, 0, 0, 0, 0
.space 6
`;

describe.each(coresOf('m0plus'))('%s: notifications', (core) => {
  it('wake the most urgent of those that wait for the object, nobody else', () => {
    const waiter = (name: string, object: string): string => `
${name}:
  mov r4, r0
  ldr r0, =${object}
  movs r1, #0
  bl wait_for_object
  out r0
  out r4
  bl thread_exit
`;
    const program = `
${waiter('on_object', 'object')}
${waiter('on_other', 'other')}
main:
  ldr r0, =object
  bl notify_object
  put 100
  ldr r0, =object
  bl notify_object
  put 101
  exit
${BSS}`;
    const threads = [
      ['p.on_other', 1, 1],
      ['p.on_object', 3, 2],
      ['p.on_object', 2, 3],
      ['p.main', 9],
    ] as const;
    expect(outputsOf({ processes: { p: program }, threads }, { core })).toEqual([0, 3, 100, 0, 2, 101]);
  });

  it('that nobody waits for are counted by object; without the flag they are lost', () => {
    const program = `
main:
  ldr r0, =object
  bl notify_object
  ldr r0, =object
  bl notify_object
  ldr r0, =other
  movs r1, #0
  bl notify_object2
  ldr r0, =object
  movs r1, #0
  bl wait_for_object
  out r0
  ldr r0, =object
  movs r1, #0
  bl wait_for_object
  out r0
  ldr r0, =other
  ldr r1, =300
  bl wait_for_object
  out r0
  ldr r0, =object
  bl notify_object
  ldr r0, =object
  bl init_waitable_object
  ldr r0, =object
  ldr r1, =300
  bl wait_for_object
  out r0
  exit
${BSS}`;
    const system = { processes: { p: program }, threads: [['p.main', 5]], timers: true } as const;
    expect(outputsOf(system, { core, kernel: { tickMicroseconds: 100 } })).toEqual([0, 0, 14, 14]);
  });

  it('16 objects have room; the next is refused; a place is free again when its events are taken', () => {
    const program = `
main:
  movs r4, #0
  ldr r5, =0x1000
1:
  mov r0, r5
  bl notify_object
  cmp r0, #E_OK
  bne 2f
  adds r4, #1
  adds r5, #28
  b 1b
2:
  out r4
  out r0
  ldr r0, =0x1000
  movs r1, #0
  bl wait_for_object
  mov r0, r5
  bl notify_object
  out r0
  mov r0, r5
  movs r1, #0
  bl wait_for_object
  out r0
  exit
`;
    expect(outputsOf({ processes: { p: program }, threads: [['p.main', 5]] }, { core })).toEqual([16, 12, 0, 0]);
  });

  it('mutex: one at a time, handed to the most urgent; the owner inherits its priority until it unlocks', () => {
    const section = (name: string, middle: string): string => `
${name}:
  mov r4, r0
  ldr r0, =mutex
  bl futex_lock
  out r4
  ${middle}
  ldr r0, =mutex
  bl futex_unlock
  adds r4, #10
  out r4
  bl thread_exit
`;
    // the last one starts the others one after the other while it holds the mutex
    const start = (label: string, priority: number, data: number): string => `
  ldr r0, =other
  ldr r1, =${label} + 1
  movs r2, #${data}
  movs r3, #${priority}
  bl thread_create
  bl thread_yield
`;
    const program = `
${section('user', '')}
between:
  put 50
  bl thread_exit
${section('holder', `${start('user', 6, 2)} ${start('user', 4, 3)} ${start('between', 5, 0)} put 60`)}
main:
  bl thread_exit
last:
  exit
${BSS}`;
    // 1 holds; 2 and 3 wait; with the priority of 3 the holder runs before the one between
    expect(
      outputsOf(
        {
          processes: { p: program },
          threads: [
            ['p.holder', 9, 1],
            ['p.last', 10],
          ],
        },
        { core },
      ),
    ).toEqual([1, 60, 3, 13, 50, 2, 12, 11]);
  });

  it('mutex: unlocking a free one is an error', () => {
    const program = `
main:
  ldr r0, =mutex
  bl futex_unlock
  out r0
  ldr r0, =mutex
  bl futex_lock
  out r0
  ldr r1, =mutex
  ldrb r0, [r1]
  out r0
  ldrb r0, [r1, #FUTEX_OWNER]
  out r0
  exit
${BSS}`;
    expect(outputsOf({ processes: { p: program }, threads: [['p.main', 5]] }, { core })).toEqual([10, 0, 1, 0]);
  });

  it('queue: items in order, full at its depth, the receiver waits', () => {
    const program = `
receiver:
  movs r4, #4
1:
  ldr r0, =queue
  ldr r1, =item
  bl queue_receive
  ldr r1, =item
  ldrb r0, [r1]
  out r0
  ldrb r0, [r1, #2]
  out r0
  subs r4, #1
  bne 1b
  exit
sender:
  movs r4, #10
2:
  ldr r1, =other
  strb r4, [r1]
  adds r0, r4, #1
  strb r0, [r1, #2]
  ldr r0, =queue
  bl queue_send
  out r0
  adds r4, #2
  cmp r4, #16
  bne 2b
  put 99
  ldr r0, =-1
  bl setpriority
  out r0
  movs r0, #20
  bl setpriority
  b 2b
${BSS}`;
    // queue of two: the third is refused; then the sender becomes less urgent, and four come out
    expect(
      outputsOf(
        {
          processes: { p: program },
          threads: [
            ['p.sender', 5],
            ['p.receiver', 9],
          ],
        },
        { core },
      ),
    ).toEqual([0, 0, 7, 99, 1, 10, 11, 12, 13, 16, 17, 0, 18, 19]);
  });

  it('interrupt: the handler quiets the line and notifies; the program goes on in its thread', () => {
    const line = CMRX_LINES.firstInterrupt + 2;
    const program = `
driver:
  movs r0, #${line}
  bl enable_irq
  out r0
  ldr r0, =object
  movs r1, #0
  bl wait_for_object
  out r0
  ldr r0, =INTERRUPTS
  ldr r0, [r0]
  out r0
  exit
main:
  put 1
  ldr r0, =INTERRUPTS
  movs r1, #1 << 2
  str r1, [r0, #4]
  nop
  nop
  put 2
  exit
${BSS}`;
    const interrupts = [
      { line, object: 'p.object', acknowledge: { address: CMRX_BOARD.interrupts + 8, value: 1 << 2 } },
    ];
    expect(
      outputsOf(
        {
          processes: { p: program },
          threads: [
            ['p.driver', 3],
            ['p.main', 9],
          ],
          interrupts,
        },
        { core },
      ),
    ).toEqual([0, 1, 0, 0]);
  });
});
