@ armv6-m
@ Context switch and system call on Armv6-M: no IT, no STMDB of high registers.
    .syntax unified
    .arch armv6-m
    .thumb
    .equ ICSR, 0xe000ed04
    .equ PENDSVCLR, 1 << 27

    .thumb_func
pendsv:
    cpsid i
    ldr   r2, =current
    ldr   r3, [r2]
    mrs   r0, psp
    subs  r0, #32
    str   r0, [r3, #0]
    stmia r0!, {r4-r7}
    mov   r4, r8
    mov   r5, r9
    mov   r6, r10
    mov   r7, r11
    stmia r0!, {r4-r7}
    ldr   r3, [r2, #4]
    str   r3, [r2]
    ldr   r0, [r3]
    movs  r1, #16
    add   r0, r1
    ldmia r0!, {r4-r7}
    mov   r8, r4
    mov   r9, r5
    mov   r10, r6
    mov   r11, r7
    msr   psp, r0
    subs  r0, #32
    ldmia r0!, {r4-r7}
    ldr   r1, =ICSR
    ldr   r2, =PENDSVCLR
    str   r2, [r1]
    dsb   sy
    isb
    cpsie i
    ldr   r0, =0xfffffffd
    bx    r0

    .thumb_func
svcall:
    mov   r0, lr
    lsls  r0, r0, #29
    bmi   on_psp
    mrs   r0, msp
    b     have_frame
on_psp:
    mrs   r0, psp
have_frame:
    ldr   r1, [r0, #24]
    subs  r1, #2
    ldrb  r1, [r1]
    lsls  r1, r1, #2
    adr   r2, calls
    ldr   r2, [r2, r1]
    push  {r0, lr}
    blx   r2
    pop   {r1, pc}
    .balign 4
calls:
    .word null_call, null_call
    .thumb_func
null_call:
    movs  r0, #0
    mov   pc, lr

    .thumb_func
copy:
    push  {r4, r5, lr}
    adds  r4, r0, r2
    cmp   r2, #16
    blo   3f
2:  ldmia r1!, {r3, r5}
    stmia r0!, {r3, r5}
    subs  r2, #8
    cmp   r2, #8
    bhs   2b
3:  cmp   r0, r4
    beq   4f
    ldrb  r3, [r1]
    strb  r3, [r0]
    adds  r0, #1
    adds  r1, #1
    b     3b
4:  pop   {r4, r5, pc}

    .thumb_func
divide:
    movs  r2, #0
    movs  r3, #32
1:  lsls  r0, r0, #1
    adcs  r2, r2
    cmp   r2, r1
    bcc   2f
    subs  r2, r2, r1
    adds  r0, #1
2:  subs  r3, #1
    bne   1b
    rsbs  r1, r2, #0
    negs  r1, r1
    sxtb  r3, r1
    uxth  r3, r3
    rev   r3, r3
    bx    lr

    .data
    .balign 4
current: .word 0, 0
