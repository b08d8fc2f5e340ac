# Padding in code and data, with and without C
.macro each bytes
    .irp directive, ".align 2", ".align 3", ".balign 4", ".balign 16", ".p2align 4", ".p2align 4,,3", ".p2align 4,,15", ".balign 8,0x55", ".p2align 3,0", ".balign 8,,4", ".align 3,0xaa,2"
    .space \bytes, 0x77
    \directive
    .endr
.endm
    each 1
    each 2
    each 3
    each 4
    each 6
    each 9
    each 14
    .balignw 8, 0x1234
    .half 1
    .balignw 8, 0x1234
    .half 1
    .half 2
    .balignl 8, 0x12345678
    .align 0
    .balign 0
    .balign 1
    c.nop
    .align 2
    nop
    .option norvc
    each 1
    each 2
    each 6
    nop
    .align 2
    .option rvc
    .byte 1
.data
    each 1
    each 2
    each 3
    each 9
.section .more, "ax"
    each 1
    each 2
    .byte 1
.section .constants, "a"
    each 1
    .byte 1
