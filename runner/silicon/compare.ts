import { existsSync } from 'node:fs';
import { markdownTable } from 'markdown-table';
import { SymbolTable } from '../../platforms/machine/symbols.js';
import type { Platform } from '../../platforms/platform.js';
import { findPlace, readProgram } from '../exec/load.js';
import { BadInput, must } from '../failure.js';
import { readParameters } from '../parameters.js';
import type { KnownPlatform } from '../platforms.js';
import { suggestion } from '../suggest.js';
import { showError } from '../validate/report.js';
import type { SiliconEntry } from './entries.js';
import { measureCall } from './measure.js';

/** A program whose cycles are published, simulated. */
export interface SiliconRow {
  readonly entry: SiliconEntry;
  /** null if the run gave no number; `reason` says why. */
  readonly simulated: number | null;
  readonly instructions: number | null;
  /** simulated / published - 1. */
  readonly error: number | null;
  readonly reason?: string;
}

/** An entry with the file that holds its program. */
interface Chosen {
  readonly entry: SiliconEntry;
  readonly file: string;
  readonly platform: Platform;
}

/**
 * Reads `NAME=PATH` options.
 * @throws BadInput for an unknown name, a missing file, or a platform that is not there.
 */
export async function choose(
  options: readonly string[],
  entries: readonly SiliconEntry[],
  platforms: readonly KnownPlatform[],
): Promise<Chosen[]> {
  const chosen: Chosen[] = [];
  for (const option of options) {
    const place = `--elf ${option}`;
    const match = /^([^=]+)=(.+)$/.exec(option);
    if (match === null)
      throw new BadInput(place, 'not of the form NAME=PATH', `example: --elf ${entries[0].name}=program.elf`);
    const [, name, file] = match;
    const entry = entries.find((e) => e.name === name);
    if (entry === undefined) {
      const names = entries.map((e) => e.name);
      throw new BadInput(place, `no figures are known for '${name}'`, suggestion(name, names));
    }
    if (!existsSync(file))
      throw new BadInput(place, 'no such file', `name an ELF file with the function ${entry.symbol}`);
    const platform = platforms.find((p) => p.id === entry.platform);
    if (platform === undefined) {
      const ids = platforms.map((p) => p.id);
      throw new BadInput(place, `its platform ${entry.platform} is not there`, suggestion(entry.platform, ids));
    }
    chosen.push({ entry, file, platform: await platform.load() });
  }
  return chosen;
}

/** Runs a program and compares. @throws BadInput if the file cannot be run on the platform or has no such function. */
export function compareWithSilicon({ entry, file, platform }: Chosen): SiliconRow {
  const image = readProgram(file, { format: 'elf' }, platform);
  const at = findPlace(file, entry.symbol, image, new SymbolTable(image));
  const parameters = must(readParameters(platform, entry.parameters, entry.name));
  const machine = platform.createMachine({ parameters, board: platform.boards[0] });
  try {
    const call = measureCall(machine, image, at, entry.link);
    if (!call.ok)
      return { entry, simulated: null, instructions: null, error: null, reason: `${entry.symbol}: ${call.reason}` };
    return { entry, simulated: call.cycles, instructions: call.instructions, error: call.cycles / entry.cycles - 1 };
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw new BadInput(file, thrown.message, `link it for the board ${platform.boards[0]} of ${platform.id}`);
  }
}

const conditions = ({ core, clock, memory }: SiliconEntry): string[] => [core, clock, memory];

/** What can be compared, as a table: what the ELF file must have, the published figure and its conditions. */
export function entryTable(entries: readonly SiliconEntry[]): string {
  const header = ['name', 'program', 'function', 'published cycles', 'core', 'clock', 'memory'];
  const body = entries.map((e) => [e.name, e.title, e.symbol, String(e.cycles), ...conditions(e)]);
  return `${markdownTable([header, ...body], { align: ['l', 'l', 'l', 'r', 'l', 'l', 'l'] })}\n\n${notes(entries)}`;
}

/** Where each figure comes from and what its author left open. */
const notes = (entries: readonly SiliconEntry[]): string =>
  entries.map(({ name, citation, unknown }) => `${name}: ${citation}; not known: ${unknown}\n`).join('');

/** Simulated beside published, and never in one column (DESIGN.md rule 9). */
export function siliconTable(rows: readonly SiliconRow[]): string {
  const header = ['name', 'instructions', 'simulated', 'published', 'error', 'core', 'clock', 'memory'];
  const body = rows.map(({ entry, instructions, simulated, error, reason }) => [
    entry.name,
    String(instructions ?? '-'),
    simulated === null ? `- (${reason})` : String(simulated),
    String(entry.cycles),
    showError(error),
    ...conditions(entry),
  ]);
  const table = markdownTable([header, ...body], { align: ['l', 'r', 'r', 'r', 'r', 'l', 'l', 'l'] });
  return `${table}\n\n${notes(rows.map((r) => r.entry))}`;
}

/** A row as a line of JSON. */
export function siliconJson({ entry, simulated, instructions, error, reason }: SiliconRow): string {
  const { name, platform, parameters, symbol, cycles: published, core, clock, memory, unknown, citation } = entry;
  const conditions = { core, clock, memory, unknown, citation };
  return JSON.stringify({
    name,
    platform,
    parameters,
    symbol,
    instructions,
    simulated,
    published,
    error,
    reason,
    ...conditions,
  });
}

/** An entry as a line of JSON. */
export const entryJson = (entry: SiliconEntry): string => JSON.stringify(entry);
