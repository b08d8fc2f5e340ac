# The way in and the two ways out.

# Every trap comes here. All registers go to the frame of the running thread; sp stays the frame until the way out.
  .balign 4
  .phase save
trap_entry:
  csrw  sscratch, sp
  contexts sp
  sw    ra, C_SCRATCH(sp)
  lw    ra, C_FRAME(sp)
  slli  ra, ra, FRAME_SHIFT
  add   sp, sp, ra
  sw    gp, 8(sp)
  sw    tp, 12(sp)
  sw    t0, 16(sp)
  sw    t1, 20(sp)
  sw    t2, 24(sp)
  sw    s0, 28(sp)
  sw    s1, 32(sp)
  sw    a0, F_A0(sp)
  sw    a1, F_A1(sp)
  sw    a2, F_A2(sp)
  sw    a3, F_A3(sp)
  sw    a4, F_A4(sp)
  sw    a5, F_A5(sp)
  sw    a6, F_A6(sp)
  sw    a7, F_A7(sp)
  sw    s2, 68(sp)
  sw    s3, 72(sp)
  sw    s4, 76(sp)
  sw    s5, 80(sp)
  sw    s6, 84(sp)
  sw    s7, 88(sp)
  sw    s8, 92(sp)
  sw    s9, 96(sp)
  sw    s10, 100(sp)
  sw    s11, 104(sp)
  sw    t3, 108(sp)
  sw    t4, 112(sp)
  sw    t5, 116(sp)
  sw    t6, 120(sp)
  contexts t0
  lw    t0, C_SCRATCH(t0)
  sw    t0, F_RA(sp)
  csrr  t0, sscratch
  sw    t0, F_SP(sp)
  csrr  t0, sepc
  sw    t0, F_PC(sp)
  j     dispatch              # t0 = pc; a0 to a7 as they were

.macro restore_but_arguments
  lw    ra, F_PC(sp)
  csrw  sepc, ra
  lw    ra, F_RA(sp)
  lw    gp, 8(sp)
  lw    tp, 12(sp)
  lw    t0, 16(sp)
  lw    t1, 20(sp)
  lw    t2, 24(sp)
  lw    s0, 28(sp)
  lw    s1, 32(sp)
  lw    s2, 68(sp)
  lw    s3, 72(sp)
  lw    s4, 76(sp)
  lw    s5, 80(sp)
  lw    s6, 84(sp)
  lw    s7, 88(sp)
  lw    s8, 92(sp)
  lw    s9, 96(sp)
  lw    s10, 100(sp)
  lw    s11, 104(sp)
  lw    t3, 108(sp)
  lw    t4, 112(sp)
  lw    t5, 116(sp)
  lw    t6, 120(sp)
  lw    sp, F_SP(sp)
.endm

# To the thread whose frame is sp, with its result in a0 to a7.
  .phase restore
return_result:
  restore_but_arguments
  .phase return
  sret

# Error in a1, to the thread that called; its other registers are as they were.
  .phase restore
return_error:
  li    a0, TAG_ERROR
  sw    a0, F_A0(sp)
  sw    a1, F_A1(sp)
  j     return_resume

# Ok, to the thread that called: only a0 changes.
  .phase restore
return_ok:
  sw    zero, F_A0(sp)        # TAG_OK

# To the thread whose frame is sp, with all its registers from there.
  .phase restore
return_resume:
  lw    a0, F_A0(sp)
  lw    a1, F_A1(sp)
  lw    a2, F_A2(sp)
  lw    a3, F_A3(sp)
  lw    a4, F_A4(sp)
  lw    a5, F_A5(sp)
  lw    a6, F_A6(sp)
  lw    a7, F_A7(sp)
  restore_but_arguments
  .phase return
  sret
