import { describe, expect, it } from 'vitest';
import type { ParameterValues } from '../../../platforms/platform.js';
import { ADDER } from './adder.js';
import { coresOf, outputsOf, run } from './system.js';

describe.each(coresOf('m3'))('%s: RPC', (core) => {
  it('gives four words and the object to the method, and its result back', () => {
    const client = `
main:
  movs r0, #1
  movs r1, #2
  movs r2, #3
  movs r3, #4
  rpc adder.service, 0
  out r0
  movs r0, #50
  rpc adder.service, 1
  out r0
  movs r0, #1
  movs r1, #0
  movs r2, #0
  movs r3, #0
  rpc adder.service, 0
  out r0
  exit
`;
    expect(outputsOf({ processes: { adder: ADDER, client }, threads: [['client.main', 5]] }, { core })).toEqual([
      1010, 0, 51,
    ]);
  });

  it('nests seven levels deep; the next is refused', () => {
    const recursive = {
      exports: ['service'],
      program: `
down:
  push {r4, lr}
  mov r4, r1
  movs r0, #0
  adds r1, #0
  mov r0, r1
  adds r0, #1
  rpc self.service, 0
  cmp r0, #100
  bhs 1f
  movs r0, #100
  add r0, r4
1:
  pop {r4, pc}
.section .vtable, "a"
words: .word down + 1
.data
service: .word words
`.replaceAll('self.service', 'service'),
    };
    const client = `
main:
  movs r0, #0
  rpc deep.service, 0
  out r0
  exit
`;
    // the innermost, at level 7 (the seventh), is told by E_TOO_DEEP (11) that there is no eighth: 100 + 6
    const kernel = { stackBytes: 2048 };
    expect(
      outputsOf({ processes: { deep: recursive, client }, threads: [['client.main', 5]] }, { core, kernel }),
    ).toEqual([106]);
  });

  it("refuses objects whose vtable is nobody's; takes a forged object with a right vtable, unless objects are checked", () => {
    const client = `
main:
  ldr r0, =number
  ldr r1, =adder.words
  str r1, [r0]
  movs r0, #1
  movs r1, #1
  movs r2, #0
  movs r3, #0
  rpc number, 0
  out r0
  rpc other, 0
  out r0
  exit
.bss
.balign 4
number: .space 8
.data
other: .word main, 0
`;
    const processes = { adder: ADDER, client };
    const threads = [['client.main', 5]] as const;
    // as in CMRX the callee runs on it, and trips over memory that is not its own
    expect(outputsOf({ processes, threads }, { core, kernel: { faultPolicy: 'unwind' } })).toEqual([15, 4]);
    expect(outputsOf({ processes, threads }, { core, kernel: { checkObject: true } })).toEqual([4, 4]);
  });

  it('a method that is not there: a jump to whatever is behind the table, unless methods are checked', () => {
    const client = `
main:
  rpc adder.service, 2
  out r0
  ldr r0, =0
  rpc adder.service, 0x40000000
  out r0
  exit
`;
    const processes = { adder: { ...ADDER, program: `${ADDER.program}\n.section .vtable, "a"\n` }, client };
    const threads = [['client.main', 5]] as const;
    expect(outputsOf({ processes, threads }, { core, kernel: { checkMethod: true } })).toEqual([1, 1]);
    expect(outputsOf({ processes, threads }, { core, kernel: { faultPolicy: 'unwind' } })[0]).toBe(15);
  });

  it('canary, if checked: a call without it is refused, a callee that overwrites it is at fault', () => {
    const callee = {
      exports: ['service'],
      program: `
good:
  movs r0, #7
  bx lr
bad:
  str r0, [sp, #4]
  bx lr
.section .vtable, "a"
words: .word good + 1, bad + 1
.data
service: .word words
`,
    };
    const client = `
main:
  rpc callee.service, 0
  out r0
  sub sp, #8                        @ the frame of the next has a word of padding
  sub sp, #4
  rpc callee.service, 0
  add sp, #12
  out r0
  sub sp, #16
  ldr r7, =callee.service
  movs r6, #0
  str r7, [sp, #0]
  str r6, [sp, #4]
  str r6, [sp, #8]
  bl rpc_call
  add sp, #16
  out r0
  rpc callee.service, 1
  put 9
  exit
`;
    const other = 'main: put 2\n exit';
    const processes = { callee, client, other };
    const threads = [
      ['client.main', 5],
      ['other.main', 9],
    ] as const;
    const outputs = (kernel: ParameterValues): readonly number[] =>
      run({ processes, threads }, { core, kernel }).outputs;
    expect(outputs({})).toEqual([7, 7, 7, 9]);
    expect(outputs({ rpcCanary: true })).toEqual([7, 7, 4, 2]);
    expect(outputs({ rpcCanary: true, faultPolicy: 'unwind' })).toEqual([7, 7, 4, 9]);
    expect(outputs({ rpcCanary: true, equal: true })).toEqual([7, 7, 4, 2]);
    expect(outputs({ rpcCanary: true, faultPolicy: 'as-shipped' })).toEqual([7, 7, 4]);
  });

  it('equal: the callee sees neither stack nor registers of the caller, and the other way round', () => {
    const callee = {
      exports: ['service'],
      program: `
look:
  mov r0, r4
  orrs r0, r5
  orrs r0, r6
  orrs r0, r7
  mov r1, r8
  orrs r0, r1
  mov r1, r9
  orrs r0, r1
  mov r1, r10
  orrs r0, r1
  mov r1, r11
  orrs r0, r1
  mov r1, r12
  orrs r0, r1
  fill 0x700
  ldr r1, =0x70000
  mov r12, r1
  ldr r2, =0x71000
  ldr r3, =0x72000
  bx lr
peek:
  ldr r0, [r1]
  bx lr
.section .vtable, "a"
words: .word look + 1, peek + 1
.data
service: .word words
`,
    };
    const client = `
main:
  ldr r0, =0x99
  push {r0}
  push {r0}
  fill 0x300
  ldr r0, =0x1234
  mov r12, r0
  mov r1, r0
  mov r2, r0
  mov r3, r0
  rpc callee.service, 0
  out r0
  mov r0, r8
  out r0
  mov r0, r4
  out r0
  mov r0, sp
  rpc callee.service, 1
  out r0
  pop {r0}
  out r0
  exit
`;
    const kernel = { equal: true, faultPolicy: 'unwind' };
    const processes = { callee, client };
    const threads = [['client.main', 5]] as const;
    expect(outputsOf({ processes, threads }, { core, kernel })).toEqual([0, 0x300, 0x300, 15, 0x99]);
    // as shipped the stack is the thread's
    expect(outputsOf({ processes, threads }, { core, kernel: { faultPolicy: 'unwind' } }).slice(3)).toEqual([
      0x99, 0x99,
    ]);
  });
});
