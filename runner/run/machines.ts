import type { Machine } from '../../platforms/machine/machine.js';
import type { ParameterValues, Platform } from '../../platforms/platform.js';

/**
 * Keeps the machine that was used last: jobs come sorted by platform and parameters, building a machine is slow, and two of
 * them would share the memory of the host.
 */
export class Machines {
  private last: { readonly key: string; readonly machine: Machine } | undefined;

  /** A machine of the platform's kernel board, after reset and without probes. @throws RangeError if there can be none. */
  get(platform: Platform, board: string, parameters: ParameterValues): Machine {
    const key = `${platform.id} ${board} ${JSON.stringify(parameters)}`;
    if (this.last?.key !== key) {
      this.last = undefined;
      this.last = { key, machine: platform.createMachine({ parameters, board }) };
    }
    const { machine } = this.last;
    machine.setTrace(undefined);
    machine.probes.clear();
    machine.reset();
    return machine;
  }
}
