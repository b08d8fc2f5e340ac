import { describe, expect, test } from 'vitest';
import { CODE, DATA, hexOf, outputsOf, program, run, violation } from './guest.js';

const CAPABILITY_FAULT = 0x1c;
const RA = 1;
const S1 = 9;
const A0 = 10;
const PCC = 0x20;

/** Runs one instruction, labelled `here`, that must trap after some preparation. */
function trapOf(prepare: string, instruction: string): { cause: number; value: number; atInstruction: boolean } {
  const source = `${prepare}\nhere: ${instruction}\nexit`;
  const [cause, value, pc] = outputsOf(source);
  return { cause, value, atInstruction: pc === program(source).address('here') };
}

const fault = (prepare: string, instruction: string, cause: number, value: number): void =>
  expect(trapOf(prepare, instruction)).toEqual({ cause, value, atInstruction: true });

describe('every cause with its mtval', () => {
  test('ecall has cause 11 and mtval 0, ebreak cause 3 and its own address', () => {
    fault('', 'ecall', 11, 0);
    const source = 'here: ebreak\nexit';
    expect(outputsOf(source).slice(0, 2)).toEqual([3, program(source).address('here')]);
  });

  test.each([
    '.word 0xffffffff',
    'csrr t0, 0x123',
    'csrw mhartid, t0',
    '.word 0x0180005b',
    '.word 0x00000033 | 16 << 7',
  ])('illegal instruction: %s', (instruction) => fault('', instruction, 2, 0));

  test('with trapValueZero off mtval is the instruction word', () => {
    expect(outputsOf('.word 0xfffffff3\nexit', { trapValueZero: false }).slice(0, 2)).toEqual([2, 0xfffffff3]);
    expect(outputsOf('csrr a0, 0x123\nexit', { trapValueZero: false }).slice(0, 2)).toEqual([2, 0x12302573]);
  });

  test.each([
    ['no tag', 'ccleartag ca0, cs1', 'clw t0, 0(ca0)', violation(0x02, A0)],
    [
      'sealed',
      'cspecialrw ca1, mscratchc, cnull\n li t0, 9\n csetaddr ca1, ca1, t0\n cseal ca0, cs1, ca1',
      'clw t0, 0(ca0)',
      violation(0x03, A0),
    ],
    ['no LD', 'li t0, 5\n candperm ca0, cs1, t0', 'clw t0, 0(ca0)', violation(0x12, A0)],
    ['no SD', 'li t0, 0x21\n candperm ca0, cs1, t0', 'csw t0, 0(ca0)', violation(0x13, A0)],
    ['no MC', 'li t0, 0x25\n candperm ca0, cs1, t0', 'csc cs1, 0(ca0)', violation(0x15, A0)],
    ['above the top', 'csetbounds ca0, cs1, 16', 'clw t0, 13(ca0)', violation(0x01, A0)],
    ['below the base', 'csetbounds ca0, cs1, 16', 'clb t0, -1(ca0)', violation(0x01, A0)],
    ['capability across the top', 'csetbounds ca0, cs1, 12', 'clc ct0, 8(ca0)', violation(0x01, A0)],
    ['c0', '', 'csw t0, 8(zero)', violation(0x02, 0)],
  ])('load or store, %s', (_, prepare, instruction, value) => fault(prepare, instruction, CAPABILITY_FAULT, value));

  test('the checks come in the order tag, seal, permission, capability permission, bounds, alignment', () => {
    const seal = 'cspecialrw ca1, mscratchc, cnull\n li t0, 9\n csetaddr ca1, ca1, t0';
    // wrong in everything, then mended one by one
    fault(
      `csetbounds ca0, cs1, 8\n li t0, 1\n candperm ca0, ca0, t0\n ${seal}\n cseal ca0, ca0, ca1\n ccleartag ca0, ca0`,
      'csc cs1, 12(ca0)',
      CAPABILITY_FAULT,
      violation(0x02, A0),
    );
    fault(
      `csetbounds ca0, cs1, 8\n li t0, 1\n candperm ca0, ca0, t0\n ${seal}\n cseal ca0, ca0, ca1`,
      'csc cs1, 12(ca0)',
      CAPABILITY_FAULT,
      violation(0x03, A0),
    );
    fault(
      'csetbounds ca0, cs1, 8\n li t0, 1\n candperm ca0, ca0, t0',
      'csc cs1, 12(ca0)',
      CAPABILITY_FAULT,
      violation(0x13, A0),
    );
    fault(
      'csetbounds ca0, cs1, 8\n li t0, 5\n candperm ca0, ca0, t0',
      'csc cs1, 12(ca0)',
      CAPABILITY_FAULT,
      violation(0x15, A0),
    );
    fault('csetbounds ca0, cs1, 8', 'csc cs1, 12(ca0)', CAPABILITY_FAULT, violation(0x01, A0));
    fault('csetbounds ca0, cs1, 32', 'csc cs1, 12(ca0)', 6, DATA + 12);
    fault('csetbounds ca0, cs1, 32', 'clc cs1, 12(ca0)', 4, DATA + 12);
  });

  test('a bus error has the address of the transfer that failed', () => {
    const at = (address: number): string => `li t0, ${address}\n csetaddr ca0, cgp, t0`;
    fault(at(0xf0000010), 'clw t0, 0(ca0)', 5, 0xf0000010);
    fault(at(0xf0000010), 'csh t0, 2(ca0)', 7, 0xf0000012);
    fault(at(0xf0000010), 'clc ct0, 8(ca0)', 5, 0xf0000018);
    fault(at(0xf0000010), 'csc cnull, 8(ca0)', 7, 0xf0000018);
    // across the end of memory: the second word
    fault(at(0xefffffff), 'clw t0, -1(ca0)', 5, 0xf0000000);
    fault(at(0xefffffff), 'csw t0, -1(ca0)', 7, 0xf0000000);
    fault(at(0x1000), 'clw t0, -2(ca0)', 5, 0xffe);
  });

  test('the first part of a store whose second part fails is in memory', () => {
    const source =
      'li t0, 0xefffffff\n csetaddr ca0, cgp, t0\n li t1, 0x44332211\n csw t1, -1(ca0)\n clb t0, -1(ca0)\n out t0\n clb t0, 0(ca0)\n out t0\n exit';
    expect(hexOf(outputsOf(source).slice(3))).toEqual(hexOf([0x11, 0x22]));
  });

  test('cjalr: tag, seal, execute permission', () => {
    fault('ccleartag ca0, ctp', 'cjalr cra, ca0', CAPABILITY_FAULT, violation(0x02, A0));
    fault('', 'cjalr cra, cs1', CAPABILITY_FAULT, violation(0x11, S1));
    fault('', 'cjalr cnull, cra', CAPABILITY_FAULT, violation(0x02, RA));
    fault('cmove cra, ctp', 'cjalr cnull, cra', CAPABILITY_FAULT, violation(0x03, RA));
  });

  test('without SR: CSRs, special registers and mret have cause 0x18, counters can be read', () => {
    const drop = `
      li t0, 0x16b
    0: auipcc ca0, %cheriot_compartment_hi(inside)
      cincoffset ca0, ca0, %cheriot_compartment_lo_i(0b)
      candperm ca0, ca0, t0
      cjr ca0
    inside:`;
    fault(drop, 'csrr t0, mstatus', CAPABILITY_FAULT, violation(0x18, PCC));
    fault(drop, 'mret', CAPABILITY_FAULT, violation(0x18, PCC));
    fault(drop, 'cspecialrw ct0, mtdc, cnull', CAPABILITY_FAULT, violation(0x18, PCC + 29));
    fault(drop, 'cspecialrw cnull, mepcc, ct0', CAPABILITY_FAULT, violation(0x18, PCC + 31));
    // what does not exist is illegal first
    fault(drop, 'csrr t0, 0x123', 2, 0);
    fault(drop, '.word 0x0180005b', 2, 0);
    fault(drop, 'csrr t0, cycle', 2, 0);
    expect(
      outputsOf(`${drop}\ncsrr t0, mcycle\n csrw mcycle, zero\n csrr t1, mcycle\n sltu t0, t0, t1\n out t0\n exit`),
    ).toEqual([1]);
  });

  test('with counterWrites off a write of a counter without SR faults', () => {
    const source = `li t0, 0x16b
    0: auipcc ca0, %cheriot_compartment_hi(inside)
      cincoffset ca0, ca0, %cheriot_compartment_lo_i(0b)
      candperm ca0, ca0, t0
      cjr ca0
    inside: csrr t0, mcycle\n csrw mcycle, zero\n exit`;
    expect(outputsOf(source, { counterWrites: false }).slice(0, 2)).toEqual([CAPABILITY_FAULT, violation(0x18, PCC)]);
  });
});

describe('fetch', () => {
  const beyond = (instructions: string): string => `
    0: auipcc ca0, %cheriot_compartment_hi(short)
      cincoffset ca0, ca0, %cheriot_compartment_lo_i(0b)
      csetbounds ca0, ca0, end - short
    1: auipcc ct2, %cheriot_compartment_hi(after)
      cincoffset ct2, ct2, %cheriot_compartment_lo_i(1b)
      cjr ca0
    after: cspecialrw ca1, mepcc, cnull
      exit
    .p2align 3
    .option rvc
    short: ${instructions}
    end: nop
      nop`;

  test('running out of the bounds untags MEPCC, whose address is that of the instruction', () => {
    const source = beyond('nop\n nop');
    const { outputs, guest } = run(source);
    expect(outputs).toEqual([CAPABILITY_FAULT, violation(0x01, PCC), guest.address('end')]);
  });

  test('a 4-byte instruction with 2 bytes in bounds faults, a 2-byte one does not', () => {
    const cut = beyond('nop\n last: addi t0, t0, 1000').replace('end - short', 'end - short - 2');
    const first = run(cut);
    expect(first.outputs).toEqual([CAPABILITY_FAULT, violation(0x01, PCC), first.guest.address('last')]);
    const whole = run(beyond('nop\n nop\n last: nop'));
    expect(whole.outputs[2]).toBe(whole.guest.address('end'));
  });

  test('a taken branch out of the bounds faults at its target', () => {
    const source = beyond('beqz zero, away').replace('end: nop', 'end: nop\n away: nop');
    const { outputs, guest } = run(source);
    expect(outputs).toEqual([CAPABILITY_FAULT, violation(0x01, PCC), guest.address('away')]);
  });

  test('memory that does not answer has cause 1', () => {
    const source =
      'li t0, 0xf0000000\n csetaddr ca0, ctp, t0\n la_after: auipcc ct2, %cheriot_compartment_hi(after)\n cincoffset ct2, ct2, %cheriot_compartment_lo_i(la_after)\n cjr ca0\n after: exit';
    expect(outputsOf(source)).toEqual([1, 0xf0000000, 0xf0000000]);
  });

  test('mret to an untagged MEPCC is a tag violation of the program counter', () => {
    const source = `ccleartag ca0, ctp
    0: auipcc ct2, %cheriot_compartment_hi(after)
      cincoffset ct2, ct2, %cheriot_compartment_lo_i(0b)
      cspecialrw cnull, mepcc, ca0\n li t0, 0x1800\n csrs mstatus, t0\n mret
      after: exit`;
    expect(outputsOf(source).slice(0, 2)).toEqual([CAPABILITY_FAULT, violation(0x02, PCC)]);
  });
});

describe('a trap', () => {
  test('with MTCC untagged ends the run', () => {
    const { stop, guest } = run('ccleartag ca0, ctp\n cspecialrw cnull, mtcc, ca0\n ecall\n exit');
    expect(stop).toMatchObject({ kind: 'wedged' });
    expect(JSON.stringify(stop)).toContain('MTCC is untagged');
    expect(guest.address('_start')).toBe(CODE + 0x80);
  });

  test('whose handler traps at its first instruction ends the run', () => {
    const { stop } = run(`0: auipcc ct0, %cheriot_compartment_hi(bad)
      cincoffset ct0, ct0, %cheriot_compartment_lo_i(0b)
      cspecialrw cnull, mtcc, ct0
      ecall
      .p2align 2
      bad: .word 0xffffffff`);
    expect(stop).toMatchObject({ kind: 'wedged' });
  });

  test('a faulting instruction changes nothing', () => {
    const source = `li a1, 77
      csetbounds ca0, cs1, 8
      cmove ca2, cs1
      clc ca2, 8(ca0)
      clw a1, 8(ca0)
      out a1
      describe ca2
      csw a1, 8(ca0)
      clw t0, 8(cs1)
      out t0
      exit`;
    const outputs = outputsOf(source);
    expect(outputs.slice(6, 10)).toEqual([77, DATA, 0x7e3e0000, 1]);
    expect(outputs[13]).toBe(0);
  });

  test('of user mode: an mret with MPP=0 enters it, and CSRs are illegal there', () => {
    const enter = `0: auipcc ct0, %cheriot_compartment_hi(user)
      cincoffset ct0, ct0, %cheriot_compartment_lo_i(0b)
      cspecialrw cnull, mepcc, ct0
      li t0, 0x1800
      csrc mstatus, t0
      mret
      user: ecall\n exit`;
    expect(outputsOf(enter)[0]).toBe(8);
    expect(outputsOf(enter, { userMode: false })[0]).toBe(11);
    expect(outputsOf(enter.replace('user: ecall', 'user: csrr t0, mscratch'))[0]).toBe(2);
  });
});
