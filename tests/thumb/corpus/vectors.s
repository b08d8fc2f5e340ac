@ armv7-m
@ Vector table, reset code and default handlers, as a small kernel has them.
    .syntax unified
    .cpu cortex-m3
    .thumb

    .equ STACK_TOP, 0x20004000
    .equ SHCSR, 0xe000ed24
    .equ FAULTS, (1 << 16) | (1 << 17) | (1 << 18)

    .section .vectors, "a"
    .word STACK_TOP
    .word reset
    .word nmi
    .word hard_fault
    .word mem_manage, bus_fault, usage_fault
    .fill 4, 4, 0
    .word svcall
    .word default_handler
    .word 0
    .word pendsv
    .word systick
    .rept 32
    .word default_handler
    .endr

    .text
    .global reset
    .thumb_func
reset:
    ldr   r0, =STACK_TOP
    mov   sp, r0
    ldr   r1, =__data
    ldr   r2, =__data_end
    ldr   r3, =__load
1:  cmp   r1, r2
    bhs   2f
    ldr   r0, [r3], #4
    str   r0, [r1], #4
    b     1b
2:  ldr   r0, =SHCSR
    ldr   r1, [r0]
    orr   r1, r1, #FAULTS
    str   r1, [r0]
    bl    main
    b     .

    .type nmi, %function
nmi:
    .type hard_fault, %function
hard_fault:
    tst   lr, #4
    ite   eq
    mrseq r0, msp
    mrsne r0, psp
    b     report
    .thumb_func
mem_manage:
    movs  r1, #4
    b     fault
    .thumb_func
bus_fault:
    movs  r1, #5
    b     fault
    .thumb_func
usage_fault:
    movs  r1, #6
fault:
    tst   lr, #4
    ite   eq
    mrseq r0, msp
    mrsne r0, psp
report:
    ldr   r2, =0xe000ed28
    ldr   r3, [r2]
    str   r3, [r2]
    ldr   r2, [r0, #24]
    adds  r2, #2
    str   r2, [r0, #24]
    bx    lr
    .ltorg

    .thumb_func
svcall:
    mrs   r0, psp
    ldr   r1, [r0, #24]
    ldrb  r1, [r1, #-2]
    cmp   r1, #(table_end - table) / 4
    itt   hs
    mvnhs r0, #0
    bxhs  lr
    adr   r2, table
    ldr   r2, [r2, r1, lsl #2]
    bx    r2
    .balign 4
table:
    .word call_yield, call_send, call_receive
table_end:

    .thumb_func
call_yield:
    ldr   r1, =0xe000ed04
    mov   r2, #1 << 28
    str   r2, [r1]
    dsb
    isb
    bx    lr
    .thumb_func
call_send:
    push  {r4-r6, lr}
    pop   {r4-r6, pc}
    .thumb_func
call_receive:
    bx    lr
    .thumb_func
pendsv:
    bx    lr
    .thumb_func
systick:
    bx    lr
    .thumb_func
default_handler:
    b     .
main:
    wfi
    b     main

    .data
__data:
    .word 1, 2, 3
__data_end:
    .set __load, __data_end
