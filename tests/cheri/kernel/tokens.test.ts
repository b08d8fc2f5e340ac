import { describe, expect, it } from 'vitest';
import { fromCompartment, fromLibrary } from '../../../platforms/cheri/kernel/compartments.js';
import type { Import, System } from '../../../platforms/cheri/kernel/system.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { compartment, run, thread } from './system.js';

/* Sealed objects made at run time: keys, handles, and who is refused. */

const minus = (n: number): number => -n >>> 0;

const QUOTA = 0x8000;
const IMPORTS: readonly Import[] = [
  ...fromCompartment(
    'allocator',
    'token_key_new',
    'token_allocate',
    'token_free',
    'heap_free',
    'heap_claim',
    'quota_left',
  ),
  ...fromLibrary('tokens', 'token_unseal'),
  { kind: 'quota', name: 'mine', quota: 'mine' },
  { kind: 'quota', name: 'yours', quota: 'yours' },
];

/** Macros for one thread: a timeout at 0(csp); the key at 8(csp), the handle at 16(csp), the payload at 24(csp). */
const MACROS = `
.macro make bytes, quota=mine
  csw zero, 0(csp)
  li t0, 0x100000
  csw t0, 4(csp)
  cincoffset ca0, csp, 0
  csetbounds ca0, ca0, 8
  load_import ca1, \\quota
  clc ca2, 8(csp)
  li a3, \\bytes
  cross_call token_allocate
  csc ca0, 16(csp)
  csc ca1, 24(csp)
.endm
.macro unseal
  clc ca0, 8(csp)
  clc ca1, 16(csp)
  library_call token_unseal
.endm
.macro release quota=mine
  load_import ca0, \\quota
  clc ca1, 8(csp)
  clc ca2, 16(csp)
  cross_call token_free
  report a0
.endm
.macro report_tag cd
  cgettag t0, \\cd
  report t0
.endm
main:
  cincoffset csp, csp, -64
  cross_call token_key_new
  csc ca0, 8(csp)
`;

const tokens = (body: string, kernel: ParameterValues = {}): readonly number[] => {
  const parts: Partial<System> = {
    compartments: [compartment('user', `${MACROS}\n${body}\n  exit`, { imports: IMPORTS })],
    threads: [thread('user', 'main', { stackBytes: 2048, trustedFrames: 8 })],
    quotas: [
      { name: 'mine', bytes: QUOTA },
      { name: 'yours', bytes: 256 },
    ],
  };
  const { stop, reports } = run(parts, { kernel });
  expect(stop).toEqual({ kind: 'exit', code: 0 });
  return reports;
};

describe('token_key_new', () => {
  it('gives a number above hardware types, each another one, with bounds of 1', () => {
    const body = `
  report a0
  cgetlen t0, ca0
  report t0
  cross_call token_key_new
  report a0`;
    expect(tokens(body)).toEqual([0xffffffff, 1, 0xfffffffe]);
  });

  it('a key is no right to a hardware type', () => {
    const body = `
  cmove ca2, ca0
  cseal ca1, cgp, ca2
  report_tag ca1
  li t0, 11
  csetaddr ca2, ca2, t0
  report_tag ca2`;
    expect(tokens(body)).toEqual([0, 0]);
  });
});

describe('token_allocate and token_unseal', () => {
  it.each([1, 4, 8, 100, 504, 511, 513, 1022, 5000, 20000])(
    '%d bytes: the payload is zero, exact, and the same again',
    (bytes) => {
      const body = `
  make ${bytes}
  cgettype t0, ca0
  report t0
  clc ca1, 24(csp)
  clbu t0, 0(ca1)
  report t0
  li t0, 0x77
  csb t0, 0(ca1)
  unseal
  report_tag ca0
  clbu t0, 0(ca0)
  report t0
  clc ca1, 24(csp)
  cseqx t0, ca0, ca1
  report t0
  cgetbase t0, ca0
  sub t0, t0, a0
  report t0
  cgetlen t0, ca0
  report t0`;
      const [type, first, tag, again, same, before, length] = tokens(body);
      expect([type, first, tag, again, same, before]).toEqual([11, 0, 1, 0x77, 1, 0]);
      expect(length).toBeGreaterThanOrEqual(bytes);
      expect(length).toBeLessThanOrEqual(bytes * 1.004 + 1);
    },
  );

  it('a handle cannot be looked into', () => {
    expect(tokens('  make 8\n  cmove ca1, ca0\n  csetbounds ca1, ca1, 8\n  report_tag ca1')).toEqual([0]);
  });

  it.each([
    ['no key', 'li a0, 0\n  csc ca0, 8(csp)\n  make 8', minus(1)],
    ['a number for a key', 'li a0, -1\n  csc ca0, 8(csp)\n  make 8', minus(1)],
    ['memory for a key', 'csc cgp, 8(csp)\n  make 8', minus(1)],
    [
      'a key that may only open',
      'clc ca0, 8(csp)\n  li t0, 0x201\n  candperm ca0, ca0, t0\n  csc ca0, 8(csp)\n  make 8',
      minus(1),
    ],
    ['no payload', 'make 0', minus(22)],
    ['more than memory', 'make 0x40000000', minus(12)],
    ['all of the address space', 'make -1', minus(12)],
    ['more than the quota', 'make 0x8000', minus(12)],
  ])('%s: an error', (_, body, error) => {
    expect(tokens(`  ${body}\n  report_tag ca0\n  report a0`)).toEqual([0, error]);
  });
});

describe('token_unseal refuses', () => {
  const ANOTHER_KEY = 'cross_call token_key_new\n  csc ca0, 8(csp)\n';
  it.each([
    ['the handle of another key', `${ANOTHER_KEY}`],
    ['a forged handle: a number', '  li a0, 0x20060008\n  csc ca0, 16(csp)\n'],
    ['a forged handle: memory', '  csc cgp, 16(csp)\n'],
    ['a handle whose address was changed', '  clc ca0, 16(csp)\n  cincoffset ca0, ca0, 8\n  csc ca0, 16(csp)\n'],
    ['a handle without its tag', '  clc ca0, 16(csp)\n  ccleartag ca0, ca0\n  csc ca0, 16(csp)\n'],
    ['what is sealed with another type: a quota', '  load_import ca0, mine\n  csc ca0, 16(csp)\n'],
    ['what is sealed with another type: an export', '  load_import ca0, token_free\n  csc ca0, 16(csp)\n'],
    ['the payload itself', '  clc ca0, 24(csp)\n  csc ca0, 16(csp)\n'],
    ['no key', '  csc cnull, 8(csp)\n'],
    ['a number for a key', '  li a0, -1\n  csc ca0, 8(csp)\n'],
    [
      'a key without the right to open',
      '  clc ca0, 8(csp)\n  li t0, 0x401\n  candperm ca0, ca0, t0\n  csc ca0, 8(csp)\n',
    ],
  ])('%s', (_, change) => {
    expect(tokens(`  make 8\n  ${change}  unseal\n  report_tag ca0\n  report a0`)).toEqual([0, 0]);
  });

  it('takes a key that may only open', () => {
    const only = '  clc ca0, 8(csp)\n  li t0, 0x201\n  candperm ca0, ca0, t0\n  csc ca0, 8(csp)\n';
    expect(tokens(`  make 8\n${only}  unseal\n  report_tag ca0`)).toEqual([1]);
  });

  it('leaves nothing of its own behind', () => {
    const body = `
  make 8
  unseal
  report_tag ct0
  csc cnull, 8(csp)
  unseal
  report_tag ct0`;
    expect(tokens(body)).toEqual([0, 0]);
  });
});

describe('token_free', () => {
  it('gives the quota back; the handle is stale, also one that the calls have kept in a register', () => {
    const body = `
  make 8
  clc cs0, 16(csp)
  release
  clc ca0, 16(csp)
  report_tag ca0
  clc ca0, 8(csp)
  cmove ca1, cs0
  report_tag ca1
  library_call token_unseal
  report_tag ca0
  load_import ca0, mine
  cross_call quota_left
  report a0`;
    expect(tokens(body)).toEqual([0, 0, 0, 0, QUOTA]);
  });

  it('refuses a second time, the wrong key, another quota', () => {
    expect(tokens('  make 8\n  release\n  release')).toEqual([0, minus(1)]);
    expect(tokens('  make 8\n  cross_call token_key_new\n  csc ca0, 8(csp)\n  release')).toEqual([minus(1)]);
    expect(tokens('  make 8\n  release yours\n  release')).toEqual([minus(1), 0]);
  });

  it('who has the handle, the payload and the quota cannot free it without the key', () => {
    const free = (place: number): string =>
      `  load_import ca0, mine\n  clc ca1, ${place}(csp)\n  cross_call heap_free\n  report a0\n`;
    const claim = '  load_import ca0, mine\n  clc ca1, 16(csp)\n  cross_call heap_claim\n  report a0\n';
    expect(tokens(`  make 8\n${free(16)}${free(24)}${claim}  release`)).toEqual([minus(22), minus(22), minus(22), 0]);
  });
});

describe('what it takes', () => {
  /** Instructions between two labels of a run, both first passages. */
  const counted = (body: string, from: string, to: string): number => {
    const at: number[] = [];
    run(
      {
        compartments: [compartment('user', `${MACROS}\n${body}\n  exit`, { imports: IMPORTS })],
        threads: [thread('user', 'main', { stackBytes: 2048, trustedFrames: 8 })],
        quotas: ['mine', 'yours'].map((name) => ({ name, bytes: QUOTA })),
      },
      {
        watch: (machine, { symbol }) =>
          [from, to].forEach((label) =>
            machine.probes.add(symbol(label).physical, ({ instructions }) => {
              at.push(instructions);
              return false;
            }),
          ),
      },
    );
    expect(at).toHaveLength(2);
    return at[1] - at[0];
  };

  // research/cheri-cheriot.md section 2.14: "about 20 and more" in cheriot-rtos, with a payload mask that ours does not have
  it('unsealing: a library call and no entry into the kernel', () => {
    expect(
      counted(
        '  make 8\n  clc ca0, 8(csp)\n  clc ca1, 16(csp)\nbegin:\n  library_call token_unseal\nend:',
        'user.begin',
        'user.end',
      ),
    ).toBe(26);
  });
});
