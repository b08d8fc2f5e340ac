import type { Span, SpanPoint } from '../../workloads/language/scenario.js';
import type { SpanPassages } from './spans.js';

/*
 * Legs: spans that together are another one, as the way there and the way back are the round trip. Their cycles must sum to it
 * exactly (DESIGN.md section 1, rule 4).
 */

const name = ({ marks, event }: SpanPoint): string => `${event ?? ''} ${[...marks].sort().join(' ')}`;

/** The spans that lead from one boundary to another without detour, if some do; the whole itself is not among them. */
export function legsOf(whole: Span, spans: readonly Span[]): readonly Span[] | undefined {
  const search = (at: string, left: readonly Span[]): readonly Span[] | undefined => {
    if (at === name(whole.to)) return [];
    for (const span of left) {
      if (name(span.from) !== at) continue;
      const rest = search(
        name(span.to),
        left.filter((s) => s !== span),
      );
      if (rest !== undefined) return [span, ...rest];
    }
    return undefined;
  };
  const others = spans.filter((s) => s !== whole && name(s.to) !== name(s.from));
  const legs = name(whole.from) === name(whole.to) ? undefined : search(name(whole.from), others);
  return legs !== undefined && legs.length > 1 ? legs : undefined;
}

/** A span whose legs do not sum to it, in one line; undefined if all do. */
export function legProblem(measured: readonly SpanPassages[]): string | undefined {
  const spans = measured.map(({ span }) => span);
  for (const { span, passages } of measured) {
    const legs = legsOf(span, spans)?.map((leg) => measured.find((m) => m.span === leg)!);
    if (legs === undefined) continue;
    for (let i = 0; i < passages.length; i++) {
      for (const quantity of ['cycles', 'instructions', 'traps'] as const) {
        const parts = legs.map((leg) => leg.passages.at(i)?.[quantity]);
        const sum = parts.reduce<number>((a, b) => a + (b ?? NaN), 0);
        if (sum === passages[i][quantity]) continue;
        const list = legs.map((leg, k) => `${leg.span.name} ${parts[k] ?? 'missing'}`).join(' + ');
        return `passage ${i + 1} of ${span.name} has ${passages[i][quantity]} ${quantity}, its legs ${list}`;
      }
    }
  }
  return undefined;
}
