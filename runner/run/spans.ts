import { ledgerSpan, type MaskedWindow, PHASES } from '../../platforms/machine/ledger.js';
import type { Machine, TraceHook } from '../../platforms/machine/machine.js';
import type { ProbeEvent } from '../../platforms/machine/probes.js';
import type { LinkedScenario } from '../../platforms/platform.js';
import type { Scenario, Span, SpanEvent, SpanPoint } from '../../workloads/language/scenario.js';
import { type Moment, momentOf, type Passage, passageBetween } from '../exec/passages.js';

/** A passage of a span, and what followed it. */
export interface SpanPassage extends Passage {
  /** Cycles from its end to the start of the next passage; undefined for the last one. */
  gap: number | undefined;
}

/** All passages of a span in a run, in order. */
export interface SpanPassages {
  readonly span: Span;
  readonly passages: readonly SpanPassage[];
  /** Starts that another start followed before the end came, or the end of the run. */
  readonly unmatched: number;
}

/** What is known of a span while the run goes on. */
interface SpanState {
  readonly span: Span;
  readonly passages: SpanPassage[];
  open: { readonly at: Moment; readonly masked: MaskedWindow } | undefined;
  /** Where the passage before ended. */
  ended: Moment | undefined;
  unmatched: number;
  /** A mark has been passed after which the next event starts, or ends, a passage. */
  awaitsStart: boolean;
  awaitsEnd: boolean;
}

/**
 * Measures the spans of a scenario while it runs. Spans may overlap and share boundaries; each has its own readings and its own
 * longest masked interval. At a common boundary passages end before others begin. Nothing is inserted into the guest.
 */
export class SpanRecorder {
  private readonly states: readonly SpanState[];
  /** The moment being told, read once for all spans that it concerns. */
  private now: Moment | undefined;
  /** The boundary before it, of whatever span. */
  private previous: Moment | undefined;
  /** What the cycle counter is ahead of the ledger's total, which is the same all the time. */
  private ahead = 0;

  /** Interrupts that the machine had taken when a boundary was last looked at. */
  private interrupts = 0;
  /** The event told last was a trap: what retires next is the first instruction of its handler. */
  private entered = false;
  /** The device has raised its line, and no interrupt has been taken since. */
  private raised = false;

  private readonly onTrace: TraceHook;

  /**
   * Adds the probes: the image has been loaded, and nothing has run.
   * @param trace told every instruction and trap of the whole run
   */
  constructor(
    private readonly machine: Machine,
    scenario: Scenario,
    linked: LinkedScenario,
    private readonly trace?: TraceHook,
  ) {
    this.states = scenario.spans.map((span) => ({
      span,
      passages: [],
      open: undefined,
      ended: undefined,
      unmatched: 0,
      awaitsStart: false,
      awaitsEnd: false,
    }));
    this.onTrace = (event) => {
      trace?.(event);
      if (event.kind === 'trap') this.trapped();
      else if (this.entered) this.inHandler();
      this.entered = event.kind === 'trap';
    };
    machine.setTrace(trace);
    if (machine.bench !== undefined) {
      machine.bench.onTimer = () => {
        this.raised = true;
        this.happened('raised');
      };
    }
    const marks = new Set(scenario.spans.flatMap(({ from, to }) => [...from.marks, ...to.marks]));
    for (const mark of marks) {
      const at = linked.marks.get(mark);
      if (at === undefined) throw new Error(`the linked scenario has no mark ${mark}`);
      machine.probes.add(at, (event) => {
        this.passed(mark, event);
        return false;
      });
    }
  }

  /** A mark has been passed. */
  private passed(mark: string, { cycle, instructions }: ProbeEvent): void {
    const at = (point: SpanPoint): boolean => point.marks.includes(mark);
    const read = (): Moment => momentOf(this.machine, cycle, instructions);
    this.now = undefined;
    this.entered = false;
    this.ahead = cycle - this.booked();
    for (const state of this.states) {
      if (!at(state.span.to)) continue;
      if (state.span.to.event === undefined) this.end(state, read);
      else state.awaitsEnd = true;
    }
    for (const state of this.states) {
      if (!at(state.span.from)) continue;
      if (state.span.from.event === undefined) this.start(state, read);
      else state.awaitsStart = true;
    }
    this.watchTraps();
  }

  /** The core has taken an exception or an interrupt. */
  private trapped(): void {
    const { interrupts } = this.machine.counters;
    if (this.raised && interrupts > this.interrupts) {
      this.raised = false;
      this.happened('interrupt');
    }
    this.happened('trap');
  }

  /** Cycles in the ledger. */
  private booked(): number {
    return this.machine.ledger.read().matrix.reduce((a, b) => a + b);
  }

  /**
   * The first instruction of a trap's handler has retired, and is not booked yet: the mark of its phase has closed the phase of the
   * hardware's entry in front of it.
   */
  private inHandler(): void {
    const { ledger } = this.machine;
    if (PHASES[ledger.phase] === 'hardware entry') throw new Error("the kernel's trap handler begins without .phase");
    this.happened('handler', 1);
  }

  /**
   * An event happens that may be a boundary. What the ledger has booked is its stamp: everything up to the event, nothing of it.
   * @param unbooked instructions that have retired since
   */
  happened(event: SpanEvent, unbooked = 0): void {
    const { machine } = this;
    const read = (): Moment => momentOf(machine, this.ahead + this.booked(), machine.counters.instructions - unbooked);
    this.now = undefined;
    for (const state of this.states) {
      if (!state.awaitsEnd || state.open === undefined || state.span.to.event !== event) continue;
      state.awaitsEnd = false;
      this.end(state, read);
    }
    for (const state of this.states) {
      if (!state.awaitsStart || state.span.from.event !== event) continue;
      state.awaitsStart = false;
      this.start(state, read);
    }
    this.watchTraps();
  }

  /** A trap is told only to a trace hook, which makes the machine slow: it is set while a span waits for one. */
  private watchTraps(): void {
    const told = ({ event }: SpanPoint): boolean => event === 'trap' || event === 'interrupt' || event === 'handler';
    const waits = this.states.some(
      ({ span, awaitsStart, awaitsEnd }) => (awaitsStart && told(span.from)) || (awaitsEnd && told(span.to)),
    );
    this.interrupts = this.machine.counters.interrupts;
    this.machine.setTrace(waits ? this.onTrace : this.trace);
  }

  /**
   * The moment being told. From one boundary to the next, of whatever spans, the ledger must account for every cycle: so it does
   * for passages, for the gaps between them, and for legs together with the whole.
   */
  private moment(read: () => Moment): Moment {
    if (this.now !== undefined) return this.now;
    const now = read();
    const { previous } = this;
    if (previous !== undefined) ledgerSpan(previous.ledger, now.ledger, now.cycle - previous.cycle);
    this.now = now;
    this.previous = now;
    return now;
  }

  private start(state: SpanState, read: () => Moment): void {
    const { ledger } = this.machine;
    const at = this.moment(read);
    if (state.open !== undefined) {
      state.unmatched++;
      ledger.closeMasked(state.open.masked, at.cycle);
    } else if (state.ended !== undefined) {
      state.passages[state.passages.length - 1].gap = at.cycle - state.ended.cycle;
    }
    state.open = { at, masked: ledger.openMasked(at.cycle) };
  }

  private end(state: SpanState, read: () => Moment): void {
    if (state.open === undefined) return;
    const end = this.moment(read);
    const { at, masked } = state.open;
    this.machine.ledger.closeMasked(masked, end.cycle);
    const { cycles, from } = masked;
    state.passages.push({ ...passageBetween(at, end, { cycles, from }), gap: undefined });
    state.open = undefined;
    state.ended = end;
  }

  /** The passages so far. */
  read(): readonly SpanPassages[] {
    return this.states.map(({ span, passages, unmatched, open }) => ({
      span,
      passages,
      unmatched: unmatched + (open === undefined ? 0 : 1),
    }));
  }
}
