# march rv32ima_zicsr_zifencei
# A core without C: four-byte instructions, padding and alignment
start:
    addi a0, a0, 1
    mv a0, a1
    ret
    j start
    beqz a0, start
    beqz a0, end
    li a0, 1
    li a0, 0x1001
    unimp
    nop
    .align 2
    .align 3
    .byte 1
    .align 2
    .balign 8
    .byte 1, 2
    .p2align 4
    .space 4080
    bnez a0, start
    beq a0, a1, end
    .space 4090
    bgeu a0, a1, start
end:
    .byte 1
.section .more, "ax"
    nop
    .balign 16
    .byte 1
