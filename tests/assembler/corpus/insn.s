# .insn in every format
    .insn r 0x33, 0, 0, a0, a1, a2
    .insn r OP, 7, 0x7f, t6, t5, t4
    .insn r CUSTOM_1, 7, 0x20, a0, a1, a2
    .insn i 0x13, 0, a0, a1, 5
    .insn i OP_IMM, 4, a0, a1, -2048
    .insn i 3, 2, a0, 4(a1)
    .insn i LOAD, 2, a0, -4(a1)
    .insn i LOAD, 2, a0, (a1)
    .insn i JALR, 0, ra, %lo(0x804)(a0)
    .insn i CUSTOM_0, 7, x0, x0, -1
    .insn s 0x23, 2, a0, 4(a1)
    .insn s STORE, 2, a0, %lo(4)(a1)
    .insn sb 0x63, 0, a0, a1, .
    .insn b BRANCH, 1, a0, a1, 1f
    .insn u 0x37, a0, 5
    .insn u LUI, a0, 0xfffff
    .insn u AUIPC, a0, %hi(0x12345000)
    .insn uj 0x6f, a0, .
    .insn j JAL, a0, 1f
1:  .insn 0x00000013
    .insn 0x0001
    .insn 4, 0x13
    .insn 2, 1
    .insn 0xfffff0fb
    .insn cr C2, 8, a0, a1
    .insn ci C1, 0, a0, 1
    .insn ci C1, 2, a0, -1
    .insn ciw C0, 0, a0, 1
    .insn css C2, 6, a0, 1
    .insn cl C0, 2, a0, 4(a1)
    .insn cl C0, 2, s0, 0(a5)
    .insn cs C0, 6, a0, 4(a1)
    .insn ca C1, 0x23, 0, a0, a1
    .insn cb C1, 6, a0, .
    .insn cj C1, 5, .
    .insn i SYSTEM, 0, x0, x0, 0x105
    .insn r AMO, 2, 4, a0, a1, a2
    .insn i MISC_MEM, 5, x0, a0, 0
