import { describe, expect, it } from 'vitest';
import { CORES, outputsOf } from './system.js';

/** A process with an object at `service`: method 0 adds its arguments and the object's word, method 1 keeps r1 in it. */
export const ADDER = {
  exports: ['service', 'words'],
  program: `
add:
  ldr r0, [r0, #4]
  adds r0, r1
  adds r0, r2
  adds r0, r3
  ldr r1, [sp]
  adds r0, r1
  bx lr
keep:
  str r1, [r0, #4]
  movs r0, #0
  bx lr
.section .vtable, "a"
words: .word add + 1, keep + 1
.data
service: .word words, 1000
`,
};

describe.each(CORES)('%s: RPC', (core) => {
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
});
