import type { TraceEvent, TraceHook } from './machine.js';
import type { SimulatedCore } from './simulated-core.js';

/** Tells a trace hook about every instruction and trap of a core that is stepped. */
export abstract class Tracer<C extends SimulatedCore> {
  hook: TraceHook | undefined;
  /** Where the core was before the instruction. */
  protected readonly before = { pc: 0, privilege: 0, space: 0, retired: 0, traps: 0 };
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

  constructor(protected readonly core: C) {}

  /** Privilege of the code being executed, as `TraceEvent` has it. */
  protected abstract get privilege(): number;
  /** The instruction at `pc`, where the core was before it; read after it ran. 0 if it could not be fetched. */
  protected abstract wordAt(pc: number): number;
  /** Tells, with `tell`, of the trap that has just been taken. */
  protected abstract tellTrap(hook: TraceHook): void;

  /** Call before an instruction, a trap that comes in place of one, or the end of a wait. */
  begin(): void {
    if (this.hook === undefined) return;
    const { core, before } = this;
    before.pc = core.pc >>> 0;
    before.privilege = this.privilege;
    before.space = core.space;
    before.retired = core.retired;
    before.traps = core.counts.traps;
  }

  /** Call after it: tells what has retired and what trap was taken. */
  end(): void {
    const { hook, core, before } = this;
    if (hook === undefined) return;
    if (core.retired > before.retired) {
      const { pc, space, privilege } = before;
      this.tell(hook, 'retire', core.retiring, pc, this.wordAt(pc), space, privilege, 0);
    }
    if (core.counts.traps > before.traps) this.tellTrap(hook);
  }

  /** Calls the hook. @param cycle stamp, relative to the origin of the core's time. */
  protected tell(
    hook: TraceHook,
    kind: TraceEvent['kind'],
    cycle: number,
    pc: number,
    word: number,
    space: number,
    privilege: number,
    cause: number,
  ): void {
    const { core, event } = this;
    event.kind = kind;
    event.cycle = core.base + cycle;
    event.pc = pc;
    event.word = word;
    event.space = space;
    event.privilege = privilege;
    event.phase = core.ledger.phase;
    event.cause = cause;
    hook(event);
  }

  /** The halfword at a physical address, 0 where no memory is in use. */
  protected halfAt(address: number): number {
    const { readMap, halves } = this.core.memory;
    const page = readMap[address >>> 12];
    return page === 0 ? 0 : halves[(page + (address & 0xfff)) >> 1];
  }
}
