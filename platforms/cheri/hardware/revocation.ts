import type { PhysicalMemory } from '../../machine/memory.js';
import { permissionsOf } from './capability.js';
import { Permission } from './permissions.js';

/** First byte of the revocable heap (ibexc_top of cheriot-safe, HeapBase). */
export const HEAP_BASE = 0x20040000;

/** Revocation bitmap: one bit for 8 bytes of heap, 2048 words (TSMapSize). */
export const BITMAP_BASE = 0x200fe000;
export const BITMAP_WORDS = 2048;

const SEALING_PERMISSIONS = Permission.SE | Permission.US | Permission.U0;

/**
 * Whether a tagged capability that is loaded loses its tag: the bit of its base is set in the bitmap. Capabilities with a
 * sealing permission are not looked up, nor are bases outside of what the bitmap covers.
 *
 * The comparison of `cheri_trvk_stage` lets one word too many through, which is then the first one of the bitmap.
 */
export function isRevoked(memory: PhysicalMemory, metadata: number, base: number): boolean {
  const granule = (base - HEAP_BASE) >>> 3;
  const index = granule >>> 5;
  if (index > BITMAP_WORDS || (permissionsOf(metadata) & SEALING_PERMISSIONS) !== 0) return false;
  const at = BITMAP_BASE + ((index & (BITMAP_WORDS - 1)) << 2);
  const page = memory.readMap[at >>> 12];
  return page !== 0 && ((memory.words[(page + (at & 0xfff)) >> 2] >>> (granule & 31)) & 1) !== 0;
}
