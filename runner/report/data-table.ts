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

const classOf = ({ kind }: Column): Html => (kind === 'number' ? markup` class="number"` : markup``);

const cellOf = (cell: Content, column: Column, i: number): Html =>
  i === 0 ? markup`<th scope="row"${classOf(column)}>${cell}</th>` : markup`<td${classOf(column)}>${cell}</td>`;

/**
 * A table in a region of its own that scrolls where the window is narrow, so that the page never does. The buttons and the field
 * that sort and filter it are made by `page/report.js`: where no script runs there are none.
 */
export const dataTable = ({ id, caption, columns, rows }: DataTable): Html => markup`
<div class="scroll" role="region" aria-labelledby="${id}-caption" tabindex="0">
<table class="data" id="${id}">
<caption id="${id}-caption">${caption}</caption>
<thead><tr>${columns.map((c) => markup`<th scope="col"${classOf(c)}>${c.title}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => markup`<tr>${row.map((cell, i) => cellOf(cell, columns[i], i))}</tr>\n`)}</tbody>
</table>
</div>
`;
