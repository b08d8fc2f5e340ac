import { describe, expect, it } from 'vitest';
import { CORES, outputsOf } from './system.js';

describe.each(CORES)('%s: threads', (core) => {
  it('run in the order of their priorities, the number of the thread in get_tid, data in r0', () => {
    const program = `
late: out r0
  exit
first: out r0
  bl get_tid
  out r0
  bl thread_exit
`;
    expect(
      outputsOf(
        {
          processes: { p: program },
          threads: [
            ['p.late', 9, 7],
            ['p.first', 3, 5],
          ],
        },
        { core },
      ),
    ).toEqual([5, 1, 7]);
  });

  it('of equal priority take turns when they yield; registers are what they were', () => {
    const thread = (name: string, value: number, rounds: number, end: string): string => `
${name}:
  fill ${value}
  ldr r0, =${rounds}
  mov r12, r0
1:
  movs r0, #10
  movs r1, #11
  movs r2, #12
  movs r3, #13
  bl thread_yield
  push {r0-r7}
  ldr r0, =${value}
  out r0
  pop {r0-r7}
  ldr r0, =${value}
  cmp r4, r0
  bne failed
  mov r1, r8
  cmp r1, r0
  bne failed
  adds r0, #1
  cmp r5, r0
  bne failed
  cmp r9, r0
  bne failed
  adds r0, #1
  cmp r6, r0
  bne failed
  cmp r10, r0
  bne failed
  adds r0, #1
  cmp r7, r0
  bne failed
  cmp r11, r0
  bne failed
  cmp r2, #12
  bne failed
  cmp r3, #13
  bne failed
  mov r0, r12
  subs r0, #1
  mov r12, r0
  bne 1b
  ${end}
`;
    const failed = `
failed:
  put 0xbad
  exit
`;
    const processes = {
      a: `${thread('main', 100, 3, 'bl thread_exit')}${failed}`,
      b: `${thread('main', 200, 3, 'bl thread_exit')}${failed}`,
      c: `${thread('main', 300, 4, 'exit')}${failed}`,
    };
    expect(
      outputsOf(
        {
          processes,
          threads: [
            ['a.main', 5],
            ['b.main', 5],
            ['c.main', 5],
          ],
        },
        { core },
      ),
    ).toEqual([100, 200, 300, 100, 200, 300, 100, 200, 300, 300]);
  });
});
