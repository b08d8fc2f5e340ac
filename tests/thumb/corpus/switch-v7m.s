@ armv7e-m
@ Context switch with an MPU reload on Armv7-M.
    .syntax unified
    .cpu cortex-m4
    .thumb
    .equ MPU_RNR, 0xe000ed98
    .equ MPU_RBAR, 0xe000ed9c
    .equ MPU_CTRL, 0xe000ed94
    .macro reload base, pairs
    ldr   r1, =\base
    .rept \pairs
    ldmia r0!, {r4-r11}
    stmia r1, {r4-r11}
    .endr
    .endm

    .global pendsv
    .type pendsv, %function
pendsv:
    mrs   r0, psp
    mrs   r3, control
    stmdb r0!, {r3-r11, lr}
    ldr   r2, =scheduler
    ldrd  r1, r3, [r2]
    str   r0, [r1, #8]
    cbz   r3, idle
    str   r3, [r2]
    adds  r0, r3, #32
    ldr   r12, =MPU_CTRL
    mov   r2, #0
    str   r2, [r12]
    reload MPU_RBAR, 2
    mov   r2, #5
    str   r2, [r12]
    dsb
    isb
    ldr   r0, [r3, #8]
    ldmia r0!, {r3-r11, lr}
    msr   control, r3
    msr   psp, r0
    isb
    bx    lr
idle:
    ldmia r0!, {r3-r11, lr}
    msr   psp, r0
    bx    lr
    .pool

    .thumb_func
highest:
    clz   r0, r0
    rsb   r0, r0, #31
    bx    lr

    .thumb_func
lock:
1:  ldrex r1, [r0]
    cmp   r1, #0
    ittt  eq
    moveq r2, #1
    strexeq r1, r2, [r0]
    cmpeq r1, #0
    bne   1b
    dmb
    bx    lr

    .thumb_func
unlock:
    dmb
    movs  r1, #0
    str   r1, [r0]
    sev
    clrex
    bx    lr

    .thumb_func
dispatch:
    cmp   r0, #4
    bhi   9f
    tbb   [pc, r0]
1:  .byte (2f - 1b) / 2, (3f - 1b) / 2, (4f - 1b) / 2, (5f - 1b) / 2, (6f - 1b) / 2
    .balign 2
2:  bl    highest
    b     9f
3:  ldrt  r1, [r0, #4]
    strt  r1, [r0]
    b     9f
4:  ubfx  r0, r1, #8, #8
    bfi   r0, r1, #16, #4
    bfc   r0, #0, #4
    b     9f
5:  ssat  r0, #8, r1, asr #4
    usat  r0, #8, r0
    umull r0, r1, r2, r3
    b     9f
6:  tbh   [pc, r1, lsl #1]
7:  .hword (2b - 7b) / 2, (9f - 7b) / 2
9:  bx    lr

    .thumb_func
dot:
    push  {r4, r5, lr}
    movs  r4, #0
    movs  r5, #0
1:  ldr   r3, [r0], #4
    ldr   ip, [r1], #4
    smlald r4, r5, r3, ip
    subs  r2, #2
    bgt   1b
    pkhbt r0, r4, r5, lsl #16
    qadd  r0, r0, r4
    sel   r0, r0, r4
    uadd8 r0, r0, r5
    usad8 r0, r0, r1
    pop   {r4, r5, pc}

    .bss
    .balign 8
scheduler: .space 16
