/* Division for Armv6-M, which has no instruction for it. */

/** Routines: dividend r0, divisor r1; quotient r0, remainder r1. They change r2, r3 and the flags. */
export const DIVIDE_UNSIGNED = 'divide_unsigned';
export const DIVIDE_SIGNED = 'divide_signed';

/**
 * Moves the divisor left until it is the dividend's size, and subtracts it wherever it fits on its way back. Division by 0
 * gives 0, as UDIV and SDIV do.
 */
export const DIVISION = `
  .thumb_func
${DIVIDE_UNSIGNED}:
  movs  r2, r1                  @ the divisor, moved left
  beq   5f
  movs  r3, #1                  @ the bit of the quotient that belongs to it
  movs  r1, #0
1:
  cmp   r2, r0
  bhs   2f
  cmp   r2, #0
  blt   2f                      @ cannot be moved further
  lsls  r2, r2, #1
  lsls  r3, r3, #1
  b     1b
2:
  cmp   r0, r2
  blo   3f
  subs  r0, r0, r2
  orrs  r1, r1, r3
3:
  lsrs  r2, r2, #1
  lsrs  r3, r3, #1
  bne   2b
  mov   r2, r0
  mov   r0, r1
  mov   r1, r2
  bx    lr
5:
  mov   r1, r0
  movs  r0, #0
  bx    lr

  .thumb_func
${DIVIDE_SIGNED}:                  @ towards 0; the remainder has the dividend's sign
  push  {r4, r5, r6, lr}
  asrs  r4, r0, #31             @ -1 if the dividend is negative
  asrs  r5, r1, #31             @ the same of the divisor, then of the quotient
  eors  r0, r0, r4
  subs  r0, r0, r4
  eors  r1, r1, r5
  subs  r1, r1, r5
  bl    ${DIVIDE_UNSIGNED}
  eors  r5, r5, r4
  eors  r0, r0, r5
  subs  r0, r0, r5
  eors  r1, r1, r4
  subs  r1, r1, r4
  pop   {r4, r5, r6, pc}
`;
