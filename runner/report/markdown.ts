import { html, Html } from './html.js';

/*
 * The Markdown of our own texts: headings of the third level, paragraphs, lists with `*`, `code` and **bold**. What else there
 * might be stays as it is written.
 */

const inline = (text: string): Html[] =>
  text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith('`')) return html`<code>${part.slice(1, -1)}</code>`;
    return part.startsWith('**') ? html`<strong>${part.slice(2, -2)}</strong>` : html`${part}`;
  });

const unwrapped = (block: string): string => block.replace(/\n\s*/g, ' ');

function blockOf(block: string): Html {
  if (block.startsWith('### ')) return html`<h3>${inline(block.slice(4))}</h3> `;
  if (!block.startsWith('* ')) return html`<p>${inline(unwrapped(block))}</p> `;
  const items = block.slice(2).split(/\n\* /);
  return html`<ul>
    ${items.map((item) => html`<li>${inline(unwrapped(item))}</li> `)}
  </ul> `;
}

/** The text below the title of a Markdown file as markup. */
export const markdown = (text: string): Html => {
  const blocks = text.trim().split(/\n{2,}/);
  return html`${blocks.filter((block) => !/^##? /.test(block)).map(blockOf)}`;
};
