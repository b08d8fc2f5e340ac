import { describe, expect, it } from 'vitest';
import { placeImage } from '../../../platforms/machine/image.js';
import { PHASES } from '../../../platforms/machine/ledger.js';
import { mmuMicrokernel } from '../../../platforms/mmu-microkernel/index.js';
import { linkSystem } from '../../../platforms/mmu-microkernel/kernel/link.js';
import { KERNEL_PARAMETERS, kernelConfig } from '../../../platforms/mmu-microkernel/kernel/parameters.js';
import { FOREVER, link, outputsOf, run } from './system.js';

const CONFIG = kernelConfig({});

describe('linking', () => {
  it('a program with a mistake: file, line and what is wrong', () => {
    const program = { name: 'client', program: 'nop\n  frob a0\n' };
    expect(() => linkSystem(CONFIG, [program])).toThrow('client:2: ');
  });

  it('programs that need more than all of RAM', () => {
    const program = { name: 'big', program: '_start: nop\n .bss\n .space 0x200000' };
    expect(() => linkSystem(CONFIG, [program])).toThrow('the programs need more than the 512 pages of RAM');
  });

  it('more programs than the kernel has room for', () => {
    const programs = Array.from({ length: 63 }, (_, i) => ({ name: `p${i}`, program: 'nop' }));
    expect(() => linkSystem(CONFIG, programs)).toThrow('63 programs: the kernel has room for 62');
    expect(() => linkSystem(CONFIG, programs.slice(0, 40))).not.toThrow();
  });

  it('symbols of programs have the number of their process, kernel symbols 0; both know where they are', () => {
    const system = link({ one: '_start: nop\n here: nop', two: '_start: nop' });
    expect(system.symbol('one.here')).toMatchObject({ space: 2, virtual: 0x10002 });
    expect(system.symbol('two._start')).toMatchObject({ space: 3, virtual: 0x10000 });
    expect(system.symbol('trap_entry')).toMatchObject({ space: 0 });
    expect(system.symbol('two._start').physical).not.toBe(system.symbol('one._start').physical);
    expect(() => system.symbol('three.here')).toThrow('no symbol three.here');
    expect(() => system.kernel('three')).toThrow('no symbol three');
    expect(system.image.domains).toEqual([
      { space: 1, name: 'scheduler' },
      { space: 2, name: 'one' },
      { space: 3, name: 'two' },
    ]);
  });

  it('text, constants, variables and zeros are where the program expects them', () => {
    const outputs = outputsOf({
      one: `
  _start: la s0, constant
    lw t0, 0(s0)
    out t0
    la s0, variable
    lw t0, 0(s0)
    out t0
    sw zero, 0(s0)
    la s0, zeros
    lw t0, 0(s0)
    out t0
    la s0, last
    sw s0, 0(s0)
    exit
    .section .rodata
    .balign 4
  constant: .word 11
    .data
    .space 5000
    .balign 4
  variable: .word 22
    .bss
  zeros: .space 10000
    .balign 4
  last: .space 4`,
    });
    expect(outputs).toEqual([11, 22, 0]);
  });

  it('the same system gives the same image', () => {
    const [a, b] = [link({ one: '_start: nop' }), link({ one: '_start: nop' })];
    expect(a.image).toEqual(b.image);
  });

  it('every segment lies in the RAM of board xous', () => {
    const machine = mmuMicrokernel.createMachine({ parameters: {}, board: 'xous' });
    expect(() => placeImage(machine.memory, link({ one: 'nop' }).image)).not.toThrow();
  });

  it('the phases of the path are all there, at places that are executed', () => {
    const { image } = link({ one: 'nop' });
    const names = new Set(image.phases.map(({ phase }) => PHASES[phase]));
    expect([...names].sort()).toEqual(
      ['clear', 'restore', 'return', 'save', 'schedule', 'switch protection', 'validate'].sort(),
    );
  });

  it('probes report process and thread', () => {
    const seen: number[][] = [];
    run(
      { one: '_start: nop\n exit', two: '_start: nop' },
      {
        prepare: (machine, system) => {
          machine.probes.add(system.symbol('one._start').physical, ({ space, thread }) => {
            seen.push([space, thread]);
            return false;
          });
        },
      },
    );
    expect(seen).toEqual([[2, 2]]);
  });
});

describe('parameters', () => {
  it('have their defaults, and refuse what they cannot be', () => {
    expect(CONFIG).toEqual({ generation: 'head', misuse: 'hardened', isolation: 'full', asid: false });
    expect(() => kernelConfig({ generation: 'v1' })).toThrow('mmu-microkernel.generation cannot be v1');
    for (const { name, source } of KERNEL_PARAMETERS) expect([name, source.length > 10]).toEqual([name, true]);
  });

  it('isolation=path: the same programs, one space', () => {
    const spaces = new Set<number>();
    const system = link(
      {
        server:
          '_start: server 7\n receive 7\n 1: lw t0, 0(a4)\n out t0\n sw a7, 0(a4)\n li a7, 1\n kcall CALL_REPLY_AND_RECEIVE\n j 1b',
        client: `_start: connect 7
    li a2, KIND_MUTABLE_BORROW
    la a4, buffer
    li t0, 5
    sw t0, 0(a4)
    li a5, 4096
    li a7, 6
    kcall CALL_SEND
    out a0
    la a4, buffer
    lw t0, 0(a4)
    out t0
    exit
    .bss
    .balign 4096
  buffer: .space 4096`,
      },
      { isolation: 'path' },
    );
    const machine = mmuMicrokernel.createMachine({ parameters: {}, board: 'xous' });
    machine.load(system.image);
    machine.setTrace(({ space, privilege }) => {
      if (privilege === 0) spaces.add(space);
    });
    expect(machine.run(FOREVER)).toEqual({ kind: 'exit', code: 0 });
    expect(machine.bench!.outputs).toEqual([5, 18, 6]);
    expect(spaces.size).toBe(1);
    expect(machine.counters.protection.satpWrites).toBe(1);
  });
});
