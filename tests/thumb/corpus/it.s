@ armv7-m
@ IT blocks: 16-bit forms lose their flags in them, and branches end them.
    .syntax unified
    .thumb
start:
    cmp   r0, #0
    it    eq
    moveq r0, #1
    ite   ne
    addne r0, r0, #1
    subeq r0, r0, #1
    itt   gt
    movgt r1, r2
    movgt r8, r9
    ittt  cs
    lslcs r0, r1, #3
    lslcs r0, r0, r1
    rorcs r0, r1, #3
    itte  hi
    addhi r0, r1, r2
    andhi r0, r0, r1
    mulls r0, r1, r0
    itttt mi
    ldrmi r0, [r1, #4]
    strmi r0, [r1, r2]
    pushmi {r0, r1}
    popmi {r0, pc}
    it    lo
    addslo r0, r0, #1
    it    hs
    rsbhs r0, r1, #0
    it    vs
    mvnvs r0, r1
    itet  le
    ldrle r0, =0x12345678
    movgt r0, #0x1234
    addle sp, #16
    it    eq
    beq   start
    it    ne
    bxne  lr
    itt   eq
    cmpeq r0, #1
    beq   start
    it    lt
    blxlt r3
    ite   pl
    tstpl r0, r1
    teqmi r0, r1
    it    eq
    movseq.w r0, r1
    it    ne
    addne.w r0, r0, #1
    it    ge
    bkpt  1
    it    vc
    nopvc
    b     start
