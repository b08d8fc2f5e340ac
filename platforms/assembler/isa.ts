import type { Cursor } from './cursor.js';
import type { Expression } from './expression.js';
import type { Lexical } from './lexer.js';
import type { Fragment, Label, SectionKind } from './section.js';

/**
 * What an instruction set adds to the assembler core.
 *
 * The core knows lines, labels, expressions, sections, macros and data; it hands every other statement to the plug-in with
 * its operands unread, and takes back bytes or fragments. Nothing in the core knows a register or a mnemonic.
 *
 * How Thumb plugs in (`platforms/thumb/assembler`), as an example that needs everything:
 * - Registers, shifted operands and register lists (`{r0-r3,lr}`, `[r0,#4]!`) are read by the plug-in's own operand parser
 *   from `Cursor`, whose tokens include braces, brackets, `#`, `!` and `^`. A mnemonic comes as one name, dots included
 *   (`addseq.w`), and the plug-in takes suffixes off.
 * - The comment character is `@`; `#` begins a comment only at the start of a line (`Lexical`).
 * - `ldr r0, =expr`: the plug-in makes a label with `Host.newLabel`, remembers it with the expression in the pool of
 *   `Host.section` and emits a fragment that asks for the distance to the label. At `.ltorg`, and in `finish` with
 *   `Host.within`, it calls `Host.align`, `Host.place` for each label and `Host.data` for each value.
 * - Instructions of 2 or 4 bytes by distance (`b`, `beq`, `adr`, `ldr` from a label) are fragments without `fixed`: `size`
 *   answers from `Place.distanceMoving` in every pass of the layout, until nothing changes.
 * - `.thumb_func` and `.type name, %function` set `Label.codeBit`, so that `.word handler` holds the address with bit 0 set,
 *   while differences and branches use the plain address.
 * - IT blocks are state of the session; `.syntax`, `.cpu`, `.thumb` are its directives.
 */
export interface IsaPlugin {
  /** Name for messages. */
  readonly name: string;
  readonly lexical: Lexical;
  /** Begins the assembly of one source. */
  open(host: Host): IsaSession;
}

/** The plug-in's side of one assembly. Its methods throw `Mistake` for what the source does wrong. */
export interface IsaSession {
  /** Assembles an instruction and emits it to the host. False if there is no such mnemonic. */
  instruction(mnemonic: string, operands: Cursor): boolean;
  /** Obeys a directive of this instruction set, `name` with its dot. False if it has none of this name. */
  directive(name: string, operands: Cursor): boolean;
  /** What fills `bytes` bytes of an aligned gap in code. */
  padding(bytes: number): readonly number[];
  /** In code, alignment up to this many bytes adds no padding: instructions are aligned so by themselves. */
  readonly instructionAlignment: number;
  /** Alignment of `.text` to begin with, in bytes. */
  readonly codeAlignment: number;
  /** Code sections end at a multiple of their alignment, but at most of this. Default: no limit. */
  readonly endAlignment?: number;
  /** A label was placed at the current position. */
  labelDefined?(label: Label): void;
  /** A label that has its place was said to be a function. */
  functionDeclared?(label: Label): void;
  /** Exponent (`.align 2` is 4 bytes) or bytes: what the argument of `.align` means. */
  readonly alignIsPowerOfTwo: boolean;
  /** What `.align` without an argument means. Default: 0, nothing. */
  readonly bareAlign?: number;
  /** The source has ended: emit what is pending. */
  finish(): void;
}

/** What the core offers the plug-in. Everything goes to the current section. */
export interface Host {
  /** Appends bytes. */
  bytes(bytes: readonly number[]): void;
  /** Appends a part that needs addresses. */
  fragment(fragment: Fragment): void;
  /** Appends an expression's value as `size` bytes, lowest first. */
  data(expression: Expression, size: number): void;
  /** Aligns as `.balign` does, with this filling or what the instruction set pads code with. */
  align(bytes: number, fill?: readonly number[]): void;
  /** The current section; equal for equal sections. */
  readonly section: object & { readonly kind: SectionKind };
  /** Does some work in another section. */
  within(section: Host['section'], work: () => void): void;
  /** A label at the current position. */
  here(): Label;
  /** A label to be placed later. */
  newLabel(name: string): Label;
  /** Places such a label at the current position. */
  place(label: Label): void;
  /** The value if it is a plain number that is known at this point of the source, else undefined. */
  constant(expression: Expression): bigint | undefined;
}
