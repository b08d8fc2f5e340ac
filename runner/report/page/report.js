// Sorts and filters the tables of the report. Plain browser script: it goes into the page as it is.
'use strict';

/** Tables with fewer rows than this are short enough to read. */
const FEWEST_TO_FILTER = 8;

/** The first number of a cell; cells without one come last, whichever way the table is sorted. */
const numberOf = (cell) => {
  const match = /-?\d+(\.\d+)?/.exec(cell.textContent);
  return match === null ? undefined : Number(match[0]);
};

const textOf = (cell) => cell.textContent.trim();

/** Order of two values; undefined ones last. */
const compare = (a, b, sign) => {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return sign * (typeof a === 'number' ? a - b : a.localeCompare(b, 'en', { numeric: true }));
};

/** A row of the table as it was written, with its place there. */
const rowsOf = (table) =>
  [...table.tBodies[0].rows].map((row, place) => ({ row, place, text: row.textContent.toLowerCase() }));

const NEXT_ORDER = { none: 'ascending', ascending: 'descending', descending: 'none' };

/** Makes a heading a button that sorts by its column: ascending, descending, as it was. */
const makeSortable = (table, rows, heading, column) => {
  const button = document.createElement('button');
  button.type = 'button';
  button.append(...heading.childNodes);
  heading.append(button);
  heading.setAttribute('aria-sort', 'none');
  const valueOf = heading.classList.contains('number') ? numberOf : textOf;
  button.addEventListener('click', () => {
    const order = NEXT_ORDER[heading.getAttribute('aria-sort')];
    for (const other of table.tHead.rows[0].cells) other.setAttribute('aria-sort', 'none');
    heading.setAttribute('aria-sort', order);
    const sign = order === 'descending' ? -1 : 1;
    const keyed = rows.map((r) => ({ ...r, value: order === 'none' ? 0 : valueOf(r.row.cells[column]) }));
    keyed.sort((a, b) => compare(a.value, b.value, sign) || a.place - b.place);
    table.tBodies[0].append(...keyed.map(({ row }) => row));
  });
};

/** Puts a field above a table that hides the rows in which not every word of it occurs. */
const makeFilterable = (table, rows) => {
  const box = document.createElement('p');
  box.className = 'filter';
  const label = document.createElement('label');
  const field = document.createElement('input');
  field.type = 'search';
  field.placeholder = 'words that must occur';
  field.setAttribute('aria-controls', table.id);
  const caption = document.createElement('span');
  caption.textContent = 'Filter ';
  const unseen = document.createElement('span');
  unseen.className = 'unseen';
  unseen.textContent = `${textOf(table.caption)} `;
  caption.append(unseen);
  label.append(caption, field);
  const shown = document.createElement('output');
  const show = () => {
    const words = field.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    let count = 0;
    for (const { row, text } of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) count++;
    }
    shown.textContent = words.length === 0 ? `${rows.length} rows` : `${count} of ${rows.length} rows`;
  };
  field.addEventListener('input', show);
  box.append(label, ' ', shown);
  table.closest('.scroll').before(box);
  show();
};

for (const table of document.querySelectorAll('table.data')) {
  const rows = rowsOf(table);
  if (rows.length > 1)
    [...table.tHead.rows[0].cells].forEach((heading, column) => makeSortable(table, rows, heading, column));
  if (rows.length >= FEWEST_TO_FILTER) makeFilterable(table, rows);
}

/** Opens what a link leads to. */
const openTarget = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target === null) return;
  for (let at = target; at !== null; at = at.parentElement) if (at instanceof HTMLDetailsElement) at.open = true;
  target.scrollIntoView();
};
addEventListener('hashchange', openTarget);
openTarget();

// paper shows what is folded away on a screen
const folded = new Set();
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details:not([open])')) {
    folded.add(details);
    details.open = true;
  }
});
addEventListener('afterprint', () => {
  for (const details of folded) details.open = false;
  folded.clear();
});
