import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Image } from '../../../platforms/machine/image.js';
import type { Counters, Machine } from '../../../platforms/machine/machine.js';
import { cycles, physical, virtual } from '../../../platforms/machine/units.js';
import type { ParameterValues } from '../../../platforms/platform.js';

/** One random program of the vectors (`tests/vectors/random/vexriscv-baochip`). */
export interface RandomProgram {
  readonly name: string;
  readonly mode: 'M' | 'S' | 'U';
  readonly image: Image;
  /** What it stores to the output register. */
  readonly outputs: readonly number[];
}

const DIRECTORY = join('tests', 'vectors', 'random', 'vexriscv-baochip');

interface Entry {
  readonly name: string;
  readonly file: string;
  readonly load: string;
  readonly boot: string;
  readonly mode: 'M' | 'S' | 'U';
  readonly mmio: readonly number[];
}

/** Every `step`th of the 150 programs, from number `first` on; the rest is not read. */
export function randomPrograms(step = 1, first = 0): RandomProgram[] {
  const { programs } = JSON.parse(readFileSync(join(DIRECTORY, 'vectors.json'), 'utf8')) as { programs: Entry[] };
  return programs
    .filter((_, i) => i >= first && (i - first) % step === 0)
    .map(({ name, file, load, boot, mode, mmio }) => {
      const path = file.startsWith('random/') ? join('tests', 'vectors', file) : join(DIRECTORY, file);
      const data = new Uint8Array(gunzipSync(readFileSync(path)));
      const segment = { physical: physical(Number(load)), data, bytes: data.length, writable: true, executable: true };
      const image = {
        segments: [segment],
        symbols: [],
        phases: [],
        domains: [],
        lines: [],
        entry: virtual(Number(boot)),
      };
      return { name, mode, image, outputs: mmio };
    });
}

/** Everything that must be the same in two runs that are the same. */
export interface Outcome {
  readonly counters: Counters;
  readonly hash: string;
  readonly ledger: readonly number[];
  readonly longestMasked: { readonly cycles: number; readonly from: number };
  readonly outputs: readonly number[];
  readonly pc: number;
  readonly storeBacklog: number;
}

/** Reads the state of a machine, timing included as far as it shows. */
export function outcomeOf(machine: Machine): Outcome {
  const { matrix, longestMasked } = machine.ledger.read(machine.counters.cycles);
  return {
    counters: machine.counters,
    hash: machine.stateHash(),
    ledger: [...matrix],
    longestMasked,
    outputs: [...machine.bench!.outputs],
    pc: machine.pc,
    storeBacklog: machine.storeBacklog,
  };
}

/** Runs to the end of the program. */
export function finish(machine: Machine): void {
  const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
  if (stop.kind !== 'exit') throw new Error(`the program ended with ${JSON.stringify(stop)}`);
}

/** Parameter sets that have little in common. */
export const VARIANTS: readonly (readonly [name: string, parameters: ParameterValues])[] = [
  ['the core behind its crossbar', {}],
  ['the core alone, L=0', { crossbar: false, memoryLatency: 0 }],
  ['common timing, w=1', { timing: 'common', commonWait: 1 }],
  ['write-back data cache of 1 KiB', { dataCacheWriteBack: true, dataCacheBytes: 1024, dataCacheWays: 1 }],
  [
    'ASIDs, 4-entry TLBs, small instruction cache',
    { asid: true, dataTlbEntries: 4, instructionTlbEntries: 4, instructionCacheBytes: 1024, instructionCacheWays: 2 },
  ],
];
