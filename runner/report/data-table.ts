import { type Content, Html, markup } from './html.js';

/** A column; numbers are aligned on the right and sorted by the first number of the cell. */
export interface Column {
  readonly title: string;
  readonly kind: 'text' | 'number';
}

/** A table that readers can sort and filter. */
export interface DataTable {
  /** Of the page's own. */
  readonly id: string;
  readonly caption: Content;
  readonly columns: readonly Column[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly Content[])[];
}

export const text = (title: string): Column => ({ title, kind: 'text' });
export const number = (title: string): Column => ({ title, kind: 'number' });

/** Characters of a cell that stays on one line; a column with longer ones gets room for several words a line. */
const SHORT = 24;

/** Length of what a reader sees. */
const lengthOf = (cell: Content): number => markup`${cell}`.markup.replace(/<[^>]*>|&#?\w+;/g, '').length;

/** Classes of each column, for the style sheet: what it holds and how wide. */
const classesOf = ({ columns, rows }: DataTable): readonly string[] =>
  columns.map(({ kind }, i) => {
    if (kind === 'number') return 'number';
    return rows.every((row) => lengthOf(row[i]) <= SHORT) ? 'short' : 'long';
  });

const cellOf = (cell: Content, of: string, i: number): Html =>
  i === 0 ? markup`<th scope="row" class="${of}">${cell}</th>` : markup`<td class="${of}">${cell}</td>`;

/**
 * A table in a region of its own that scrolls where the window is narrow, so that the page never does. The buttons and the field
 * that sort and filter it are made by `page/report.js`: where no script runs there are none.
 */
export function dataTable(table: DataTable): Html {
  const { id, caption, columns, rows } = table;
  const classes = classesOf(table);
  return markup`
<div class="scroll" role="region" aria-labelledby="${id}-caption" tabindex="0">
<table class="data" id="${id}">
<caption id="${id}-caption">${caption}</caption>
<thead><tr>${columns.map(({ title }, i) => markup`<th scope="col" class="${classes[i]}">${title}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => markup`<tr>${row.map((cell, i) => cellOf(cell, classes[i], i))}</tr>\n`)}</tbody>
</table>
</div>
`;
}
