/**
 * Operations a Thumb interpreter executes; each has exactly one `case` in the interpreter. Several encodings share one: a
 * 16-bit instruction has the operation of its 32-bit form.
 *
 * Suffixes: `_I` second operand is `imm`, `_R` the register `rm`, `_X` rm shifted by a constant; of loads and stores `_I` is
 * [rn + imm], `_R` is [rn + (rm << imm)], `_W` writes rn back. `Operands` in `instruction.ts` says what each operand holds.
 *
 * AND_I to MULS are pairs: the even number leaves the flags, the odd number sets them. An instruction that sets flags only
 * outside an IT block has the odd one and `Operands.flags` = OUTSIDE_IT; in an IT block it executes `op - 1`.
 *
 * r13 as a source is the current stack pointer; as a destination it occurs in ADD_SP_I, SUB_SP_I, ADD_SP_X, SUB_SP_X, MOV_SP,
 * ADD_FROM_PC, MOV_FROM_PC, LDR_I, LDR_R, LDR_W and LDR_LITERAL, and as a base that is written back. r15 occurs only as `rm` of
 * MOV_PC and BX and as `rn` of TBB and TBH (the value is the instruction's address + 4). Other uses of r15, and of r13 as a
 * destination, are UNPREDICTABLE in the manuals and UNDEFINED here.
 *
 * A `const enum`, so that the compiler puts literal numbers into the interpreter's `switch` and V8 builds a jump table. All
 * numbers are below 250.
 */
export const enum Op {
  /** Not decoded yet: the slot holds no instruction. */
  NONE = 0,
  /** No instruction of the profile; UDF too. Raises the undefined-instruction fault. */
  UNDEFINED = 1,

  // Data processing with an immediate. Pairs: the even one leaves the flags, the odd one sets N, Z, C, V (DDI0403E A7.7)
  AND_I = 2,
  ANDS_I = 3,
  BIC_I = 4,
  BICS_I = 5,
  ORR_I = 6,
  ORRS_I = 7,
  ORN_I = 8,
  ORNS_I = 9,
  EOR_I = 10,
  EORS_I = 11,
  ADD_I = 12,
  ADDS_I = 13,
  ADC_I = 14,
  ADCS_I = 15,
  SBC_I = 16,
  SBCS_I = 17,
  SUB_I = 18,
  SUBS_I = 19,
  RSB_I = 20,
  RSBS_I = 21,
  MOV_I = 22,
  MOVS_I = 23,
  MVN_I = 24,
  MVNS_I = 25,

  // Data processing with a register, not shifted
  AND_R = 26,
  ANDS_R = 27,
  BIC_R = 28,
  BICS_R = 29,
  ORR_R = 30,
  ORRS_R = 31,
  EOR_R = 32,
  EORS_R = 33,
  ADD_R = 34,
  ADDS_R = 35,
  ADC_R = 36,
  ADCS_R = 37,
  SBC_R = 38,
  SBCS_R = 39,
  SUB_R = 40,
  SUBS_R = 41,
  MOV_R = 42,
  MOVS_R = 43,
  MVN_R = 44,
  MVNS_R = 45,

  // Shifts by a constant (`imm`: LSL 0 to 31, LSR and ASR 1 to 32, ROR 1 to 31) and by a register
  LSL_I = 46,
  LSLS_I = 47,
  LSR_I = 48,
  LSRS_I = 49,
  ASR_I = 50,
  ASRS_I = 51,
  ROR_I = 52,
  RORS_I = 53,
  /** Rotate right by one bit through the carry. */
  RRX = 54,
  RRXS = 55,
  /** rd = rn shifted by the low byte of rm. */
  LSL_R = 56,
  LSLS_R = 57,
  LSR_R = 58,
  LSRS_R = 59,
  ASR_R = 60,
  ASRS_R = 61,
  ROR_R = 62,
  RORS_R = 63,

  // Multiplication that may set the flags; the last pair
  MUL = 64,
  MULS = 65,

  // Data processing with a shifted register (`shift`, `imm`); they set the flags if `Operands.flags` says so
  AND_X = 66,
  BIC_X = 67,
  ORR_X = 68,
  ORN_X = 69,
  EOR_X = 70,
  ADD_X = 71,
  ADC_X = 72,
  SBC_X = 73,
  SUB_X = 74,
  RSB_X = 75,
  MVN_X = 76,

  // Comparisons: immediate, register, shifted register
  TST_I = 77,
  TEQ_I = 78,
  CMN_I = 79,
  CMP_I = 80,
  TST_R = 81,
  CMN_R = 82,
  CMP_R = 83,
  TST_X = 84,
  TEQ_X = 85,
  CMN_X = 86,
  CMP_X = 87,

  // What touches SP or PC as the destination, or PC as a source
  /** SP = rn + imm, bits 1:0 cleared; rn is 13 in all predictable encodings. Sets the flags if `Operands.flags` says so, as the next three. */
  ADD_SP_I = 88,
  SUB_SP_I = 89,
  /** SP = rn + shifted rm. */
  ADD_SP_X = 90,
  SUB_SP_X = 91,
  /** SP = rm, bits 1:0 cleared, no flags. */
  MOV_SP = 92,
  /** Branch to rm, bit 0 ignored (BranchWritePC). rm may be 15. */
  MOV_PC = 93,
  /** Branch to PC + rm, bit 0 ignored. */
  ADD_PC = 94,
  /** rd = address of the instruction + 4. */
  MOV_FROM_PC = 95,
  /** rd = rn + (address of the instruction + 4). */
  ADD_FROM_PC = 96,
  /** rd = Align(address + 4, 4) + imm. */
  ADR = 97,

  // Moves to half a register, bit fields, extension, counting and reversal
  MOVT = 98,
  /** Bits imm[7:0] and up, imm[15:8] of them, become 0. */
  BFC = 99,
  /** The low imm[15:8] bits of rn go to bit imm[7:0] and up of rd. */
  BFI = 100,
  /** rd = imm[15:8] bits of rn from bit imm[7:0], sign-extended. */
  SBFX = 101,
  UBFX = 102,
  /** rd = extension of rm rotated right by imm = 0, 8, 16 or 24. */
  SXTB = 103,
  SXTH = 104,
  UXTB = 105,
  UXTH = 106,
  CLZ = 107,
  RBIT = 108,
  REV = 109,
  REV16 = 110,
  REVSH = 111,

  // Multiplication and division
  MLA = 112,
  MLS = 113,
  /** ra:rd = rn * rm (RdHi:RdLo). */
  SMULL = 114,
  UMULL = 115,
  SMLAL = 116,
  UMLAL = 117,
  SDIV = 118,
  UDIV = 119,

  // Saturation
  /** Saturate rn, shifted by imm[15:8] (`shift`: LSL, ASR), to imm[7:0] bits. */
  SSAT = 120,
  USAT = 121,

  // DSP extension
  /** Saturate both halves of rn to imm bits. */
  SSAT16 = 122,
  USAT16 = 123,
  SXTB16 = 124,
  UXTB16 = 125,
  SXTAB = 126,
  SXTAH = 127,
  UXTAB = 128,
  UXTAH = 129,
  SXTAB16 = 130,
  UXTAB16 = 131,
  /** Low half of rn, high half of rm << imm. */
  PKHBT = 132,
  /** High half of rn, low half of rm >> imm (arithmetic, 1 to 32). */
  PKHTB = 133,
  SEL = 134,
  /** rd = saturated rm + rn. */
  QADD = 135,
  /** rd = saturated rm - rn. */
  QSUB = 136,
  /** rd = saturated rm + saturated 2 * rn. */
  QDADD = 137,
  /** rd = saturated rm - saturated 2 * rn. */
  QDSUB = 138,
  /** Lanes of rn and rm; `imm` is a `Parallel`. */
  PARALLEL_ADD8 = 139,
  PARALLEL_ADD16 = 140,
  PARALLEL_ASX = 141,
  PARALLEL_SAX = 142,
  PARALLEL_SUB16 = 143,
  PARALLEL_SUB8 = 144,
  USAD8 = 145,
  USADA8 = 146,
  /** Halves: imm[1] is the top of rn, imm[0] the top of rm. */
  SMULXY = 147,
  SMLAXY = 148,
  /** imm = 1: the top of rm. */
  SMULWY = 149,
  SMLAWY = 150,
  /** imm = 1: the halves of rm change places. */
  SMUAD = 151,
  SMUSD = 152,
  SMLAD = 153,
  SMLSD = 154,
  /** imm = 1: rounded. */
  SMMUL = 155,
  SMMLA = 156,
  SMMLS = 157,
  /** 64-bit accumulator ra:rd (RdHi:RdLo); halves as SMULXY. */
  SMLALXY = 158,
  /** 64-bit accumulator ra:rd; imm = 1: the halves of rm change places. */
  SMLALD = 159,
  SMLSLD = 160,
  UMAAL = 161,

  // Loads and stores at [rn + imm]
  LDR_I = 162,
  LDRB_I = 163,
  LDRH_I = 164,
  LDRSB_I = 165,
  LDRSH_I = 166,
  STR_I = 167,
  STRB_I = 168,
  STRH_I = 169,
  LDR_PC_I = 170,

  // Loads and stores at [rn + (rm << shift amount)]
  LDR_R = 171,
  LDRB_R = 172,
  LDRH_R = 173,
  LDRSB_R = 174,
  LDRSH_R = 175,
  STR_R = 176,
  STRB_R = 177,
  STRH_R = 178,
  LDR_PC_R = 179,

  // Pre- and post-indexed (`mode`)
  LDR_W = 180,
  LDRB_W = 181,
  LDRH_W = 182,
  LDRSB_W = 183,
  LDRSH_W = 184,
  STR_W = 185,
  STRB_W = 186,
  STRH_W = 187,
  LDR_PC_W = 188,

  // PC-relative
  LDR_LITERAL = 189,
  LDR_PC_LITERAL = 190,
  /** [Align(address + 4, 4) + imm], width in `size`. */
  LOAD_LITERAL = 191,
  LDRD_LITERAL = 192,

  // Two words, several words
  /** rd and ra at [rn + imm]; `mode`. */
  LDRD = 193,
  STRD = 194,
  /** Registers of the list `imm` (bit k is register k) upwards from rn; `mode` WRITE_BACK: rn is written back (never if a load has rn in its list). POP is one. */
  LDMIA = 195,
  /** The list lies below rn. */
  LDMDB = 196,
  STMIA = 197,
  /** PUSH is one. */
  STMDB = 198,

  // Accesses whose width is in `size`: unprivileged, exclusive, acquire and release
  LOAD_UNPRIVILEGED = 199,
  STORE_UNPRIVILEGED = 200,
  /** rd at [rn + imm]; LDAEX too. */
  LOAD_EXCLUSIVE = 201,
  /** rd to [rn + imm]; ra receives the status; STLEX too. */
  STORE_EXCLUSIVE = 202,
  LOAD_ACQUIRE = 203,
  STORE_RELEASE = 204,
  CLREX = 205,

  // Branches. `B_EQ` + condition number is the conditional branch
  B_EQ = 206,
  B_NE = 207,
  B_CS = 208,
  B_CC = 209,
  B_MI = 210,
  B_PL = 211,
  B_VS = 212,
  B_VC = 213,
  B_HI = 214,
  B_LS = 215,
  B_GE = 216,
  B_LT = 217,
  B_GT = 218,
  B_LE = 219,
  /** Displacement `imm` from the instruction's address + 4. */
  B = 220,
  BL = 221,
  BX = 222,
  BLX = 223,
  /** rn, displacement imm. */
  CBZ = 224,
  CBNZ = 225,
  /** Bytes at [rn + rm]; rn = 15 is the instruction's address + 4. */
  TBB = 226,
  TBH = 227,
  BXNS = 228,
  BLXNS = 229,

  // If-then, hints, barriers
  /** imm is the new ITSTATE: first condition and mask. */
  IT = 230,
  /** Also YIELD, DBG, CSDB, PLD, PLI and hints that are not allocated. */
  NOP = 231,
  WFE = 232,
  WFI = 233,
  SEV = 234,
  DMB = 235,
  DSB = 236,
  ISB = 237,

  // System
  SVC = 238,
  BKPT = 239,
  /** imm[4] set: disable; imm[1]: PRIMASK; imm[0]: FAULTMASK. */
  CPS = 240,
  /** rd = special register imm (SYSm). */
  MRS = 241,
  /** Special register imm[7:0] (SYSm) = rn; imm[11:10] is the mask field: 2 is nzcvq, 1 is g. */
  MSR = 242,
  /** imm[0] is T, imm[1] is A. */
  TT = 243,
  SG = 244,
  /** Any coprocessor or floating-point instruction: imm is the number of the coprocessor. */
  COPROCESSOR = 245,
}
