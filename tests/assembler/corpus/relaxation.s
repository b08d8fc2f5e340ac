# Branch sizes at the edges of their ranges, forward and backward
.macro case gap, short=1
back\@:
    .space \gap
    beqz a0, back\@
    .space 8
    bnez t0, fore\@
    .space 8
    j back\@
    beq a0, a1, fore\@
    bltz a1, back\@
    .if \short
    c.bnez s0, fore\@
    c.j fore\@
    .endif
    jal fore\@
    .if \short
    c.beqz s0, back\@
    .endif
    bgeu a3, a4, back\@
    .space \gap
fore\@:
    nop
.endm
    case 200
    case 216
    case 220
    case 222
    case 224
    case 226
    case 228
    case 230
    case 232
    case 234
    case 236
    case 238
    case 240
    case 242
    case 244
    case 246
    case 248
    case 250
    case 252
    case 254
    case 256
    case 258
    case 300
    case 1980
    case 2000
    case 2004
    case 2008
    case 2012
    case 2016
    case 2020
    case 2024
    case 2028
    case 2032
    case 2036
    case 2040
    case 2044
    case 2048
    case 2052
    case 3000
    case 4030
    case 4040
    case 4044
    case 4048
    case 4052
    case 4056
    case 4060
    case 4064
    case 4068
    case 4072
    case 4076
    case 4080
    case 4084
    case 4088
    case 4092
    case 4096
    case 4100
    case 5000
    case 10000
.option norvc
    case 4040, 0
    case 4056, 0
    case 4064, 0
    case 4072, 0
    case 4080, 0
    case 4088, 0
    case 4092, 0
    case 4096, 0
    case 4100, 0
    case 9000, 0
.option rvc
# Chains: one branch that grows makes others grow
.rept 60
    beqz a0, 1f
    .space 246
1:
.endr
.rept 130
    beqz a0, chain
.endr
chain:
.rept 130
    bnez a0, chain
.endr
# Alignment between branch and target
    beqz a0, aligned
    .space 230
    .balign 32
aligned:
    bnez a0, aligned
    .rept 40
    bnez a5, 1f
    .endr
    .balign 64
    .rept 40
    j aligned
    .endr
1:  .org . + 10
    beqz a0, 1b
