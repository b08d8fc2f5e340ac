import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../platforms/machine/machine.js';
import { CMRX_BOARD } from '../../../platforms/mpu-rtos/devices/board.js';
import type { Core } from '../../../platforms/mpu-rtos/hardware/core.js';
import { type Mpu, MpuAccess } from '../../../platforms/mpu-rtos/hardware/mpu.js';
import type { LinkedSystem } from '../../../platforms/mpu-rtos/kernel/link.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { peek } from '../guest.js';
import { coresOf, run, type TestProcess, type TestSystem } from './system.js';

const NAMES = ['one', 'two', 'three'];
const WORD = 4;

/** A process whose method calls the next one's until the count in r1 is 0, and whose thread does that again and again. */
const node = (name: string, next: string, withMmio: boolean): TestProcess => ({
  exports: ['service'],
  mmio: withMmio ? [{ start: CMRX_BOARD.bench, bytes: CMRX_BOARD.deviceBytes }] : [],
  program: `
method:
  push {r4, lr}
  ldr r4, =number
  ldr r2, [r4]
  adds r2, #1
  str r2, [r4]
  subs r1, #1
  bmi 1f
  mov r0, r1
  rpc ${next}.service, 0
1:
  bl thread_yield
  pop {r4, pc}
main:
  mov r4, r0
2:
  movs r0, #3
  rpc ${next}.service, 0
  bl thread_yield
  ldr r1, =number
  ldr r0, [r1]
  cmp r0, r4
  blo 2b
  ${withMmio ? 'exit' : 'bl thread_exit'}
.section .vtable, "a"
words: .word method + 1
.data
service: .word words
.space 40
.bss
.balign 4
number: .space 600
.section .shared, "aw"
.space ${name.length * 100}
`,
});

const SYSTEM: TestSystem = {
  processes: Object.fromEntries(NAMES.map((name, i) => [name, node(name, NAMES[(i + 1) % NAMES.length], i === 0)])),
  threads: [
    ['one.main', 5, 20],
    ['two.main', 5, 1000],
    ['three.main', 5, 1000],
    ['two.main', 5, 1000],
  ],
  timers: true,
};

interface Rights {
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
}

const NONE: Rights = { read: false, write: false, execute: false };
const VARIABLES: Rights = { read: true, write: true, execute: false };
const FLASH: Rights = { read: true, write: false, execute: true };

/** Places that are asked about: first and last word of whatever somebody owns, and of what nobody does. */
interface Place {
  readonly address: number;
  /** Rights of the thread that runs, by the process whose code runs, the process that owns the thread, and the thread's stack. */
  readonly rights: (host: string, parent: string, stack: number) => Rights;
}

function placesOf({ regions, kernel }: LinkedSystem): Place[] {
  const ends = (start: number, bytes: number, rights: Place['rights']): Place[] =>
    [start, start + bytes - WORD].map((address) => ({ address, rights }));
  const stackBytes = 1024;
  const stacks = (kernel('stacks_end') - kernel('stacks')) / stackBytes;
  return [
    ...NAMES.flatMap((name) =>
      regions(name).flatMap(({ number, start, bytes }) =>
        ends(start, bytes, (host, parent) => ((number === 4 ? parent : host) === name ? VARIABLES : NONE)),
      ),
    ),
    ...Array.from({ length: stacks }, (_, i) => kernel('stacks') + i * stackBytes).flatMap((start, i) =>
      ends(start, stackBytes, (_host, _parent, stack) => (i === stack ? VARIABLES : NONE)),
    ),
    ...ends(kernel('kernel'), kernel('kernel_end') - kernel('kernel'), () => NONE),
    ...ends(CMRX_BOARD.ram.start + CMRX_BOARD.ram.bytes - 64, 64, () => NONE),
    ...ends(CMRX_BOARD.interrupts, 64, () => NONE),
    ...ends(0, kernel('FLASH_BYTES'), () => FLASH),
    { address: kernel('FLASH_BYTES'), rights: () => NONE },
  ];
}

const mpuOf = (machine: Machine): Mpu => (machine as unknown as { readonly core: Core }).core.mpu;

/** Everything that is not as it must be at some user instruction; counts them. */
function watch(
  machine: Machine,
  system: LinkedSystem,
): { readonly wrong: string[]; instructions: number; asked: number } {
  const found = { wrong: [] as string[], instructions: 0, asked: 0 };
  const mpu = mpuOf(machine);
  const places = placesOf(system);
  const { kernel, image } = system;
  const library = [kernel('library'), kernel('library_end')];
  const text = image.symbols
    .filter((s) => s.physical < kernel('FLASH_BYTES') && /^(one|two|three)\./.test(s.name))
    .sort((a, b) => b.physical - a.physical);
  let version = -1;
  let before = '';
  machine.setTrace(({ kind, pc, privilege }) => {
    if (kind !== 'retire' || privilege !== 0) return;
    found.instructions++;
    if (pc >= library[0] && pc < library[1]) return;
    const host = text.find((s) => s.physical <= pc)?.name.split('.')[0];
    if (host === undefined) return; // the end of the kernel's boot
    const [number] = peek(machine, image.threadWord!);
    if (version === mpu.version && before === `${host} ${number}`) return;
    version = mpu.version;
    before = `${host} ${number}`;
    const record = kernel('threads') + number * kernel('T_BYTES');
    const [hosts] = peek(machine, record + 8);
    const parent = NAMES[(hosts >>> 16) & 255];
    const stack = peek(machine, record + 4)[0] >>> 24;
    for (const { address, rights } of places) {
      const { read, write, execute } = rights(host, parent, stack);
      const is = (access: MpuAccess): boolean => mpu.check(address, access, false, false);
      found.asked++;
      if (is(MpuAccess.LOAD) !== read || is(MpuAccess.STORE) !== write || is(MpuAccess.FETCH) !== execute) {
        found.wrong.push(`${host} in a thread of ${parent} with stack ${stack}: 0x${address.toString(16)}`);
      }
    }
  });
  return found;
}

const VARIANTS: readonly ParameterValues[] = [
  {},
  { regionLoad: 'alias-burst' },
  { regionSizes: 'tight', faultPolicy: 'unwind' },
];

describe.each(coresOf('m0plus', 'm4', 'm33'))('%s: the MPU lets user code do what it may and nothing else', (core) => {
  it.each(VARIANTS)('at every instruction, with %o', (variant) => {
    let found = { wrong: [] as string[], instructions: 0, asked: 0 };
    const { stop } = run(SYSTEM, {
      core,
      kernel: { tickMicroseconds: 100, clockMegahertz: 20, ...variant },
      prepare: (machine, system) => {
        found = watch(machine, system);
      },
    });
    expect(stop).toEqual({ kind: 'exit', code: 0 });
    expect(found.wrong.slice(0, 5)).toEqual([]);
    expect(found.instructions).toBeGreaterThan(1000);
    expect(found.asked).toBeGreaterThan(5000);
  });

  it('isolation=path: the same run without MPU; nothing is stored to it', () => {
    const full = run(SYSTEM, { core });
    const fullCounts = full.machine.counters;
    const path = run(SYSTEM, { core, kernel: { isolation: 'path' } });
    expect(path.stop).toEqual(full.stop);
    expect(mpuOf(path.machine).enabled).toBe(false);
    expect(path.machine.counters.protection.mpuStores).toBe(0);
    expect(fullCounts.protection.mpuStores).toBeGreaterThan(500);
  });
});
