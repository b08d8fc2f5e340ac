/**
 * Operations an RV32 interpreter executes; each has exactly one `case` in an interpreter. Several encodings may share one
 * (a compressed instruction has the operation of what it expands to).
 *
 * A `const enum`, so that the compiler puts literal numbers into the interpreter's `switch` and V8 builds a jump table.
 */
export const enum Op {
  /** Not decoded yet: the slot holds no instruction. */
  NONE = 0,

  // Integer computation, register-immediate (unprivileged ISA 2.4)
  ADDI = 1,
  SLTI = 2,
  SLTIU = 3,
  XORI = 4,
  ORI = 5,
  ANDI = 6,
  SLLI = 7,
  SRLI = 8,
  SRAI = 9,
  LUI = 10,
  AUIPC = 11,

  // Integer computation, register-register (2.4.2)
  ADD = 12,
  SUB = 13,
  SLL = 14,
  SLT = 15,
  SLTU = 16,
  XOR = 17,
  SRL = 18,
  SRA = 19,
  OR = 20,
  AND = 21,

  // Control transfer (2.5)
  JAL = 22,
  JALR = 23,
  BEQ = 24,
  BNE = 25,
  BLT = 26,
  BGE = 27,
  BLTU = 28,
  BGEU = 29,

  // Loads and stores (2.6)
  LB = 30,
  LH = 31,
  LW = 32,
  LBU = 33,
  LHU = 34,
  SB = 35,
  SH = 36,
  SW = 37,

  // Memory ordering (2.7, Zifencei) and environment (2.8)
  FENCE = 38,
  FENCE_I = 39,
  ECALL = 40,
  EBREAK = 41,

  // M extension
  MUL = 42,
  MULH = 43,
  MULHSU = 44,
  MULHU = 45,
  DIV = 46,
  DIVU = 47,
  REM = 48,
  REMU = 49,

  // A extension
  LR_W = 50,
  SC_W = 51,
  AMOSWAP_W = 52,
  AMOADD_W = 53,
  AMOXOR_W = 54,
  AMOAND_W = 55,
  AMOOR_W = 56,
  AMOMIN_W = 57,
  AMOMAX_W = 58,
  AMOMINU_W = 59,
  AMOMAXU_W = 60,

  // Zicsr
  CSRRW = 61,
  CSRRS = 62,
  CSRRC = 63,
  CSRRWI = 64,
  CSRRSI = 65,
  CSRRCI = 66,

  // Privileged instructions
  MRET = 67,
  SRET = 68,
  WFI = 69,
  SFENCE_VMA = 70,

  // Zkn (scalar cryptography, AES for RV32)
  AES32ESI = 71,
  AES32ESMI = 72,
  AES32DSI = 73,
  AES32DSMI = 74,

  // VexRiscv: data-cache flush in MISC-MEM with funct3 = 5
  DCACHE_FLUSH = 75,

  /** Any word that is no instruction of the core's extensions. */
  ILLEGAL = 76,

  // 77 to 103 are nobody's: VexRiscv's interpreter packs an operation in 7 bits and has slot operations of its own there

  // Zba
  SH1ADD = 104,
  SH2ADD = 105,
  SH3ADD = 106,

  // Zbb; zext.h is PACK, rev8 is GREVI and orc.b is GORCI
  ANDN = 107,
  ORN = 108,
  XNOR = 109,
  CLZ = 110,
  CTZ = 111,
  CPOP = 112,
  MAX = 113,
  MAXU = 114,
  MIN = 115,
  MINU = 116,
  SEXT_B = 117,
  SEXT_H = 118,
  ROL = 119,
  ROR = 120,
  RORI = 121,

  // Zbc
  CLMUL = 122,
  CLMULH = 123,
  CLMULR = 124,

  // Zbs
  BCLR = 125,
  BCLRI = 126,
  BEXT = 127,
  BEXTI = 128,
  BINV = 129,
  BINVI = 130,
  BSET = 131,
  BSETI = 132,

  // Bit manipulation, draft 0.93: Zbp
  PACK = 133,
  PACKU = 134,
  PACKH = 135,
  GREV = 136,
  GREVI = 137,
  GORC = 138,
  GORCI = 139,
  SHFL = 140,
  SHFLI = 141,
  UNSHFL = 142,
  UNSHFLI = 143,
  XPERM_N = 144,
  XPERM_B = 145,
  XPERM_H = 146,
  SLO = 147,
  SLOI = 148,
  SRO = 149,
  SROI = 150,

  // Draft 0.93: Zbf, Zbe
  BFP = 151,
  BCOMPRESS = 152,
  BDECOMPRESS = 153,

  // Draft 0.93: Zbt; the number of rs3 is the immediate, except for FSRI, where it is in rs2
  CMIX = 154,
  CMOV = 155,
  FSL = 156,
  FSR = 157,
  FSRI = 158,

  // Draft 0.93: Zbr
  CRC32_B = 159,
  CRC32_H = 160,
  CRC32_W = 161,
  CRC32C_B = 162,
  CRC32C_H = 163,
  CRC32C_W = 164,

  // CHERIoT. Jumps, branches, loads and stores of integers have the operations above
  AUIPCC = 165,
  AUICGP = 166,
  CLC = 167,
  CSC = 168,
  CSPECIALRW = 169,
  CSETBOUNDS = 170,
  CSETBOUNDSEXACT = 171,
  CSETBOUNDSROUNDDOWN = 172,
  CSETBOUNDSIMM = 173,
  CSEAL = 174,
  CUNSEAL = 175,
  CANDPERM = 176,
  CSETADDR = 177,
  CINCADDR = 178,
  CINCADDRIMM = 179,
  CSUB = 180,
  CSETHIGH = 181,
  CTESTSUBSET = 182,
  CSETEQUALEXACT = 183,
  CGETPERM = 184,
  CGETTYPE = 185,
  CGETBASE = 186,
  CGETLEN = 187,
  CGETTAG = 188,
  CRRL = 189,
  CRAM = 190,
  CMOVE = 191,
  CCLEARTAG = 192,
  CGETADDR = 193,
  CGETHIGH = 194,
  CGETTOP = 195,
}
