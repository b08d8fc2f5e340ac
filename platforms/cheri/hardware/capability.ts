import { ALL_PERMISSIONS, Attenuation, ATTENUATED, COMPRESSED, EXPANDED, Permission } from './permissions.js';

/**
 * Capabilities as the engine has them: three numbers, never an object. `metadata` and `address` are the high and low word
 * of the form in memory as 32-bit integers, `tag` is 0 or 1 (CHERIoT Architecture 1.0, section "Capability encoding").
 *
 * | bits of metadata | field |
 * |---|---|
 * | 31 | reserved, kept as it is |
 * | 30:25 | permissions, compressed (permissions.ts) |
 * | 24:22 | object type as stored |
 * | 21:18 | exponent as stored, 15 for 24 |
 * | 17:9, 8:0 | top and base (capability-bounds.ts) |
 *
 * No operation on a capability traps: what it may not do, it does without the tag. Hence each has two functions: the
 * metadata of the result, which is the same with and without the tag, and the tag.
 */

/** An integer is the null capability with an address. */
export const NULL_METADATA = 0;

/** Metadata of the roots: everything executable, all memory, all object types (values of the registers after reset). */
export const EXECUTABLE_ROOT = 0x5e3e0000;
export const MEMORY_ROOT = 0x7e3e0000;
export const SEALING_ROOT = 0x4e3e0000;

const PERMISSIONS_SHIFT = 25;
const PERMISSIONS_MASK = 0x3f << PERMISSIONS_SHIFT;
/** The object type as stored: its place in a metadata word. */
export const TYPE_SHIFT = 22;
export const TYPE_MASK = 7 << TYPE_SHIFT;

/** Object types of sentries (CHERIoT Architecture 1.0, section "Sealed capabilities"). */
export const enum ObjectType {
  UNSEALED = 0,
  /** Calls that leave, disable and enable interrupts. */
  SENTRY_INHERIT = 1,
  SENTRY_DISABLE = 2,
  SENTRY_ENABLE = 3,
  /** Returns to a caller that had interrupts disabled or enabled. */
  RETURN_DISABLE = 4,
  RETURN_ENABLE = 5,
}

/** Object types of data capabilities are stored without this bit. */
const DATA_TYPE = 8;

/** The permissions as they are stored. */
export const compressedOf = (metadata: number): number => (metadata >>> PERMISSIONS_SHIFT) & 0x3f;

/** The twelve permissions. */
export const permissionsOf = (metadata: number): number => EXPANDED[compressedOf(metadata)];

/** Metadata with these permissions, as far as a format can express them. */
export const withPermissions = (metadata: number, permissions: number): number =>
  (metadata & ~PERMISSIONS_MASK) | (COMPRESSED[permissions & ALL_PERMISSIONS] << PERMISSIONS_SHIFT);

/** True unless the capability is unsealed. */
export const isSealed = (metadata: number): boolean => (metadata & TYPE_MASK) !== 0;

/** Object type, 0 to 15: 1 to 7 of executable capabilities, 9 to 15 of others, 0 for unsealed. */
export function typeOf(metadata: number): number {
  const stored = (metadata >>> TYPE_SHIFT) & 7;
  return stored === 0 || (permissionsOf(metadata) & Permission.EX) !== 0 ? stored : stored | DATA_TYPE;
}

/** Metadata with this object type, of which the low three bits are stored. */
export const withType = (metadata: number, type: number): number =>
  (metadata & ~TYPE_MASK) | ((type & 7) << TYPE_SHIFT);

/** CAndPerm: metadata. */
export const andPermissions = (metadata: number, mask: number): number =>
  withPermissions(metadata, permissionsOf(metadata) & mask);

/** CAndPerm: a sealed capability may lose GL, nothing else. */
export const andPermissionsTag = (tag: number, metadata: number, mask: number): number =>
  isSealed(metadata) && ((mask | Permission.GL) & ALL_PERMISSIONS) !== ALL_PERMISSIONS ? 0 : tag;

/** True if the type is one that CSeal can give: 1 to 7 to an executable capability, 9 to 15 to another. */
const canBeType = (metadata: number, type: number): boolean =>
  (permissionsOf(metadata) & Permission.EX) !== 0 ? type >= 1 && type <= 7 : type >= 9 && type <= 15;

/**
 * CSeal: the tag. The metadata is `withType(metadata, address of the authority)`.
 *
 * @param authority Metadata of the sealing authority. `within`: its address, the type, lies in its bounds.
 */
export function sealTag(
  tag: number,
  metadata: number,
  authorityTag: number,
  authority: number,
  type: number,
  within: boolean,
): number {
  const permitted = authorityTag !== 0 && !isSealed(authority) && (permissionsOf(authority) & Permission.SE) !== 0;
  return permitted && within && !isSealed(metadata) && canBeType(metadata, type) ? tag : 0;
}

/** CUnseal: metadata. GL is lost unless the authority has it. */
export function unseal(metadata: number, authority: number): number {
  const unsealed = withType(metadata, ObjectType.UNSEALED);
  return andPermissions(unsealed, permissionsOf(authority) | ~Permission.GL);
}

/** CUnseal: the tag. `within`: the object type of what is unsealed lies in the authority's bounds. */
export function unsealTag(
  tag: number,
  metadata: number,
  authorityTag: number,
  authority: number,
  within: boolean,
): number {
  const permitted = authorityTag !== 0 && !isSealed(authority) && (permissionsOf(authority) & Permission.US) !== 0;
  return permitted && within && isSealed(metadata) ? tag : 0;
}

/** CLC: the tag of what is loaded. */
export const loadedTag = (tag: number, authority: number): number =>
  (permissionsOf(authority) & Permission.MC) !== 0 ? tag : 0;

/** CLC: metadata of what is loaded, by `loadedTag`. Data is loaded as it is. */
export function loadedMetadata(tag: number, metadata: number, authority: number): number {
  if (tag === 0) return metadata;
  const permissions = permissionsOf(authority);
  let index = compressedOf(metadata);
  if ((permissions & Permission.LG) === 0) index |= Attenuation.NO_GLOBAL;
  if ((permissions & Permission.LM) === 0) index |= Attenuation.NO_MUTABLE;
  if (isSealed(metadata)) index |= Attenuation.SEALED;
  return (metadata & ~PERMISSIONS_MASK) | (ATTENUATED[index] << PERMISSIONS_SHIFT);
}

/** CSC: the tag of what is stored. A capability without GL needs an authority with SL. */
export const storedTag = (tag: number, metadata: number, authority: number): number =>
  ((permissionsOf(metadata) & Permission.GL) | (permissionsOf(authority) & Permission.SL)) !== 0 ? tag : 0;
