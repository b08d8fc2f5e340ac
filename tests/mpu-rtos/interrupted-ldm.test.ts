import { describe, expect, it } from 'vitest';
import { physical } from '../../platforms/machine/units.js';
import { type CoreName, EQUATES, FOREVER, hexOf, load, peek, register } from './guest.js';

/* Loads of several registers meet an interrupt. */

describe('LDM and STM meet an interrupt', () => {
  /** SysTick comes in each cycle of a long LDM in turn. Its handler notes the stacked xPSR once it came inside. */
  const source = (instruction: string, before: string): string => `${EQUATES}
systick:
  ldr r3, [sp, #24]
  ldr r2, =place
  cmp r3, r2
  bne 1f
  ldr r3, [sp, #28]
  out r3
1: ldr r3, =SYST
  movs r2, #0
  str r2, [r3]
  bx lr
.pool
start:
  ldr r4, =0x20001000
  ldr r1, =DELAY
  ldr r1, [r1]
  systick_from_r1 7
  ${before}
place: ${instruction}
after: nop
  nop
  nop
  nop
  nop
  nop
  exit
.equ DELAY, 0x20002000
`;
  const words = Array.from({ length: 10 }, (_, i) => 0x11110000 + i);

  const attempt = (core: CoreName, instruction: string, delay: number, before = '') => {
    const guest = load(source(instruction, before), {
      core,
      prepare: (machine) => {
        machine.memory.load(physical(0x20001000), new Uint8Array(Uint32Array.from(words).buffer));
        machine.memory.load(physical(0x20002000), new Uint8Array(Uint32Array.of(delay).buffer));
      },
    });
    let loaded: number[] = [];
    guest.machine.probes.add(physical(guest.guest.address('after')), () => {
      loaded = ['r0', 'r1', 'r5', 'r6', 'r8', 'r9', 'r10', 'r11', 'r4'].map((name) => register(guest.machine, name));
      return false;
    });
    expect(guest.machine.run(FOREVER)).toMatchObject({ kind: 'exit', code: 0 });
    const notes = peek(guest.machine, 0x20000000, 1)[0];
    return { loaded, xpsr: notes, cycles: guest.machine.counters.cycles };
  };

  it('on Armv7-M goes on with the register in EPSR.ICI', () => {
    const seen = new Set<number>();
    for (let delay = 4; delay < 24; delay++) {
      const { loaded, xpsr } = attempt(
        'm4',
        'ldm r4, {r0, r1, r5, r6, r8, r9, r10, r11}',
        delay,
        'nop\n nop\n nop\n nop',
      );
      // r0 and r1 are stacked and restored by the handler's frame, the others by nobody.
      expect([delay, ...hexOf(loaded)]).toEqual([delay, ...hexOf([...words.slice(0, 8), 0x20001000])]);
      if (xpsr !== 0) seen.add((xpsr >>> 12) & 15);
    }
    // Every register but the first can be the one it goes on with; 0 is an interrupt before it began.
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 5, 6, 8, 9, 10, 11]);
  });

  it('with write-back, and with its base in the list', () => {
    for (let delay = 4; delay < 24; delay++) {
      const back = attempt('m3', 'ldm r4!, {r0, r1, r5, r6, r8, r9, r10, r11}', delay);
      expect([delay, ...hexOf(back.loaded)]).toEqual([delay, ...hexOf([...words.slice(0, 8), 0x20001020])]);
      const base = attempt('m3', 'ldm r4, {r0, r1, r4, r5, r6, r8, r9, r10, r11}', delay);
      const [r0, r1, r4, ...others] = words.slice(0, 9);
      expect([delay, ...hexOf(base.loaded)]).toEqual([delay, ...hexOf([r0, r1, ...others, r4])]);
      expect(base.xpsr & 0xf000).toBe(0);
    }
  });

  it('if it is a push, begins anew: the frame lies where its words were', () => {
    let inside = 0;
    for (let delay = 4; delay < 24; delay++) {
      const pushed = 'push {r4, r5, r6}\n pop {r8, r9, r10}';
      const { loaded, xpsr } = attempt('m4', pushed, delay, 'movs r5, #5\n movs r6, #6\n nop\n nop\n nop\n nop');
      expect([delay, ...hexOf(loaded.slice(4, 7))]).toEqual([delay, ...hexOf([0x20001000, 5, 6])]);
      expect(xpsr & 0xf000).toBe(0);
      if (xpsr !== 0) inside++;
    }
    expect(inside).toBeGreaterThan(2);
  });

  it('in an IT block begins anew', () => {
    for (let delay = 4; delay < 24; delay++) {
      const { loaded, xpsr } = attempt(
        'm4',
        'ldmeq r4, {r0, r1, r5, r6, r8, r9, r10, r11}',
        delay,
        'cmp r0, r0\n it eq',
      );
      expect([delay, ...hexOf(loaded)]).toEqual([delay, ...hexOf([...words.slice(0, 8), 0x20001000])]);
      // ITSTATE of the only instruction of its block: EQ, mask 1000.
      if (xpsr !== 0) expect(hexOf([xpsr & 0x0600fc00])).toEqual(hexOf([0x0800]));
    }
  });

  it('on Armv6-M begins anew, and takes longer for it', () => {
    const times = new Set<number>();
    for (let delay = 4; delay < 24; delay++) {
      const { loaded, xpsr, cycles } = attempt('m0plus', 'ldm r4!, {r0, r1, r5, r6}', delay);
      expect([delay, ...hexOf(loaded.slice(0, 4)), loaded[8]]).toEqual([
        delay,
        ...hexOf(words.slice(0, 4)),
        0x20001010,
      ]);
      expect(xpsr & 0xf000).toBe(0);
      times.add(cycles);
    }
    expect(times.size).toBeGreaterThan(2);
  });
});
