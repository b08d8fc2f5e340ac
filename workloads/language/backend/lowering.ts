import type { PortableOperation } from '../operations.js';

/**
 * A portable operation as instructions of a platform, between the registers that its kernel agrees on with programs.
 */
export interface LoweredOperation {
  /** Register that each argument must be in, by name, in the order of the operation's arguments. */
  readonly arguments: readonly string[];
  /** Assembly, one instruction a line. It may read the argument registers and the stack pointer. */
  readonly lines: readonly string[];
  /** Register that each result is in afterwards. */
  readonly results: readonly string[];
  /** Registers that the lines or the kernel change, results not counted. */
  readonly clobbers: readonly string[];
}

/** What a platform's operations become. */
export interface OperationLowering {
  /**
   * @param given number of arguments that the program passes.
   * @param within name of the function that has the operation.
   * @returns the instructions, or one line on why the platform has no such operation.
   */
  lower(operation: PortableOperation, given: number, within: string): LoweredOperation | string;
}

/** An operation that the platform lacks, or a value that does not fit. */
export class CodegenError extends Error {
  override readonly name = 'CodegenError';
}
