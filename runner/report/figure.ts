import { type Drawing, drawSvg, WIDTH } from '../charts/index.js';
import { Html, idOf, markup } from './html.js';

/** Typefaces as wide as that with which charts are laid out, for readers who do not have it. */
const FONTS = 'DejaVu Sans, Verdana, sans-serif';

/** A figure of a coordinate with more decimals than a screen shows. */
const LONG_DECIMALS = /(\d+\.\d\d)\d+/g;

/**
 * An SVG as part of a page, without what only a file needs. Glyphs get the place of the first of their word and no more: then a
 * word can be read aloud, found and copied.
 * @param prefix makes its ids the only ones of the page
 */
export const inlineSvg = (svg: string, prefix: string): string =>
  svg
    .replace(/^<\?xml[^>]*\?>\s*/, '')
    .replace(/ xmlns(:xlink)?="[^"]*"/g, '')
    .replace(/ (id="|\w+(?:-\w+)*="url\(#|(?:xlink:)?href="#)/g, (_, reference: string) => ` ${reference}${prefix}-`)
    .replace(/<text[^>]*><\/text>/g, '')
    .replace(/ (x|y)="([^",]+), [^"]*"/g, ' $1="$2"')
    .replace(/font-family="[^"]*"/g, `font-family="${FONTS}"`)
    .replace(/ stroke-miterlimit="10"/g, '')
    .replace(LONG_DECIMALS, '$1');

/** A chart with its message. The figures that it shows are in the tables beside it. */
export function figure(drawing: Drawing): Html {
  const { name, title, notes, height } = drawing;
  const id = idOf('figure', name);
  const svg = inlineSvg(drawSvg(drawing, 'text'), id).replace(
    /^<svg[^>]*>/,
    markup`<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="${id}-title">`.markup,
  );
  return markup`
    <figure id="${id}">
      <div class="scroll" role="region" aria-labelledby="${id}-title" tabindex="0">${new Html(svg)}</div>
      <figcaption id="${id}-title">${[title, ...notes].join('; ')}</figcaption>
    </figure>
  `;
}
