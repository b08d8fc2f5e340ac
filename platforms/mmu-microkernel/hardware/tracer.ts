import type { TraceHook } from '../../machine/machine.js';
import { Tracer } from '../../machine/tracer.js';
import { MACHINE } from '../../riscv/privileged.js';
import type { Core } from './core.js';
import { Access, translateQuietly } from './mmu.js';

/** Traces of a VexRiscv: spaces are root pages of `satp`. */
export class VexRiscvTracer extends Tracer<Core> {
  /** Physical address of the instruction, undefined if it cannot be fetched: afterwards it may be mapped elsewhere. */
  private physical: number | undefined;

  protected get privilege(): number {
    return this.core.csr.privilege;
  }

  override begin(): void {
    super.begin();
    if (this.hook !== undefined) this.physical = translateQuietly(this.core, this.core.pc, Access.FETCH);
  }

  protected wordAt(pc: number): number {
    if (this.physical === undefined) return 0;
    const low = this.halfAt(this.physical);
    if ((low & 3) !== 3) return low;
    const next = translateQuietly(this.core, (pc + 2) | 0, Access.FETCH) ?? this.physical + 2;
    return ((this.halfAt(next) << 16) | low) >>> 0;
  }

  protected tellTrap(hook: TraceHook): void {
    const { core } = this;
    const { mcause, scause, privilege } = core.csr;
    const cause = (privilege === MACHINE ? mcause : scause) >>> 0;
    this.tell(hook, 'trap', core.next - (core.common ? 0 : 3), this.before.pc, 0, core.space, privilege, cause);
  }
}
