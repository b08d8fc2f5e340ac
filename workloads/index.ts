import { pipeline } from './application/pipeline.js';
import { slideOut } from './application/slide-out.js';
import { crc } from './compute/crc.js';
import { matrix } from './compute/matrix.js';
import { sort } from './compute/sort.js';
import { preemptAcrossDomains, preemptSameDomain } from './context/preempt.js';
import { yieldAcrossDomains, yieldSameDomain } from './context/yield.js';
import { faultService } from './fault/service.js';
import { cascadeChain, cascadeStar } from './fault/cascade.js';
import { faultLoad, faultLoadBenign } from './fault/load.js';
import { faultStack, faultStackBenign } from './fault/stack.js';
import { faultCrash, faultCrashBenign } from './fault/crash.js';
import { faultRestart } from './fault/restart.js';
import { faultResume, faultResumeBenign } from './fault/resume.js';
import { foreignWrite, forgedHandle } from './guarantee/foreign.js';
import { borrowKept, borrowReadBeyond, borrowWrite, mutableBorrowWriteBeyond } from './guarantee/lend.js';
import { moveKept } from './guarantee/move.js';
import { interruptBusy, interruptCalling, interruptIdle } from './interrupt/wake.js';
import { chain } from './ipc/chain.js';
import { clients } from './ipc/clients.js';
import { call } from './ipc/call.js';
import { payloadByBorrow, payloadByCopy, payloadByMove, payloadByMutableBorrow } from './ipc/payload.js';
import { send } from './ipc/send.js';
import { allocate } from './memory/allocate.js';
import { wake } from './notification/wake.js';
import { queueAcrossDomains, queueSelf } from './queue/queue.js';
import { realtimeAllocate } from './realtime/allocate.js';
import { realtimeCall } from './realtime/call.js';
import { realtimeFault } from './realtime/fault.js';
import { realtimeLock } from './realtime/lock.js';
import { realtimeWake } from './realtime/wake.js';
import { realtimeYield } from './realtime/yield.js';
import { futexWake } from './synchronisation/futex.js';
import { inheritance } from './synchronisation/inheritance.js';
import { mutexAcrossDomains, mutexContended, mutexFree } from './synchronisation/mutex.js';
import { semaphoreFree, semaphorePingPong } from './synchronisation/semaphore.js';
import { notifyNobody } from './system-call/notify-nobody.js';
import { nullCall } from './system-call/null.js';
import type { Workload } from './workload.js';

export { FAMILIES, type Family, type Workload } from './workload.js';

/** Every workload of the suite, in the order of reports. */
export const WORKLOADS: readonly Workload[] = [
  nullCall,
  notifyNobody,
  yieldSameDomain,
  yieldAcrossDomains,
  preemptSameDomain,
  preemptAcrossDomains,
  call,
  send,
  chain,
  clients,
  payloadByCopy,
  payloadByBorrow,
  payloadByMutableBorrow,
  payloadByMove,
  wake,
  interruptIdle,
  interruptBusy,
  interruptCalling,
  realtimeCall,
  realtimeYield,
  realtimeWake,
  realtimeLock,
  realtimeFault,
  realtimeAllocate,
  mutexFree,
  mutexContended,
  mutexAcrossDomains,
  semaphoreFree,
  semaphorePingPong,
  futexWake,
  inheritance,
  queueSelf,
  queueAcrossDomains,
  allocate,
  faultLoad,
  faultLoadBenign,
  faultStack,
  faultStackBenign,
  faultService,
  faultResume,
  faultResumeBenign,
  faultCrash,
  faultCrashBenign,
  faultRestart,
  cascadeChain,
  cascadeStar,
  forgedHandle,
  foreignWrite,
  borrowReadBeyond,
  mutableBorrowWriteBeyond,
  borrowWrite,
  borrowKept,
  moveKept,
  pipeline,
  slideOut,
  crc,
  sort,
  matrix,
];
