# Macros, repetition, conditionals, statements and comments
.macro triple a, b=3, c
    .byte \a, \b
    .ascii "[\c]"
.endm
.data
    triple 1, 2, "abc"
    triple 1,, x
    triple b=7, a=1+ 1
    triple 1 2 zz
    triple 1 + 1 , 3
    triple (1 + 1), 3
    triple a=4 ,b= 5
    triple 5 -1
    triple 5, - 1
    triple 5, ~ 1
.macro listed first:req, others:vararg
    .byte \first, \others
.endm
    listed 1, 2, 3
    listed 4, 5 ,6
.macro blanks a b
    .byte \a
    .byte \b
.endm
    blanks 1 2
    blanks b=1 a=2
.macro outer n
.macro inner\n x
    .byte \x + \n
.endm
.endm
    outer 3
    inner3 4
.macro countdown n
    .byte \n
    .if \n
    countdown "(\n-1)"
    .endif
.endm
    countdown 5
.macro counter
    .byte \@
.endm
    counter
    counter
    .rept 2
    counter
    .rept 3
    .byte 9
    .endr
    .endr
    .irp x, 1, 2, 3
    .byte \x
    .irpc y, ab
    .ascii "\x\y"
    .endr
    .endr
    .irp r, a b c
    .ascii "\r"
    .endr
    .irp r
    .byte 7
    .endr
    .set i, 0
    .rept 3
    .byte i
    .set i, i + 1
    .endr
    .rept 0
    .byte 8
    .endr
.macro leaves n
    .byte 1
    .if \n
    .if 1
    .exitm
    .endif
    .endif
    .byte 2
.endm
    leaves 0
    leaves 1
.macro labelled x
l\x\()_a:
    .word l\x\()_a - base
.endm
base:
    labelled 1
    labelled 2
    .ifdef base
    .byte 1
    .elseif 1
    .byte 2
    .else
    .byte 3
    .endif
    .ifndef base
    .byte 4
    .elseif 0
    .byte 5
    .elseif 1
    .byte 6
    .elseif 1
    .byte 7
    .else
    .byte 8
    .endif
    .ifc a,a
    .byte 9
    .endif
    .ifnc a,b
    .byte 10
    .endif
    .ifb
    .byte 11
    .endif
    .ifnb x
    .byte 12
    .endif
    .ifeq 0
    .byte 13
    .endif
    .ifne 1
    .byte 14
    .endif
    .ifgt 1
    .byte 15
    .endif
    .ifge 0
    .byte 16
    .endif
    .iflt -1
    .byte 17
    .endif
    .ifle 0
    .byte 18
    .endif
    .if 0
    .if 1
    .byte 19
    .else
    .byte 20
    .endif
    garbage that is never read, (
    .else
    .byte 21
    .endif
    .if 0
.macro chosen
    .byte 22
.endm
    .else
.macro chosen
    .byte 23
.endm
    .endif
    chosen
    .purgem chosen
.macro chosen
    .byte 24
.endm
    chosen
one: two: .byte 1; .byte 2 ; three: .byte three - one
/* a comment
   of two lines */ .byte 3 ; .byte 4 # the rest ; .byte 5
    .ascii "#;/*" ; .byte 6
    .byte 7 /* inside */ ; .byte 8
1:  .byte 1f - 1b
1:  .byte 1f - 1b, 2f - 1b
2: 1: .byte . - 1b
    .macro defaults x=(1+2), y = 5
    .byte \x, \y
    .endm
    defaults
    defaults y=1
.text
.macro spin register
    beqz \register, 1f
    j 2f
1:  nop
2:
.endm
    spin a0
    spin a1
    .rept 3
    addi a0, a0, 1
    .endr
