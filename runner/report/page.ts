import { createHash } from 'node:crypto';
import { asset } from './asset.js';
import { Html, markup } from './html.js';
import type { Report, Section } from './report.js';
import { attempts } from './sections/attempts.js';
import { classes } from './sections/classes.js';
import { errors } from './sections/errors.js';
import { families } from './sections/families.js';
import { images } from './sections/images.js';
import { notApplicable } from './sections/not-applicable.js';
import { overview } from './sections/overview.js';
import { platforms } from './sections/platforms.js';
import { published } from './sections/published.js';
import { repeat } from './sections/repeat.js';
import { sensitivity } from './sections/sensitivity.js';
import { threats } from './sections/threats.js';
import { views } from './sections/views.js';
import { workloads } from './sections/workloads.js';

/** The parts of the page, in order. */
export const SECTIONS: readonly Section[] = [
  repeat,
  classes,
  overview,
  errors,
  families,
  attempts,
  published,
  notApplicable,
  views,
  sensitivity,
  threats,
  workloads,
  platforms,
  images,
];

/** How a page begins: by this an older report is known, which may be overwritten. */
export const FIRST_LINE = '<!doctype html><!-- bulkhead report -->\n';

/**
 * The whole page in one file. Its policy lets a browser fetch nothing, and run no script but its own, whatever a results file may
 * hold.
 */
export function renderPage(report: Report): string {
  const parts = SECTIONS.flatMap((section) => {
    const content = section.render(report);
    return content === undefined ? [] : [{ ...section, content }];
  });
  const [script, style] = [asset('report.js'), asset('report.css')];
  const digest = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${digest}'; img-src data:`;
  return (
    FIRST_LINE +
    markup`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Bulkhead ${report.manifest.bulkhead}: report</title>
        <link rel="icon" href="data:," />
        <style>${new Html(style)}</style>
      </head>
      <body>
        <a class="skip" href="#content">Skip to the results</a>
        <header>
          <h1>Bulkhead ${report.manifest.bulkhead}: results</h1>
          <p>
            What context switches, messages between protection domains and faults cost in guest cycles, on kernels that
            isolate software by an MPU, an MMU and capabilities: the same workloads, run as machine code on simulated
            cores.
          </p>
        </header>
        <nav aria-label="Sections">
          <ul>
            ${parts.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>\n`)}
          </ul>
        </nav>
        <main id="content">
          ${parts.map(
            ({ id, title, content }) =>
              markup`<section id="${id}" aria-labelledby="${id}-heading">
                <h2 id="${id}-heading">${title}</h2>
                ${content}
              </section>\n`,
          )}
        </main>
        <script>${new Html(script)}</script>
      </body>
    </html>
`.markup
  );
}
