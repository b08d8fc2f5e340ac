import type { Machine } from '../../../platforms/machine/machine.js';
import { mpuRtos } from '../../../platforms/mpu-rtos/index.js';
import type { KernelCore } from '../../../platforms/mpu-rtos/kernel/parameters.js';
import { CMRX_PATHS } from '../../../runner/validate/paths-cmrx.js';
import { pathCounts } from '../../path-counts.js';

const machines = new Map<KernelCore, Machine>();

/** The machine that paths are measured on, without wait states. */
export function machineOf(core: KernelCore): Machine {
  const machine = machines.get(core) ?? mpuRtos.createMachine({ parameters: { core }, board: 'cmrx' });
  machines.set(core, machine);
  return machine;
}

/** The paths of the kernel on m4, unless another core and its machine are named. */
export const counts = pathCounts(
  { ...CMRX_PATHS, link: (o, kernel) => CMRX_PATHS.link(o, { ...CMRX_PATHS.parameters('head').kernel, ...kernel }) },
  () => machineOf('m4'),
);
