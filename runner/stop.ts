import type { Stop } from '../platforms/machine/machine.js';
import { hex32 } from '../platforms/machine/units.js';

/** Why a run ended, as a phrase for a reader. */
export function describeStop(stop: Stop): string {
  switch (stop.kind) {
    case 'limit':
      return 'the cycle limit is reached';
    case 'probe':
      return 'a probe stopped it';
    case 'exit':
      return `the guest ended with code ${stop.code}`;
    case 'budget':
      return `the budget of ${stop.budget} instructions is used up`;
    case 'asleep':
      return `asleep at ${hex32(stop.pc)}, no interrupt will come`;
    case 'wedged':
      return `wedged at ${hex32(stop.pc)}: ${stop.reason}`;
    case 'memory':
      return stop.reason;
  }
}
