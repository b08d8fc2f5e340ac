import { markdownTable } from 'markdown-table';
import { explain, type Judgement, showFigure } from './judge.js';
import type { ClaimFile } from './read.js';
import { type Verdict, VERDICTS } from './verdict.js';

const HEADER = ['claim', 'published', 'unit', 'simulated', 'ratio', 'verdict', 'role'];
const ALIGN = ['l', 'r', 'l', 'r', 'r', 'l', 'l'];

/** A published figure, an interval as `low..high`. */
export const showPublished = (value: Judgement['claim']['value']): string =>
  typeof value === 'number' ? showFigure(value) : value.map(showFigure).join('..');

export const showRatio = (ratio: number | null): string => (ratio === null ? '-' : ratio.toFixed(2));

function line({ claim, simulated, ratio, verdict }: Judgement): string[] {
  return [
    claim.id,
    showPublished(claim.value),
    claim.unit,
    simulated === null ? '-' : showFigure(simulated),
    showRatio(ratio),
    verdict,
    claim.role,
  ];
}

/** As many ids as fit a line or two; the rest is counted. */
const SHOWN = 4;
const named = (ids: readonly string[]): string =>
  ids.length <= SHOWN + 1 ? ids.join(', ') : `${ids.slice(0, SHOWN).join(', ')} and ${ids.length - SHOWN} more`;

/** Explanations, each once, with the claims that it holds for. */
function explanations(judgements: readonly Judgement[]): string {
  const byText = new Map<string, string[]>();
  for (const judgement of judgements) {
    const text = explain(judgement).join('\n  ');
    if (text === '') continue;
    const ids = byText.get(text) ?? [];
    ids.push(judgement.claim.id);
    byText.set(text, ids);
  }
  return [...byText].map(([text, ids]) => `* ${named(ids)}\n  ${text}\n`).join('');
}

/**
 * One table for each source, then why figures of it were not reproduced.
 * @param whole with a row for figures that nothing here measures, too; else only their reasons are said.
 */
export function claimTables(files: readonly ClaimFile[], judgements: readonly Judgement[], whole: boolean): string {
  const of = new Map(judgements.map((j) => [j.claim.id, j]));
  return files
    .map(({ title, claims }) => {
      const own = claims.map(({ id }) => of.get(id)).filter((j) => j !== undefined);
      if (own.length === 0) return '';
      const rows = whole ? own : own.filter(({ verdict }) => verdict !== 'not modelled');
      const table = rows.length === 0 ? '' : `${markdownTable([HEADER, ...rows.map(line)], { align: ALIGN })}\n\n`;
      const notes = explanations(own);
      return `${title}\n\n${table}${notes === '' ? '' : `${notes}\n`}`;
    })
    .join('');
}

/** How many of each verdict, those of held-out figures apart. */
export function verdictSummary(judgements: readonly Judgement[]): string {
  const count = (role: readonly string[], verdict: Verdict): number =>
    judgements.filter((j) => role.includes(j.claim.role) && j.verdict === verdict).length;
  const rows = [
    ['targets and calibration', ['target', 'calibration']],
    ['held-out', ['held-out']],
  ] as const;
  return rows
    .filter(([, roles]) => VERDICTS.some((verdict) => count(roles, verdict) > 0))
    .map(([heading, roles]) => {
      const counts = VERDICTS.map((verdict) => [count(roles, verdict), verdict] as const).filter(([n]) => n > 0);
      return `${heading}: ${counts.map(([n, verdict]) => `${n} ${verdict}`).join(', ')}`;
    })
    .join('\n');
}

/** A judgement as a line of JSON (`--json`). */
export function claimJson(judgement: Judgement): string {
  const { claim, simulated, ratio, verdict } = judgement;
  const { value: published, ...rest } = claim;
  return JSON.stringify({ published, simulated, ratio, verdict, explanation: explain(judgement), claim: rest });
}
