import { liftBackEdges } from './back-edges.js';
import {
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
  machineSuccessors,
  type MachineTerminator,
} from './machine-code.js';

/** How a target writes what the layout of blocks needs. */
export interface EmitTarget {
  readonly names: readonly string[];
  /** An unconditional jump to a label. */
  jump(label: string): string;
  /** A conditional branch: its text with registers, and the label. */
  branch(text: string, label: string): string;
  /** What a comment begins with. */
  readonly comment: string;
  /** What stands at a mark that no instruction of its own follows, or one that does not retire. */
  readonly nothing: string;
  /** Whether an instruction retires: only then is a mark at its address passed. */
  retires(line: string): boolean;
  /** Lines at the function's beginning, and those that leave it. */
  readonly prologue: readonly string[];
  readonly epilogue: readonly string[];
}

/** Symbol of a mark in assembly and images. */
export const markSymbol = (name: string): string => `mark.${name}`;

/** Writes a function whose registers are allocated as assembly. */
export function emit(fn: MachineFunction, target: EmitTarget): string {
  dropCopies(fn);
  liftBackEdges(fn);
  threadJumps(fn);
  const label = (id: number): string => `.L${fn.name}_${id}`;
  const targets = new Set(fn.blocks.flatMap((b, i) => branchTargets(b, fn.blocks.at(i + 1))));
  const lines: string[] = [`${fn.name}:`, ...target.prologue.map((l) => `  ${l}`)];
  fn.blocks.forEach((block, i) => {
    if (targets.has(block.id)) lines.push(`${label(block.id)}:`);
    const ending = terminatorLines(block.terminator, fn.blocks.at(i + 1)?.id, label, target);
    block.instructions.forEach((instruction, at) => {
      if (instruction.mark !== undefined) {
        lines.push(`${markSymbol(instruction.mark)}:`);
        const rest = [...block.instructions.slice(at + 1).map(({ text }) => text), ...ending];
        const next = rest.find((text) => text !== '')?.split('\n')[0];
        if (next === undefined || !target.retires(next)) lines.push(`  ${target.nothing}`);
      }
      lines.push(...instructionLines(instruction, target));
    });
    lines.push(...ending);
  });
  return `${lines.join('\n')}\n`;
}

/** Removes copies of a register to itself. */
function dropCopies(fn: MachineFunction): void {
  for (const block of fn.blocks) {
    block.instructions = block.instructions.filter(({ copy, defs, uses }) => !(copy && defs[0] === uses[0]));
  }
}

/** Leads control past blocks that only jump, and drops those that nothing reaches any more. */
function threadJumps(fn: MachineFunction): void {
  const blocks = new Map(fn.blocks.map((b) => [b.id, b]));
  const final = (id: number): number => {
    const seen = new Set<number>();
    for (let at = id; ;) {
      const { instructions, terminator } = blocks.get(at)!;
      if (instructions.length > 0 || terminator.kind !== 'jump' || seen.has(at)) return at;
      seen.add(at);
      at = terminator.target;
    }
  };
  for (const block of fn.blocks) {
    const { terminator: t } = block;
    if (t.kind === 'jump') block.terminator = { ...t, target: final(t.target) };
    if (t.kind === 'branch') block.terminator = { ...t, then: final(t.then), otherwise: final(t.otherwise) };
  }
  const reached = new Set<number>();
  const pending = [fn.blocks[0].id];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    pending.push(...machineSuccessors(blocks.get(at)!.terminator));
  }
  fn.blocks = fn.blocks.filter(({ id }) => reached.has(id));
}

/** Blocks that a block's end names, the one that follows it left out. */
function branchTargets({ terminator: t }: MachineBlock, next: MachineBlock | undefined): readonly number[] {
  const named = machineSuccessors(t).filter((id) => id !== next?.id);
  return t.kind === 'branch' && t.then === t.otherwise ? [...named, t.then] : named;
}

function terminatorLines(
  t: MachineTerminator,
  next: number | undefined,
  label: (id: number) => string,
  target: EmitTarget,
): readonly string[] {
  const write = (text: string, uses: readonly number[]): string =>
    text.replace(/\{u(\d)\}/g, (_, n: string) => target.names[uses[Number(n)]]);
  switch (t.kind) {
    case 'jump':
      return t.target === next ? [] : [`  ${target.jump(label(t.target))}`];
    case 'branch':
      if (t.otherwise === next) return [`  ${target.branch(write(t.text, t.uses), label(t.then))}`];
      if (t.then === next) return [`  ${target.branch(write(t.inverse, t.uses), label(t.otherwise))}`];
      return [`  ${target.branch(write(t.text, t.uses), label(t.then))}`, `  ${target.jump(label(t.otherwise))}`];
    case 'return':
      return target.epilogue.map((l) => `  ${l}`);
    case 'stop':
      return [];
  }
}

function instructionLines(
  { text, defs, uses, comment }: MachineInstruction,
  { names, comment: sign }: EmitTarget,
): readonly string[] {
  if (text === '') return [];
  const written = text.replace(/\{([du])(\d)\}/g, (_, kind: string, n: string) => {
    return names[(kind === 'd' ? defs : uses)[Number(n)]];
  });
  const lines = written.split('\n').map((line) => `  ${line}`);
  if (comment !== undefined) lines[0] = `${lines[0].padEnd(32)}${sign} ${comment}`;
  return lines;
}
