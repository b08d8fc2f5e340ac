import { assemble } from '../../platforms/assembler/assemble.js';
import type { Image } from '../../platforms/machine/image.js';
import type { LedgerReading } from '../../platforms/machine/ledger.js';
import type { Machine, Stop } from '../../platforms/machine/machine.js';
import { cycles, type PhysicalAddress } from '../../platforms/machine/units.js';
import { mmuMicrokernel } from '../../platforms/mmu-microkernel/index.js';
import type { ParameterValues } from '../../platforms/platform.js';
import { riscvAssembler } from '../../platforms/riscv/assembler.js';
import type { VectorProgram } from '../../runner/validate/read.js';
import { planValidation } from '../../runner/validate/run.js';

const CORE = 'vexriscv-baochip';
const machines = new Map<string, Machine>();

/** The one machine of a parameter set, fresh from reset: building one is slow. */
export function machineWith(parameters: ParameterValues = {}): Machine {
  const key = JSON.stringify(parameters);
  let machine = machines.get(key);
  if (machine === undefined) {
    machine = mmuMicrokernel.createMachine({ parameters, board: 'bench' });
    machines.set(key, machine);
  }
  machine.setTrace(undefined);
  machine.probes.clear();
  machine.setBudget(1e9 as never);
  machine.reset();
  return machine;
}

/** An assembled program with its labels. */
export interface Program {
  readonly image: Image;
  readonly at: (label: string) => PhysicalAddress;
}

/** Assembles a program at 0x60000000. */
export function program(source: string, define: Readonly<Record<string, number>> = {}): Program {
  const sections = { '.text': 0x60000000 };
  const assembled = assemble(source, { file: 'test.s', isa: riscvAssembler(), sections, define });
  if (!assembled.ok) throw new Error(assembled.problems.map((p) => `${p.line}: ${p.message}`).join('\n'));
  const { image, symbols } = assembled;
  return {
    image,
    at(label) {
      const address = symbols.get(label);
      if (address === undefined) throw new Error(`no label ${label}`);
      return address as PhysicalAddress;
    },
  };
}

/** Runs a loaded machine to its end. */
export const runToEnd = (machine: Machine): Stop => machine.run(cycles(Number.MAX_SAFE_INTEGER));

/** Uniform 32-bit words from a seed (xorshift32), the same on every host. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = Math.imul(seed + 1, 0x9e3779b1) | 1;
    for (let i = 0; i < 8; i++) this.word();
  }

  /** A signed word. */
  word(): number {
    let s = this.state;
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    this.state = s;
    return Math.imul(s, 0x2545f491) ^ (s >>> 15);
  }

  /** An integer from 0 to `count` - 1. */
  below(count: number): number {
    return (this.word() >>> 0) % count;
  }

  /** An element of a list. */
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}

/** All vector programs of the core, in the order of the files. */
export function vectorPrograms(): readonly VectorProgram[] {
  const all = new Set<VectorProgram>();
  const request = { directory: 'tests/vectors', platforms: [mmuMicrokernel], core: CORE, heldOut: true, start: false };
  for (const job of planValidation(request).jobs) for (const p of job.programs) all.add(p);
  return [...all];
}

/** Everything that two runs of the same program must agree on. */
export interface Outcome {
  readonly stop: Stop;
  readonly cycles: number;
  readonly instructions: number;
  readonly counters: Machine['counters'];
  readonly hash: string;
  readonly matrix: readonly number[];
  readonly longestMasked: LedgerReading['longestMasked'];
  readonly outputs: readonly number[];
  readonly timerRises: readonly number[];
}

/** What a machine shows after `stop`. */
export function outcome(machine: Machine, stop: Stop): Outcome {
  const counters = machine.counters;
  const { matrix, longestMasked } = machine.ledger.read(counters.cycles);
  return {
    stop,
    cycles: counters.cycles,
    instructions: counters.instructions,
    counters: { ...counters, protection: { ...counters.protection } },
    hash: machine.stateHash(),
    matrix: [...matrix],
    longestMasked,
    outputs: [...(machine.bench?.outputs ?? [])],
    timerRises: [...(machine.bench?.timerRises ?? [])],
  };
}
