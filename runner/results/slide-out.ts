import { markdownTable } from 'markdown-table';
import { FRAME } from '../../workloads/application/slide-out.js';
import { type Distribution, distribution, type SubjectSummary } from './analyse.js';
import type { MeasurementRecord } from './schema.js';
import { platformLabel, showNumber } from './table.js';

/* The controller of a slide-out (`application.slide-out`): what the overrun of a driver's buffer came to. */

const WORKLOAD = 'application.slide-out';

/** What stopped the overrun: a trap of the hardware, a check of the driver's own, or nothing. No store asks the kernel. */
type Stopper = 'hardware' | 'library' | 'nothing';

/** The overruns of one length, with the victim in one place, on one platform: over all layouts. */
export interface SlideOut {
  readonly subject: SubjectSummary;
  readonly victim: string;
  /** Bytes from the end of the driver's buffer to the slide's state, as linked; undefined where the linker chooses the place. */
  readonly distance: Distribution | undefined;
  readonly overrun: number;
  readonly checked: boolean;
  /** Another thread asks the driver where the display cannot any more. */
  readonly second: boolean;
  /** Layouts, and those in which words of the slide, or of the driver itself, were changed. */
  readonly runs: number;
  readonly slideMoved: number;
  readonly driverHurt: number;
  /** Bytes that were stored behind the buffer. */
  readonly stored: Distribution;
  /** The first byte behind the buffer that was not, from 1, in layouts in which something stopped it; undefined if nothing ever did. */
  readonly stoppedAt: Distribution | undefined;
  readonly by: Stopper;
  /** Cycles from the malformed frame until the driver has answered a good one; undefined if it never does in some layout. */
  readonly servesAgain: Distribution | undefined;
  /** The display: layouts in which it got an error, or heard that the frame was refused; in which it was ended; and cycles until it went on; undefined if it never does. */
  readonly told: number;
  readonly refused: number;
  readonly ended: number;
  readonly goesOn: Distribution | undefined;
  /** By how many cycles it went on later than after a good frame; undefined if there is none to compare with. */
  readonly later?: number;
  /** Layouts in which the slide answered the display afterwards, and in which it said that it was open. */
  readonly slideAnswers: number;
  readonly slideOpen: number;
}

/** Cycles of a span that every run has passed. */
const cyclesOf = (records: readonly MeasurementRecord[], name: string): Distribution | undefined => {
  const all = records.map(({ spans }) => spans.find((s) => s.name === name)?.samples.cycles.at(0));
  return all.every((cycles) => cycles !== undefined) ? distribution(all) : undefined;
};

/** What the overruns came to; those with a run that is an error, and those that are not applicable, are not there. */
export function slideOutsOf(subjects: readonly SubjectSummary[]): readonly SlideOut[] {
  const all = subjects
    .filter(
      ({ record, records }) => record.workload === WORKLOAD && records.every((r) => r.outcome.kind === 'measured'),
    )
    .map(slideOutOf);
  const good = new Map(all.flatMap((s) => (s.overrun === 0 ? [[platformLabel(s.subject), s.goesOn] as const] : [])));
  return all.map((s) => {
    const twin = good.get(platformLabel(s.subject));
    return s.goesOn === undefined || twin === undefined ? s : { ...s, later: s.goesOn.median - twin.median };
  });
}

function slideOutOf(subject: SubjectSummary): SlideOut {
  const { records, record } = subject;
  const { overrun, victim, checked, second } = record.workloadParameters;
  const observed = records.map(({ outcome }) => (outcome.kind === 'measured' ? outcome.observed : {}));
  const count = (name: string): number => observed.filter((words) => (words[name] ?? 0) > 0).length;
  const stored = observed.map((words) => Math.max(0, words['bytes_stored'] - FRAME));
  const stopped = stored.filter((bytes) => bytes < Number(overrun));
  const distances = observed.flatMap((words) => words['distance'] ?? []);
  return {
    subject,
    victim: String(victim),
    distance: distances.length === records.length ? distribution(distances) : undefined,
    overrun: Number(overrun),
    checked: checked === true,
    second: second === true,
    runs: records.length,
    slideMoved: count('slide_words_changed'),
    driverHurt: count('driver_words_changed'),
    stored: distribution(stored),
    stoppedAt: stopped.length > 0 ? distribution(stopped.map((bytes) => bytes + 1)) : undefined,
    by: count('frame_refused') > 0 ? 'library' : stopped.length > 0 ? 'hardware' : 'nothing',
    servesAgain: cyclesOf(records, 'serves_again'),
    told: count('driver_stopped'),
    refused: count('frame_refused'),
    ended: observed.filter((words) => words['driver_stopped'] === undefined).length,
    goesOn: cyclesOf(records, 'noticed'),
    slideAnswers: count('slide_answers'),
    slideOpen: count('slide_open'),
  };
}

/** `12`, or `8..16`. */
export const showRange = ({ minimum, maximum }: Distribution): string =>
  minimum === maximum ? String(minimum) : `${minimum}..${maximum}`;

/** Where the slide's state is, and what else is particular. */
export const placeOf = ({ victim, checked, second }: SlideOut): string =>
  [victim, ...(checked ? ['length checked'] : []), ...(second ? ['slide asks too'] : [])].join(', ');

const showShare = (count: number, runs: number): string => `${count} of ${runs}`;

/** What the display made of it. */
export function displayOf({ ended, told, refused, goesOn, later, runs }: SlideOut): string {
  const what = [
    { count: ended, text: 'ended with the driver' },
    { count: told, text: 'gets an error' },
    { count: refused, text: 'hears that the frame is refused' },
    { count: runs - ended - told - refused, text: 'notices nothing' },
  ]
    .filter(({ count }) => count > 0)
    .map(({ count, text }) => (count === runs ? text : `${text} in ${count}`));
  if (goesOn === undefined) return what.join(', ');
  const lost = later === undefined ? '' : ` (${later < 0 ? '' : '+'}${showNumber(later)})`;
  return `${what.join(', ')}, goes on after ${showNumber(goesOn.median)} cycles${lost}`;
}

/** What the display heard of the slide. */
function slideOf({ slideAnswers, slideOpen, ended, runs }: SlideOut): string {
  if (ended === runs) return 'nobody asks';
  if (slideAnswers === 0) return 'no answer';
  return slideOpen === 0 ? 'says closed' : `says open in ${slideOpen}`;
}

const HEADER = [
  'platform',
  "the slide's state",
  'bytes away',
  'overrun',
  'slide moved',
  'driver hurt',
  'stopped at byte',
  'by',
  'serves again after',
  'display',
  'slide',
];
const ALIGN = ['l', 'l', 'r', 'r', 'r', 'r', 'r', 'l', 'r', 'l', 'l'] as const;

const LEGEND = `One run for each layout. bytes away: from the end of the driver's buffer to the slide's state, as linked, in physical memory where the
two have address spaces of their own; - where the linker chooses. slide moved: layouts in which words of the slide's state were changed, looked up in memory when the run had
ended; driver hurt: the same for words of the driver beside its buffer. stopped at byte: the first one behind the buffer that was not stored.
by: hardware = a trap; library = the driver's own check of the length; nothing stops the rest. serves again after: cycles from the
malformed frame to the answer to the next good one; never: nobody is
left to answer, or to ask. display: from the malformed frame until
it goes on, and how much later that is than after a good frame.
`;

/** The overruns as a table with its legend; undefined if there is none. */
export function slideOutTable(subjects: readonly SubjectSummary[]): string | undefined {
  const all = slideOutsOf(subjects);
  if (all.length === 0) return undefined;
  const lines = all.map((s) => [
    platformLabel(s.subject),
    placeOf(s),
    s.distance === undefined ? '-' : showRange(s.distance),
    String(s.overrun),
    showShare(s.slideMoved, s.runs),
    showShare(s.driverHurt, s.runs),
    s.stoppedAt === undefined ? '-' : showRange(s.stoppedAt),
    s.by,
    s.servesAgain === undefined ? 'never' : showNumber(s.servesAgain.median),
    displayOf(s),
    slideOf(s),
  ]);
  return `${markdownTable([HEADER, ...lines], { align: [...ALIGN] })}\n\n${LEGEND}`;
}
