import type { Core } from './core.js';
import { STOP } from './times.js';

/**
 * A branch with interworking to `target` (BXWritePC): bit 0 becomes EPSR.T. In handler mode the top of the address space is no
 * place but an EXC_RETURN; the machine carries the return out at the boundary that follows (DDI0403E B1.5.8).
 */
export function branchTo(core: Core, target: number): void {
  const marker = core.config.system.architecture === 'v8m' ? target >>> 24 === 0xff : target >>> 28 === 0xf;
  core.thumb = marker && core.handler ? true : (target & 1) !== 0;
  core.jumpTo(target);
  if (marker && core.handler) {
    core.returning = target;
    core.limit = STOP;
  }
}
