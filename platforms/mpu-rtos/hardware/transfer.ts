import type { Core } from './core.js';
import { STOP } from '../../machine/times.js';

/**
 * Whether a branch with interworking to `target` returns from an exception: in handler mode the top of the address space is no
 * place but an EXC_RETURN (DDI0403E B1.5.8). Such a branch refills nothing; the return has cycles of its own.
 */
export const isReturn = (core: Core, target: number): boolean =>
  core.handler && (core.config.system.architecture === 'v8m' ? target >>> 24 === 0xff : target >>> 28 === 0xf);

/**
 * A branch with interworking to `target` (BXWritePC): bit 0 becomes EPSR.T. The machine carries a return from an exception
 * out at the boundary that follows.
 */
export function branchTo(core: Core, target: number): void {
  const returns = isReturn(core, target);
  core.thumb = returns || (target & 1) !== 0;
  core.jumpTo(target);
  if (returns) {
    core.returning = target;
    core.limit = STOP;
  }
}
