/** Privilege modes (privileged ISA 1.2). */
export const USER = 0;
export const SUPERVISOR = 1;
export const MACHINE = 3;

/** Fields of `mstatus` (privileged ISA 3.1.6); a core has some of them. */
export const STATUS = {
  SIE: 1 << 1,
  MIE: 1 << 3,
  SPIE: 1 << 5,
  MPIE: 1 << 7,
  SPP: 1 << 8,
  MPP: 3 << 11,
  MPRV: 1 << 17,
  SUM: 1 << 18,
  MXR: 1 << 19,
  TW: 1 << 21,
} as const;

/** The privilege mode in MPP. */
export const previousMode = (status: number): number => (status >>> 11) & 3;

/** `mstatus` when a trap from `mode` has been taken to M-mode (privileged ISA 3.1.6.1). */
export function statusInTrap(status: number, mode: number): number {
  const enabled = (status & STATUS.MIE) !== 0 ? STATUS.MPIE : 0;
  return (status & ~(STATUS.MIE | STATUS.MPIE | STATUS.MPP)) | enabled | (mode << 11);
}

/** `mstatus` after an `mret` (privileged ISA 3.1.6.1, 3.1.6.3). */
export function statusAfterReturn(status: number): number {
  const enabled = (status & STATUS.MPIE) !== 0 ? STATUS.MIE : 0;
  const left = previousMode(status) === MACHINE ? 0 : STATUS.MPRV;
  return (status & ~(STATUS.MPP | STATUS.MIE | left)) | STATUS.MPIE | enabled;
}

/**
 * Bits of `mip` that the lines of a core drive: line 0 is the timer's (bit 7), line 1 the software interrupt's (bit 3). Other
 * lines are the core's.
 */
export const pendingOfLines = (lines: number): number => ((lines & 1) << 7) | ((lines & 2) << 2);
