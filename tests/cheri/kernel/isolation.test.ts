import { describe, expect, it } from 'vitest';
import { permissionsOf, typeOf } from '../../../platforms/cheri/hardware/capability.js';
import { baseOf, topOf } from '../../../platforms/cheri/hardware/capability-bounds.js';
import { Permission } from '../../../platforms/cheri/hardware/permissions.js';
import type { LinkedSystem } from '../../../platforms/cheri/kernel/link.js';
import type { System } from '../../../platforms/cheri/kernel/system.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { compartment, run, thread, type WalkedMachine } from './system.js';

/** A tagged capability and where it was found. */
interface Found {
  readonly place: string;
  readonly address: number;
  readonly metadata: number;
}

const RAM = { start: 0x20040000, end: 0x20080000 };

/** Every tagged capability of memory and registers. */
function walk(machine: WalkedMachine): readonly Found[] {
  const found: Found[] = [];
  for (const { name, value, metadata, tag } of machine.registers()) {
    if (tag === true) found.push({ place: name, address: value, metadata: metadata! });
  }
  for (const address of machine.taggedGranules) {
    found.push({
      place: `0x${address.toString(16)}`,
      address: machine.word(address),
      metadata: machine.word(address + 4),
    });
  }
  return found;
}

const within = (place: string, base: number, bytes: number): boolean => {
  const at = Number(place);
  return at >= base && at < base + bytes;
};

/** Two compartments that have run for a while: a call is under way and one thread waits. */
const BUSY: Partial<System> = {
  compartments: [
    compartment('caller', 'main:\n  li a0, 1\n  cross_call work\n  exit', {
      imports: [{ kind: 'call', name: 'work', compartment: 'callee', export: 'work' }],
    }),
    compartment('callee', 'work:\n  yield\n  yield\n  load_import ct2, bench\nhere:\n  csw zero, 4(ct2)\n  cret', {
      exports: [{ name: 'work', arguments: 1 }],
    }),
    compartment('other', 'main:\n  yield\n  j main'),
  ],
  threads: [thread('caller', 'main'), thread('other', 'main')],
};

describe('no stray authority after boot', () => {
  const { machine, linked, stop } = run(BUSY);
  const all = walk(machine);
  const inSwitcher = ({ address, metadata }: Found, { symbol }: LinkedSystem): boolean =>
    baseOf(metadata, address) >>> 0 === symbol('switcher.switcher_start').virtual;

  it('the run gets as far as it should', () => {
    expect(stop).toEqual({ kind: 'exit', code: 0 });
    expect(all.length).toBeGreaterThan(60);
  });

  it('only the switcher has the right to system registers, and outside of itself only by sentries', () => {
    const system = all.filter(({ metadata }) => (permissionsOf(metadata) & Permission.SR) !== 0);
    expect(system.length).toBeGreaterThan(0);
    for (const one of system) {
      expect(inSwitcher(one, linked)).toBe(true);
      if (one.place !== 'mtcc') expect([2, 4, 5]).toContain(typeOf(one.metadata));
    }
  });

  it('nobody has memory that contains the switcher, and nothing is executable and writable', () => {
    const switcher = linked.symbol('switcher.switcher_start').virtual;
    for (const { metadata, address } of all) {
      const permissions = permissionsOf(metadata);
      const writable = (permissions & Permission.SD) !== 0;
      expect(writable && (permissions & Permission.EX) !== 0).toBe(false);
      const reaches = baseOf(metadata, address) >>> 0 <= switcher && topOf(metadata, address) > switcher;
      expect(writable && reaches).toBe(false);
    }
  });

  it('roots are gone: nothing spans all of memory', () => {
    for (const { metadata, address } of all) {
      // the numbers of keys reach to the end, and begin above all types of the hardware
      const numbers = (permissionsOf(metadata) & ~(Permission.GL | Permission.SE | Permission.US)) === 0;
      if (numbers) expect(baseOf(metadata, address) >>> 0).toBeGreaterThan(0);
      else expect(topOf(metadata, address)).toBeLessThan(2 ** 32);
    }
    const special = new Map(machine.registers().map((r) => [r.name, r]));
    expect(special.get('mscratchc')!.tag).toBe(false);
  });

  it("rights to seal are the switcher's and, for sealed objects, the allocator's; rights to unseal also the scheduler's", () => {
    const { places } = linked;
    const code = (name: string): boolean => {
      const { base, bytes } = places.get(name)!.code;
      return keys.some(({ place }) => within(place, base, bytes));
    };
    const keys = all.filter(({ metadata }) => (permissionsOf(metadata) & (Permission.SE | Permission.US)) !== 0);
    const sealing = keys.filter(({ metadata }) => (permissionsOf(metadata) & Permission.SE) !== 0);
    // trusted stacks; sealed objects made at run time; the numbers of their keys, which are no hardware types
    expect(sealing.map(({ address }) => address >>> 0).sort((a, b) => a - b)).toEqual([10, 11, 0x01000000]);
    expect(['scheduler', 'allocator', 'idle', 'caller', 'callee', 'other'].map(code)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it("a compartment's memory is its own: no other holds a capability to its globals or code", () => {
    const { places, threads } = linked;
    const kernel = [...threads.map((t) => t.trustedStack)];
    for (const name of ['caller', 'callee', 'other']) {
      const { code, globals, exports } = places.get(name)!;
      for (const one of all) {
        const base = baseOf(one.metadata, one.address) >>> 0;
        const mine = [code, globals].some((r) => base >= r.base && base < r.base + r.bytes);
        if (!mine || typeOf(one.metadata) !== 0 || !one.place.startsWith('0x')) continue;
        const held = [code, globals, exports, ...kernel, ...threads.map((t) => t.stack)];
        expect([name, one.place, held.some((r) => within(one.place, r.base, r.bytes))]).toEqual([
          name,
          one.place,
          true,
        ]);
      }
    }
  });

  it('the loader is gone', () => {
    const start: number = linked.symbol('loader._start').virtual;
    for (let at = start; at < start + 0x100; at += 4) expect(machine.word(at)).toBe(0);
    expect(all.filter(({ place }) => within(place, linked.heap.base, linked.heap.bytes))).toEqual([]);
  });

  it('what lies outside of RAM is devices', () => {
    for (const { metadata, address, place } of all) {
      const base = baseOf(metadata, address) >>> 0;
      const keys = (permissionsOf(metadata) & (Permission.SE | Permission.US)) !== 0;
      const inRam = base >= RAM.start && topOf(metadata, address) <= RAM.end;
      expect([place, keys || inRam || (permissionsOf(metadata) & Permission.MC) === 0]).toEqual([place, true]);
    }
  });
});

const REGISTERS = ['ra', 'tp', 't0', 't1', 't2', 's0', 's1', 'a0', 'a1', 'a2', 'a3', 'a4', 'a5'];

describe('nothing crosses a call but what it is for', () => {
  const secret = (skip: readonly string[]): string =>
    REGISTERS.filter((r) => !skip.includes(r))
      .map((r) => `  li ${r}, 0x5ec0de`)
      .join('\n');

  /** Registers at a mark. */
  const at = (mark: string, arguments_: number, kernel: ParameterValues = {}): ReadonlyMap<string, number> => {
    let seen: ReadonlyMap<string, number> = new Map();
    const caller = `main:
  load_import ct1, work
  load_import ct2, switcher
${secret(['ra', 't1', 't2'])}
  csw a0, -64(csp)
  csw a0, -128(csp)
  cjalr ct2
after:
  exit`;
    const callee = `work:
  csw zero, -8(csp)
  li a0, 0x5ec0de
  csw a0, -200(csp)
${secret(['ra', 'a0'])}
  cret`;
    run(
      {
        compartments: [
          compartment('caller', caller, {
            imports: [{ kind: 'call', name: 'work', compartment: 'callee', export: 'work' }],
          }),
          compartment('callee', callee, { exports: [{ name: 'work', arguments: arguments_ }] }),
        ],
        threads: [thread('caller', 'main')],
      },
      {
        kernel,
        watch: (machine, { symbol, threads }) =>
          machine.probes.add(symbol(mark).physical, () => {
            const values = new Map(machine.registers().map(({ name, value }) => [name, value]));
            const { stack } = threads[1];
            const sp = values.get('csp')!;
            let left = 0;
            for (let word = stack.base; word < sp; word += 4) if (machine.word(word) === 0x5ec0de) left++;
            seen = new Map([...values, ['left on the stack', left]]);
            return false;
          }),
      },
    );
    return seen;
  };

  const secrets = (seen: ReadonlyMap<string, number>): readonly string[] =>
    [...seen].filter(([, value]) => value === 0x5ec0de).map(([name]) => name);

  it.each([0, 1, 3, 6, 7])('to the callee: %d argument registers', (count) => {
    const expected = ['ca0', 'ca1', 'ca2', 'ca3', 'ca4', 'ca5', 'ct0'].slice(0, count).sort();
    const seen = at('callee.work', count);
    expect([...secrets(seen)].sort()).toEqual(expected);
    expect(seen.get('left on the stack')).toBe(0);
  });

  it('to the caller: results, and its own saved registers', () => {
    const seen = at('caller.after', 0);
    expect([...secrets(seen)].sort()).toEqual(['ca0', 'ca1', 'cs0', 'cs1']);
    expect(seen.get('left on the stack')).toBe(0);
  });

  it.each([
    ['to the callee', 'callee.work'],
    ['to the caller', 'caller.after'],
  ])('%s, on a stack without high-water mark', (_, mark) => {
    expect(at(mark, 0, { highWaterMark: false }).get('left on the stack')).toBe(0);
  });
});

describe('no word of a stack outlives who wrote it', () => {
  /** Writes `bytes` bytes below csp, from the top. Uses t0, t1, a0. */
  const write = (bytes: number): string =>
    `  li t0, ${bytes / 4}\n  li t1, 0x5ec0de\n  cmove ca0, csp\n1:\n  cincoffset ca0, ca0, -4\n  csw t1, 0(ca0)\n  addi t0, t0, -1\n  bnez t0, 1b\n`;
  /** Words other than 0 in the bounds of csp, at each of the marks. */
  const left = (before: number, inside: number): readonly number[] => {
    const found: number[] = [];
    run(
      {
        compartments: [
          compartment('caller', `main:\n${write(before)}  cross_call work\nafter:\n  exit`, {
            imports: [{ kind: 'call', name: 'work', compartment: 'callee', export: 'work' }],
          }),
          compartment('callee', `work:\n  nop\n${write(inside)}here:\n  cret`, {
            exports: [{ name: 'work', arguments: 0 }],
          }),
        ],
        threads: [thread('caller', 'main')],
      },
      {
        watch: (machine, { symbol, threads }) => {
          for (const mark of ['callee.work', 'callee.here', 'caller.after']) {
            machine.probes.add(symbol(mark).physical, () => {
              const { value, metadata } = machine.registers().find(({ name }) => name === 'csp')!;
              let words = 0;
              for (let at = threads[1].stack.base; at < topOf(metadata!, value); at += 4)
                if (machine.word(at) !== 0) words++;
              found.push(words);
              return false;
            });
          }
        },
      },
    );
    return found;
  };

  // beyond what the call spills, 32 bytes: parts of the loop that zeroes, its tail, both
  it.each([16, 32, 48, 64, 80])('%d bytes', (bytes) => {
    expect(left(32 + bytes, bytes)).toEqual([0, bytes / 4, 0]);
  });
});

describe('isolation=path', () => {
  it('the same instructions outside of clearing and protection', () => {
    const phases = (isolation: string): readonly (readonly [string, number])[] => {
      const counts = new Map<string, number>();
      run(BUSY, {
        kernel: { isolation },
        watch: (machine, { symbol }) => {
          let on = false;
          machine.probes.add(symbol('caller.main').physical, () => {
            on = true;
            return false;
          });
          machine.setTrace(({ kind, phase }) => {
            if (on && kind === 'retire') counts.set(String(phase), (counts.get(String(phase)) ?? 0) + 1);
          });
        },
      });
      // 4: switch protection, 6: clear
      return [...counts].filter(([phase]) => phase !== '4' && phase !== '6').sort();
    };
    const full = phases('full');
    expect(full.length).toBeGreaterThan(4);
    expect(phases('path')).toEqual(full);
  });
});
