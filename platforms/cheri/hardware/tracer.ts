import type { TraceEvent, TraceHook } from '../../machine/machine.js';
import { physical } from '../../machine/units.js';
import type { Core } from './core.js';
import { RETIRE_AFTER } from './timing.js';

/** Where the core was before an instruction. */
interface Place {
  pc: number;
  /** Physical address of the instruction, undefined if it cannot be fetched. */
  physical: number | undefined;
  privilege: number;
  space: number;
  retired: number;
  traps: number;
}

/** Tells a trace hook about every instruction and trap of a core that is stepped. */
export class Tracer {
  hook: TraceHook | undefined;
  private readonly before: Place = { pc: 0, physical: undefined, privilege: 0, space: 0, retired: 0, traps: 0 };
  private readonly event: TraceEvent = {
    kind: 'retire',
    cycle: 0,
    pc: 0,
    word: 0,
    space: 0,
    privilege: 0,
    phase: 0,
    cause: 0,
  };

  constructor(private readonly core: Core) {}

  /** Call before an instruction, an interrupt or the end of wfi. */
  begin(): void {
    const { core, before } = this;
    if (this.hook === undefined) return;
    before.pc = core.pc;
    before.physical = core.memory.answers(before.pc) ? before.pc >>> 0 : undefined;
    before.privilege = core.csr.privilege;
    before.space = core.pccBase >>> 0;
    before.retired = core.retired;
    before.traps = core.counts.traps;
  }

  /** Call after it: tells what has retired and what trap was taken. */
  end(): void {
    if (this.hook === undefined) return;
    if (this.core.retired > this.before.retired) this.tellRetired(this.hook);
    if (this.core.counts.traps > this.before.traps) this.tellTrap(this.hook);
  }

  private tellRetired(hook: TraceHook): void {
    const { core, before, event } = this;
    event.kind = 'retire';
    event.cycle = core.base + core.retiring;
    event.pc = before.pc >>> 0;
    event.word = before.physical === undefined ? 0 : this.wordAt(before.physical);
    event.space = before.space;
    event.privilege = before.privilege;
    event.phase = core.ledger.phase;
    event.cause = 0;
    hook(event);
  }

  private tellTrap(hook: TraceHook): void {
    const { core, event } = this;
    const { mcause, privilege } = core.csr;
    event.kind = 'trap';
    event.cycle = core.base + core.next - (core.common ? 0 : RETIRE_AFTER);
    event.pc = this.before.pc >>> 0;
    event.word = 0;
    event.space = core.pccBase >>> 0;
    event.privilege = privilege;
    event.phase = core.ledger.phase;
    event.cause = mcause >>> 0;
    hook(event);
  }

  /** The instruction whose first halfword is at `at`; read after it ran. */
  private wordAt(at: number): number {
    const half = (address: number): number =>
      new DataView(this.core.memory.dump(physical(address), 2).buffer).getUint16(0, true);
    const low = half(at);
    return (low & 3) !== 3 ? low : ((half(at + 2) << 16) | low) >>> 0;
  }
}
