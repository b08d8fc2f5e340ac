import { allocating } from './benchmarks.js';
import { calling, type Operation, ROUND } from './operation.js';
import type { Revocation } from './parameters.js';

/* The long tables among CHERIoT RTOS's own benchmarks (cheriot-rtos b06a7bb, benchmarks/; research/cheri-cheriot.md section 3). */

/** All that is allocated and freed for one cell of the table of sizes. */
const ALLOCATED = 0x100000;

/** From the first allocation to the end of the loop; one passage. */
export const allocation = (bytes: number, revocation: Revocation, highWaterMark: boolean): Operation => ({
  id: `allocation-${bytes}`,
  title: `1 MiB allocated and freed, ${bytes} bytes at a time`,
  system: allocating(bytes, Math.ceil(ALLOCATED / bytes)),
  from: ['user.main'],
  to: ['user.done'],
  kernel: { revocation, highWaterMark },
});

/** A call and its return; bytes of stack that each side has stored to. */
export const usingStack = (caller: number, callee: number): Operation => ({
  id: `call-${caller}-${callee}`,
  title: `call and return, caller ${caller}, callee ${callee} bytes of stack`,
  system: calling(callee, caller),
  ...ROUND,
});

/** The call alone, after the caller has stored to `bytes` bytes below its stack pointer. */
export const dirtiedByCaller = (bytes: number): Operation => ({
  ...usingStack(bytes, 0),
  id: `stack-call-${bytes}`,
  to: ['callee.entry'],
});

/** The return alone, after the callee has. */
export const dirtiedByCallee = (bytes: number): Operation => ({
  ...usingStack(0, bytes),
  id: `stack-return-${bytes}`,
  from: ['switcher.return_compartment'],
});
