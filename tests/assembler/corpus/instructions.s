# Every instruction in its own form, with the registers and numbers at the edges of its fields
start:
    lui a0, 0
    lui a0, 1
    lui a0, 31
    lui a0, 32
    lui a0, 0xfffdf
    lui a0, 0xfffe0
    lui a0, 0xfffff
    lui sp, 1
    lui zero, 1
    auipc a0, 0
    auipc t6, 0xfffff
    jal start
    jal ra, start
    jal zero, start
    jal t0, start
    jalr a0, 0(a1)
    jalr zero, 0(ra)
    jalr ra, -2048(a1)
    jalr t6, 2047(t6)
    beq a0, a1, start
    bne t6, t5, start
    blt a0, a1, start
    bge a0, a1, start
    bltu a0, a1, start
    bgeu a0, zero, start
    lb a0, -2048(a1)
    lh a0, 2047(a1)
    lw a0, 0(a1)
    lw t0, -4(t1)
    lbu a0, 1(sp)
    lhu t6, 2(t5)
    sb a0, -2048(a1)
    sh a0, 2047(a1)
    sw a0, 0(a1)
    sw a0, -4(a1)
    sw t6, 256(sp)
    addi a0, a1, -2048
    addi a0, a1, 2047
    slti a0, a1, 1
    sltiu a0, a1, -1
    xori a0, a1, -1
    ori a0, a0, 7
    andi a0, a1, 255
    slli a0, a1, 31
    srli a0, a1, 1
    srai t6, t5, 31
    add a0, a1, a2
    sub a0, a1, a2
    sll a0, a1, a2
    slt a0, a1, a2
    sltu a0, a1, a2
    xor a0, a1, a2
    srl a0, a1, a2
    sra a0, a1, a2
    or a0, a1, a2
    and t6, t5, t4
    fence iorw, iorw
    fence i, o
    fence r, w
    fence rw, w
    fence iw, or
    fence.tso
    fence.i
    ecall
    ebreak
    mul a0, a1, a2
    mulh a0, a1, a2
    mulhsu a0, a1, a2
    mulhu a0, a1, a2
    div a0, a1, a2
    divu a0, a1, a2
    rem a0, a1, a2
    remu t6, t5, t4
    lr.w a0, (a1)
    lr.w.aq a0, (a1)
    lr.w.rl a0, (a1)
    lr.w.aqrl a0, 0(a1)
    sc.w a0, a2, (a1)
    sc.w.aq a0, a2, (a1)
    sc.w.rl a0, a2, (a1)
    sc.w.aqrl a0, a2, (a1)
.irp op, swap, add, xor, and, or, min, max, minu, maxu
    amo\op\().w a0, a2, (a1)
    amo\op\().w.aq t6, t5, (t4)
    amo\op\().w.rl zero, a2, 0(a1)
    amo\op\().w.aqrl a0, zero, (sp)
.endr
    csrrw a0, mstatus, a1
    csrrs a0, 0x7c0, zero
    csrrc zero, satp, a1
    csrrwi a0, mie, 31
    csrrsi zero, sip, 0
    csrrci a0, 0xfff, 1
    mret
    sret
    wfi
    sfence.vma a0, a1
    sfence.vma zero, zero

# Compressed instructions by name
    c.addi4spn s0, sp, 4
    c.addi4spn a5, sp, 1020
    c.lw s0, 0(a5)
    c.lw a5, 124(s0)
    c.sw s0, 4(a5)
    c.sw a5, 64(s0)
    c.nop
    c.nop 31
    c.addi a0, 1
    c.addi t6, -32
    c.addi a0, 0
    c.addi zero, 5
    c.jal start
    c.li a0, -32
    c.li t6, 31
    c.li zero, 1
    c.addi16sp sp, 16
    c.addi16sp sp, -512
    c.addi16sp sp, 496
    c.lui a0, 1
    c.lui t6, 31
    c.lui a0, 0xfffe0
    c.lui a0, 0xfffff
    c.lui zero, 3
    c.srli s0, 1
    c.srai a5, 31
    c.andi a0, -32
    c.andi a0, 0
    c.sub s0, a5
    c.xor a5, s0
    c.or a0, a1
    c.and a0, a0
    c.j start
near:
    c.beqz s0, start
    c.bnez a5, start
    c.beqz s0, near
    c.bnez a5, near
    c.slli a0, 1
    c.slli t6, 31
    c.slli zero, 3
    c.lwsp a0, 0(sp)
    c.lwsp t6, 252(sp)
    c.jr a0
    c.mv a0, t6
    c.mv zero, a1
    c.ebreak
    c.jalr t6
    c.add a0, t6
    c.add zero, a1
    c.swsp a0, 0(sp)
    c.swsp zero, 252(sp)
    c.unimp
.option norvc
    ebreak
    lw a0, 0(a1)
    nop
