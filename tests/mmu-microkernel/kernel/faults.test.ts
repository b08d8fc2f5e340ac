import { describe, expect, it } from 'vitest';
import { physical } from '../../../platforms/machine/units.js';
import { bytesOf } from '../functional/guest.js';
import { outputsOf, run } from './system.js';

/** A process that does `body`, and one that goes on and ends the run. */
const beside = (body: string): Record<string, string> => ({
  bad: `_start: ${body}\n put 1000\n idle`,
  good: `_start: ${'kcall CALL_YIELD\n'.repeat(4)} put 1\n exit`,
});

describe('faults end the process, and the others go on', () => {
  it.each([
    ['load from address 0', 'lw t0, 0(zero)'],
    ['store to address 0', 'sw t0, 0(zero)'],
    ['jump to address 0', 'jr zero'],
    ['store to its text', '_text: la t0, _text\n sw t0, 0(t0)'],
    ['jump to its stack', 'addi t0, sp, -64\n jr t0'],
    ['jump to a stack page that is not there yet', 'li t0, 0x7fff0000\n jr t0'],
    ['illegal instruction', '.word 0xffffffff'],
    ['instruction of the kernel', 'csrr t0, sstatus'],
    ['sret', 'sret'],
    ['ebreak', 'ebreak'],
    ['misaligned load', 'addi t0, sp, -63\n lw t0, 0(t0)'],
    ['misaligned store', 'addi t0, sp, -63\n sw t0, 0(t0)'],
    [
      'load beyond all memory',
      'li a1, 0x70000000\n li a2, 0x20000000\n li a3, 4096\n li a4, 2\n kcall CALL_MAP_MEMORY\n li t0, 0x20000000\n lw t0, 0(t0)',
    ],
    ...[
      '0xff000000',
      '0xff400000',
      '0xff800000',
      '0xff801000',
      '0xff802000',
      '0xff880000',
      '0xffd00000',
      '0xfffff800',
    ].flatMap((address) => [
      [`load from ${address}`, `li t0, ${address}\n lw t0, 0(t0)`],
      [`store to ${address}`, `li t0, ${address}\n sw t0, 0(t0)`],
      [`jump to ${address}`, `li t0, ${address}\n jr t0`],
    ]),
  ])('%s', (_, body) => {
    expect(outputsOf(beside(body))).toEqual([1]);
  });

  it('as shipped too, where the address in stval has a page: the instruction is the fault', () => {
    const map =
      'li a1, 0\n li a2, 0x20000000\n li a3, 4096\n li a4, 2\n kcall CALL_MAP_MEMORY\n lui t0, 0x20000\n lw t0, 0(t0)\n';
    const outputs = outputsOf(beside(`${map} .word 0x2000007b`), { kernel: { misuse: 'as-shipped' } });
    expect(outputs).toEqual([1]);
  });

  it('everything a process had is free again', () => {
    const { machine, system, stop } = run({
      bad: `_start: server 7
    server 8
    li a1, 6
    kcall CALL_CLAIM_INTERRUPT
    li t0, 0x7fff0000
    sw t0, 0(t0)
    lw t0, 0(zero)`,
      good: `_start: ${'kcall CALL_YIELD\n'.repeat(4)} server 7\n out a0\n out a5\n li a1, 6\n kcall CALL_CLAIM_INTERRUPT\n out a0\n exit`,
    });
    expect(stop.kind).toBe('exit');
    expect(machine.bench!.outputs).toEqual([8, 2, 0]);
    const data = system.image.spaceWord! - (system.image.spaceWord! % 4096);
    expect([...machine.memory.dump(physical(data), 512)]).not.toContain(2);
  });

  it('when everybody is gone the machine sleeps', () => {
    const { stop } = run({ one: '_start: lw t0, 0(zero)', two: '_start: kcall CALL_TERMINATE' });
    expect(stop.kind).toBe('asleep');
  });
});

describe('a fault of the kernel', () => {
  it('stops everything at panic, whatever lines are high', () => {
    const { stop, machine, system, outputs } = run(
      {
        one: '_start: li a1, 1\n la a2, _start\n kcall CALL_CLAIM_INTERRUPT\n li t0, TIMER\n li t1, 4000\n sw t1, 8(t0)\n sw zero, 12(t0)\n kcall CALL_GET_THREAD_ID\n put 1000\n exit',
      },
      {
        prepare: (m, { symbol }) => {
          // lw t0, 0(zero) in the kernel: nothing is mapped there
          m.memory.load(symbol('call_get_thread_id').physical, bytesOf([0x00002283]));
        },
      },
    );
    expect(outputs).toEqual([]);
    expect(stop.kind).toBe('asleep');
    const at = machine.pc - system.symbol('panic').virtual;
    expect(at).toBeGreaterThanOrEqual(0);
    expect(at).toBeLessThan(12);
  });
});
