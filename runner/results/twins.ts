import type { SubjectSummary } from './analyse.js';
import { subjectKey } from './schema.js';

/** What protection costs, in cycles of the medians (DESIGN.md section 1, rule 6). */
export interface Prices {
  /** full - path: the same kernel path with its protection inert. */
  readonly mechanism: number | undefined;
  /** full - none: the same request within one domain. */
  readonly boundary: number | undefined;
}

/** The key of a subject with another isolation. */
const keyAt = ({ record }: SubjectSummary, isolation: string): string =>
  subjectKey({ ...record, parameters: { ...record.parameters, isolation } });

/**
 * The prices of a span: those of a subject with `isolation=full`, as far as its twins were measured, with everything but the
 * isolation the same.
 */
export function pricesAmong(subjects: readonly SubjectSummary[]): (subject: SubjectSummary, span: string) => Prices {
  const byKey = new Map(subjects.map((s) => [subjectKey(s.record), s]));
  const medianOf = (subject: SubjectSummary | undefined, span: string): number | undefined =>
    subject?.spans.find((s) => s.span.name === span)?.cycles.median;
  return (subject, span) => {
    const full = subject.record.parameters['isolation'] === 'full' ? medianOf(subject, span) : undefined;
    const over = (isolation: string): number | undefined => {
      const twin = medianOf(byKey.get(keyAt(subject, isolation)), span);
      return full === undefined || twin === undefined ? undefined : full - twin;
    };
    return { mechanism: over('path'), boundary: over('none') };
  };
}
