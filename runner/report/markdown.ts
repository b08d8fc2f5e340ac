import { Html, markup } from './html.js';

/*
 * The Markdown of our own texts: headings of the third level, paragraphs, lists with `*`, `code` and **bold**. What else there
 * might be stays as it is written.
 */

const inline = (text: string): Html[] =>
  text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith('`')) return markup`<code>${part.slice(1, -1)}</code>`;
    return part.startsWith('**') ? markup`<strong>${part.slice(2, -2)}</strong>` : markup`${part}`;
  });

const unwrapped = (block: string): string => block.replace(/\n\s*/g, ' ');

function blockOf(block: string): Html {
  if (block.startsWith('### ')) return markup`<h3>${inline(block.slice(4))}</h3>\n`;
  if (!block.startsWith('* ')) return markup`<p>${inline(unwrapped(block))}</p>\n`;
  const items = block.slice(2).split(/\n\* /);
  return markup`<ul>\n${items.map((item) => markup`<li>${inline(unwrapped(item))}</li>\n`)}</ul>\n`;
}

/** The text below the title of a Markdown file as markup. */
export const markdown = (text: string): Html => {
  const blocks = text.trim().split(/\n{2,}/);
  return markup`${blocks.filter((block) => !/^##? /.test(block)).map(blockOf)}`;
};
