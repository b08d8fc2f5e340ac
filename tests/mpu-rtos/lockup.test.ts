import { describe, expect, it } from 'vitest';
import { type CoreName, EQUATES, hexOf, outputsOf, run } from './guest.js';

/* Faults that nobody can handle. */

const lockup = (source: string, core: CoreName = 'm4') => {
  const { stop, machine } = run(EQUATES + source, { core });
  if (stop.kind !== 'wedged') throw new Error(JSON.stringify(stop));
  return { reason: stop.reason, machine };
};

describe('lockup is an outcome with the registers that explain it', () => {
  it('an undefined instruction in the HardFault handler', () => {
    const { reason } = lockup('hardfault: udf #0\nstart: udf #1\n');
    expect(reason).toMatch(/^lockup: UsageFault at execution priority -1; pc 0x[0-9a-f]+, IPSR 3, SP 0x20003fe0/);
    expect(reason).toContain('CFSR 0x00010000, HFSR 0x40000000');
  });

  it('on Armv6-M, which has no fault status registers', () => {
    const { reason } = lockup('hardfault: udf #0\nstart: udf #1\n', 'm0plus');
    expect(reason).toMatch(/^lockup: UsageFault at execution priority -1; pc .*VTOR 0x00000000$/);
  });

  it('a fault in NMI', () => {
    const { reason } = lockup(`nmi: udf #0
start: ldr r0, =ICSR
  mov r1, #1 << 31
  str r1, [r0]
  b .`);
    expect(reason).toMatch(/^lockup: UsageFault at execution priority -2; .*IPSR 2/);
  });

  it('a fault with FAULTMASK set', () => {
    expect(lockup('start: cpsid f\n udf #0\n').reason).toMatch(
      /^lockup: UsageFault at execution priority -1; .*IPSR 0/,
    );
  });

  it('SVC in the HardFault handler', () => {
    expect(lockup('hardfault: svc #0\nstart: udf #1\n').reason).toContain('SVCall at execution priority -1');
  });

  it('a handler address without its Thumb bit, of HardFault', () => {
    const source =
      'start: ldr r0, =0x20000100\n ldr r1, =start\n str r1, [r0, #12]\n ldr r2, =0xe000ed08\n str r0, [r2]\n udf #0\n';
    expect(lockup(source).reason).toContain('UsageFault at execution priority -1');
  });

  it('a vector table where no memory answers', () => {
    const source = 'start: ldr r0, =0xe000ed08\n ldr r1, =0x60000000\n str r1, [r0]\n udf #0\n';
    const { reason } = lockup(source);
    expect(reason).toContain('no vector of HardFault can be read at 0x6000000c');
    expect(reason).toContain('VTOR 0x60000000');
  });

  it('a vector that cannot be read makes a HardFault where that one can be', () => {
    // The table ends the memory: HardFault is inside, SVC is not.
    const source = `
hardfault: out_word HFSR
  exit
.pool
start:
  ldr r0, =0x203fffe0
  ldr r1, =hardfault + 1
  ldr r2, =0xe000ed08
  ldr r3, =0x203fff80
  str r3, [r2]
  str r1, [r3, #12]
  svc #0
  exit
`;
    // SVC's vector at +44 is inside too: a table 0x80 bytes long. IRQ 16 and above are outside.
    const irq = source.replace(
      'svc #0',
      'ldr r0, =0xe000e100\n mov r1, #1 << 16\n str r1, [r0]\n str r1, [r0, #0x100]\n dsb\n isb',
    );
    expect(hexOf(outputsOf(EQUATES + irq))).toEqual(['0x00000002']);
  });

  it('an MPU that forbids the HardFault handler, with HFNMIENA; without, the handler runs', () => {
    const source = (control: number): string => `${EQUATES}
hardfault: movs r0, #1
  out r0
  exit
.pool
start:
  ldr r0, =MPU
  movs r1, #${control}
  ldr r2, =0x20000010
  str r2, [r0, #12]
  ldr r2, =0x1300001b
  str r2, [r0, #16]
  str r1, [r0, #4]
  dsb
  isb
  nop
`;
    expect(lockup(source(3)).reason).toContain('MemManage at execution priority -1');
    expect(outputsOf(source(1))).toEqual([1]);
  });

  it('a stack that cannot be written, at the entry of NMI out of the HardFault handler', () => {
    const source = `
hardfault: ldr r0, =ICSR
  mov r1, #1 << 31
  ldr r2, =0x60000000
  mov sp, r2
  str r1, [r0]
  dsb
  isb
  b .
start: udf #0
`;
    expect(lockup(source).reason).toContain('BusFault on stacking at execution priority -1');
  });
});
