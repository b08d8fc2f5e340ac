import type { TraceHook } from '../../machine/machine.js';
import { Tracer } from '../../machine/tracer.js';
import type { Core } from './core.js';
import { RETIRE_AFTER } from './timing.js';

/** Traces of a CHERIoT-Ibex: spaces are bases of PCC. */
export class CheriotTracer extends Tracer<Core> {
  protected get privilege(): number {
    return this.core.csr.privilege;
  }

  protected wordAt(pc: number): number {
    const low = this.halfAt(pc);
    return (low & 3) !== 3 ? low : ((this.halfAt(pc + 2) << 16) | low) >>> 0;
  }

  protected tellTrap(hook: TraceHook): void {
    const { core } = this;
    const { mcause, privilege } = core.csr;
    const cycle = core.next - (core.common ? 0 : RETIRE_AFTER);
    this.tell(hook, 'trap', cycle, this.before.pc, 0, core.space, privilege, mcause >>> 0);
  }
}
