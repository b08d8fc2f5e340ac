import type { ValueType } from '../program.js';

/*
 * Machine code before registers are allocated. Registers below `FIRST_VIRTUAL` are those of the target, others stand
 * for values.
 */

/** Number of the first register that is not one of the target's. */
export const FIRST_VIRTUAL = 64;

/**
 * One instruction, or a few that stay together. In `text`, `{d0}` is the first defined register, `{u0}` the first used
 * one.
 */
export interface MachineInstruction {
  /** Lines of assembly, separated by newlines; '' for a mark. */
  readonly text: string;
  readonly defs: readonly number[];
  readonly uses: readonly number[];
  /** Registers of the target that it changes besides. */
  readonly clobbers?: readonly number[];
  /** It only copies the first used register to the first defined one. */
  readonly copy?: boolean;
  /** It reads no register and may be repeated wherever its result is needed. */
  readonly repeatable?: boolean;
  /** Name of the mark that stands here. */
  readonly mark?: string;
  /** Shown behind the instruction. */
  readonly comment?: string;
}

export type MachineTerminator =
  | { readonly kind: 'jump'; readonly target: number }
  | {
      readonly kind: 'branch';
      /** Instruction without its target, and the one that goes the other way. */
      readonly text: string;
      readonly inverse: string;
      readonly uses: readonly number[];
      readonly then: number;
      readonly otherwise: number;
    }
  | { readonly kind: 'return'; readonly uses: readonly number[] }
  | { readonly kind: 'stop' };

export interface MachineBlock {
  readonly id: number;
  instructions: MachineInstruction[];
  terminator: MachineTerminator;
  /** Loops around it. */
  readonly depth: number;
}

export interface MachineFunction {
  readonly name: string;
  /** In the order they are laid out; the entry is the first. */
  blocks: MachineBlock[];
  /** Type of each virtual register. */
  readonly types: Map<number, ValueType>;
  /** False for code that is entered and never left: it has no caller whose registers it must keep. */
  readonly returns: boolean;
  /** True if it calls other functions. */
  readonly calls: boolean;
}

/** What the allocator must know of the target. */
export interface RegisterFile {
  /** Assembly names by number. */
  readonly names: readonly string[];
  /** Registers that values may live in, best first. */
  readonly allocatable: readonly number[];
  /** Copies one register to another. */
  copy(to: number, from: number): MachineInstruction;
  /** Loads a value from a slot of the frame; stores it there. Slots count from 0. */
  reload(to: number, slot: number, type: ValueType): MachineInstruction;
  spill(from: number, slot: number, type: ValueType): MachineInstruction;
}

/** A new virtual register. */
export function newRegister(fn: MachineFunction, type: ValueType): number {
  const register = FIRST_VIRTUAL + fn.types.size;
  fn.types.set(register, type);
  return register;
}

/** Blocks that control may go to next. */
export function machineSuccessors(t: MachineTerminator): readonly number[] {
  switch (t.kind) {
    case 'jump':
      return [t.target];
    case 'branch':
      return [t.then, t.otherwise];
    default:
      return [];
  }
}

/** Registers that a terminator reads. */
export function terminatorUses(t: MachineTerminator): readonly number[] {
  return t.kind === 'branch' || t.kind === 'return' ? t.uses : [];
}

/** The instruction with every register renamed. */
export function renameRegisters(i: MachineInstruction, rename: (register: number) => number): MachineInstruction {
  return { ...i, defs: i.defs.map(rename), uses: i.uses.map(rename) };
}
