# Relocation operators, sections, addresses in data
.equ LATE_USE, 5
start:
    lui a0, %hi(start)
    addi a0, a0, %lo(start)
    lui a1, %hi(variable + 0x800)
    lw a2, %lo(variable + 0x800)(a1)
    sw a2, %lo(variable - 4)(a1)
    jalr ra, %lo(start)(a0)
    jr %lo(start)(a0)
1:  auipc a0, %pcrel_hi(variable)
    addi a0, a0, %pcrel_lo(1b)
    lw a1, %pcrel_lo(1b)(a0)
    sw a1, %pcrel_lo(1b)(a0)
high:
    auipc t0, %pcrel_hi(later)
    nop
    jalr t0, %pcrel_lo(high)(t0)
    lui a0, %hi(0x12345fff)
    addi a0, a0, %lo(0x12345fff)
    lui a0, %hi(absolute)
    addi a0, a0, %lo(absolute)
    la a0, absolute
    call absolute
    auipc a0, %pcrel_hi(absolute)
    lui a0, %hi(1f)
1:  la a0, 1b
    la a0, .
    la a0, . + 8
    j other
    beqz a0, other
    beq a0, a1, other
    jal other
    call other
    bnez t0, weakling
    j weakling
.weak weakling
weakling:
    ret
later:
    .word start, variable, later - start, . - start, later + 4, zeros
    .word variable - variable2
    .half later - start
    .byte later - start
    .dword start
    .equ absolute, 0x60000104

.section .text.other, "ax", @progbits
other:
    j start
    bnez a0, start
    bge a0, a1, start
    call start
    nop
.data
variable:
    .word variable
    .word LATE_USE, after
variable2:
    .set after, 7
.section .rodata
    .asciz "text"
    .balign 4
    .word zeros + 16
.bss
    .balign 16
zeros:
    .space 32
    .zero 4
.text
    la a0, zeros
    ret
