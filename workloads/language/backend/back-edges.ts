import { liveAtEnd, walkBack } from './liveness.js';
import { type MachineFunction, machineSuccessors, terminatorUses } from './machine-code.js';

/**
 * Moves the copies of a loop's back edge in front of the test, where they may be: what the test reads and what is
 * needed behind the
 * loop stays. A round then ends with one branch. For functions whose registers are allocated.
 */
export function liftBackEdges(fn: MachineFunction): void {
  const blocks = new Map(fn.blocks.map((b) => [b.id, b]));
  const position = new Map(fn.blocks.map((b, i) => [b.id, i]));
  const ways = new Map<number, number>();
  for (const { terminator } of fn.blocks) {
    for (const next of machineSuccessors(terminator)) ways.set(next, (ways.get(next) ?? 0) + 1);
  }
  for (const block of fn.blocks) {
    const { terminator: t } = block;
    if (t.kind !== 'branch') continue;
    for (const [edge, other] of [
      [t.then, t.otherwise],
      [t.otherwise, t.then],
    ]) {
      const back = blocks.get(edge)!;
      if (back.terminator.kind !== 'jump' || back.instructions.length === 0 || ways.get(edge) !== 1) continue;
      if (position.get(back.terminator.target)! > position.get(block.id)!) continue;
      if (!back.instructions.every(({ copy, repeatable }) => copy === true || repeatable === true)) continue;
      const needed = new Set(liveAtEnd(fn).get(other));
      walkBack(blocks.get(other)!, needed);
      for (const used of terminatorUses(t)) needed.add(used);
      if (back.instructions.some(({ defs }) => defs.some((d) => needed.has(d)))) continue;
      block.instructions.push(...back.instructions);
      back.instructions = [];
    }
  }
}
