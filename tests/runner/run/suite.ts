import { runCommandLine } from '../../../runner/cli/program.js';
import type { MeasurementRecord } from '../../../runner/results/schema.js';
import { alreadyLoaded, type KnownPlatform } from '../../../runner/platforms.js';
import { mmuMicrokernel } from '../../../platforms/mmu-microkernel/index.js';
import type { Platform } from '../../../platforms/platform.js';
import { type Workload, WORKLOADS } from '../../../workloads/index.js';
import { type Finished, RecordingTerminal } from '../terminal.js';

/** The command line as users have it, with one platform unless others are given, or other workloads. */
export async function bulkhead(
  args: readonly string[],
  platforms: readonly (Platform | KnownPlatform)[] = [mmuMicrokernel],
  workloads: readonly Workload[] = WORKLOADS,
): Promise<Finished> {
  const terminal = new RecordingTerminal();
  const known = platforms.map((p) => ('load' in p ? p : alreadyLoaded(p)));
  const code = await runCommandLine(args, terminal, known, [], workloads);
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

/** The records of `--json`. */
export const recordsOf = (stdout: string): MeasurementRecord[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as MeasurementRecord);
