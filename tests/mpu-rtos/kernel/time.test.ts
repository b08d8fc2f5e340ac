import { describe, expect, it } from 'vitest';
import { coresOf, outputsOf, run } from './system.js';

const KERNEL = { tickMicroseconds: 100, clockMegahertz: 10 };

describe.each(coresOf('m33'))('%s: time', (core) => {
  it('threads that sleep wake in the order of their times; others run meanwhile', () => {
    const program = `
sleeper:
  mov r4, r0
  ldr r1, =1000
  muls r0, r1
  bl usleep
  out r4
  out r0
  bl get_microtime
  ldr r1, =1000
  muls r1, r4
  cmp r0, r1
  blo failed
  ldr r2, =200
  adds r1, r2
  cmp r0, r1
  bhi failed
  cmp r4, #5
  bne 1f
  exit
1:
  bl thread_exit
failed:
  put 0xbad
  exit
spin:
  b spin
`;
    const threads = [
      ['p.sleeper', 3, 5],
      ['p.sleeper', 3, 2],
      ['p.sleeper', 3, 4],
      ['p.spin', 9],
    ] as const;
    expect(outputsOf({ processes: { p: program }, threads, timers: true }, { core, kernel: KERNEL })).toEqual([
      2, 0, 4, 0, 5, 0,
    ]);
  });

  it('a short sleep waits in the kernel for that long; without timers there is none', () => {
    const program = `
main:
  movs r0, #250
  bl usleep
  out r0
  exit
`;
    const system = { processes: { p: program }, threads: [['p.main', 3]] } as const;
    const { machine, outputs } = run({ ...system, timers: true }, { core, kernel: KERNEL });
    expect(outputs).toEqual([0]);
    // boot takes some 1600 cycles
    expect(machine.counters.cycles).toBeGreaterThan(2500);
    expect(machine.counters.cycles).toBeLessThan(2500 + 2000);
    expect(outputsOf(system, { core })).toEqual([9]);
  });

  it('a wait that nobody ends times out; a notification in time cancels that', () => {
    const program = `
waiter:
  ldr r0, =object
  ldr r1, =500
  bl wait_for_object
  out r0
  ldr r0, =object
  ldr r1, =500
  bl wait_for_object
  out r0
  ldr r0, =3000
  bl usleep
  out r0
  exit
main:
  ldr r0, =1200
  bl usleep
  ldr r0, =object
  bl notify_object
  bl thread_exit
.bss
object: .space 4
`;
    const threads = [
      ['p.waiter', 4],
      ['p.main', 3],
    ] as const;
    // the first wait ends at 500, the notification comes at 1200, when the second has timed out at 1000: it is kept
    expect(outputsOf({ processes: { p: program }, threads, timers: true }, { core, kernel: KERNEL })).toEqual([
      14, 14, 0,
    ]);
  });

  it('equals share the processor by ticks; registers survive', () => {
    const program = `
counter:
  fill 0x400
  movs r0, #0
  movs r1, #1
  movs r2, #2
  movs r3, #3
1:
  adds r0, #1
  cmp r1, #1
  bne failed
  cmp r2, #2
  bne failed
  cmp r3, #3
  bne failed
  b 1b
failed:
  put 0xbad
  exit
main:
  ldr r0, =3000
  bl usleep
  put 1
  exit
`;
    const threads = [
      ['p.counter', 9],
      ['p.counter', 9],
      ['p.main', 3],
    ] as const;
    const seen = new Set<number>();
    const options = {
      core,
      kernel: KERNEL,
      prepare: (
        machine: Parameters<NonNullable<NonNullable<Parameters<typeof run>[1]>['prepare']>>[0],
        system: ReturnType<typeof run>['system'],
      ) => {
        machine.probes.add(system.symbol('p.counter').physical, ({ thread }) => {
          seen.add(thread);
          return false;
        });
      },
    };
    expect(outputsOf({ processes: { p: program }, threads, timers: true }, options)).toEqual([1]);
    expect([...seen]).toEqual([0, 1]);
  });

  it('the interval timer signals SIGALRM again and again', () => {
    const program = `
on_alarm:
  out r0
  ldr r1, =count
  ldr r0, [r1]
  adds r0, #1
  str r0, [r1]
  bx lr
main:
  ldr r0, =on_alarm + 1
  bl signal
  ldr r0, =500
  bl setitimer
1:
  ldr r0, =1000
  bl usleep
  ldr r1, =count
  ldr r0, [r1]
  cmp r0, #2
  blo 1b
  movs r0, #0
  bl setitimer
  exit
.bss
.balign 4
count: .space 4
`;
    const system = { processes: { p: program }, threads: [['p.main', 3]], timers: true } as const;
    expect(outputsOf(system, { core, kernel: KERNEL })).toEqual([14, 14]);
  });
});
