import { LENT } from '../../workloads/guarantee/lend.js';
import type { SpanPath } from '../../workloads/language/scenario.js';
import type { SubjectSummary } from './analyse.js';
import { type MeasurementRecord, subjectKey } from './schema.js';

/** Words that an attempt came to, by name; those are missing that nobody was left to report, but not what the runner itself observes. */
type Observed = Readonly<Record<string, number>>;

/** Something that a crossing protects, and the attempt that finds it out. */
interface Guarantee {
  readonly mark: string;
  readonly meaning: string;
  /** The workload that tries, at all of its points. */
  readonly probe: string;
  /** Whether it holds after an attempt that came to these words; undefined if they do not tell. */
  readonly holds: (observed: Observed) => boolean | undefined;
  /** Only on this path: where bytes are lent or given away. */
  readonly path?: SpanPath;
}

/** It holds where the word is 0. */
const isNot =
  (word: string) =>
  (observed: Observed): boolean | undefined =>
    observed[word] === undefined ? undefined : observed[word] === 0;
/** The same, and where nobody was left to report the word but the attempt was stopped. */
const isNotOrStopped =
  (word: string) =>
  (observed: Observed): boolean | undefined =>
    isNot(word)(observed) ?? (observed['not_stopped'] === 0 ? true : undefined);
/** It holds where the word is 1. */
const is =
  (word: string) =>
  (observed: Observed): boolean | undefined =>
    observed[word] === undefined ? undefined : observed[word] === 1;
/** The same, of a word that who would report it has survived by that. */
const isTold =
  (word: string) =>
  (observed: Observed): boolean =>
    observed[word] === 1;

/** What all attempts together say: one that succeeds is enough. */
function verdictOf(findings: readonly (boolean | undefined)[]): boolean | undefined {
  if (findings.includes(false)) return false;
  return findings.includes(undefined) ? undefined : true;
}

/** Of every crossing. */
const ALWAYS: readonly Guarantee[] = [
  {
    mark: 'H',
    meaning: 'a handle is more than its number',
    probe: 'guarantee.handle.forged',
    holds: isNot('entered'),
  },
  { mark: 'N', meaning: 'entry points are fixed', probe: 'guarantee.entry.unexported', holds: isNot('entered') },
  { mark: 'C', meaning: "caller's variables not written", probe: 'guarantee.caller.write', holds: isNot('changed') },
  { mark: 'S', meaning: 'its stack not read', probe: 'guarantee.stack.read', holds: isNotOrStopped('leaked') },
  { mark: 'T', meaning: 'nor written', probe: 'guarantee.stack.write', holds: isNotOrStopped('changed') },
  { mark: 'I', meaning: 'its registers not seen', probe: 'guarantee.registers.in', holds: isNot('registers_seen') },
  { mark: 'X', meaning: "callee's not either", probe: 'guarantee.registers.out', holds: isNot('registers_seen') },
  { mark: 'F', meaning: 'fault of the callee survived', probe: 'guarantee.callee.fault', holds: isTold('told') },
  { mark: 'Z', meaning: 'wait without end survived', probe: 'guarantee.callee.waits', holds: is('came_back') },
  { mark: 'L', meaning: 'others run on while it loops', probe: 'guarantee.callee.loops', holds: is('others_run') },
];

const LENT_PATH = 'borrow';
const MOVED_PATH = 'move';

/** Where bytes are lent besides. */
const OF_LOANS: readonly Guarantee[] = [
  { mark: 'O', meaning: 'lent for reading, not written', probe: 'guarantee.borrow.write', holds: isNot('changed') },
  { mark: 'E', meaning: 'ends with the answer', probe: 'guarantee.mutable-borrow.kept', holds: isNot('changed') },
  {
    mark: 'U',
    meaning: 'lender cannot write during use',
    probe: 'guarantee.borrow.changed-during-use',
    holds: isNot('changed'),
  },
].map((guarantee) => ({ ...guarantee, path: LENT_PATH }));

/** Where bytes are given away. */
const OF_MOVES: readonly Guarantee[] = [
  {
    mark: 'M',
    meaning: 'what was given away is out of reach',
    probe: 'guarantee.move.kept',
    holds: isNot('changed'),
    path: MOVED_PATH,
  },
];

/** All of them, in the order of the marks. */
export const GUARANTEES: readonly Guarantee[] = [...ALWAYS, ...OF_LOANS, ...OF_MOVES];

/** How far behind what is lent a service comes. */
interface Reach {
  readonly mark: string;
  readonly meaning: string;
  readonly probe: string;
  /** The word that is 1 if the attempt has worked. */
  readonly worked: string;
}

/** Where bytes are lent, besides. */
export const REACHES: readonly Reach[] = [
  { mark: 'R', meaning: 'what a loan for reading lets read', probe: 'guarantee.borrow.read-beyond', worked: 'leaked' },
  {
    mark: 'W',
    meaning: 'what a loan for writing lets write',
    probe: 'guarantee.mutable-borrow.write-beyond',
    worked: 'changed',
  },
];

const PAGE = 4096;
const WORD = 4;

const meanings = (list: readonly Guarantee[]): string =>
  list.map(({ mark, meaning }) => `${mark} ${meaning}`).join(', ');

/** What the marks mean, in lines that fit a chart. */
export const GUARANTEE_NOTES: readonly string[] = [
  `found by trying, behind + what holds, behind - what does not, behind ? what nobody was left to tell:`,
  `${meanings(ALWAYS.slice(0, 2))},`,
  `${meanings(ALWAYS.slice(2, 6))},`,
  meanings(ALWAYS.slice(6)),
  `where bytes are lent: ${meanings(OF_LOANS)};`,
  'R reads and W writes no more than the bytes (b), their pages (p), or more (r);',
  `where they are given away: ${meanings(OF_MOVES)}`,
];

const CROSSINGS: ReadonlySet<string> = new Set(['call', 'send', 'copy', 'borrow', 'move']);

/** Where it was tried: platform and all of its parameters. */
const placeKey = ({ platform, parameters }: MeasurementRecord): string =>
  subjectKey({ platform, parameters, workload: '', workloadParameters: {} });

/** The attempts of a probe; none where one of them is an error, which tells nothing about who would have won. */
type Attempts = readonly { readonly observed: Observed; readonly distance: number }[];

function attemptsOf(records: readonly MeasurementRecord[]): Attempts {
  const attempts = records.flatMap(({ outcome, workloadParameters }) =>
    outcome.kind === 'measured'
      ? [{ observed: outcome.observed, distance: Number(workloadParameters['distance'] ?? 0) }]
      : [],
  );
  return attempts.length === records.length ? attempts : [];
}

/**
 * How far attempts reached.
 * @returns `b` not to the word behind what was lent; `p` to the end of a page and no word further; `r` further; undefined where what
 * was tried does not tell.
 */
export function reachOf(attempts: Attempts, worked: string): 'b' | 'p' | 'r' | undefined {
  // where nobody was left to report the word, an attempt tells nothing
  const those = (value: number): readonly number[] =>
    attempts.filter(({ observed }) => observed[worked] === value).map(({ distance }) => LENT + distance);
  const [reached, stopped] = [those(1), those(0)];
  const farthest = Math.max(...reached);
  if (reached.length === 0) return stopped.includes(LENT) ? 'b' : undefined;
  if (farthest >= PAGE) return 'r';
  return farthest === PAGE - WORD && stopped.includes(PAGE) ? 'p' : undefined;
}

/**
 * The marks of a crossing: what the probes among the subjects have found on the same platform with the same parameters.
 * @returns gives `+NC -HS ?T`, with `Rb Wp` behind it where bytes are lent; nothing for a path that crosses no boundary or where nothing
 * was tried.
 */
export function guaranteesAmong(
  subjects: readonly SubjectSummary[],
): (subject: SubjectSummary, path: string) => string {
  const tried = new Map<string, readonly MeasurementRecord[]>();
  for (const { record, records } of subjects) {
    const key = `${placeKey(record)} ${record.workload}`;
    tried.set(key, [...(tried.get(key) ?? []), ...records]);
  }
  return ({ record }, path) => {
    if (!CROSSINGS.has(path)) return '';
    const attemptsAt = (probe: string): Attempts => attemptsOf(tried.get(`${placeKey(record)} ${probe}`) ?? []);
    const known = GUARANTEES.filter((g) => g.path === undefined || g.path === path).flatMap(
      ({ mark, probe, holds }) => {
        const attempts = attemptsAt(probe);
        return attempts.length === 0
          ? []
          : [{ mark, holds: verdictOf(attempts.map(({ observed }) => holds(observed))) }];
      },
    );
    const reaches = (path === LENT_PATH ? REACHES : []).flatMap(({ mark, probe, worked }) => {
      const reach = reachOf(attemptsAt(probe), worked);
      return reach === undefined ? [] : [`${mark}${reach}`];
    });
    const marks = (sign: string, hold: boolean | undefined): readonly string[] => {
      const letters = known.filter(({ holds }) => holds === hold).map(({ mark }) => mark);
      return letters.length === 0 ? [] : [`${sign}${letters.join('')}`];
    };
    return [...marks('+', true), ...marks('-', false), ...marks('?', undefined), ...reaches].join(' ');
  };
}
