/**
 * Quantities that must not be confused. A brand exists only for the type checker; at run time each is a number.
 *
 * Hot loops work on plain numbers; a brand is put on where a value leaves the engine (`Machine`, `Image`, records).
 */
declare const unit: unique symbol;

/** A number with a unit the type checker keeps apart from every other unit. */
export type Quantity<Unit extends string> = number & { readonly [unit]: Unit };

/** Guest clock cycles since reset, or a difference of two such stamps. Integer, at most 2^53. */
export type Cycles = Quantity<'cycles'>;

/** Retired guest instructions. An instruction that traps does not retire. */
export type Instructions = Quantity<'instructions'>;

/** A 32-bit physical address, unsigned (0 to 0xFFFFFFFF). */
export type PhysicalAddress = Quantity<'physical address'>;

/** A 32-bit virtual address, unsigned (0 to 0xFFFFFFFF). */
export type VirtualAddress = Quantity<'virtual address'>;

/** Marks a number as cycles. */
export const cycles = (value: number): Cycles => value as Cycles;

/** Marks a number as a count of retired instructions. */
export const instructions = (value: number): Instructions => value as Instructions;

/** Marks the low 32 bits of a number as a physical address; a negative (signed) word becomes unsigned. */
export const physical = (value: number): PhysicalAddress => (value >>> 0) as PhysicalAddress;

/** Marks the low 32 bits of a number as a virtual address; a negative (signed) word becomes unsigned. */
export const virtual = (value: number): VirtualAddress => (value >>> 0) as VirtualAddress;

/** `0x` and eight lower-case digits: how every message and table of Bulkhead prints an address or a word. */
export const hex32 = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, '0')}`;
