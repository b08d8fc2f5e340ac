import { describe, expect, it } from 'vitest';
import { coresOf, outputsOf, run, type TestSystem } from './system.js';
import { ADDER } from './adder.js';

/** Callee whose method 0 does what `crime` says. */
const callee = (crime: string): TestSystem['processes'][string] => ({
  exports: ['service', 'secret', 'words'],
  program: `
method:
  ${crime}
  bx lr
.section .vtable, "a"
words: .word method + 1
.data
service: .word words
secret: .word 0x5ec
`,
});

const CALLER = `
main:
  fill 0x300
  push {r4-r7}
  rpc bad.service, 0
  out r0
  pop {r4-r7}
  mov r0, r8
  cmp r0, r4
  bne failed
  mov r0, r11
  adds r1, r4, #3
  cmp r0, r1
  bne failed
  exit
failed:
  put 0xbad
  exit
`;
const OTHER = `
main:
  put 2
  exit
`;
const STORE_TO_KERNEL = 'ldr r1, =0x20002010\n str r1, [r1]';

const system = (crime: string): TestSystem => ({
  processes: { bad: callee(crime), caller: CALLER, other: OTHER },
  threads: [
    ['caller.main', 5],
    ['other.main', 9],
  ],
});

describe.each(coresOf('m0plus', 'm4'))('%s: a fault in the callee of an RPC', (core) => {
  const CRIMES = {
    'store to the kernel': STORE_TO_KERNEL,
    'load from nowhere': 'ldr r1, =0x60000000\n ldr r1, [r1]',
    'store to flash': 'movs r1, #0\n str r1, [r1]',
    'jump into RAM': 'ldr r1, =service + 1\n bx r1',
    'store to the MPU': 'ldr r1, =0xe000ed94\n str r1, [r1]',
    'undefined instruction': 'udf #0',
    'stack that overflows': '1: push {r0-r7}\n b 1b',
    'stack pointer that cannot hold the frame of a call': 'movs r1, #8\n mov sp, r1\n svc #0',
  };

  it.each(Object.entries(CRIMES))(
    'unwind, %s: the caller gets E_ACCESS, its registers are what they were',
    (_, crime) => {
      expect(outputsOf(system(crime), { core, kernel: { faultPolicy: 'unwind' } })).toEqual([15]);
    },
  );

  it.each(Object.entries(CRIMES))('kill, %s: the thread ends, others go on', (_, crime) => {
    const { stop, outputs, machine } = run(system(crime), { core, kernel: { faultPolicy: 'kill' } });
    expect({ stop, outputs }).toEqual({ stop: { kind: 'exit', code: 0 }, outputs: [2] });
    expect(machine.counters.traps).toBeGreaterThan(0);
  });

  it('as shipped: everything stands still', () => {
    const { stop, outputs } = run(system(STORE_TO_KERNEL), { core, kernel: { faultPolicy: 'as-shipped' } });
    expect({ kind: stop.kind, outputs }).toEqual({ kind: 'asleep', outputs: [] });
  });
});

describe.each(coresOf('m33'))('%s: policies', (core) => {
  it('unwind, a fault without a caller: as kill', () => {
    const processes = { bad: `main:\n ${STORE_TO_KERNEL}\n put 1\n exit`, other: OTHER };
    const threads = [
      ['bad.main', 5],
      ['other.main', 9],
    ] as const;
    expect(outputsOf({ processes, threads }, { core, kernel: { faultPolicy: 'unwind' } })).toEqual([2]);
  });

  it('kill: all threads of the process end, also those that wait; its services are gone; others are as they were', () => {
    const processes = {
      adder: {
        ...ADDER,
        program: `${ADDER.program}\n.text\nwaiter:\n ldr r0, =service\n movs r1, #0\n bl wait_for_object\n put 3\nsleeper: bl thread_yield\n put 4\ncrime: ${STORE_TO_KERNEL}`,
      },
      client: `
main:
  rpc adder.service, 0
  out r0
  ldr r0, =adder.service
  bl notify_object
  out r0
  exit
`,
    };
    const threads = [
      ['adder.waiter', 2],
      ['adder.crime', 5],
      ['adder.sleeper', 6],
      ['client.main', 9],
    ] as const;
    expect(outputsOf({ processes, threads }, { core })).toEqual([4, 0]);
  });

  it('restart: variables have their first values, the threads start again', () => {
    const processes = {
      bad: {
        program: `
main:
  ldr r1, =first
  ldr r0, [r1]
  out r0
  movs r0, #9
  str r0, [r1]
  ldr r1, =zero
  ldr r0, [r1]
  out r0
  movs r0, #8
  str r0, [r1]
  ldr r1, =kept
  ldr r0, [r1]
  out r0
  str r1, [r1]
  ${STORE_TO_KERNEL}
.data
first: .word 7
.bss
zero: .space 4
.section .shared, "aw"
kept: .word 5
`,
      },
      other: `
main:
  movs r4, #3
1:
  bl thread_yield
  subs r4, #1
  bne 1b
  exit
`,
    };
    const threads = [
      ['bad.main', 5],
      ['other.main', 5],
    ] as const;
    expect(outputsOf({ processes, threads }, { core, kernel: { faultPolicy: 'restart' } })).toEqual(
      Array.from({ length: 4 }, () => [7, 0, 5]).flat(),
    );
  });

  it('a bad pointer in a system call ends the caller, unless pointers are checked; the kernel goes on', () => {
    const processes = {
      bad: `
main:
  ldr r0, =0x60000000
  movs r1, #1
  movs r2, #0
  movs r3, #0
  bl wait_for_object_value
  out r0
  ldr r0, =0x60000001
  sub sp, #16
  str r0, [sp]
  bl rpc_call
  out r0
  add sp, #16
  bl thread_exit
`,
      other: `
main:
  put 2
  movs r0, #0
  movs r1, #SIGCONT
  bl kill
  exit
`,
    };
    const threads = [
      ['bad.main', 5],
      ['other.main', 9],
    ] as const;
    expect(outputsOf({ processes, threads }, { core })).toEqual([2]);
    expect(outputsOf({ processes, threads }, { core, kernel: { checkPointers: true } })).toEqual([4, 4, 2]);
    expect(run({ processes, threads }, { core, kernel: { faultPolicy: 'as-shipped' } }).stop.kind).toBe('asleep');
  });
});
