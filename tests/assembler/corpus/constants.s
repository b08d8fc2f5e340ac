# li and la of numbers around every boundary at which their instructions change
.macro around number
    .irp rd, a0, t0, sp, zero
    li \rd, \number
    li \rd, \number - 1
    li \rd, \number + 1
    .endr
.endm
.macro all
    around 0
    around 31
    around -32
    around 2047
    around -2048
    around 0x800
    around 0x1000
    around 0x1800
    around 0x1f000
    around 0x1f800
    around 0x20000
    around -0x20000
    around -0x1000
    around 0xfffe0000
    around 0xfffff000
    around 0xfffff800
    around 0xffffffe0
    around 0x7ffff000
    around 0x7ffff7ff
    around 0x12345678
    around 0x80000001
    around -0x7fffffff
    around 0xfffffffe
    li a0, 0x80000000
    li a0, -0x80000000
    li a0, 0xffffffff
    li a0, -1
    li a0, 'a'
    li a0, 1 << 12
    li a0, 3 * 4 + 1
    li a0, ~0
    li a0, SYMBOL
    li a0, SYMBOL * 2
    la a0, SYMBOL
.endm
.equ SYMBOL, 0x4000
    all
.option norvc
    all
