# Every pseudo-instruction, under rvc and under norvc
.macro all
here\@:
    nop
    mv a0, a1
    mv a0, zero
    mv zero, a0
    mv sp, a0
    move a0, t6
    not a0, a1
    neg a0, a1
    seqz a0, a1
    snez a0, a1
    sltz a0, a1
    sgtz a0, a1
    sgt a0, a1, a2
    sgtu a0, a1, a2
    zext.b a0, a1
    zext.h a0, a1
    zext.h a0, a0
    zext.h t0, t0
    sext.b a0, a1
    sext.b a0, a0
    sext.h t0, t1
    add a0, a0, 4
    add a0, a0, 0
    add a0, a1, 0
    add a0, zero, 4
    add sp, sp, 16
    add sp, sp, -64
    add sp, sp, 0
    add a0, sp, 16
    add a0, sp, 0
    add zero, zero, 0
    add zero, zero, 1
    add a0, a0, 31
    add a0, a0, 32
    and a0, a0, 1
    and a0, a1, 1
    or a0, a0, 1
    xor a0, a0, 1
    sll a0, a0, 3
    srl a0, a0, 3
    sra a0, a0, 3
    sll a0, a1, 3
    slt a0, a1, 3
    sltu a0, a1, 3
    beqz a0, here\@
    bnez t0, here\@
    blez a0, here\@
    bgez a0, here\@
    bltz a0, here\@
    bgtz a0, here\@
    bgt a0, a1, here\@
    ble a0, a1, here\@
    bgtu a0, a1, here\@
    bleu a0, a1, here\@
    j here\@
    jal here\@
    jr a0
    jr 4(a0)
    jr (a0)
    jr 0(a0)
    jr a0, 4
    jr zero
    jalr a0
    jalr zero
    jalr 4(a0)
    jalr (a0)
    jalr a0, 4
    jalr a0, a1
    jalr zero, ra
    jalr a0, (a1)
    jalr a0, a1, 4
    ret
    call here\@
    call t0, here\@
    tail here\@
    jump here\@, t1
    la a0, here\@
    la a0, here\@ + 8
    la a0, 0x12345678
    la a0, 5
    lla a0, variable
    lla a0, 0xfffff000
    lb a0, variable
    lbu a0, variable
    lh a0, variable
    lhu a0, variable
    lw a0, variable
    lw a0, variable + 4
    sb a0, variable, t0
    sh a0, variable, t0
    sw a0, variable, t0
    sw a0, variable - 4, a1
    fence
    sfence.vma
    sfence.vma a0
    scall
    sbreak
    csrr a0, mepc
    csrw mepc, a0
    csrw mepc, 5
    csrwi mepc, 5
    csrs mepc, a0
    csrs mepc, 5
    csrsi mepc, 5
    csrc mepc, a0
    csrc mepc, 5
    csrci mepc, 5
    csrrw a0, mepc, 5
    csrrs a0, mepc, 5
    csrrc a0, mepc, 5
    rdcycle a0
    rdtime a0
    rdinstret a0
    rdcycleh a0
    rdtimeh a0
    rdinstreth a0
    unimp
.endm
    all
.option norvc
    all
.option rvc
    all

.data
    .word 0
variable:
    .word 1, 2
