import type { Expression } from '../../assembler/expression.js';
import type { Host } from '../../assembler/isa.js';
import type { Compressor } from '../encode.js';
import type { Instruction } from '../instruction.js';
import type { Op } from '../operations.js';

/** What the parts of the plug-in share during one assembly. */
export interface Context {
  readonly host: Host;
  readonly registers: ReadonlyMap<string, number>;
  /** How many registers the core has. */
  readonly registerCount: number;
  readonly csrs: ReadonlyMap<string, number>;
  readonly compressor: Compressor;
  /** Instructions that can be written, by mnemonic. */
  readonly instructions: ReadonlyMap<string, readonly Instruction[]>;
  /** The 32-bit instruction of an operation that can be written. */
  readonly operations: ReadonlyMap<Op, Instruction>;
  /** Whether `.option rvc` holds here. */
  compressed: boolean;
  /** The `auipc`s with `%pcrel_hi`, for `%pcrel_lo`. */
  readonly highParts: HighParts;
}

/** An `auipc` with `%pcrel_hi`: its place and what it points to. */
export interface HighPart {
  readonly at: Expression;
  readonly target: Expression;
}

/** Finds the `auipc` that a `%pcrel_lo` belongs to (RISC-V ELF psABI 1.0, section 8.4.9 "PC-Relative Symbol Addresses"). */
export class HighParts {
  private readonly parts: HighPart[] = [];
  private byAddress: ReadonlyMap<bigint, HighPart> = new Map();

  add(part: HighPart): void {
    this.parts.push(part);
  }

  /** What the `auipc` at this address points to. Only when addresses are final; an object may be linked again elsewhere. */
  targetOf(address: bigint, value: (expression: Expression) => bigint): Expression | undefined {
    const known = this.byAddress.get(address);
    if (known !== undefined && value(known.at) === address) return known.target;
    this.byAddress = new Map(this.parts.map((part) => [value(part.at), part]));
    return this.byAddress.get(address)?.target;
  }
}
