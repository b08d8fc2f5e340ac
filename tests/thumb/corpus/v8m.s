@ armv8-m.main+dsp
@ Armv8-M: stack limits, acquire and release, test target, secure gateway.
    .syntax unified
    .cpu cortex-m33
    .thumb
    .thumb_func
entry:
    sg
    push  {r4, lr}
    mrs   r0, psplim
    ldr   r1, =stack
    msr   psplim, r1
    msr   msplim, r1
    mrs   r2, control_ns
    tt    r3, r0
    ttt   r3, r0
    tta   r3, r0
    ttat  r3, r0
    ands  r3, r3, #0x10000
    beq   1f
    lda   r0, [r1]
    ldab  r0, [r1]
    ldah  r0, [r1]
    stl   r0, [r1]
    stlb  r0, [r1]
    stlh  r0, [r1]
2:  ldaex r0, [r1]
    adds  r0, #1
    stlex r2, r0, [r1]
    cmp   r2, #0
    bne   2b
    ldaexb r0, [r1]
    stlexb r2, r0, [r1]
    ldaexh r0, [r1]
    stlexh r2, r0, [r1]
    csdb
1:  pop   {r4, lr}
    blxns r4
    bxns  lr
    sdiv  r0, r1, r2
    smlad r0, r1, r2, r3
    movw  r0, #0x1234
    movt  r0, #0x5678
    ldr   r0, [r1, #-4]
    b.w   entry
    .bss
stack: .space 64
