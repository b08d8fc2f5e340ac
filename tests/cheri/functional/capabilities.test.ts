import { describe, expect, test } from 'vitest';
import { DATA, hexOf, outputsOf, program, violation } from './guest.js';

const MEMORY_ROOT = 0x7e3e0000;
const HEAP = 0x20040000;
const BITMAP = 0x200fe000;

describe('tags in memory', () => {
  test('csc and clc move a capability with its tag', () => {
    expect(outputsOf('csetbounds ca0, cs1, 64\n csc ca0, 8(cs1)\n clc ca1, 8(cs1)\n describe ca1\n exit')).toEqual([
      DATA,
      0x7e008000,
      1,
    ]);
  });

  test.each([
    ['csb zero, 8(cs1)', 0],
    ['csh zero, 14(cs1)', 0],
    ['csw zero, 12(cs1)', 0],
    ['csw zero, 5(cs1)', 0],
    ['csw zero, 16(cs1)', 1],
    ['csw zero, 4(cs1)', 1],
    ['csw zero, 15(cs1)', 0],
    ['csc cnull, 8(cs1)', 0],
    ['clw t0, 8(cs1)', 1],
  ])('after %s the tag of the granule at +8 is %i', (store, tag) => {
    expect(outputsOf(`csc cs1, 8(cs1)\n ${store}\n clc ca1, 8(cs1)\n cgettag t0, ca1\n out t0\n exit`)).toEqual([tag]);
  });

  test('data that looks like a capability has no tag', () => {
    const source = `li t0, ${MEMORY_ROOT}\n csw zero, 0(cs1)\n csw t0, 4(cs1)\n clc ca1, 0(cs1)\n describe ca1\n clw t0, 0(ca1)\n exit`;
    const outputs = outputsOf(source);
    expect(outputs.slice(0, 3)).toEqual([0, MEMORY_ROOT, 0]);
    expect(outputs.slice(3, 5)).toEqual([0x1c, violation(0x02, 11)]);
  });

  test('a device keeps no tags', () => {
    const source = 'csc cs1, 0x20(cs0)\n clc ca1, 0x20(cs0)\n cgettag t0, ca1\n out t0\n exit';
    expect(outputsOf(source)).toEqual([0]);
  });
});

describe('attenuation through memory', () => {
  const load = (mask: number): string =>
    `csc cs1, 0(cs1)\n li t0, ${mask}\n candperm ca0, cs1, t0\n clc ca1, 0(ca0)\n cgetperm t0, ca1\n out t0\n cgettag t0, ca1\n out t0\n exit`;

  test('without MC the tag is lost', () => expect(outputsOf(load(0x27 & ~0x40))[1]).toBe(0));
  test('without LG: GL and LG', () => expect(hexOf(outputsOf(load(0x7d)))).toEqual(hexOf([0x7c, 1])));
  test('without LM: SD and LM, and SL, which needs SD', () =>
    expect(hexOf(outputsOf(load(0x77)))).toEqual(hexOf([0x63, 1])));
  test('a pointer loaded through a pointer without LM is without LM as well', () => {
    const source = `csc cs1, 0(cs1)\n li t0, 0x77\n candperm ca0, cs1, t0\n clc ca0, 0(ca0)\n clc ca0, 0(ca0)\n csw t0, 0(ca0)\n exit`;
    expect(outputsOf(source).slice(0, 2)).toEqual([0x1c, violation(0x13, 10)]);
  });
  test('a local capability loses its tag in memory without SL, silently', () => {
    const source = `li t0, 0xffe\n candperm ca0, cs1, t0\n li t0, 0x6f\n candperm ca1, cs1, t0\n csc ca0, 0(ca1)\n csc ca0, 8(cs1)
      clc ca2, 0(cs1)\n cgettag t0, ca2\n out t0\n clc ca2, 8(cs1)\n cgettag t0, ca2\n out t0\n exit`;
    expect(outputsOf(source)).toEqual([0, 1]);
  });
});

describe('the load filter', () => {
  /** Sets bit 0 of word 2 of the bitmap: heap + 0x200. */
  const revoke = `li t0, ${BITMAP}\n csetaddr ca2, cgp, t0\n li t0, 1\n csw t0, 8(ca2)\n`;
  const object = (offset: number): string =>
    `li t0, ${HEAP + offset}\n csetaddr ca0, cgp, t0\n csetbounds ca0, ca0, 16\n`;
  const reload = 'csc ca0, 0(cs1)\n clc ca1, 0(cs1)\n cgettag t0, ca1\n out t0\n exit';

  test('a capability whose base is revoked is loaded without its tag', () => {
    expect(outputsOf(`${revoke}${object(0x200)}${reload}`)).toEqual([0]);
    expect(outputsOf(`${revoke}${object(0x200)}${reload}`, { loadFilter: false })).toEqual([1]);
    expect(outputsOf(`${revoke}${object(0x208)}${reload}`)).toEqual([1]);
  });

  test('the base counts, not the address', () => {
    expect(outputsOf(`${revoke}${object(0x200)}cincoffset ca0, ca0, 8\n${reload}`)).toEqual([0]);
    expect(outputsOf(`${revoke}${object(0x1f8)}cincoffset ca0, ca0, 8\n${reload}`)).toEqual([1]);
  });

  test('nothing outside of the heap is looked up, nor a capability that can seal', () => {
    expect(outputsOf(`${revoke}${object(-0x40000)}${reload}`)).toEqual([1]);
    const sealing = `${revoke}cspecialrw ca0, mscratchc, cnull\n li t0, ${HEAP + 0x200}\n csetaddr ca0, ca0, t0\n csetbounds ca0, ca0, 16\n`;
    expect(outputsOf(`${sealing}${reload}`)).toEqual([1]);
    expect(outputsOf(`${sealing}candperm ca0, ca0, zero\n${reload}`)).toEqual([0]);
  });

  test('what is in a register already keeps its tag', () => {
    expect(outputsOf(`${object(0x200)}${revoke}cgettag t0, ca0\n out t0\n clw t0, 0(ca0)\n exit`)).toEqual([1]);
  });
});

describe('the stack high-water mark', () => {
  const mark = (stores: string, parameters = {}): number[] => [
    ...outputsOf(
      `li t0, ${DATA}\n csrw mshwmb, t0\n li t0, ${DATA + 0x100}\n csrw mshwm, t0\n ${stores}\n csrr t0, mshwm\n out t0\n exit`,
      parameters,
    ),
  ];

  test('a store between MSHWMB and MSHWM lowers it to its address, rounded down to 16', () => {
    expect(mark('csb zero, 0x37(cs1)')).toEqual([DATA + 0x30]);
    expect(mark('csc cnull, 0x48(cs1)')).toEqual([DATA + 0x40]);
    expect(mark('csw zero, 0x48(cs1)\n csw zero, 0x88(cs1)')).toEqual([DATA + 0x40]);
  });

  test('others do not', () => {
    expect(mark('csw zero, 0x100(cs1)\n csw zero, -4(cs1)\n clw t0, 0x20(cs1)')).toEqual([DATA + 0x100]);
  });

  test('a store from just below MSHWMB across it sets MSHWM to MSHWMB; by the specification it does not', () => {
    expect(mark('csw zero, -2(cs1)')).toEqual([DATA]);
    expect(mark('csw zero, -2(cs1)', { markPerTransfer: false })).toEqual([DATA + 0x100]);
  });

  test('a refused store does not move it, one with a bus error does', () => {
    expect(mark('csetbounds ca0, cs1, 16\n csw zero, 0x20(ca0)').at(-1)).toBe(DATA + 0x100);
    const bus = `li t0, 0xe0000000\n csrw mshwmb, t0\n li t0, 0xff000000\n csrw mshwm, t0\n li t0, 0xf0000010\n csetaddr ca0, cgp, t0\n csw zero, 0(ca0)\n csrr t0, mshwm\n out t0\n exit`;
    expect(outputsOf(bus).at(-1)).toBe(0xf0000010);
  });
});

describe('sentries', () => {
  const target = (type: number): string => `
    cspecialrw ca1, mscratchc, cnull
    li t0, ${type}
    csetaddr ca1, ca1, t0
  0: auipcc ca0, %cheriot_compartment_hi(callee)
    cincoffset ca0, ca0, %cheriot_compartment_lo_i(0b)
    cseal ca0, ca0, ca1
    j start
    callee: csrr t0, mstatus
      andi t0, t0, 8
      out t0
      cgettype t0, cra
      out t0
      cret
    start:\n`;
  const posture = 'csrr t0, mstatus\n andi t0, t0, 8\n out t0\n exit';

  test.each([
    [1, 0, [0, 4, 0]],
    [1, 8, [8, 5, 8]],
    [2, 8, [0, 5, 8]],
    [3, 0, [8, 4, 0]],
    [3, 8, [8, 5, 8]],
  ])(
    'a call through type %i with MIE=%i: posture in the callee, type of the link, posture after the return',
    (type, mie, expected) => {
      expect(outputsOf(`${target(type)}csrsi mstatus, ${mie}\n cjalr cra, ca0\n ${posture}`)).toEqual(expected);
    },
  );

  test.each([4, 5, 6, 7])('type %i is no call target', (type) => {
    const outputs = outputsOf(`${target(type)}cjalr cra, ca0\n exit`);
    expect(outputs.slice(0, 2)).toEqual([0x1c, violation(0x03, 10)]);
  });

  test('a sentry cannot be entered at another address, nor be changed', () => {
    expect(outputsOf(`${target(1)}cjalr cra, 4(ca0)\n exit`).slice(0, 2)).toEqual([0x1c, violation(0x03, 10)]);
    expect(outputsOf(`${target(1)}cincoffset ca0, ca0, 4\n cgettag t0, ca0\n out t0\n exit`)).toEqual([0]);
  });

  test('a jump that is no call takes type 1, not 2 and 3', () => {
    expect(outputsOf(`${target(1).replace('cret', 'exit')}cmove cra, cnull\n cjalr ca2, ca0\n exit`)).toEqual([0, 0]);
    expect(outputsOf(`${target(2)}cjalr cnull, ca0\n exit`).slice(0, 2)).toEqual([0x1c, violation(0x03, 10)]);
  });

  test('the link in another register than ra is not sealed', () => {
    expect(outputsOf('cjal ca2, next\n next: cgettype t0, ca2\n out t0\n cgettag t0, ca2\n out t0\n exit')).toEqual([
      0, 1,
    ]);
  });
});

describe('special registers', () => {
  test('one instruction swaps a register with a special one', () => {
    const source =
      'csetbounds ca0, cs1, 16\n cspecialrw cnull, mtdc, ca0\n cmove ca0, cs1\n cspecialrw ca0, mtdc, ca0\n describe ca0\n cspecialrw ca1, mtdc, cnull\n describe ca1\n exit';
    expect(hexOf(outputsOf(source))).toEqual(hexOf([DATA, 0x7e002000, 1, DATA, MEMORY_ROOT, 1]));
  });

  test.each([
    ['mtcc', 'cincoffset ca0, ctp, 2', 0],
    ['mtcc', 'cmove ca0, cs1', 0],
    ['mtcc', 'ccleartag ca0, ctp', 0],
    ['mtcc', 'cincoffset ca0, ctp, 4', 1],
    ['mepcc', 'cincoffset ca0, ctp, 1', 0],
    ['mepcc', 'cincoffset ca0, ctp, 2', 1],
    ['mepcc', 'cmove ca0, cs1', 0],
    ['mtdc', 'cincoffset ca0, cs1, 3', 1],
    ['mscratchc', 'ccleartag ca0, cs1', 0],
  ])('%s after %s has tag %i, and the low bits of a vector are 0', (scr, prepare, tag) => {
    const outputs = outputsOf(
      `${prepare}\n cspecialrw cnull, ${scr}, ca0\n cspecialrw ca1, ${scr}, cnull\n cspecialrw cnull, mtcc, ctp\n describe ca1\n exit`,
    );
    expect(outputs[2]).toBe(tag);
    if (scr === 'mtcc') expect(outputs[0] % 4).toBe(0);
    if (scr === 'mepcc') expect(outputs[0] % 2).toBe(0);
  });

  test('mtvec and mepc read the addresses of MTCC and MEPCC, and ignore writes; off: they do not exist', () => {
    const source = 'csrw mtvec, zero\n csrw mepc, zero\n csrr t0, mtvec\n out t0\n csrr t0, mepc\n out t0\n exit';
    expect(outputsOf(source)).toEqual([program(source).address('handler'), 0]);
    const absent = outputsOf(source, { addressCsrs: false });
    expect([0, 3, 6].map((i) => absent[i])).toEqual([2, 2, 2]);
  });
});
