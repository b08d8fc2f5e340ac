/**
 * The program status registers and ITSTATE (DDI0403E B1.4.2, A7.3.2).
 */

/** Bit of xPSR: Thumb state. */
export const XPSR_T = 1 << 24;
/** Bit of a stacked xPSR: the frame was aligned to 8 bytes by 4 (DDI0403E B1.5.7). */
export const XPSR_PAD = 1 << 9;

/** ITSTATE in the places where EPSR holds it: IT[7:2] in bits 15:10, IT[1:0] in bits 26:25. */
export const epsrOfIt = (it: number): number => ((it & 0xfc) << 8) | ((it & 3) << 25);

/** ITSTATE out of an xPSR; also what an interrupted LDM or STM left there (ICI), see `iciOf`. */
export const itOfEpsr = (xpsr: number): number => ((xpsr >>> 8) & 0xfc) | ((xpsr >>> 25) & 3);

/** Register number with which an interrupted LDM or STM goes on, 0 if there is none: EPSR[26:25,11:10] are clear then. */
export const iciOf = (xpsr: number): number => ((xpsr & 0x06000c00) === 0 ? (xpsr >>> 12) & 15 : 0);

/** ITSTATE for the instruction after one executed with `it` (ITAdvance). */
export const advanceIt = (it: number): number => ((it & 7) === 0 ? 0 : (it & 0xe0) | ((it << 1) & 0x1f));

/**
 * Whether a condition holds (DDI0403E A7.3.1).
 * @param condition 0 (EQ) to 15; 14 and 15 always hold.
 * @param n negative if N, @param z 0 if Z, @param c 1 if C, @param v negative if V: as `Core` keeps them.
 */
export function holds(condition: number, n: number, z: number, c: number, v: number): boolean {
  switch (condition >> 1) {
    case 0:
      return (z === 0) === ((condition & 1) === 0);
    case 1:
      return (c !== 0) === ((condition & 1) === 0);
    case 2:
      return n < 0 === ((condition & 1) === 0);
    case 3:
      return v < 0 === ((condition & 1) === 0);
    case 4:
      return (c !== 0 && z !== 0) === ((condition & 1) === 0);
    case 5:
      return (n ^ v) >= 0 === ((condition & 1) === 0);
    case 6:
      return (z !== 0 && (n ^ v) >= 0) === ((condition & 1) === 0);
    default:
      return true;
  }
}
