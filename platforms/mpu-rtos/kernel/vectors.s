@ The vector table (DDI0403E B1.5.3).
  .word kernel_stack
  .word reset + 1
  .word panic + 1                   @ NMI
.if POLICY == AS_SHIPPED
  .word hard_fault + 1
.else
  .word fault + 1
.endif
.if ARCH > 6 && POLICY != AS_SHIPPED
  .word fault + 1                   @ MemManage
  .word fault + 1                   @ BusFault
  .word fault + 1                   @ UsageFault
.else
  .word panic + 1, panic + 1, panic + 1
.endif
  .word 0, 0, 0, 0
  .word system_call + 1
  .word 0, 0
  .word pendsv + 1
  .word systick + 1
  .rept LINE_COUNT
  .word interrupt + 1
  .endr
