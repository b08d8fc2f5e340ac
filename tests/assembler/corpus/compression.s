# What is compressed and what just is not
start:
.irp r, zero, ra, sp, s0, a0, a5, a6
    addi \r, \r, 0
    addi \r, \r, 1
    addi \r, \r, 31
    addi \r, \r, 32
    addi \r, \r, -32
    addi \r, \r, -33
    addi \r, zero, 0
    addi \r, zero, 31
    addi \r, zero, -33
    addi \r, a0, 0
    addi a0, \r, 0
    addi \r, sp, 0
    addi \r, sp, 4
    addi \r, sp, 2
    addi \r, sp, 16
    addi \r, sp, 1020
    addi \r, sp, 1024
    addi \r, sp, -16
    addi \r, sp, -512
    addi \r, sp, 496
    addi \r, sp, 512
    addi \r, \r, 0xffffffff
    andi \r, \r, 0xfffffff0
    add \r, \r, a0
    add \r, a0, \r
    add \r, zero, a0
    add \r, a0, zero
    add \r, \r, zero
    add a0, \r, \r
    sub \r, \r, a0
    sub \r, a0, \r
    xor \r, \r, a0
    xor \r, a0, \r
    or \r, \r, a0
    or \r, a0, \r
    and \r, \r, a0
    and \r, a0, \r
    and \r, \r, \r
    andi \r, \r, 31
    andi \r, \r, 32
    andi \r, \r, -32
    andi \r, a1, 1
    ori \r, \r, 1
    slli \r, \r, 0
    slli \r, \r, 1
    slli \r, \r, 31
    slli \r, a1, 1
    srli \r, \r, 0
    srli \r, \r, 31
    srai \r, \r, 1
    lui \r, 0
    lui \r, 1
    lui \r, 31
    lui \r, 32
    lui \r, 0xfffe0
    lui \r, 0xfffdf
    lw \r, 0(a0)
    lw a0, 0(\r)
    lw \r, 124(a0)
    lw \r, 128(a0)
    lw \r, 2(a0)
    lw \r, -4(a0)
    lw \r, 0xfffffffc(a0)
    lw \r, 0(sp)
    lw \r, 252(sp)
    lw \r, 256(sp)
    lw \r, 6(sp)
    lw \r, (sp)
    sw \r, 0(a0)
    sw a0, 0(\r)
    sw \r, 124(a0)
    sw \r, 128(a0)
    sw \r, 252(sp)
    sw \r, 256(sp)
    lh \r, 0(a0)
    sb \r, 0(sp)
    beq \r, zero, start
    beq zero, \r, start
    bne \r, zero, start
    bne zero, \r, start
    beqz \r, start
    bnez \r, start
    jalr zero, 0(\r)
    jalr ra, 0(\r)
    jr \r
    jalr \r
    mul \r, \r, a0
.endr
    ebreak
    jal zero, start
    jal ra, start
    j start
    jal start
    # Values that need the linker are never compressed
    addi a0, a0, %lo(start)
    addi a0, a0, %lo(4)
    lui a0, %hi(0x1000)
    lw a0, %lo(4)(a0)
    lw a0, %lo(4)(sp)
    sw a0, %lo(start)(a1)
    addi sp, sp, %lo(16)
