import type { ParameterValues } from '../../platforms/platform.js';

/** The only variant: CHERIoT RTOS as it ships, cheriot-rtos b06a7bb. */
export const VARIANT = 'b06a7bb';

/** Memory set-ups: hardware parameters by name. */
export const CHERIOT_MEMORIES = {
  safe33: {},
  'filter off': { loadFilter: false },
  'one port': { memoryPorts: 1 },
  '65 bits': { dataBusBits: 65 },
} as const satisfies Readonly<Record<string, ParameterValues>>;
