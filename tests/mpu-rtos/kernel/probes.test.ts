import { describe, expect, it } from 'vitest';
import type { Core } from '../../../platforms/mpu-rtos/hardware/core.js';
import { coresOf, run, type TestSystem } from './system.js';

/** What a probe is answered: its result, or the status of its fault (CFSR, MMFAR or BFAR). */
interface Answer {
  readonly allowed?: true;
  readonly cfsr?: number;
  /** Symbol or address that the fault names. */
  readonly at?: string;
}

/** Data faults: DACCVIOL and MMARVALID; fetches: IACCVIOL; private peripherals: PRECISERR and BFARVALID. */
const DATA = 0x82;
const FETCH = 0x01;
const PPB = 0x8200;

const load = (address: string): string => `ldr r2, =${address}\n ldr r2, [r2]`;
const store = (address: string): string => `ldr r2, =${address}\n str r2, [r2]`;

/**
 * The probes that were run on the real kernel, and its answers there (Cortex-M4 under QEMU). The code runs in the callee of an RPC; r1
 * is the address of a word of the caller's stack.
 */
const PROBES: readonly (readonly [what: string, code: string, answer: Answer])[] = [
  ['1 the callee writes .bss of the caller', store('caller.word'), { cfsr: DATA, at: 'caller.word' }],
  ['2 the callee writes the stack of the caller', 'movs r2, #1\n str r2, [r1]', { allowed: true }],
  ['3 the callee writes .shared of the caller', store('caller.common'), { allowed: true }],
  ['4 user code reads the kernel', load('0x20002040'), { cfsr: DATA, at: '0x20002040' }],
  ['5 user code writes flash', store('0x00006000'), { cfsr: DATA, at: '0x00006000' }],
  ['6 user code executes its variables', 'ldr r2, =mine + 1\n bx r2', { cfsr: FETCH }],
  ['7 user code touches the stack of another thread', load('0x20000820'), { cfsr: DATA, at: '0x20000820' }],
  ['8 user code writes the MPU', store('0xe000ed94'), { cfsr: PPB, at: '0xe000ed94' }],
  ['9 user code reads the MPU', load('0xe000ed94'), { cfsr: PPB, at: '0xe000ed94' }],
  ['11 user code reads .data of a process that takes no part', load('third.data'), { cfsr: DATA, at: 'third.data' }],
  ['12 user code reads the kernel in flash', load('0x00000100'), { allowed: true }],
  ['13 one word below its stack', load('0x200003fc'), { cfsr: DATA, at: '0x200003fc' }],
  ['the callee reads .shared of itself', load('common'), { cfsr: DATA, at: 'callee.common' }],
];

/** The caller is the second thread: its stack is the one from 0x20000400 on; the other thread's lies before it, idle's behind it. */
const system = (code: string): TestSystem => ({
  processes: {
    callee: {
      exports: ['service', 'common'],
      program: `
probe:
  ${code}
  movs r0, #1
  bx lr
.section .vtable, "a"
words: .word probe + 1
.data
service: .word words
mine: .hword 0x4770, 0
.section .shared, "aw"
common: .space 4
`,
    },
    caller: {
      exports: ['word', 'common'],
      program: `
main:
  movs r0, #0
  push {r0, r1}
  mov r0, sp
  rpc callee.service, 0
  out r0
  pop {r0, r1}
  exit
.bss
.balign 4
word: .space 4
.section .shared, "aw"
common: .space 4
`,
    },
    third: { exports: ['data'], program: 'main: bl thread_yield\n b main\n.data\ndata: .word 1' },
  },
  threads: [
    ['third.main', 9],
    ['caller.main', 5],
  ],
});

describe.each(coresOf('m4').filter((core) => core !== 'm0plus'))('%s: probes', (core) => {
  it.each(PROBES)('%s', (_, code, { allowed, cfsr, at }) => {
    const {
      outputs,
      machine,
      system: linked,
      stop,
    } = run(system(code), { core, kernel: { faultPolicy: 'as-shipped' } });
    if (allowed) {
      expect({ stop: stop.kind, outputs }).toEqual({ stop: 'exit', outputs: [1] });
      return;
    }
    const { scb } = (machine as unknown as { readonly core: Core }).core;
    expect({ stop: stop.kind, outputs, cfsr: scb.cfsr }).toEqual({ stop: 'asleep', outputs: [], cfsr });
    if (at === undefined) return;
    const address = at.startsWith('0x') ? Number(at) : linked.symbol(at).physical;
    expect(cfsr === PPB ? scb.bfar >>> 0 : scb.mmfar >>> 0).toBe(address);
  });
});
