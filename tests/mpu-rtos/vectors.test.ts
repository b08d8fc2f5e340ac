import { describe, expect, it } from 'vitest';
import { expectedWords, machineFor, observe, readSet, type SetName, SETS } from './vectors.js';

/**
 * The one program in which the oracle is wrong, and the word at which it departs. QEMU 7.2 keeps what it has found out about
 * an address for 1 KiB around it, although a region with disabled subregions gives several answers there: after an unprivileged
 * load at 0x20001f98 (subregion 7 of region 7, disabled: region 6 permits it) it lets a store to 0x20001dd8 pass (subregion 3,
 * enabled, AP = 5: privileged read-only). DDI0403E B3.5.3 has a MemManage fault there.
 *
 * `words` are those of the same QEMU, and `instructions` its count, once that load (whose result is overwritten) reads from
 * another KiB, 0x20000f98: 0x1f98 becomes 0x0f98 in the MOVW at 0x8a0. Nothing else of the program is different then, and the
 * store faults.
 */
const WRONG_IN_ORACLE: Readonly<
  Record<string, { readonly word: number; readonly rest: string; readonly instructions: number }>
> = {
  'm4-open-037': {
    word: 33,
    instructions: 1744,
    rest: `
      00000082 40000000 20001dd8 000008b8 410f0000 fffffffd 20000fd8 fa000003 00000001 40000000 00000000 20001f8c
      410f0000 fffffffd 20000fd8 5c000080 fffffffe 890f0000 fffffffd 20000fd8 5c000080 00000003 290f0000 fffffffd
      20000fd8 fa000003 00000001 40000000 00000000 20001fc4 290f0000 fffffffd 20000fd8 fa000003 00000082 40000000
      20001d50 00000a08 290f0000 fffffffd 20000fd8 f1aa0000 20001d50 2000021f 20000333 00000001 00000003 20000400
      20001fc5 2816120a eaf9dab2 00000000 c372da6f 000000dc 34db4516 20000ff8 000009fb 290f0000 00000003 00000000
      20000fd8 00000000 00000000 f060ed52 f5127d6b`,
  },
};

describe.each(Object.keys(SETS) as SetName[])('vectors of %s', (set) => {
  it('every recorded word and every instruction count is as the oracle has it', () => {
    const machine = machineFor(set);
    const programs = readSet(set);
    for (const { program, image } of programs) {
      const seen = observe(machine, program, image);
      const wrong = WRONG_IN_ORACLE[program.name];
      if (wrong === undefined) {
        expect([program.name, ...seen.words]).toEqual([program.name, ...expectedWords(program)]);
        expect([program.name, seen.instructions]).toEqual([program.name, program.instructions]);
      } else {
        const before = expectedWords(program).slice(1, wrong.word);
        expect(seen.words.slice(1)).toEqual([...before, ...wrong.rest.trim().split(/\s+/)]);
        expect(seen.instructions).toBe(wrong.instructions);
      }
      expect([program.name, seen.end]).toEqual([program.name, '{"kind":"exit","code":0}']);
    }
    expect(programs.length).toBe(set === 'm0fault' ? 60 : 150);
  });
});
