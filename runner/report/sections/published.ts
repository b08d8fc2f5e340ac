import { explain, type Judgement, showFigure } from '../../reproduce/judge.js';
import { showPublished, showRatio } from '../../reproduce/present.js';
import type { ClaimFile } from '../../reproduce/read.js';
import type { Claim } from '../../reproduce/schema.js';
import { type Verdict, VERDICTS } from '../../reproduce/verdict.js';
import { type Column, dataTable, number, text } from '../data-table.js';
import { type Content, type Html, idOf, markup } from '../html.js';
import type { JudgedClaims, Section } from '../report.js';

const MEANINGS: Readonly<Record<Verdict, string>> = {
  reproduced: 'within the tolerance, and nothing unknown could move it further than that',
  consistent: 'what the publication leaves open could account for the difference; it cannot contradict the model',
  floor: 'at least half of the published figure, with a list of missing work worth at least half of the gap',
  inconsistent: 'what is left open could move it further than the tolerance, and still not to the published figure',
  'not reproduced': 'outside the tolerance, and nothing unknown could account for it',
  'not modelled': 'nothing here measures it; the reason is said',
  error: 'the measurement failed',
};

const TAGS: Readonly<Record<Claim['tag'], string>> = {
  SAW: 'read in the source',
  DERIVED: 'arithmetic on figures of the source',
  INFERRED: 'our reading of the source',
  'SECOND-HAND': 'read in a summary',
  RECALLED: 'from memory',
};

const percent = (part: number): string => `${Number((100 * part).toFixed(1))} %`;

/** What a figure holds under: said once where it is the same for all rows of a table. */
const CONDITIONS: Readonly<Record<string, (claim: Claim) => string>> = {
  core: ({ core }) => core,
  clock: ({ clock }) => clock,
  memory: ({ memory }) => memory,
  system: ({ system }) => system,
  evidence: ({ tag }) => TAGS[tag],
  source: ({ source }) => source,
};

/** A row with what its own cells say. */
interface Row {
  readonly judgement: Judgement;
  readonly cells: readonly Content[];
}

const of = (judgements: readonly Judgement[], verdict: Verdict): number =>
  judgements.filter((j) => j.verdict === verdict).length;

const some = (count: number): Content => (count === 0 ? '-' : count);

/** How many of each verdict, those of held-out figures apart. */
function verdictTable(judgements: readonly Judgement[]): Html {
  const heldOut = judgements.filter(({ claim }) => claim.role === 'held-out');
  const others = judgements.filter(({ claim }) => claim.role !== 'held-out');
  return dataTable({
    id: 'published-verdicts',
    caption: 'Verdicts',
    columns: [text('verdict'), number('held-out'), number('targets, calibration'), number('all'), text('meaning')],
    rows: VERDICTS.filter((verdict) => of(judgements, verdict) > 0).map((verdict) => [
      verdict,
      ...[heldOut, others, judgements].map((list) => some(of(list, verdict))),
      MEANINGS[verdict],
    ]),
  });
}

/** Where the figures of a publication are on the page. */
const placeOf = ({ id }: ClaimFile): string => idOf('publication', id);

/** How many of each verdict, by publication. */
function sourceTable(sources: readonly Source[], judgements: readonly Judgement[]): Html {
  const verdicts = VERDICTS.filter((verdict) => of(judgements, verdict) > 0);
  return dataTable({
    id: 'published-sources',
    caption: 'Publications',
    columns: [text('publication'), ...verdicts.map(number)],
    rows: sources.map(({ file, judgements: own }) => [
      markup`<a href="#${placeOf(file)}">${file.title}</a>`,
      ...verdicts.map((verdict) => some(of(own, verdict))),
    ]),
  });
}

/** A list of what holds for all rows, and a table with the rest. */
function figureTable(id: string, caption: string, columns: readonly Column[], rows: readonly Row[]): Html {
  const values = (condition: string): readonly string[] => [
    ...new Set(rows.map(({ judgement }) => CONDITIONS[condition](judgement.claim))),
  ];
  const names = Object.keys(CONDITIONS);
  const [shared, own] = [true, false].map((once) => names.filter((name) => (values(name).length === 1) === once));
  const setUp = own.filter((name) => name !== 'source');
  const facts = ({ claim }: Judgement): Html =>
    markup`<span class="facts set-up">${setUp.map((name) => `${name}: ${CONDITIONS[name](claim)}`).join('; ')}</span>`;
  return markup`
    <dl class="facts">
      ${shared.map(
        (name) =>
          markup`<div>
            <dt>${name}</dt>
            <dd>${values(name)[0]}</dd>
          </div>\n`,
      )}
    </dl>
    ${dataTable({
      id,
      caption,
      columns: [
        text('what was measured'),
        number('published'),
        ...columns,
        ...(setUp.length > 0 ? [text('set-up')] : []),
        ...(own.includes('source') ? [text('source')] : []),
      ],
      rows: rows.map(({ judgement, cells }) => {
        const { claim } = judgement;
        return [
          markup`${claim.quantity}<br><span class="facts"><code>${claim.id}</code></span>`,
          showPublished(claim.value),
          ...cells,
          ...(setUp.length > 0 ? [facts(judgement)] : []),
          ...(own.includes('source') ? [claim.source] : []),
        ];
      }),
    })}
  `;
}

/** Figures that were compared, and below the table why those differ that do. */
function compared({ id }: ClaimFile, judgements: readonly Judgement[]): Html | undefined {
  if (judgements.length === 0) return undefined;
  const notes = [...new Set(judgements.flatMap(explain))];
  const notesOf = (judgement: Judgement): Content => {
    const numbers = explain(judgement).map((note) => String(notes.indexOf(note) + 1));
    if (numbers.length === 0) return '-';
    return numbers.map((n, i) => markup`${i === 0 ? '' : ', '}<a href="#${idOf('note', id, n)}">${n}</a>`);
  };
  const rows = judgements.map((judgement) => {
    const { claim, simulated, ratio, verdict } = judgement;
    const figures = [simulated === null ? '-' : showFigure(simulated), claim.unit, showRatio(ratio)];
    return { judgement, cells: [...figures, percent(claim.tolerance), verdict, claim.role, notesOf(judgement)] };
  });
  const columns = [
    number('simulated'),
    text('unit'),
    number('ratio'),
    number('tolerance'),
    text('verdict'),
    text('role'),
    text('notes'),
  ];
  return markup`${figureTable(idOf('publication', id, 'compared'), `${id}: published and simulated`, columns, rows)}
    <ol class="notes">
      ${notes.map((note, i) => markup`<li id="${idOf('note', id, String(i + 1))}">${note}</li>\n`)}
    </ol>`;
}

/** Figures that nothing here measures. */
function notModelled({ id }: ClaimFile, judgements: readonly Judgement[]): Html | undefined {
  if (judgements.length === 0) return undefined;
  const rows = judgements.map((judgement) => {
    const [reason, ...known] = explain(judgement);
    const more = known.length === 0 ? '' : markup`<br><span class="facts">known: ${known.join('; ')}</span>`;
    return { judgement, cells: [judgement.claim.unit, markup`${reason}${more}`] };
  });
  const columns = [text('unit'), text('why nothing measures it')];
  return markup`<details>
    <summary>${judgements.length} not modelled, and why</summary>
    ${figureTable(idOf('publication', id, 'not-modelled'), `${id}: not modelled`, columns, rows)}
  </details>`;
}

/** A publication with what came of its figures. */
interface Source {
  readonly file: ClaimFile;
  readonly judgements: readonly Judgement[];
}

function sourcePart({ file, judgements }: Source): Html {
  const isCompared = ({ verdict }: Judgement): boolean => verdict !== 'not modelled';
  return markup`<h3 id="${placeOf(file)}">${file.title}</h3>
    ${compared(file, judgements.filter(isCompared))}
    ${notModelled(
      file,
      judgements.filter((j) => !isCompared(j)),
    )}`;
}

function content({ files, judgements, bulkhead, models }: JudgedClaims): Html {
  const byId = new Map(judgements.map((j) => [j.claim.id, j]));
  const sources = files.map((file) => ({ file, judgements: file.claims.map(({ id }) => byId.get(id)!) }));
  const versions = Object.entries(models).map(([id, version]) => `${id} ${version}`);
  return markup`
    <p>
      Figures of real systems, published or, where the title says so, measured on the real kernel for this project; what
      Bulkhead simulates of them; and the ratio of the two: three columns that are never mixed. Simulated by Bulkhead ${bulkhead} (models ${versions.join(', ')}) in the canonical layout;
      <code>npx bulkhead reproduce ID</code> measures a figure again.
    </p>
    ${verdictTable(judgements)}
    <p>
      Held-out figures were looked at only when this was reported; targets were worked to; with a calibration figure a
      parameter was chosen.
    </p>
    ${sourceTable(sources, judgements)} ${sources.map(sourcePart)}
  `;
}

/** Published figures beside simulated ones: where their judgements were recorded. */
export const published: Section = {
  id: 'published',
  title: 'Published figures',
  render: ({ claims }) => (claims === undefined ? undefined : content(claims)),
};
