import type { SubjectSummary } from './analyse.js';
import { type MeasurementRecord, subjectKey } from './schema.js';

/** Something that a crossing protects, and the attempt that finds it out. */
interface Guarantee {
  readonly mark: string;
  readonly meaning: string;
  /** The workload that tries, at all of its points. */
  readonly probe: string;
  /** The word that is 1 if the attempt has worked; undefined if a run in which it works is an error. */
  readonly broken: string | undefined;
  /** Only where bytes are lent. */
  readonly lent: boolean;
}

const GUARANTEES: readonly Guarantee[] = [
  {
    mark: 'H',
    meaning: 'handles cannot be guessed',
    probe: 'guarantee.handle.forged',
    broken: undefined,
    lent: false,
  },
  {
    mark: 'C',
    meaning: "the caller's memory cannot be written",
    probe: 'guarantee.caller.write',
    broken: 'changed',
    lent: false,
  },
  {
    mark: 'R',
    meaning: 'nothing behind what is lent can be read',
    probe: 'guarantee.borrow.read-beyond',
    broken: 'leaked',
    lent: true,
  },
  {
    mark: 'W',
    meaning: 'or written',
    probe: 'guarantee.mutable-borrow.write-beyond',
    broken: 'changed',
    lent: true,
  },
  {
    mark: 'O',
    meaning: 'what is lent for reading cannot be written',
    probe: 'guarantee.borrow.write',
    broken: 'changed',
    lent: true,
  },
  {
    mark: 'E',
    meaning: 'a loan ends with the answer',
    probe: 'guarantee.mutable-borrow.kept',
    broken: 'changed',
    lent: true,
  },
];

/** What the marks mean, a line each. */
export const GUARANTEE_NOTES: readonly string[] = [false, true].map((lent, i) => {
  const own = GUARANTEES.filter((g) => g.lent === lent).map(({ mark, meaning }) => `${mark} ${meaning}`);
  return `${i === 0 ? 'found by trying: + holds, - does not: ' : 'where bytes are lent: '}${own.join(', ')}`;
});

const CROSSINGS: ReadonlySet<string> = new Set(['call', 'send', 'copy', 'borrow', 'move']);
const LENT = 'borrow';

/** Where it was tried: platform and all of its parameters. */
const placeKey = ({ platform, parameters }: MeasurementRecord): string =>
  subjectKey({ platform, parameters, workload: '', workloadParameters: {} });

/**
 * The marks of a crossing: what the probes among the subjects have found on the same platform with the same parameters.
 * @returns gives `+H +C -R`, and nothing for a path that crosses no boundary or where nothing was tried.
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
    const marks = GUARANTEES.flatMap(({ mark, probe, broken, lent }) => {
      const attempts = tried.get(`${placeKey(record)} ${probe}`) ?? [];
      if ((lent && path !== LENT) || attempts.length === 0) return [];
      // a run that is an error tells nothing about who would have won
      if (attempts.some(({ outcome }) => outcome.kind !== 'measured')) return [];
      const worked = attempts.some(
        ({ outcome }) => outcome.kind === 'measured' && broken !== undefined && outcome.observed[broken] === 1,
      );
      return [`${worked ? '-' : '+'}${mark}`];
    });
    return marks.join(' ');
  };
}
