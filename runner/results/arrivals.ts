import { markdownTable } from 'markdown-table';
import { max, median, min } from 'simple-statistics';
import type { SubjectSummary } from './analyse.js';
import { type Clocks, showTime } from './clocks.js';
import type { ArrivalsRecord, WorstArrival } from './schema.js';
import { platformLabel, showNumber, type SuiteNames, workloadLabel } from './table.js';

/** From the rise of the line to the first instruction of the handler, or to the driver thread's next one. */
export type Latency = 'handler' | 'driver';

/** The latency of every arrival, in order. */
export function latencies({ cycles, stride, steps }: ArrivalsRecord, what: Latency): readonly number[] {
  const ends = what === 'handler' ? steps.entered : steps.served;
  return ends.flatMap((end, i) => {
    const count = Math.ceil(((steps.first.at(i + 1) ?? cycles) - steps.first[i]) / stride);
    return Array.from({ length: count }, (_, k) => end - steps.first[i] - k * stride);
  });
}

/** What all sweeps of a subject, one for each layout, came to. */
export interface ArrivalSummary {
  readonly subject: SubjectSummary;
  readonly sweeps: readonly ArrivalsRecord[];
  /** Latencies of all arrivals of all layouts. */
  readonly all: Readonly<Record<Latency, readonly number[]>>;
  /** The arrival that waited longest, and the sweep it is of. */
  readonly worst: Readonly<Record<Latency, { readonly arrival: WorstArrival; readonly sweep: ArrivalsRecord }>>;
}

/** The subjects that sweep an interrupt and were measured. */
export function summariseArrivals(subjects: readonly SubjectSummary[]): readonly ArrivalSummary[] {
  return subjects.flatMap((subject): ArrivalSummary[] => {
    const sweeps = subject.records.flatMap(({ arrivals }) => (arrivals === undefined ? [] : [arrivals]));
    if (sweeps.length === 0) return [];
    const worst = (what: Latency): ArrivalSummary['worst'][Latency] => {
      const sweep = sweeps.reduce((a, b) => (b[what].latency > a[what].latency ? b : a));
      return { arrival: sweep[what], sweep };
    };
    const all = (what: Latency): readonly number[] => sweeps.flatMap((sweep) => latencies(sweep, what));
    return [
      {
        subject,
        sweeps,
        all: { handler: all('handler'), driver: all('driver') },
        worst: { handler: worst('handler'), driver: worst('driver') },
      },
    ];
  });
}

const HEADER = [
  'workload',
  'platform',
  'class',
  'cycles',
  'arrivals',
  'handler: least',
  'median',
  'longest',
  'if it arrives in',
];
HEADER.push('phase', 'before', 'longest masked', 'entry', 'driver: least', 'median', 'longest');
/** Columns that are there if a clock was passed. */
const TIMES = ['handler: longest (µs)', 'driver: longest (µs)'];
const ALIGN = ['l', 'l', 'l', 'r', 'r', 'r', 'r', 'r', 'r', 'l', 'l', 'r', 'r', 'r', 'r', 'r', 'r', 'r'] as const;

function line({ subject, sweeps, all, worst }: ArrivalSummary, names: SuiteNames, clocks: Clocks): string[] {
  const { arrival, sweep } = worst.handler;
  const { fidelity } = subject.record.spans.find(({ name }) => name === sweep.span)!;
  const three = (values: readonly number[]): string[] => {
    const list = [...values];
    return [String(min(list)), showNumber(median(list)), String(max(list))];
  };
  const count = sweeps.reduce((sum, { arrivals }) => sum + arrivals, 0);
  return [
    workloadLabel(subject, names),
    platformLabel(subject),
    fidelity ?? '-',
    String(sweep.cycles),
    sweep.stride === 1 ? String(count) : `${count}, every ${sweep.stride} cycles`,
    ...three(all.handler),
    String(arrival.arrival),
    arrival.phase,
    arrival.place,
    String(sweep.masked.cycles),
    String(sweep.entry),
    ...three(all.driver),
    ...[worst.handler, worst.driver].map((w) => showTime(w.arrival.latency, subject.record, clocks)),
  ];
}

const LEGEND = `One run for each arrival of the interrupt, in every cycle of one passage of the span (\`cycles\` long without interrupt), from a
snapshot in front of it; each must end as the undisturbed one. handler: cycles from the rise of the line to the trap handler's first
instruction; driver: to the next instruction of the thread that waits for it. The longest is a fact of this path in this layout and
state, no bound for others. before: the instruction in front of which the core saw the line. longest masked: without interrupt, from the
span's start to the last entry; entry: most that an arrival waited besides. The longest is no more than both together.
`;

/** The sweeps as a table with its legend; undefined if there is none. */
export function arrivalTable(
  subjects: readonly SubjectSummary[],
  names: SuiteNames,
  clocks: Clocks = {},
): string | undefined {
  const lines = summariseArrivals(subjects).map((summary) => line(summary, names, clocks));
  if (lines.length === 0) return undefined;
  const columns = HEADER.length + (lines.some((cells) => cells.at(-1) !== '-') ? TIMES.length : 0);
  const rows = [[...HEADER, ...TIMES], ...lines].map((cells) => cells.slice(0, columns));
  return `${markdownTable(rows, { align: ALIGN.slice(0, columns) })}\n\n${LEGEND}`;
}
