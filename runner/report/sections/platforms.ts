import { describeType } from '../../../platforms/parameters.js';
import type { Platform } from '../../../platforms/platform.js';
import { dataTable, text } from '../data-table.js';
import { type Content, Html, markup, idOf } from '../html.js';
import type { Report, Section } from '../report.js';

/** Values that runs of the platform had beside the default. */
function valuesOf(platform: Platform, name: string, { records }: Report): string {
  const own = records.filter((r) => r.platform === platform.id);
  return [...new Set(own.map(({ parameters }) => String(parameters[name] ?? '-')))].join(', ');
}

function definition(platform: Platform, report: Report): Html {
  const { id, title, core, modelVersion, kernel, parameters } = platform;
  const ran = report.manifest.models[id];
  const version: Content =
    ran === modelVersion
      ? `model version ${ran}`
      : `model version ${ran}; this version of Bulkhead has ${modelVersion}, whose parameters are listed here`;
  return markup`
    <details id="${idOf('platform', id)}">
      <summary><code>${id}</code> ${title}</summary>
      <p>Core ${core}, ${version}; ${kernel?.title ?? 'hardware only'}.</p>
      ${dataTable({
        id: idOf('platform', id, 'parameters'),
        caption: `${id}: parameters`,
        columns: ['parameter', 'in this run', 'default', 'takes', 'meaning', 'source'].map(text),
        rows: parameters.map((p) => [
          markup`<code>${p.name}</code>`,
          valuesOf(platform, p.name, report),
          `${String(p.default)}${p.unit === undefined ? '' : ` ${p.unit}`}`,
          describeType(p),
          p.hypothetical === true ? markup`<b>hypothetical:</b> ${p.meaning}` : p.meaning,
          p.source,
        ]),
      })}
    </details>
  `;
}

/** Definition of every platform that has results: from the platforms themselves. */
export const platforms: Section = {
  id: 'platforms',
  title: 'Platforms and their parameters',
  render: (report) => {
    const ids = Object.keys(report.manifest.models);
    return markup` <p>Hardware that nobody ships is called hypothetical wherever a figure uses it.</p>
      ${ids.map((id) => {
        const platform = report.platforms.find((p) => p.id === id);
        if (platform !== undefined) return definition(platform, report);
        return markup`<p>
          <code>${id}</code>, model version ${report.manifest.models[id]}, is not a platform of this version.
        </p> `;
      })}`;
  },
};
