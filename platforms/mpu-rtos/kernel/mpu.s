@ The MPU map: 0 data, 1 bss, 2 and 3 devices of the process whose code runs; 4 shared, 5 unused of the process that owns the
@ thread; 6 the thread's stack; 7 flash. Register values are made once; a switch copies them.

.if BURST && ARCH > 6
  .equ REGISTER_BASE, MPU_RNR + RBAR
.else
  .equ REGISTER_BASE, MPU_RNR
.endif

@ Loads `count` regions from `first` on with the values at `values`, which moves behind them. As shipped: number, base, attributes,
@ one region after the other. r2 = REGISTER_BASE; uses r3, r5, r6, r7.
.macro load_regions first, count, values
  .set region, \first
  .rept (BURST == 0) & \count
  movs  r3, #region
  str   r3, [r2]
  .if ARCH == 8
  movs  r3, #0
  str   r3, [r2, #RASR]             @ off while base and limit do not belong together
  .endif
  ldmia \values!, {r3, r5}
  str   r3, [r2, #RBAR]
  str   r5, [r2, #RASR]
  .set region, region + 1
  .endr
.if BURST
  .if ARCH == 6
  .rept \count                      @ no alias registers, but the base register can carry the number
  ldmia \values!, {r3, r5}
  str   r3, [r2, #RBAR]
  str   r5, [r2, #RASR]
  .endr
  .else
  mov   r12, r2
  .if ARCH == 8
  movs  r3, #\first
  subs  r2, #RBAR
  stmia r2!, {r3}                   @ aliases count from the number
  .endif
  .rept \count / 2
  ldmia \values!, {r3, r5, r6, r7}
  stmia r2!, {r3, r5, r6, r7}
  .endr
  .rept \count & 1
  ldmia \values!, {r3, r5}
  stmia r2!, {r3, r5}
  .endr
  mov   r2, r12
  .endif
.endif
.endm

@ The register values of region r2 for r1 bytes at r0, read and write, no execution; 0 bytes: a region that is off.
@ Result: r0, r1. Bytes must be what the MPU can describe: the linker sees to it.
encode_region:
.if ARCH == 8
  cmp   r1, #0
  beq   2f
  adds  r1, r0, r1
  subs  r1, #32                     @ RLAR: limit, memory attribute 2, on
  adds  r1, #(2 << 1) | 1
2:
  adds  r0, #(1 << 1) | 1           @ RBAR: not shareable, AP read and write, XN
  bx    lr
.else
  movs  r3, #1 << 4                 @ VALID and the number
  orrs  r0, r3
  orrs  r0, r2
  cmp   r1, #0
  beq   2f
  movs  r2, #0                      @ SIZE: log2 - 1
1:
  adds  r2, #1
  lsrs  r1, #1
  bne   1b
  subs  r2, #2
  lsls  r2, #1
  ldr   r1, =(1 << 28) | (3 << 24) | (1 << 17) | 1   @ XN, AP read and write, C, on
  adds  r1, r2
2:
  bx    lr
.endif
