# Data directives, numbers, strings, expressions
.data
    .byte 0, 1, 255, -128, 0xff, 'a', 'b', '\n', 'z
    .half 1, -1, 0xffff, -32768
    .2byte 0x1234
    .hword 2
    .short 3
    .word 0, -1, 0xffffffff, 0x80000000, -0x80000000, 0b1010, 017, 0X1f, 0B11
    .4byte 1
    .long 2
    .int 3
    .dword -1, 0x123456789abcdef0, 1
    .8byte 2
    .quad 0xffffffffffffffff
    .ascii "abc", "d\n\t\\\"\101\x41\r\b\f"
    .asciz "one", "two"
    .string "three"
    .ascii ""
    .space 3
    .space 3, 7
    .skip 2
    .zero 2
    .fill 3
    .fill 2, 2, 0x1234
    .fill 2, 8, -1
    .fill 2, 4
    .fill 1, 3, 0x01020304
    .fill 0, 4, 1
    .irp n, 0, 1, 63, 64, 127, 128, 300, 0xffffffff
    .uleb128 \n
    .sleb128 \n
    .sleb128 -\n
    .endr
    .sleb128 -65
    # Operators and their precedence
    .word 1+2==3, 3==1+2, 1|2+4, 2*3|8, 1<<2+1, 6&3==2, 5&&0, 5&&2, 0||3, 1||1&&0, 0&&0||1
    .word 3==3, 3<4, 4<3, 3<=3, 4>=5, 4>3, 3!=4, 3<>3, ~0, !0, !5, !0+5, !!5, -(-3), +4
    .word -5/2, -5%3, 7/-2, 7%-4, 1<<31, 1<<63>>63, 5!2, 6^3+1, 10-2-3, 2-(3-4), 100/10/2, 2*3%4
    .word 1<2<3, -1==3>1, 8-4-2, -2*3, - 2<<1, ~1&3, 0xf0|0x0f&3, 1-1==0, (1+2)*3, ((4))
    .dword -1>>1, 1<<40, 0xffffffff+1, -1<0, 0x8000000000000000>>4, 0x7fffffff*2
    # Symbols with values
x = 1
    .word x
x = 2
    .word x, y, late, first
y = x
.set late, 3
x = 5
    .word y, x
first = 10
first = 11
    .word first
.equ a, 4
.equiv b, a + 1
    .word a + b
c2 == 7
    .word c2
here = .
    .word here - ., . - here
    .word end - here
    .byte 1
    .org . + 3
    .byte 2
    .org 1024
    .byte 3
    .org 1040, 0xff
    .byte 4
    .space end - here - (end - here) + 4
    .space distance, 1
    .set distance, 6
end:
