import { crc } from './compute/crc.js';
import { matrix } from './compute/matrix.js';
import { sort } from './compute/sort.js';
import { yieldAcrossDomains, yieldSameDomain } from './context/yield.js';
import { faultLoad, faultLoadBenign } from './fault/load.js';
import { call } from './ipc/call.js';
import { payloadByBorrow, payloadByCopy, payloadByMove, payloadByMutableBorrow } from './ipc/payload.js';
import { send } from './ipc/send.js';
import { nullCall } from './system-call/null.js';
import type { Workload } from './workload.js';

export { FAMILIES, type Family, type Workload } from './workload.js';

/** Every workload of the suite, in the order of reports. */
export const WORKLOADS: readonly Workload[] = [
  nullCall,
  yieldSameDomain,
  yieldAcrossDomains,
  call,
  send,
  payloadByCopy,
  payloadByBorrow,
  payloadByMutableBorrow,
  payloadByMove,
  faultLoad,
  faultLoadBenign,
  crc,
  sort,
  matrix,
];
