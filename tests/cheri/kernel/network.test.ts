import { describe, expect, it } from 'vitest';
import { fromCompartment, fromLibrary } from '../../../platforms/cheri/kernel/compartments.js';
import type { Compartment, Import } from '../../../platforms/cheri/kernel/system.js';
import { compartment, run, thread } from './system.js';

/*
 * A compartment like a network stack: its clients hold connections as sealed objects, in memory that their own quotas pay for. It
 * can be rebooted; connections of before are then refused (research/cheri-cheriot.md section 2.15: -ENOTCONN).
 */

const minus = (n: number): number => -n >>> 0;
const NOT_CONNECTED = 107;
const QUOTA = 256;

const network: Compartment = {
  name: 'network',
  program: `
.equ NOT_CONNECTED, ${NOT_CONNECTED}
.equ CONNECTION_EPOCH, 0              # how often the compartment had been rebooted when it was made
.equ CONNECTION_SENT, 4
.equ CONNECTION_BYTES, 8
.equ REBOOTS, 8                       # of the guard
.macro guarded function
  cincoffset ca0, cgp, guard - globals
  csetbounds ca0, ca0, 16
  library_call \\function
.endm
.macro enter
  cincoffset csp, csp, -48
  csc cra, 0(csp)
  csc ca0, 8(csp)
  csc ca1, 16(csp)
  guarded guard_enter
  bnez a0, leave_refused
.endm

# The first call: nobody has a connection before.
start:
  cincoffset csp, csp, -16
  csc cra, 0(csp)
  cross_call token_key_new
  csc ca0, key - globals(cgp)
  li a0, 0
  clc cra, 0(csp)
  cincoffset csp, csp, 16
  cret

# ca0 = timeout, ca1 = the client's quota. ca0 = connection, or an untagged negative error.
connect:
  enter
  clc ca0, 8(csp)
  clc ca1, 16(csp)
  clc ca2, key - globals(cgp)
  li a3, CONNECTION_BYTES
  cross_call token_allocate
  cgettag t0, ca0
  beqz t0, leave
  clw t0, guard + REBOOTS - globals(cgp)
  csw t0, CONNECTION_EPOCH(ca1)
  j leave

# ca0 = connection. a0 = words sent by it so far, this one among them, or a negative error.
send:
  enter
  clc ca0, key - globals(cgp)
  clc ca1, 8(csp)
  library_call token_unseal
  cgettag t0, ca0
  beqz t0, not_connected
  clw t0, CONNECTION_EPOCH(ca0)
  clw t1, guard + REBOOTS - globals(cgp)
  bne t0, t1, not_connected
  clw t0, CONNECTION_SENT(ca0)
  addi t0, t0, 1
  csw t0, CONNECTION_SENT(ca0)
  mv a0, t0
  j leave
not_connected:
  li a0, -NOT_CONNECTED
leave:
  csc ca0, 24(csp)
  guarded guard_leave
  clc ca0, 24(csp)
leave_refused:
  li a1, 0
  clc cra, 0(csp)
  cincoffset csp, csp, 48
  cret

# ca0 = the client's quota, ca1 = connection, of whatever age. a0 = 0 or a negative error.
disconnect:
  enter
  clc ca0, 8(csp)
  clc ca2, 16(csp)
  clc ca1, key - globals(cgp)
  cross_call token_free
  j leave

# Whoever it is for may reboot it.
reboot:
  cincoffset csp, csp, -16
  csc cra, 0(csp)
  guarded guard_close
  bnez a0, 2f
1:
  guarded guard_drain
  bgtz a0, 1b
  bltz a0, 2f
  guarded guard_open
2:
  clc cra, 0(csp)
  cincoffset csp, csp, 16
  cret

# A fault inside.
handler:
  cincoffset csp, csp, -16
  csc cra, 0(csp)
  guarded guard_leave
  clc cra, 0(csp)
  cincoffset csp, csp, 16
  cret

  .data
guard: .space 16
key: .space 8
`,
  imports: [
    ...fromCompartment('allocator', 'token_key_new', 'token_allocate', 'token_free'),
    ...fromLibrary('tokens', 'token_unseal'),
    ...fromLibrary('reboot', 'guard_enter', 'guard_leave', 'guard_close', 'guard_drain', 'guard_open'),
  ],
  exports: [
    { name: 'start', arguments: 0 },
    { name: 'connect', arguments: 2 },
    { name: 'send', arguments: 1 },
    { name: 'disconnect', arguments: 2 },
    { name: 'reboot', arguments: 0 },
  ],
  stacklessHandler: 'handler',
};

const MACROS = `
.macro open place, quota=quota
  csw zero, 0(csp)
  li t0, 0x100000
  csw t0, 4(csp)
  cincoffset ca0, csp, 0
  csetbounds ca0, ca0, 8
  load_import ca1, \\quota
  cross_call connect
  csc ca0, \\place(csp)
  cgettag t0, ca0
  report t0
.endm
.macro transmit place
  clc ca0, \\place(csp)
  cross_call send
  report a0
.endm
.macro close place
  load_import ca0, quota
  clc ca1, \\place(csp)
  cross_call disconnect
  report a0
.endm
.macro left
  load_import ca0, quota
  cross_call quota_left
  report a0
.endm
main:
  cincoffset csp, csp, -64
`;

const CLIENT: readonly Import[] = [
  ...fromCompartment('network', 'start', 'connect', 'send', 'disconnect', 'reboot'),
  ...fromCompartment('allocator', 'quota_left', 'token_key_new', 'token_allocate', 'heap_free'),
  ...fromLibrary('tokens', 'token_unseal'),
];

const client = (name: string, program: string, more: readonly Import[] = []): Compartment =>
  compartment(name, `${MACROS}\n${program}`, {
    imports: [...CLIENT, { kind: 'quota', name: 'quota', quota: name }, ...more],
  });

const connected = (program: string): readonly number[] => {
  const { stop, reports } = run({
    compartments: [client('one', `  cross_call start\n${program}\n  exit`), network],
    threads: [thread('one', 'main', { stackBytes: 3072, trustedFrames: 8 })],
    quotas: [{ name: 'one', bytes: QUOTA }],
  });
  expect(stop).toEqual({ kind: 'exit', code: 0 });
  return reports;
};

describe('a connection', () => {
  it('counts for itself, is paid for by its client, and is gone when it is closed', () => {
    const body = '  open 8\n  open 16\n  transmit 8\n  transmit 8\n  transmit 16\n  left\n';
    expect(connected(`${body}  close 8\n  transmit 8\n  transmit 16\n  close 16\n  left\n  close 8`)).toEqual([
      ...[1, 1, 1, 2, 1, QUOTA - 2 * 24],
      ...[0, minus(NOT_CONNECTED), 2, 0, QUOTA, minus(1)],
    ]);
  });

  it.each([
    ['null', 'csc cnull, 8(csp)'],
    ['a number', 'li a0, 0x20060010\n  csc ca0, 8(csp)'],
    ['memory of the client', 'csc cgp, 8(csp)'],
    [
      'an object that the client has sealed itself',
      `cross_call token_key_new
  cmove ca2, ca0
  csw zero, 0(csp)
  li t0, 0x100000
  csw t0, 4(csp)
  cincoffset ca0, csp, 0
  csetbounds ca0, ca0, 8
  load_import ca1, quota
  li a3, 8
  cross_call token_allocate
  csc ca0, 8(csp)`,
    ],
  ])('%s is none', (_, forge) => {
    expect(connected(`  open 8\n  ${forge}\n  transmit 8`)).toEqual([1, minus(NOT_CONNECTED)]);
  });

  it('cannot be looked into or freed by its client', () => {
    const body = `
  open 8
  clc ca1, 8(csp)
  load_import ca0, quota
  cross_call heap_free
  report a0
  cross_call token_key_new
  clc ca1, 8(csp)
  library_call token_unseal
  report a0
  transmit 8`;
    expect(connected(body)).toEqual([1, minus(22), 0, 1]);
  });

  it('is refused when the quota is used up', () => {
    const opens = Array.from({ length: 11 }, () => '  open 8\n').join('');
    expect(connected(opens)).toEqual([...Array.from({ length: 10 }, () => 1), 0]);
  });
});

it('a reboot ends all connections: they can be closed, and opened anew', () => {
  const body = '  open 8\n  transmit 8\n  cross_call reboot\n  report a0\n  transmit 8\n  close 8\n  left\n';
  expect(connected(`${body}  open 8\n  transmit 8`)).toEqual([1, 1, 0, minus(NOT_CONNECTED), 0, QUOTA, 1, 1]);
});

it('clients do not see one another: each has its own connection and quota', () => {
  const talk = '  open 8\n  transmit 8\n  yield\n  transmit 8\n  left\n';
  const { stop, reports } = run({
    compartments: [
      client('one', `  cross_call start\n${talk}  yield\n  exit`),
      client('two', `${talk}1:\n  yield\n  j 1b\n`),
      network,
    ],
    threads: ['one', 'two'].map((name) => thread(name, 'main', { stackBytes: 3072, trustedFrames: 8 })),
    quotas: ['one', 'two'].map((name) => ({ name, bytes: QUOTA })),
  });
  expect(stop).toEqual({ kind: 'exit', code: 0 });
  const each = [1, 1, 2, QUOTA - 24];
  expect([...reports].sort((a, b) => a - b)).toEqual([...each, ...each].sort((a, b) => a - b));
});

it('a word over a connection: the call, the guard twice, the unsealing', () => {
  const at: { readonly cycle: number; readonly instructions: number }[] = [];
  run(
    {
      compartments: [
        client(
          'one',
          '  cross_call start\n  open 8\n  transmit 8\n  clc ca0, 8(csp)\nbegin:\n  cross_call send\nend:\n  exit',
        ),
        network,
      ],
      threads: [thread('one', 'main', { stackBytes: 3072, trustedFrames: 8 })],
      quotas: [{ name: 'one', bytes: QUOTA }],
    },
    {
      watch: (machine, { symbol }) =>
        ['one.begin', 'one.end'].forEach((mark) =>
          machine.probes.add(symbol(mark).physical, ({ cycle, instructions }) => {
            at.push({ cycle, instructions });
            return false;
          }),
        ),
    },
  );
  expect([at[1].instructions - at[0].instructions, at[1].cycle - at[0].cycle]).toEqual([216, 330]);
});
