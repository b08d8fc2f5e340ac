import { describe, expect, it } from 'vitest';
import { mpuRtos } from '../../platforms/mpu-rtos/index.js';
import { expectMemoryExhausted, FOREVER, program } from './guest.js';

/** More RAM than the host sets aside for a guest. */
const RAM = [
  { start: 0, bytes: 4 << 20 },
  { start: 0x20000000, bytes: 128 << 20 },
];

/** Touches page after page with `access`; the first page is that of the code. */
const touching = (access: string): string => `
start:
  ldr r4, =0x20010000
  movs r5, #1
  lsls r5, r5, #12
again:
  adds r0, r0, #3
  ${access}
  adds r4, r4, r5
  muls r0, r0, r0
  b again`;

const VARIANTS = [
  { core: 'm0plus' },
  { core: 'm4' },
  { core: 'm33' },
  { core: 'm4', timing: 'common', commonWait: 1 },
] as const;

describe.each(VARIANTS)('a guest that touches more memory than there is, %j', (parameters) => {
  const machine = mpuRtos.createMachine({ parameters, board: 'mps2', ram: RAM });

  it.each(['str r0, [r4]', 'ldr r1, [r4]', 'mov r3, r4\n stmia r3!, {r0, r1}', 'mov sp, r4\n push {r0}'])(
    '%s',
    (access) => {
      const other = program(
        'start: ldr r0, =0x20000000\n movs r1, #7\n str r1, [r0]\n ldr r2, [r0]\n exit',
        parameters.core,
      );
      const wholeRun = (): unknown => {
        machine.reset();
        machine.load(other.image);
        expect(machine.run(FOREVER)).toEqual({ kind: 'exit', code: 0 });
        return [machine.counters, machine.stateHash()];
      };
      const expected = wholeRun();

      machine.reset();
      const guest = program(touching(access), parameters.core);
      machine.load(guest.image);
      expectMemoryExhausted(machine, guest);
      expect(wholeRun()).toEqual(expected);
    },
  );
});
