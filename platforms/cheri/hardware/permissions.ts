/**
 * Permissions of a capability: twelve of them architecturally, compressed to six bits in the metadata word (CHERIoT
 * Architecture 1.0, section "Permissions"; cheriot-ibex a3e4caf, rtl/cheri_pkg.sv).
 */

/** Bits of the architectural mask, as CGetPerm gives it and CAndPerm takes it. */
export const enum Permission {
  /** Global: may be stored through an authority without SL. */
  GL = 1 << 0,
  /** Load global: without it, what is loaded loses GL and LG. */
  LG = 1 << 1,
  /** Store data. */
  SD = 1 << 2,
  /** Load mutable: without it, what is loaded loses LM and SD. */
  LM = 1 << 3,
  /** Store local: capabilities without GL may be stored. */
  SL = 1 << 4,
  /** Load data. */
  LD = 1 << 5,
  /** Loads and stores may move tagged capabilities. */
  MC = 1 << 6,
  /** Access to system registers. */
  SR = 1 << 7,
  /** Execute. */
  EX = 1 << 8,
  /** Unseal. */
  US = 1 << 9,
  /** Seal. */
  SE = 1 << 10,
  /** Defined by software. */
  U0 = 1 << 11,
}

/** All twelve. */
export const ALL_PERMISSIONS = 0xfff;

/** Bit 5 of the compressed form is GL in every format. */
const GLOBAL = 1 << 5;

/**
 * A format of the five low bits: those with `(bits & mask) === match`. It has the permissions `always`, and one of
 * `optional` for each free bit, from bit 0 up.
 */
interface Format {
  readonly match: number;
  readonly mask: number;
  readonly always: number;
  readonly optional: readonly Permission[];
}

/** The formats in the order in which compression tries them: the first whose `always` the permissions have is chosen. */
const FORMATS: readonly Format[] = [
  // Executable
  {
    match: 0b01000,
    mask: 0b11000,
    always: Permission.EX | Permission.LD | Permission.MC,
    optional: [Permission.LG, Permission.LM, Permission.SR],
  },
  // Memory that holds capabilities: read-write, read-only, write-only
  {
    match: 0b11000,
    mask: 0b11000,
    always: Permission.LD | Permission.MC | Permission.SD,
    optional: [Permission.LG, Permission.LM, Permission.SL],
  },
  { match: 0b10100, mask: 0b11100, always: Permission.LD | Permission.MC, optional: [Permission.LG, Permission.LM] },
  { match: 0b10000, mask: 0b11111, always: Permission.SD | Permission.MC, optional: [] },
  // Memory that holds data only. Neither LD nor SD would be the encoding above
  { match: 0b10000, mask: 0b11100, always: 0, optional: [Permission.SD, Permission.LD] },
  // Sealing, and no permission at all
  { match: 0b00000, mask: 0b11000, always: 0, optional: [Permission.US, Permission.SE, Permission.U0] },
];

function expandOne(compressed: number): number {
  const format = FORMATS.find(({ match, mask }) => (compressed & mask) === match);
  if (format === undefined) throw new RangeError(`permission format of ${compressed} is missing`);
  const global = (compressed & GLOBAL) === 0 ? 0 : Permission.GL;
  return format.optional.reduce(
    (mask, permission, bit) => (((compressed >>> bit) & 1) === 0 ? mask : mask | permission),
    global | format.always,
  );
}

/** The twelve permissions of each compressed form. */
export const EXPANDED: Uint16Array = Uint16Array.from({ length: 64 }, (_, compressed) => expandOne(compressed));

function compressOne(permissions: number): number {
  const isData = (permissions & (Permission.SD | Permission.LD)) !== 0;
  const format = FORMATS.find(({ always, optional }) =>
    always === 0 ? isData === optional.includes(Permission.LD) : (permissions & always) === always,
  );
  if (format === undefined) throw new RangeError(`permissions ${permissions} have no format`);
  return format.optional.reduce(
    (bits, permission, bit) => ((permissions & permission) === 0 ? bits : bits | (1 << bit)),
    ((permissions & Permission.GL) === 0 ? 0 : GLOBAL) | format.match,
  );
}

/** The compressed form of every mask. What the chosen format cannot express is lost. */
export const COMPRESSED: Uint8Array = Uint8Array.from({ length: ALL_PERMISSIONS + 1 }, (_, mask) => compressOne(mask));

/** Index bits of `ATTENUATED`, beside the compressed permissions of what is loaded. */
export const enum Attenuation {
  /** The authority has no LG. */
  NO_GLOBAL = 1 << 6,
  /** The authority has no LM. */
  NO_MUTABLE = 1 << 7,
  /** What is loaded is sealed: it can lose GL only. */
  SEALED = 1 << 8,
}

function attenuateOne(index: number): number {
  const sealed = (index & Attenuation.SEALED) !== 0;
  let permissions = EXPANDED[index & 63];
  if ((index & Attenuation.NO_GLOBAL) !== 0) permissions &= sealed ? ~Permission.GL : ~(Permission.GL | Permission.LG);
  if ((index & Attenuation.NO_MUTABLE) !== 0 && !sealed) permissions &= ~(Permission.SD | Permission.LM);
  return COMPRESSED[permissions];
}

/**
 * Compressed permissions of a tagged capability after a load, by its compressed permissions and `Attenuation`: a view
 * without LG or LM is so all the way down (CHERIoT Architecture 1.0, section CLC).
 */
export const ATTENUATED: Uint8Array = Uint8Array.from({ length: 512 }, (_, index) => attenuateOne(index));
