import { type MachineBlock, type MachineFunction, machineSuccessors, terminatorUses } from './machine-code.js';

/** Registers whose value is read later, at the end of each block. */
export function liveAtEnd(fn: MachineFunction): ReadonlyMap<number, ReadonlySet<number>> {
  const atStart = new Map<number, Set<number>>(fn.blocks.map((b) => [b.id, new Set<number>()]));
  const atEnd = new Map<number, Set<number>>(fn.blocks.map((b) => [b.id, new Set<number>()]));
  for (let changed = true; changed;) {
    changed = false;
    for (const block of [...fn.blocks].reverse()) {
      const live = atEnd.get(block.id)!;
      for (const next of machineSuccessors(block.terminator)) for (const r of atStart.get(next)!) live.add(r);
      const start = new Set(live);
      walkBack(block, start);
      const known = atStart.get(block.id)!;
      if (start.size > known.size) {
        atStart.set(block.id, start);
        changed = true;
      }
    }
  }
  return atEnd;
}

/**
 * Turns the set of registers that are live at a block's end into that at its start.
 * @param visit called with each instruction's index while the set is what is live behind it.
 */
export function walkBack(block: MachineBlock, live: Set<number>, visit?: (index: number) => void): void {
  for (const r of terminatorUses(block.terminator)) live.add(r);
  for (let i = block.instructions.length - 1; i >= 0; i--) {
    visit?.(i);
    const { defs, uses, clobbers } = block.instructions[i];
    for (const r of defs) live.delete(r);
    for (const r of clobbers ?? []) live.delete(r);
    for (const r of uses) live.add(r);
  }
}
