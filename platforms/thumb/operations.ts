/**
 * Operations a Thumb interpreter executes; each has exactly one `case` in the interpreter. Several encodings share one: a
 * 16-bit instruction has the operation of its 32-bit form.
 *
 * Suffixes: `_I` second operand is `imm`, `_R` the register `rm`, `_X` rm shifted by a constant; of loads and stores `_I` is
 * [rn + imm], `_R` is [rn + (rm << imm)], `_W` writes rn back. `Operands` in `decode.ts` says what each operand holds.
 *
 * AND_I to MULS are pairs: the even number leaves the flags, the odd number sets them. An instruction that sets flags only
 * outside an IT block has the odd one and `Operands.flags` = OUTSIDE_IT; in an IT block it executes `op - 1`.
 *
 * Registers: r13 as an operand is the current stack pointer. r15 occurs only as `rm` of MOV_PC, BX and BLX (a branch target),
 * and as `rn` of TBB and TBH. Encodings with r15 anywhere else, UNPREDICTABLE in the manuals, are
 * UNDEFINED here.
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
  /** SP = rn + imm, no flags; subtraction has a negative `imm`. `rn` is 13 in all predictable encodings. */
  ADD_SP_I = 88,
  /** SP = rn + shifted rm, no flags. */
  ADD_SP_X = 89,
  /** SP = rn - shifted rm, no flags. */
  SUB_SP_X = 90,
  /** SP = rm, bits 1:0 cleared, no flags. */
  MOV_SP = 91,
  /** Branch to rm, bit 0 ignored (BranchWritePC). rm may be 15. */
  MOV_PC = 92,
  /** Branch to PC + rm, bit 0 ignored. */
  ADD_PC = 93,
  /** rd = address of the instruction + 4. */
  MOV_FROM_PC = 94,
  /** rd = rn + (address of the instruction + 4). */
  ADD_FROM_PC = 95,
  /** rd = Align(address + 4, 4) + imm. */
  ADR = 96,

  // Moves to half a register, bit fields, extension, counting and reversal
  MOVT = 97,
  /** Bits imm[7:0] and up, imm[15:8] of them, become 0. */
  BFC = 98,
  /** The low imm[15:8] bits of rn go to bit imm[7:0] and up of rd. */
  BFI = 99,
  /** rd = imm[15:8] bits of rn from bit imm[7:0], sign-extended. */
  SBFX = 100,
  UBFX = 101,
  /** rd = extension of rm rotated right by imm = 0, 8, 16 or 24. */
  SXTB = 102,
  SXTH = 103,
  UXTB = 104,
  UXTH = 105,
  CLZ = 106,
  RBIT = 107,
  REV = 108,
  REV16 = 109,
  REVSH = 110,

  // Multiplication and division
  MLA = 111,
  MLS = 112,
  /** ra:rd = rn * rm (RdHi:RdLo). */
  SMULL = 113,
  UMULL = 114,
  SMLAL = 115,
  UMLAL = 116,
  SDIV = 117,
  UDIV = 118,

  // Saturation
  /** Saturate rm, shifted by imm[15:8] (`shift`: LSL, ASR), to imm[7:0] bits. */
  SSAT = 119,
  USAT = 120,

  // DSP extension
  /** Saturate both halves of rm to imm bits. */
  SSAT16 = 121,
  USAT16 = 122,
  SXTB16 = 123,
  UXTB16 = 124,
  SXTAB = 125,
  SXTAH = 126,
  UXTAB = 127,
  UXTAH = 128,
  SXTAB16 = 129,
  UXTAB16 = 130,
  /** Low half of rn, high half of rm << imm. */
  PKHBT = 131,
  /** High half of rn, low half of rm >> imm (arithmetic, 1 to 32). */
  PKHTB = 132,
  SEL = 133,
  QADD = 134,
  QSUB = 135,
  QDADD = 136,
  QDSUB = 137,
  /** Lanes of rn and rm; `imm` is a `Parallel`. */
  PARALLEL_ADD8 = 138,
  PARALLEL_ADD16 = 139,
  PARALLEL_ASX = 140,
  PARALLEL_SAX = 141,
  PARALLEL_SUB16 = 142,
  PARALLEL_SUB8 = 143,
  USAD8 = 144,
  USADA8 = 145,
  /** Halves: imm[1] is the top of rn, imm[0] the top of rm. */
  SMULXY = 146,
  SMLAXY = 147,
  /** imm = 1: the top of rm. */
  SMULWY = 148,
  SMLAWY = 149,
  /** imm = 1: the halves of rm change places. */
  SMUAD = 150,
  SMUSD = 151,
  SMLAD = 152,
  SMLSD = 153,
  /** imm = 1: rounded. */
  SMMUL = 154,
  SMMLA = 155,
  SMMLS = 156,
  /** 64-bit accumulator ra:rd (RdHi:RdLo); halves as SMULXY. */
  SMLALXY = 157,
  /** 64-bit accumulator ra:rd; imm = 1: the halves of rm change places. */
  SMLALD = 158,
  SMLSLD = 159,
  UMAAL = 160,

  // Loads and stores at [rn + imm]
  LDR_I = 161,
  LDRB_I = 162,
  LDRH_I = 163,
  LDRSB_I = 164,
  LDRSH_I = 165,
  STR_I = 166,
  STRB_I = 167,
  STRH_I = 168,
  LDR_PC_I = 169,

  // Loads and stores at [rn + (rm << shift amount)]
  LDR_R = 170,
  LDRB_R = 171,
  LDRH_R = 172,
  LDRSB_R = 173,
  LDRSH_R = 174,
  STR_R = 175,
  STRB_R = 176,
  STRH_R = 177,
  LDR_PC_R = 178,

  // Pre- and post-indexed (`mode`)
  LDR_W = 179,
  LDRB_W = 180,
  LDRH_W = 181,
  LDRSB_W = 182,
  LDRSH_W = 183,
  STR_W = 184,
  STRB_W = 185,
  STRH_W = 186,
  LDR_PC_W = 187,

  // PC-relative
  LDR_LITERAL = 188,
  LDR_PC_LITERAL = 189,
  /** [Align(address + 4, 4) + imm], width in `size`. */
  LOAD_LITERAL = 190,
  LDRD_LITERAL = 191,

  // Two words, several words
  /** rd and ra at [rn + imm]; `mode`. */
  LDRD = 192,
  STRD = 193,
  /** Registers of the list `imm` (bit n is rn); `mode` is WRITE_BACK or OFFSET. POP is one of them. */
  LDMIA = 194,
  LDMDB = 195,
  STMIA = 196,
  STMDB = 197,

  // Accesses whose width is in `size`: unprivileged, exclusive, acquire and release
  LOAD_UNPRIVILEGED = 198,
  STORE_UNPRIVILEGED = 199,
  /** rd at [rn + imm]; LDAEX too. */
  LOAD_EXCLUSIVE = 200,
  /** rd to [rn + imm]; ra receives the status; STLEX too. */
  STORE_EXCLUSIVE = 201,
  LOAD_ACQUIRE = 202,
  STORE_RELEASE = 203,
  CLREX = 204,

  // Branches. `B_EQ` + condition number is the conditional branch
  B_EQ = 205,
  B_NE = 206,
  B_CS = 207,
  B_CC = 208,
  B_MI = 209,
  B_PL = 210,
  B_VS = 211,
  B_VC = 212,
  B_HI = 213,
  B_LS = 214,
  B_GE = 215,
  B_LT = 216,
  B_GT = 217,
  B_LE = 218,
  /** Displacement `imm` from the instruction's address + 4. */
  B = 219,
  BL = 220,
  BX = 221,
  BLX = 222,
  /** rn, displacement imm. */
  CBZ = 223,
  CBNZ = 224,
  /** Bytes at [rn + rm]; rn = 15 is the instruction's address + 4. */
  TBB = 225,
  TBH = 226,
  BXNS = 227,
  BLXNS = 228,

  // If-then, hints, barriers
  /** imm is the new ITSTATE: first condition and mask. */
  IT = 229,
  /** Also YIELD, DBG, CSDB, PLD, PLI and hints that are not allocated. */
  NOP = 230,
  WFE = 231,
  WFI = 232,
  SEV = 233,
  DMB = 234,
  DSB = 235,
  ISB = 236,

  // System
  SVC = 237,
  BKPT = 238,
  /** imm[4] set: disable; imm[1]: PRIMASK; imm[0]: FAULTMASK. */
  CPS = 239,
  /** rd = special register imm (SYSm). */
  MRS = 240,
  /** Special register imm[7:0] (SYSm) = rn; imm[11:10] is the mask field: 2 is nzcvq, 1 is g. */
  MSR = 241,
  /** imm[0] is T, imm[1] is A. */
  TT = 242,
  SG = 243,
  /** Any coprocessor or floating-point instruction: imm is the number of the coprocessor. */
  COPROCESSOR = 244,
}
