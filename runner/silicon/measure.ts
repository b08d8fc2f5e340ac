import type { Image } from '../../platforms/machine/image.js';
import type { Machine, Stop } from '../../platforms/machine/machine.js';
import { cycles, instructions, physical, type PhysicalAddress } from '../../platforms/machine/units.js';
import { describeStop } from '../stop.js';

/** One call of a function, or why there was none. */
export type CallMeasurement =
  | { readonly ok: true; readonly cycles: number; readonly instructions: number }
  | { readonly ok: false; readonly reason: string };

const FOREVER = cycles(Number.MAX_SAFE_INTEGER);
const BUDGET = instructions(1e9);

/** Where a call lies in a run: instructions retired before the function's first one, and up to its return. */
interface Call {
  readonly before: number;
  readonly end: number;
}

/** The return address; bit 0 may say in which instruction set to go on. */
function returnAddress(machine: Machine, link: string): number {
  const register = machine.registers().find(({ name }) => name === link);
  if (register === undefined) throw new Error(`the machine has no register ${link}`);
  return (register.value & ~1) >>> 0;
}

function findCall(machine: Machine, entry: PhysicalAddress, link: string): Call | Stop {
  let before: number | undefined;
  let end: number | undefined;
  machine.probes.clear();
  machine.probes.add(entry, (event) => {
    if (before !== undefined) return false;
    before = event.instructions - 1;
    machine.probes.add(physical(returnAddress(machine, link)), (back) => {
      end = back.instructions - 1;
      return true;
    });
    return false;
  });
  const stop = machine.run(FOREVER);
  machine.probes.clear();
  return before === undefined || end === undefined ? { ...stop } : { before, end };
}

/** Cycles at which exactly so many instructions have retired. */
function cyclesAfter(machine: Machine, count: number): number {
  machine.setBudget(instructions(count));
  machine.run(FOREVER);
  return machine.counters.cycles;
}

/**
 * Measures the first call of a function: from the end of the instruction that calls it to the end of the one that returns.
 * The program runs twice: once to find the call, once to read the clock at its two ends, so that nothing is observed in
 * between.
 * @param link register that holds the return address when the function begins
 * @throws RangeError if the image does not lie in the machine's memory.
 */
export function measureCall(machine: Machine, image: Image, entry: PhysicalAddress, link: string): CallMeasurement {
  const start = (): void => {
    machine.reset();
    machine.load(image);
  };
  machine.setBudget(BUDGET);
  start();
  const call = findCall(machine, entry, link);
  if ('kind' in call) return { ok: false, reason: `no call that returns: ${describeStop(call)}` };
  start();
  const from = cyclesAfter(machine, call.before);
  const to = cyclesAfter(machine, call.end);
  machine.setBudget(BUDGET);
  return { ok: true, cycles: to - from, instructions: call.end - call.before };
}
