import { describe, expect, it, test } from 'vitest';
import { physical, virtual } from '../../platforms/machine/units.js';
import { bytesOf, CORES, FOREVER, hexOf, load, outputsOf, peek, run } from './guest.js';

const EQUATES = `
.equ SHCSR, 0xe000ed24
.equ CFSR, 0xe000ed28
.equ MPU, 0xe000ed90
`;

/** Faults tell CFSR and go on behind the instruction, or at the address in r11 if that could not be fetched. */
const TELLS = `${EQUATES}
memmanage:
  ldr r0, =CFSR
  ldr r1, [r0]
  str r1, [r0]
  out r1
  tst r1, #1
  ldr r2, [sp, #24]
  ite eq
  addeq r2, #2
  movne r2, r11
  str r2, [sp, #24]
  bx lr
.pool
`;

/** Regions as pairs of RBAR (with VALID and number) and RASR; then the MPU is on with PRIVDEFENA. */
const regions = (...words: readonly number[]): string => `
  ldr r0, =SHCSR
  mov r1, #1 << 16
  str r1, [r0]
  ldr r0, =MPU
${words.map((word, i) => `  ldr r1, =${word}\n  str r1, [r0, #${i % 2 === 0 ? 12 : 16}]`).join('\n')}
  movs r1, #5
  str r1, [r0, #4]
  dsb
  isb
`;

const CODE = [0x00000010, 0x06020027] as const;
const unprivileged = 'movs r0, #1\n msr control, r0\n isb\n';

describe('the MPU is asked about every access, whatever the engine remembers', () => {
  it('a region that is changed counts for the next access', () => {
    // 32 bytes at 0x20001000 for everybody, then for nobody, then read-only.
    const source = `${TELLS}
start: ${regions(...CODE, 0x20001011, 0x13000009)}
  ldr r4, =0x20001000
  ldr r3, [r4]
  ldr r1, =0x10000009
  str r1, [r0, #16]
  ldr r3, [r4]
  ldr r1, =0x16000009
  str r1, [r0, #16]
  ldr r3, [r4]
  str r3, [r4]
  ldr r1, =0x13000009
  str r1, [r0, #16]
  str r3, [r4]
  exit
`;
    expect(hexOf(outputsOf(source))).toEqual(['0x00000082', '0x00000082']);
  });

  it('what it refuses to the code that runs has no translation', () => {
    const source = `${EQUATES}
start: ${regions(...CODE, 0x20000011, 0x1300001f)}
  b privileged
privileged:
  ${unprivileged}
  exit
`;
    const [inside, outside, nowhere] = [0x20001000, 0x20011000, 0x60000000].map(virtual);
    const { machine, guest } = load(source);
    const seen: unknown[] = [];
    machine.probes.add(physical(guest.address('privileged') & ~1), () => {
      seen.push([inside, outside, nowhere].map((at) => machine.translate(at)));
      return false;
    });
    machine.run(FOREVER);
    expect(seen).toEqual([[inside, outside, undefined]]);
    expect([inside, outside, nowhere, 0].map((at) => machine.translate(virtual(at)))).toEqual([
      inside,
      undefined,
      undefined,
      0,
    ]);
  });

  it('privileged and unprivileged code have answers of their own for the same address', () => {
    const source = `${TELLS}
start: ${regions(...CODE, 0x20000011, 0x1300001f, 0x20001012, 0x11000009)}
  ldr r4, =0x20001000
  ldr r3, [r4]
  str r3, [r4]
  ldrt r3, [r4]
  strt r3, [r4]
  ${unprivileged}
  ldr r3, [r4]
  str r3, [r4]
  exit
`;
    // LDRT and STRT have 32 bits: behind their fault the second half is executed, a SUBS of 0.
    expect(hexOf(outputsOf(source))).toEqual(Array(4).fill('0x00000082'));
  });

  it('LDM, STM and LDRD that reach into a region they may not touch leave their base alone', () => {
    for (const instruction of ['ldm r4!, {r0, r1, r2}', 'stm r4!, {r0, r1, r2}']) {
      const source = `${TELLS}
start: ${regions(...CODE, 0x20001011, 0x10000009)}
  ldr r4, =0x20000ff8
  ${instruction}
  out r4
  exit
`;
      expect(hexOf(outputsOf(source))).toEqual(['0x00000082', '0x20000ff8']);
    }
  });

  it('code in a page with several answers: execution stops at the byte where it must', () => {
    // 32 bytes of NOP and BX LR at 0x20001000; the 32 bytes behind it may not be executed.
    const nops = [...Array<number>(8).fill(0xbf00bf00), 0x4770bf00];
    const source = `${TELLS}
start: ${regions(...CODE, 0x20001011, 0x03000009, 0x20001032, 0x13000009)}
  ldr r0, =0x20001001
  ldr r11, =on
  blx r0
on: movs r2, #7
  out r2
  exit
`;
    const { outputs } = run(source, { prepare: (m) => m.memory.load(physical(0x20001000), bytesOf(nops)) });
    expect(hexOf(outputs)).toEqual(['0x00000001', '0x00000007']);
  });

  it('a 32-bit instruction whose second half may not be executed is not', () => {
    const code = [...Array<number>(7).fill(0xbf00bf00), 0xf04fbf00, 0x47700305];
    const source = `${TELLS}
start: ${regions(...CODE, 0x20001011, 0x03000009, 0x20001032, 0x13000009)}
  movs r3, #0
  ldr r0, =0x20001001
  ldr r11, =on
  blx r0
on: out r3
  exit
`;
    const { outputs } = run(source, { prepare: (m) => m.memory.load(physical(0x20001000), bytesOf(code)) });
    expect(hexOf(outputs)).toEqual(['0x00000001', '0x00000000']);
  });

  it('MPU stores are counted', () => {
    const { machine } = run(`${TELLS}\nstart: ${regions(...CODE, 0x20001011, 0x13000009)}\n exit\n`);
    expect(machine.counters.protection.mpuStores).toBe(5);
  });
});

describe('code that is stored to', () => {
  test.each(CORES)('%s: the next execution sees it, in the same line too', (core) => {
    const source = `
start: movs r2, #0
  ldr r0, =patch
  ldr r1, =0x3205
1: nop
patch: adds r2, #1
  cmp r2, #1
  bne 2f
  strh r1, [r0]
  dsb
  isb
  b 1b
2: out r2
  exit
`;
    expect(outputsOf(source, { core })).toEqual([6]);
  });

  it('an instruction across two pages is decoded from both', () => {
    const source = `
start: ldr r0, =0x20001fff
  blx r0
  out r0
  ldr r1, =0x20002000
  ldr r2, =0x47700007
  str r2, [r1]
  ldr r0, =0x20001fff
  blx r0
  out r0
  exit
`;
    // mov.w r0, #5 with its second half in the next page; then bx lr.
    const { outputs } = run(source, {
      prepare: (m) => m.memory.load(physical(0x20001ffc), bytesOf([0xf04fbf00, 0x47700005])),
    });
    expect(outputs).toEqual([5, 7]);
  });
});

describe('alignment', () => {
  it('an unaligned access may cross pages and regions: bytes are what they are', () => {
    const source = `
start: ldr r4, =0x20001ffd
  ldr r0, [r4]
  out r0
  ldr r1, =0x12345678
  str r1, [r4]
  ldr r0, [r4]
  out r0
  exit
`;
    const { outputs, machine } = run(source, {
      core: 'm3',
      prepare: (m) => m.memory.load(physical(0x20001ffc), bytesOf([0x33221100, 0x77665544])),
    });
    expect(hexOf(outputs)).toEqual(['0x44332211', '0x12345678']);
    expect(hexOf(peek(machine, 0x20001ffc, 2))).toEqual(['0x34567800', '0x77665512']);
  });

  it('on Armv6-M it is a HardFault', () => {
    const source = `
hardfault: movs r0, #1
  out r0
  exit
.pool
start: ldr r4, =0x20001001
  ldr r0, [r4]
  exit
`;
    expect(outputsOf(source, { core: 'm0plus' })).toEqual([1]);
  });
});

describe('exclusive accesses', () => {
  it('the monitor is cleared by STREX, CLREX, an exception and its return', () => {
    const source = `
svcall: bx lr
start: ldr r4, =0x20001000
  ldrex r0, [r4]
  strex r1, r0, [r4]
  out r1
  strex r1, r0, [r4]
  out r1
  ldrex r0, [r4]
  clrex
  strex r1, r0, [r4]
  out r1
  ldrex r0, [r4]
  svc #0
  ldr r4, =0x20001000
  strex r1, r0, [r4]
  out r1
  exit
`;
    expect(outputsOf(source, { core: 'm3' })).toEqual([0, 1, 1, 1]);
  });
});

describe('flash', () => {
  it('wait states cost time and change no result', () => {
    const source = `
start: movs r2, #0
  movs r3, #50
1: ldr r0, =0x1234
  adds r2, r2, r0
  subs r3, #1
  bne 1b
  out r2
  exit
`;
    const cycles = (flash: string): number => {
      const { machine } = load(source, { core: 'm0plus', parameters: { flash, flashWaitStates: 2 } });
      expect(machine.run(FOREVER)).toMatchObject({ kind: 'exit', code: 0 });
      expect(peek(machine, 0x20000000)).toEqual([50 * 0x1234]);
      return machine.counters.cycles;
    };
    // Each round fetches two or three words and reads one: 2 cycles more for each.
    const more = (cycles('wait') - cycles('zero')) / 50;
    expect(more).toBeGreaterThan(5);
    expect(more).toBeLessThan(10);
    expect(cycles('stm32l4')).toBeLessThan(cycles('wait'));
  });
});
