import { runCommandLine } from '../../runner/cli/program.js';
import type { Terminal } from '../../runner/cli/terminal.js';
import { alreadyLoaded } from '../../runner/platforms.js';
import type { Platform } from '../../platforms/platform.js';
import type { SiliconEntry } from '../../runner/silicon/entries.js';
import { fakePlatform } from './fake-platform.js';

/** A terminal that keeps what is written. */
export class RecordingTerminal implements Terminal {
  stdout = '';
  stderr = '';
  readonly color = false;

  out(text: string): void {
    this.stdout += text;
  }

  err(text: string): void {
    this.stderr += text;
  }
}

/** What a command line gave. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line with one platform, and programs whose published cycles are known. */
export async function runWith(
  platform: Platform,
  silicon: readonly SiliconEntry[],
  args: readonly string[],
): Promise<Finished> {
  const terminal = new RecordingTerminal();
  const code = await runCommandLine(args, terminal, [alreadyLoaded(platform)], silicon);
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

/** Runs a command line with the toy platform known as `toy`. */
export const bulkhead = (...args: string[]): Promise<Finished> => runWith(fakePlatform, [], args);
