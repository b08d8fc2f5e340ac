import type { TraceEvent, TraceHook } from '../../machine/machine.js';
import { isWide } from '../../thumb/decode.js';
import type { Core } from './core.js';

/** Where the core was before an instruction. */
interface Place {
  pc: number;
  privilege: number;
  retired: number;
  abandoned: number;
  exceptions: number;
}

/** Tells a trace hook about every instruction and exception of a core that is stepped. */
export class Tracer {
  hook: TraceHook | undefined;
  private readonly before: Place = { pc: 0, privilege: 0, retired: 0, abandoned: 0, exceptions: 0 };
  /** Address and word of the instruction whose fault is pending, for the entry of its exception. */
  private abandonedPc = 0;
  private abandonedWord = 0;
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

  /** Call before an instruction or the entry of an exception. */
  begin(): void {
    if (this.hook === undefined) return;
    const { core, before } = this;
    before.pc = core.pc >>> 0;
    before.privilege = core.privileged ? 1 : 0;
    before.retired = core.retired;
    before.abandoned = core.abandoned;
    before.exceptions = core.counts.exceptions;
  }

  /** Call after it: tells what has retired and what exception was taken. */
  end(): void {
    if (this.hook === undefined) return;
    const { core, before } = this;
    if (core.retired > before.retired) this.tell(this.hook, 'retire', before.pc, this.wordAt(before.pc), 0);
    if (core.abandoned > before.abandoned) {
      this.abandonedPc = before.pc;
      this.abandonedWord = this.wordAt(before.pc);
    }
    if (core.counts.exceptions > before.exceptions) {
      const pc = this.abandonedWord === 0 ? before.pc : this.abandonedPc;
      this.tell(this.hook, 'trap', pc, this.abandonedWord, core.lastException);
      this.abandonedWord = 0;
    }
  }

  private tell(hook: TraceHook, kind: TraceEvent['kind'], pc: number, word: number, cause: number): void {
    const { core, event } = this;
    event.kind = kind;
    event.cycle = core.base + core.next;
    event.pc = pc;
    event.word = word;
    event.privilege = this.before.privilege;
    event.phase = core.ledger.phase;
    event.cause = cause;
    hook(event);
  }

  /** The instruction at `pc`, read after it ran: 16 bits, or the first halfword in the upper half. */
  private wordAt(pc: number): number {
    const first = this.halfAt(pc);
    return isWide(first) ? ((first << 16) | this.halfAt(pc + 2)) >>> 0 : first;
  }

  private halfAt(address: number): number {
    const { memory } = this.core;
    const page = memory.readMap[address >>> 12];
    return page === 0 ? 0 : memory.halves[(page + (address & 0xfff)) >> 1];
  }
}
