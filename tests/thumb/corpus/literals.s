@ armv7-m
@ Literal pools: shared values, several sections, alignment, what needs no pool.
    .syntax unified
    .thumb
    .global shared
first:
    ldr   r0, =0x12345678
    ldr   r1, =0x12345678
    ldr   r2, =shared
    ldr   r3, =shared + 4
    ldr   r3, =shared + 0
    ldr   r3, =4 + shared
    ldr   r3, =shared + 8 - 4
    ldr   r4, =later
    ldr   r5, =-1
    ldr   r6, =0xff00ff00
    ldr   r7, =0xfff0
    ldr   r8, =0x87654321
    ldr   sp, =0x20001000
    ldr   pc, =first + 1
    ldr.w r0, =0x12345678
    ldr   r0, =CONSTANT
    ldr   r1, =VALUE
    nop
    .ltorg
    .set VALUE, 0x20
    .equ CONSTANT, 0xdeadbeef
shared:
    ldr   r0, =CONSTANT
    ldr   r0, =VALUE
    ldr   r0, =-CONSTANT
    ldr   r0, data
    ldr   r1, data + 4
    ldrb  r2, data
    ldrsh r3, data
    ldrd  r4, r5, data
    adr   r0, data
    adr   r1, data + 2
    adr   r9, data
    adr   r0, shared
    .pool
    .section .text.other, "ax"
    ldr   r0, =0x11223344
    ldr   r1, =other
    nop
other:
    nop
    .text
    ldr   r0, =0x11223344
    .balign 4
data:
    .word 1, 2
later:
    .space 300
    ldr   r0, =0x55667788
    .balign 8
    nop
    .macro skip count
    b     9\@f
    .rept \count
    nop
    .endr
9\@: @ the end of this expansion
    .endm
    skip  2
    skip  3
    .align
    nop
