import type { TraceHook } from '../../machine/machine.js';
import { Tracer } from '../../machine/tracer.js';
import { isWide } from '../../thumb/decode.js';
import type { Core } from './core.js';

/** Traces of a Cortex-M. A fault is told when its exception is entered, with the instruction that was abandoned for it. */
export class CortexMTracer extends Tracer<Core> {
  private abandonedBefore = 0;
  /** Address and word of the instruction whose fault is pending, for the entry of its exception. */
  private abandonedPc = 0;
  private abandonedWord = 0;

  protected get privilege(): number {
    return this.core.privileged ? 1 : 0;
  }

  override begin(): void {
    super.begin();
    this.abandonedBefore = this.core.abandoned;
  }

  override end(): void {
    if (this.hook !== undefined && this.core.abandoned > this.abandonedBefore) {
      this.abandonedPc = this.before.pc;
      this.abandonedWord = this.wordAt(this.before.pc);
    }
    super.end();
  }

  /** 16 bits, or the first halfword in the upper half. */
  protected wordAt(pc: number): number {
    const first = this.halfAt(pc);
    return isWide(first) ? ((first << 16) | this.halfAt(pc + 2)) >>> 0 : first;
  }

  protected tellTrap(hook: TraceHook): void {
    const { core, before } = this;
    const pc = this.abandonedWord === 0 ? before.pc : this.abandonedPc;
    this.tell(hook, 'trap', core.next, pc, this.abandonedWord, 0, before.privilege, core.lastException);
    this.abandonedWord = 0;
  }
}
