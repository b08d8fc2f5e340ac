import type { Command } from 'commander';
import { BadInput } from '../failure.js';
import { ResultsFolder } from '../results/folder.js';
import { presentResults } from '../results/present.js';
import type { Manifest } from '../results/manifest.js';
import { FILES, readManifest, readResults, type RecordLine, recordsFileOf } from '../results/read.js';
import { type Context, conventions } from './command.js';

interface Options {
  readonly out: string;
}

/** A part of a sweep. */
interface Part {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly shard: NonNullable<Manifest['shard']>;
  readonly lines: readonly RecordLine[];
}

function readPart(folder: string): Part {
  const { shard } = readManifest(folder);
  if (shard === null)
    throw new BadInput(folder, 'no part of a sweep', 'give folders that sweep --shard I/N has written');
  return { folder, shard, ...readResults(folder) };
}

/** The parts in order. @throws BadInput if they are not all parts of one sweep, each once. */
function inOrder(parts: readonly Part[]): readonly Part[] {
  const [first] = parts;
  const about = ({ manifest }: Part): string => JSON.stringify({ ...manifest, shard: first.shard.of, records: 0 });
  const stranger = parts.find((p) => about(p) !== about(first) || p.shard.of !== first.shard.of);
  if (stranger !== undefined) {
    throw new BadInput(
      stranger.folder,
      `not of the sweep of ${first.folder}`,
      'merge parts of one sweep and one version',
    );
  }
  return Array.from({ length: first.shard.of }, (_, i) => {
    const own = parts.filter(({ shard }) => shard.index === i + 1);
    const name = `part ${i + 1}/${first.shard.of}`;
    if (own.length === 0) throw new BadInput('merge', `${name} is missing`, 'give the folders of all parts');
    if (own.length > 1) throw new BadInput(own[1].folder, `${name} again, as ${own[0].folder}`, 'give each part once');
    return own[0];
  });
}

async function merge(folders: readonly string[], { out }: Options, { terminal, workloads }: Context): Promise<void> {
  const parts = inOrder(folders.map(readPart));
  const lines = parts.flatMap((part) => part.lines);
  const manifest: Manifest = { ...parts[0].manifest, shard: null, records: lines.length };
  const folder = ResultsFolder.create(out, manifest);
  try {
    for (const { line } of lines) folder.append(line);
    await presentResults(
      folder,
      lines.map(({ record }) => record),
      workloads,
      manifest,
    );
    if (recordsFileOf(manifest) === FILES.compressed) folder.compress();
  } finally {
    folder.close();
  }
  terminal.out(`${lines.length} records of ${parts.length} parts: ${out}\n`);
}

/** `bulkhead merge`: joins the parts of a sweep. */
export function addMerge(program: Command, context: Context): void {
  conventions(program.command('merge'), 'bulkhead merge', context.terminal, [
    'bulkhead merge results/part-1 results/part-2 --out results/whole',
  ])
    .description('join the parts of a sweep, in any order, to the folder that one sweep would have written')
    .argument('<DIR...>', 'results folders of all parts')
    .requiredOption('--out <DIR>', 'results folder, new or empty')
    .action((folders: string[], options: Options) => merge(folders, options, context));
}
