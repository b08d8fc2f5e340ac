# Options switch compression for the instructions below them
a:  addi a0, a0, 1
.option push
.option norvc
    addi a0, a0, 1
    unimp
    j a
    beqz a0, a
    li a0, 1
    ret
    call a
.option push
.option rvc
    addi a0, a0, 1
    j a
.option pop
    addi a0, a0, 1
    mv a0, a1
.option pop
    addi a0, a0, 1
    unimp
.option norelax
.option arch, -c
    nop
.option arch, +c
    nop
.option nopic
.globl a
.global b
.type a, @function
.size a, . - a
.local b
b:  ret
