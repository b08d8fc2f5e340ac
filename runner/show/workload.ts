import { markdownTable } from 'markdown-table';
import { describeWorkloadParameter } from '../../workloads/language/parameters.js';
import type { Scenario, SpanPoint } from '../../workloads/language/scenario.js';
import type { Workload } from '../../workloads/index.js';
import { showFunction } from './program.js';

const EVENTS = {
  trap: 'first trap',
  handler: 'first instruction of a trap handler',
  interrupt: 'first interrupt',
  ended: 'first end of a domain',
  initialised: 'a domain has its first values again',
  raised: 'the line is raised',
} as const;

const ON_FAULT = {
  handle: 'handles its faults',
  restart: 'begins anew after a fault',
} as const;

/** A boundary of a span in words. */
export function showPoint({ marks, event }: SpanPoint): string {
  const where = marks.length > 3 ? `${marks[0]}, ... ${marks.at(-1)}` : marks.join(', ');
  return event === undefined ? where : `${EVENTS[event]} after ${where}`;
}

const named = (name: string, ...facts: readonly (string | false | undefined)[]): string =>
  `${name}${facts.some((f) => typeof f === 'string') ? ` (${facts.filter((f) => typeof f === 'string').join(', ')})` : ''}`;

/** The parts of a system, a line for each domain and for each kind of thing that belongs to none. */
export function systemLines(s: Scenario): string[] {
  const own = <T extends { readonly domain: string }>(list: readonly T[], domain: string): readonly T[] =>
    list.filter((x) => x.domain === domain);
  const group = (title: string, list: readonly string[]): string[] =>
    list.length === 0 ? [] : [`${title} ${list.join(', ')}`];
  const domains = s.domains.map(({ name, onFault }) =>
    [
      `${named(`domain ${name}`, onFault && ON_FAULT[onFault.kind])}:`,
      [
        ...group(
          'threads',
          own(s.threads, name).map((t) => named(t.name, `priority ${t.priority}`, t.endsRun && 'ends the run')),
        ),
        ...group(
          'services',
          own(s.services, name).map((v) =>
            named(
              v.name,
              `${v.words} words`,
              v.transfer && `${v.mostBytes} bytes by ${v.transfer}`,
              !v.answers && 'no answer',
            ),
          ),
        ),
        ...group(
          'buffers',
          own(s.buffers, name).map((b) => named(b.name, `${b.bytes} bytes`, b.passed && 'handed over')),
        ),
      ].join('; '),
    ].join(' '),
  );
  return [
    ...domains,
    ...group('notifications:', s.notifications),
    ...group('mutexes:', s.mutexes),
    ...group(
      'queues:',
      s.queues.map((q) => named(q.name, `${q.capacity} words`)),
    ),
    ...group(
      'interrupts:',
      s.interrupts.map((i) => `line ${i.line} gives ${i.notification} of ${i.domain}`),
    ),
  ];
}

const LISTED_REPORTS = 12;

/** What a platform says of a workload. */
export interface Applicability {
  readonly platform: string;
  /** Whether it runs with some isolation. */
  readonly runs: boolean;
  /** Why it has nothing to measure there, under which settings; empty if it runs with all. */
  readonly refusals: readonly string[];
}

/** Each function in full, but one that differs from the one before it in nothing but numbers in one line. */
function showFunctions({ functions }: Scenario): readonly string[] {
  const texts = functions.map(showFunction);
  const shape = (text: string): string => text.replace(/-?\d+/g, '#');
  return texts.map((text, i) => {
    if (i === 0 || shape(text) !== shape(texts[i - 1])) return text;
    const [head] = text.split('\n');
    return `${head}: as the one above, with other numbers\n`;
  });
}

/** A workload as text: what it is, its system, spans, parameters, programs, and where it is not applicable. */
export function showWorkload(workload: Workload, scenario: Scenario, platforms: readonly Applicability[]): string {
  const parts: string[] = [`${workload.id}: ${workload.title}\n\nMeasures ${workload.purpose}.\n`];
  parts.push(
    `System\n\n${systemLines(scenario)
      .map((l) => `* ${l}\n`)
      .join('')}`,
  );
  const spans = scenario.spans.map((s) => [s.name, s.trip, s.path, showPoint(s.from), showPoint(s.to), s.meaning]);
  parts.push(`Spans\n\n${markdownTable([['span', 'trip', 'path', 'from', 'to', 'meaning'], ...spans])}\n`);
  if (scenario.excluded !== '') parts.push(`In no span: ${scenario.excluded}.\n`);
  const parameters = Object.entries(workload.parameters).map(([name, p]) => [
    `${workload.id}.${name}`,
    String(p.default),
    describeWorkloadParameter(p),
    p.meaning,
  ]);
  if (parameters.length > 0) {
    parts.push(`Parameters (--set)\n\n${markdownTable([['name', 'default', 'takes', 'meaning'], ...parameters])}\n`);
  }
  const points = workload.points.map((point) =>
    Object.entries(point)
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(' '),
  );
  parts.push(`Measured at: ${points.map((p) => (p === '' ? 'the defaults' : p)).join('; ')}.\n`);
  const { reports, terminated } = scenario.expected;
  const words = `${reports.slice(0, LISTED_REPORTS).join(', ')}${reports.length > LISTED_REPORTS ? ', ...' : ''}`;
  parts.push(
    `A right run reports ${reports.length} words (${words}) and ends with ` +
      `${terminated.length === 0 ? 'no domain' : `domains ${terminated.join(', ')}`} ended by the kernel.\n`,
  );
  const lines = platforms.map(
    ({ platform, runs, refusals }) => `* ${platform}: ${[...(runs ? ['runs'] : []), ...refusals].join('; ')}\n`,
  );
  parts.push(`Platforms\n\n${lines.join('')}`);
  parts.push(`Programs at the defaults\n\n${showFunctions(scenario).join('\n')}`);
  return parts.join('\n');
}
