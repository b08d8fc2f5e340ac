import { printable } from '../cli/terminal.js';

/** Markup that is complete and needs no escaping any more. */
export class Html {
  constructor(readonly markup: string) {}
}

/** What a template takes: text is escaped, markup is not, lists are joined, nothing is left out. */
export type Content = Html | string | number | undefined | readonly Content[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand between tags and in quoted attributes; control characters become U+FFFD. */
export const escapeText = (text: string): string => printable(text).replace(/[&<>"']/g, (c) => ESCAPES[c]);

function markupOf(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Html) return content.markup;
  return typeof content === 'object' ? content.map(markupOf).join('') : escapeText(String(content));
}

/** Markup from a template: whatever is put in is escaped unless it is markup itself. */
export const markup = (strings: TemplateStringsArray, ...contents: readonly Content[]): Html =>
  new Html(strings.reduce((all, text, i) => all + markupOf(contents[i - 1]) + text));

/** An id, or a reference to one, from any text: `workload ipc.call` becomes `workload-ipc.call`. */
export const idOf = (...parts: readonly string[]): string =>
  parts.map((part) => part.replace(/[^\w.-]+/g, '-')).join('-');
