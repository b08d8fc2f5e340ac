import { markdownTable } from 'markdown-table';
import { describeType } from '../../platforms/parameters.js';
import type { Platform } from '../../platforms/platform.js';

/** A platform as text: what it is and its parameters. */
export function showPlatform(platform: Platform): string {
  const lines = platform.parameters.map((p) => [
    `${platform.id}.${p.name}`,
    `${String(p.default)}${p.unit === undefined ? '' : ` ${p.unit}`}`,
    describeType(p),
    p.hypothetical === true ? `hypothetical: ${p.meaning}` : p.meaning,
    p.source,
  ]);
  const table = markdownTable([['name', 'default', 'takes', 'meaning', 'source'], ...lines]);
  const kernel = platform.kernel === undefined ? 'no kernel yet: hardware only' : platform.kernel.title;
  return (
    `${platform.id}: ${platform.title}\n\nCore ${platform.core}, model version ${platform.modelVersion}; ${kernel}.\n\n` +
    `Parameters (--set)\n\n${table}\n`
  );
}
