import { PHASES } from '../../platforms/machine/ledger.js';
import type { BenchDevice } from '../../platforms/machine/devices/bench.js';
import type { Machine, Snapshot, Stop } from '../../platforms/machine/machine.js';
import type { ProbeEvent } from '../../platforms/machine/probes.js';
import type { SymbolTable } from '../../platforms/machine/symbols.js';
import { cycles, type PhysicalAddress } from '../../platforms/machine/units.js';
import type { LinkedScenario } from '../../platforms/platform.js';
import type { ArrivalSweep } from '../../workloads/language/scenario.js';
import type { ArrivalsRecord, WorstArrival } from '../results/schema.js';
import { placeOf } from './outcome.js';

/* The arrival of an interrupt swept over a span (RT-1): a snapshot before the span, one run from it for each arrival. */

/** Cycles before the span at which the snapshot is taken: more than an instruction takes, so that every arrival is to come. */
const LEAD = 256;
const FOREVER = cycles(Number.MAX_SAFE_INTEGER);

/** What the sweep needs of the run without interrupt. */
export interface SweptSpan {
  /** Cycle stamp of the start of the passage, and its length. */
  readonly start: number;
  readonly cycles: number;
}

/** How a run is judged: what is wrong with its end, in one line. */
export type Judge = (stop: Stop, ended: readonly string[]) => string | undefined;

/** What an arrival came to, in cycles from the start of the span. */
export interface Arrival {
  /** Retirement of the first instruction of the trap handler that the interrupt leads to. */
  readonly entered: number;
  /** Retirement of the driver thread's next instruction. */
  readonly served: number;
  /** Longest interval with interrupts masked from the rise of the line to `entered`. */
  readonly masked: number;
  /** Where the core was when it saw the line: the instruction to come. */
  readonly place: string;
  readonly phase: (typeof PHASES)[number];
}

/** Runs a scenario with the device's line raised at chosen cycles. */
export class ArrivalRunner {
  private readonly bench: BenchDevice;
  private snapshot: Snapshot | undefined;
  /** Domains that had been ended before the snapshot. */
  private readonly endedBefore: string[] = [];
  private handler: PhysicalAddress | undefined;
  /** Runs so far. */
  runs = 0;

  /** @param span where arrivals are counted from. */
  constructor(
    private readonly machine: Machine,
    private readonly linked: LinkedScenario,
    private readonly symbols: SymbolTable,
    private readonly sweep: ArrivalSweep,
    private readonly span: SweptSpan,
    private readonly judge: Judge,
  ) {
    if (machine.bench === undefined) throw new Error('the board has no device that raises a line');
    this.bench = machine.bench;
  }

  /** Brings the machine to a moment before the span: by the snapshot, or from reset where there is none yet. */
  private rewind(): void {
    const { machine, span } = this;
    if (this.snapshot !== undefined) return machine.restore(this.snapshot);
    this.boot();
    this.watchEnded(this.endedBefore);
    const stop = machine.run(cycles(Math.max(0, span.start - LEAD)));
    if (stop.kind !== 'limit' || machine.counters.cycles >= span.start) {
      throw new Error(`there is no instruction boundary in the ${LEAD} cycles before span ${this.sweep.span}`);
    }
    this.snapshot = machine.snapshot();
  }

  private boot(): void {
    const { machine } = this;
    machine.setTrace(undefined);
    machine.probes.clear();
    machine.reset();
    machine.load(this.linked.image);
  }

  /** Adds to a list what the guest kernel ends from now on; it may end the same domain twice. */
  private watchEnded(list: string[]): void {
    this.linked.watchTerminated(this.machine, (domain) => {
      if (!list.includes(domain)) list.push(domain);
    });
  }

  /** One run with the line raised `offset` cycles after the start of the span. @throws Error if it goes wrong. */
  arrive(offset: number): Arrival {
    this.handler ??= this.findHandler();
    this.rewind();
    return this.run(offset, this.handler, [...this.endedBefore]);
  }

  /** The same from reset, without any snapshot: what `arrive` must give. */
  arriveFromReset(offset: number): Arrival {
    this.handler ??= this.findHandler();
    this.boot();
    return this.run(offset, this.handler, []);
  }

  /** Address of the first instruction that is executed after the interrupt has been taken. */
  private findHandler(): PhysicalAddress {
    const { machine } = this;
    this.rewind();
    let found: PhysicalAddress | undefined;
    let before = Infinity;
    this.bench.onTimer = () => {
      before = machine.counters.interrupts;
    };
    // an event holds where the instruction was: the first one after the trap that is told with the interrupt counted
    let taken = false;
    machine.setTrace(({ kind, pc }) => {
      if (found !== undefined) return;
      if (kind === 'retire' && taken) found = machine.translate(pc as never);
      else if (kind === 'trap') taken = machine.counters.interrupts > before;
    });
    this.bench.raiseAt(this.span.start);
    const end = machine.counters.cycles + this.span.cycles;
    for (let at = end; found === undefined && machine.run(cycles(at)).kind === 'limit'; at += LEAD) continue;
    machine.setTrace(undefined);
    if (found === undefined) throw new Error('the interrupt was never taken');
    return found;
  }

  private run(offset: number, handler: PhysicalAddress, ended: string[]): Arrival {
    const { machine, bench, linked, span } = this;
    const { ledger, probes } = machine;
    const at = span.start + offset;
    let [entered, served, interrupts] = [-1, -1, Infinity];
    let [place, phase, masked] = ['', PHASES[0] as Arrival['phase'], 0];
    let window: ReturnType<typeof ledger.openMasked> | undefined;
    const onHandler = ({ cycle }: ProbeEvent): boolean => {
      if (window === undefined || entered >= 0 || machine.counters.interrupts <= interrupts) return false;
      entered = cycle - span.start;
      ledger.closeMasked(window, cycle);
      masked = window.cycles;
      return false;
    };
    const onServed = ({ cycle }: ProbeEvent): boolean => {
      if (entered >= 0 && served < 0) served = cycle - span.start;
      return false;
    };
    probes.clear();
    probes.add(handler, onHandler);
    probes.add(linked.marks.get(this.sweep.served)!, onServed);
    this.watchEnded(ended);
    bench.onTimer = () => {
      interrupts = machine.counters.interrupts;
      window = ledger.openMasked(at);
      place = placeOf(machine, this.symbols);
      phase = PHASES[ledger.phase];
    };
    bench.raiseAt(at);
    const stop = machine.run(FOREVER);
    this.runs++;
    bench.onTimer = () => undefined;
    const problem =
      this.judge(stop, ended) ??
      (entered < 0 ? 'the interrupt was not taken' : served < 0 ? 'the driver was not served' : undefined);
    if (problem !== undefined) throw new Error(`interrupt in cycle ${offset} of span ${this.sweep.span}: ${problem}`);
    return { entered, served, masked, place, phase };
  }

  /** The longest masked interval without interrupt, from the start of the span to cycle `until` after it. */
  maskedUntil(until: number): { readonly cycles: number; readonly from: number } {
    const { machine, span } = this;
    this.rewind();
    machine.probes.clear();
    const window = machine.ledger.openMasked(span.start);
    machine.run(cycles(span.start + until));
    machine.ledger.closeMasked(window, span.start + until);
    return { cycles: window.cycles, from: window.from };
  }
}

/** Every arrival of a sweep, by its number; those that follow from others are the same object. */
export function allArrivals(
  count: number,
  method: ArrivalSweep['method'],
  arrive: (index: number) => Arrival,
): readonly Arrival[] {
  const found: Arrival[] = [];
  const at = (index: number): Arrival => (found[index] ??= arrive(index));
  if (method === 'every') {
    for (let i = 0; i < count; i++) at(i);
    return found;
  }
  at(0);
  at(count - 1);
  const open: (readonly [number, number])[] = [[0, count - 1]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [low, high] = next;
    if (high - low < 2) continue;
    const middle = (low + high) >> 1;
    if (isSame(at(low), at(middle)) && isSame(at(middle), at(high))) {
      for (let i = low + 1; i < high; i++) found[i] ??= found[low];
    } else open.push([middle, high], [low, middle]);
  }
  return found;
}

const isSame = (a: Arrival, b: Arrival): boolean => a.entered === b.entered && a.served === b.served;

/**
 * Sweeps the arrival over a span.
 * @param place names a physical address
 */
export function sweepArrivals(
  runner: ArrivalRunner,
  { span: name, passage, stride, method }: ArrivalSweep,
  span: SweptSpan,
  place: (at: number) => string,
): ArrivalsRecord {
  const count = Math.floor((span.cycles - 1) / stride) + 1;
  const arrivals = allArrivals(count, method, (index) => runner.arrive(index * stride));
  // arrivals that were taken in one cycle are a step: the first of them has waited longest
  const steps = arrivals.flatMap((arrival, i) =>
    i > 0 && isSame(arrivals[i - 1], arrival) ? [] : [{ first: i * stride, ...arrival }],
  );
  const worst = (of: 'entered' | 'served'): WorstArrival => {
    const { first, place, phase, ...step } = steps.reduce((a, b) => (b[of] - b.first > a[of] - a.first ? b : a));
    return { arrival: first, latency: step[of] - first, place, phase };
  };
  const masked = runner.maskedUntil(Math.max(...steps.map((s) => s.entered)));
  return {
    span: name,
    passage,
    cycles: span.cycles,
    stride,
    arrivals: count,
    runs: runner.runs,
    steps: {
      first: steps.map((s) => s.first),
      entered: steps.map((s) => s.entered),
      served: steps.map((s) => s.served),
    },
    handler: worst('entered'),
    driver: worst('served'),
    entry: Math.max(...steps.map((s) => s.entered - s.first - s.masked)),
    masked: { cycles: masked.cycles, from: masked.cycles === 0 ? '' : place(masked.from) },
  };
}
