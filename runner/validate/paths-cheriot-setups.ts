import { linkSystem } from '../../platforms/cheri/kernel/link.js';
import type { Operation } from '../../platforms/cheri/kernel/operation.js';
import { kernelConfig } from '../../platforms/cheri/kernel/parameters.js';
import type { ParameterValues } from '../../platforms/platform.js';
import type { LinkedPath } from './paths-suite.js';

/** The only variant: CHERIoT RTOS as it ships, cheriot-rtos b06a7bb. */
export const VARIANT = 'b06a7bb';

/** Memory set-ups: hardware parameters by name. */
export const CHERIOT_MEMORIES = {
  safe33: {},
  'filter off': { loadFilter: false },
  'one port': { memoryPorts: 1 },
  '65 bits': { dataBusBits: 65 },
} as const satisfies Readonly<Record<string, ParameterValues>>;

/** Links the programs of an operation with a kernel; what the operation says of it counts more than `values`. */
export function linkCheriot(operation: Operation, values: ParameterValues = {}): LinkedPath {
  const { image, symbol } = linkSystem(kernelConfig({ ...values, ...operation.kernel }), operation.system);
  return { image, place: (name) => symbol(name).physical };
}
