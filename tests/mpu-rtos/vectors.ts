import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Image } from '../../platforms/machine/image.js';
import type { Machine, TraceEvent } from '../../platforms/machine/machine.js';
import { cycles, instructions, physical, virtual } from '../../platforms/machine/units.js';
import { mpuRtos } from '../../platforms/mpu-rtos/index.js';
import type { ParameterValues } from '../../platforms/platform.js';

/** A program of `tests/vectors/cortex-m`; its README says what the fields mean. */
export interface VectorProgram {
  readonly name: string;
  readonly kind: string;
  readonly offset: number;
  readonly size: number;
  readonly result: string;
  readonly body_start: string;
  readonly body_end: string;
  readonly instructions: number;
  readonly expected: string;
  /** m0, kind `plain`: cycles of the body in rp2040js. */
  readonly cycles?: number;
}

/** The sets and the core that each is for. */
export const SETS = { m0: 'm0plus', m0fault: 'm0plus', m3: 'm3', m4: 'm4', m33: 'm33' } as const;
export type SetName = keyof typeof SETS;

/** A set of programs with their images. */
export function readSet(set: SetName): { readonly program: VectorProgram; readonly image: Image }[] {
  const file = (name: string): Buffer =>
    readFileSync(new URL(`../../../tests/vectors/cortex-m/${set}/${name}`, import.meta.url));
  const packed = gunzipSync(file('programs.bin.gz'));
  const programs = JSON.parse(file('vectors.json').toString()) as VectorProgram[];
  return programs.map((program) => ({ program, image: imageOf(packed, program) }));
}

function imageOf(packed: Uint8Array, { offset, size }: VectorProgram): Image {
  const data = packed.subarray(offset, offset + size);
  return {
    segments: [{ physical: physical(0), data, bytes: size, writable: true, executable: true }],
    symbols: [],
    phases: [],
    domains: [],
    lines: [],
    entry: virtual(0),
  };
}

/** More result words than any program records: a count beyond it is a mistake of the machine. */
const MOST_WORDS = 1024;

/** A machine for a set. */
export const machineFor = (set: SetName, parameters: ParameterValues = {}): Machine =>
  mpuRtos.createMachine({ parameters: { core: SETS[set], ...parameters }, board: 'mps2' });

/** The recorded words of a program, as 8 hex digits each. */
export const expectedWords = ({ expected }: VectorProgram): string[] => expected.match(/.{8}/g) ?? [];

/** The words that a machine which has run the program holds: the count of the words that follow, and these. */
export function recordedWords(machine: Machine, program: VectorProgram): string[] {
  const words = (count: number): Uint32Array => {
    const { buffer } = machine.memory.dump(physical(Number(program.result)), 4 * count);
    return new Uint32Array(buffer);
  };
  const [count] = words(1);
  return [...words(1 + Math.min(count, MOST_WORDS))].map((word) => word.toString(16).padStart(8, '0'));
}

/** How a program has run. */
export interface Observed {
  readonly words: readonly string[];
  /** Instructions of the body as the vectors count them: retired or abandoned in execution. */
  readonly instructions: number;
  readonly end: string;
}

/**
 * Runs a program to its end. The body alone is traced: what is before it takes longer than the body.
 * @param whole trace all of it.
 */
export function observe(machine: Machine, program: VectorProgram, image: Image, whole = false): Observed {
  const start = Number(program.body_start);
  const end = Number(program.body_end);
  let count = 0;
  let inside = !whole;
  const hook = (event: TraceEvent): void => {
    if (event.pc === start) inside = true;
    if (event.pc === end) inside = false;
    else if (inside && (event.kind === 'retire' || event.word !== 0)) count++;
  };
  machine.setTrace(undefined);
  machine.probes.clear();
  machine.reset();
  machine.setBudget(instructions(2_000_000));
  machine.load(image);
  if (whole) machine.setTrace(hook);
  else {
    machine.probes.add(physical(start), () => {
      machine.probes.clear();
      count = 1;
      return true;
    });
  }
  let stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
  if (stop.kind === 'probe') {
    machine.setTrace(hook);
    stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
    machine.setTrace(undefined);
  }
  machine.setTrace(undefined);
  // No probe has fired: the first instruction of the body faults.
  if (count === 0 && !whole) return observe(machine, program, image, true);
  return { words: recordedWords(machine, program), instructions: count, end: JSON.stringify(stop) };
}
