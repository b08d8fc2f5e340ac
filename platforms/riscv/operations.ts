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
}
