import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataTable, number, text } from '../../runner/report/data-table.js';
import { inlineSvg } from '../../runner/report/figure.js';
import { escapeText, markup } from '../../runner/report/html.js';
import { markdown } from '../../runner/report/markdown.js';
import { verdict } from '../../runner/report/sections/attempts.js';

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const unescaped = (escaped: string): string => escaped.replace(/&([a-z]+|#39);/g, (_, name: string) => ENTITIES[name]);

describe('markup', () => {
  test('holds any text as that text: nothing in it is a tag, ends an attribute or is lost', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (any) => {
        const escaped = escapeText(any);
        expect(escaped).not.toMatch(/[<>"'\u0000-\u0008]/);
        // control characters have no place in a page
        expect(unescaped(escaped)).toBe(any.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd'));
      }),
    );
  });

  test('escapes what is put in once, also when markup is put into markup', () => {
    const inner = markup`<b>${'a < b'}</b>`;
    expect(markup`<p title="${'"'}">${inner}${[1, undefined, '&']}</p>`.markup).toBe(
      '<p title="&quot;"><b>a &lt; b</b>1&amp;</p>',
    );
  });
});

test('a table has a caption, headings of columns and rows, and as many cells as it was given', () => {
  const rows = fc.array(fc.tuple(fc.string(), fc.integer()), { maxLength: 5 });
  fc.assert(
    fc.property(rows, (given) => {
      const table = dataTable({ id: 't', caption: 'c', columns: [text('name'), number('n')], rows: given }).markup;
      expect(table).toContain('<caption id="t-caption">c</caption>');
      expect(table.match(/<th scope="col"/g)).toHaveLength(2);
      expect(table.match(/<th scope="row"/g) ?? []).toHaveLength(given.length);
      expect(table.match(/<td class="number">/g) ?? []).toHaveLength(given.length);
    }),
  );
});

test('our Markdown: titles of files are left out, lines of a paragraph and an item are joined', () => {
  const written = '# Title\n\n### Part\n\nOne\ntwo `a < b`.\n\n* **x** y\nz\n* w\n';
  expect(markdown(written).markup).toBe(
    '<h3>Part</h3>\n<p>One two <code>a &lt; b</code>.</p>\n' +
      '<ul>\n<li><strong>x</strong> y z</li>\n<li>w</li>\n</ul>\n',
  );
});

test('an SVG in a page: ids of its own, words placed by their first letter, nothing that only a file needs', () => {
  const svg =
    '<?xml version="1.0"?><svg xmlns="a" xmlns:xlink="b" width="1"><clipPath id="i1"/><g clip-path="url(#i1)">' +
    '<text font-family="X" x="1.23456, 2.3, " y="7, ">ab</text><text x="" y=""></text><use xlink:href="#i1"/></g></svg>';
  expect(inlineSvg(svg, 'p')).toBe(
    '<svg width="1"><clipPath id="p-i1"/><g clip-path="url(#p-i1)">' +
      '<text font-family="DejaVu Sans, Verdana, sans-serif" x="1.23" y="7">ab</text><use xlink:href="#p-i1"/></g></svg>',
  );
});

test.each<[Readonly<Record<string, number>>, readonly string[], string, boolean?]>([
  [{ stopped: 0, leaked: 1 }, [], 'succeeds'],
  [{ stopped: 1, changed: 1 }, ['server'], 'succeeds'],
  [{ stopped: 1, changed: 0 }, ['server'], 'is stopped'],
  [{ keeping_refused: 1, stopped: 0, changed: 0 }, [], 'is refused'],
  [{ stopped: 0, changed: 0 }, [], 'has no effect'],
  [{ stopped: 0, entered: 1 }, [], 'succeeds'],
  [{ registers_seen: 5 }, [], 'succeeds'],
  [{ registers_seen: 0 }, [], 'has no effect'],
  [{ told: 1 }, ['server'], 'is survived'],
  [{ restarted: 0, came_back: 0 }, [], 'is not survived'],
  [{ others_run: 1, came_back: 0 }, [], 'keeps its caller; others run on'],
  [{ changed: 0 }, ['producer'], 'is stopped'],
  [{ changed: 0 }, ['server'], 'is stopped, and nobody is left to tell', false],
  [{ entered: 1 }, ['attacker'], 'succeeds', false],
  [{}, ['server'], 'is stopped, and nobody is left to tell', false],
  [{}, [], 'is not known', false],
])('an attempt that comes to %o and ends %o %s', (observed, ended, expected, reported) => {
  expect(verdict(observed, ended, reported)).toBe(expected);
});
