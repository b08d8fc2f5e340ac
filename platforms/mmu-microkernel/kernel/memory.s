# Pages: who owns which, and the page tables of the current process. Tables are edited through the window at TABLES, where
# the entry of page v is word v: the space to be edited must be the visible one.

# rd := address of the page-table entry of \address. Its table must exist.
.macro leaf_at rd, address, scratch
  srli  \rd, \address, 12
  slli  \rd, \rd, 2
  li    \scratch, TABLES
  add   \rd, \rd, \scratch
.endm

# t4 := address of the entry of t3, 0 if no table has one. Uses t0.
find_leaf:
  srli  t4, t3, 22
  slli  t4, t4, 2
  li    t0, ROOT
  add   t4, t4, t0
  lw    t4, 0(t4)
  beqz  t4, 1f
  leaf_at t4, t3, t0
1:
  ret

# A page for process t5: t0 = its number, 0 if none is left. First fit. Uses t1, t2.
alloc_page:
  li    t0, TRACKER
  addi  t1, t0, SRAM_PAGES
1:
  lbu   t2, 0(t0)
  beqz  t2, 2f
  addi  t0, t0, 1
  bne   t0, t1, 1b
  li    t0, 0
  ret
2:
  sb    t5, 0(t0)
  li    t1, (SRAM_PAGE - TRACKER) & 0xffffffff
  add   t0, t0, t1
  ret

# rd := address of the tracker's byte for the page of \entry; jumps to \other if it is no page of RAM.
.macro tracker_of rd, entry, other, scratch
  srli  \rd, \entry, 10
  li    \scratch, SRAM_PAGE
  sub   \rd, \rd, \scratch
  li    \scratch, SRAM_PAGES
  bgeu  \rd, \scratch, \other
  li    \scratch, TRACKER
  add   \rd, \rd, \scratch
.endm

# Fills the page at t0 with zeros. Uses t1. The loop begins at a word: half a word later each turn costs one more cycle.
  .balign 4
clear_page:
  .phase clear
  li    t1, 4096
  add   t1, t0, t1
  .balign 4
1:
  sw    zero, 0(t0)
  addi  t0, t0, 4
  bne   t0, t1, 1b
  ret

# The table of t3 exists afterwards; a new one belongs to t5. t0 = 0 if there is no memory for it. Uses t1, t2, t4, t6.
ensure_table:
  srli  t4, t3, 22
  slli  t4, t4, 2
  li    t0, ROOT
  add   t4, t4, t0
  lw    t0, 0(t4)
  bnez  t0, 1f
  mv    t6, ra
  jal   alloc_page
  beqz  t0, 2f
  slli  t0, t0, 10
  addi  t1, t0, PTE_V
  sw    t1, 0(t4)
  # and into the window
  addi  t1, t0, PTE_KERNEL
  li    t2, TABLES + (TABLES >> 10) - ROOT
  add   t2, t2, t4
  sw    t1, 0(t2)
  srli  t0, t3, 22
  slli  t0, t0, 12
  li    t1, TABLES
  add   t0, t0, t1
  flush_page t0
  jal   clear_page
  jr    t6
1:
  ret
2:
  jr    t6

# A new page of zeros at s9 for the running process, with flags s8: t0 = 0 if there is no memory. Its table exists.
# Uses t1, t2, t5, t6.
map_new_page:
  mv    t6, ra
  mv    t5, s1
  jal   alloc_page
  beqz  t0, 1f
  slli  t0, t0, 10
  or    t0, t0, s8
  leaf_at t1, s9, t2
  sw    t0, 0(t1)
  flush_page s9
  mv    t0, s9
  jal   clear_page
  .phase validate
1:
  jr    t6

# A page for the reserved page t3 whose entry is at t4: out of reach of the program until it is clear. t0 = 0 if there is no
# memory. Uses t1, t2, t5, t6.
demand_page:
  mv    t6, ra
  mv    t5, s1
  jal   alloc_page
  beqz  t0, 1f
  slli  t5, t0, 10
  .phase switch-protection
  ori   t0, t5, PTE_KERNEL
  lw    t2, 0(t4)
  or    t5, t5, t2
  sw    t0, 0(t4)
  srli  t3, t3, 12
  slli  t3, t3, 12
  flush_page t3
  mv    t0, t3
  jal   clear_page
  .phase switch-protection
  ori   t5, t5, PTE_V
  sw    t5, 0(t4)
  flush_page t3
  .phase validate
1:
  jr    t6

# Jumps to \bad unless \start to \start + \bytes lies below the kernel. Uses t0, t1.
.macro check_user_range start, bytes, bad
  add   t0, \start, \bytes
  bltu  t0, \start, \bad
  li    t1, USER_END
  bgtu  t0, t1, \bad
.endm

# Room for s8 bytes in t5 to t6, searched from s9 on and once more from t5: s9, 0 if there is none. Uses t0 to t4.
find_room:
  li    t4, 1
1:
  mv    t1, s9
  add   t2, s9, s8
  bltu  t2, s9, 5f
  bgtu  t2, t6, 5f
2:
  srli  t0, t1, 22
  slli  t0, t0, 2
  li    t3, ROOT
  add   t0, t0, t3
  lw    t0, 0(t0)
  beqz  t0, 3f
  leaf_at t3, t1, t0
  lw    t0, 0(t3)
  bnez  t0, 4f
3:
  li    t0, 4096
  add   t1, t1, t0
  bne   t1, t2, 2b
  ret
4:
  li    t0, 4096
  add   s9, t1, t0
  j     1b
5:
  mv    s9, t5
  addi  t4, t4, -1
  beqz  t4, 1b
  li    s9, 0
  ret

# MapMemory(physical, virtual, bytes, rights): a device, or (physical = 0) memory that is there when it is first touched.
# virtual = 0: wherever there is room.
  .phase validate
call_map_memory:
  beqz  a3, bad_address
  or    t0, a1, a2
  or    t0, t0, a3
  slli  t0, t0, 20
  bnez  t0, bad_alignment
  andi  t0, a4, RIGHT_READ
  beqz  t0, access_denied     # no page is writable or executable and not readable
  check_user_range a2, a3, bad_address
  andi  s7, a4, RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE
  ori   s7, s7, PTE_U | PTE_AD
  beqz  a1, 1f
  # RAM belongs to the kernel to give
  add   t0, a1, a3
  bltu  t0, a1, bad_address
  li    t1, SRAM_PAGE << 12
  bleu  t0, t1, 1f
  li    t1, (SRAM_PAGE + SRAM_PAGES) << 12
  bltu  a1, t1, access_denied
1:
  mv    s8, a3
  mv    s9, a2
  bnez  a2, 2f
  contexts s0
  lw    s9, C_AREA_LAST(s0)
  lw    t5, C_AREA_BASE(s0)
  li    t6, AREA_BYTES
  add   t6, t5, t6
  jal   find_room
  beqz  s9, no_memory
  sw    s9, C_AREA_LAST(s0)
2:
  # tables first, and nothing may be there
  mv    t3, s9
  add   s10, s9, s8
  mv    t5, s1
3:
  jal   ensure_table
  .phase validate
  beqz  t0, no_memory
  leaf_at t4, t3, t0
  lw    t0, 0(t4)
  bnez  t0, memory_in_use
  li    t0, 4096
  add   t3, t3, t0
  bne   t3, s10, 3b
  beqz  a1, 4f
  srli  t0, a1, 2
  or    s7, s7, t0
  ori   s7, s7, PTE_V
4:
  mv    t3, s9
  mv    t2, s7
5:
  leaf_at t4, t3, t0
  sw    t2, 0(t4)
  beqz  a1, 6f
  addi  t2, t2, 1 << 10
  flush_page t3
6:
  li    t0, 4096
  add   t3, t3, t0
  bne   t3, s10, 5b
  li    a0, TAG_RANGE
  mv    a1, s9
  mv    a2, s8
  j     return_result

memory_in_use:
  li    a1, MEMORY_IN_USE
  j     return_error
access_denied:
  li    a1, ACCESS_DENIED
  j     return_error
share_violation:
  li    a1, SHARE_VIOLATION
  j     return_error

# UnmapMemory(address, bytes): ends at the first page that is not there, lent out, or borrowed.
  .phase validate
call_unmap_memory:
  beqz  a2, bad_address
  or    t0, a1, a2
  slli  t0, t0, 20
  bnez  t0, bad_alignment
  check_user_range a1, a2, bad_address
  mv    s9, a1
  add   s10, a1, a2
1:
  mv    t3, s9
  jal   find_leaf
  beqz  t4, bad_address
  lw    t1, 0(t4)
  beqz  t1, bad_address
  andi  t0, t1, PTE_LENT
  bnez  t0, share_violation
  andi  t0, t1, PTE_V
  beqz  t0, 2f
  tracker_of t2, t1, 2f, t0
  lbu   t0, 0(t2)
.if HARDENED
  bne   t0, s1, share_violation
.else
  bne   t0, s1, 2f            # Xous lets a server drop what it borrowed
.endif
  sb    zero, 0(t2)
2:
  .phase switch-protection
  sw    zero, 0(t4)
  flush_page s9
  .phase validate
  li    t0, 4096
  add   s9, s9, t0
  bne   s9, s10, 1b
  j     return_ok

# Unmaps and frees the running process's own page at s9. Uses t0 to t2.
unmap_own_page:
  leaf_at t2, s9, t0
  lw    t1, 0(t2)
  .phase switch-protection
  sw    zero, 0(t2)
  flush_page s9
  tracker_of t2, t1, 1f, t0
  sb    zero, 0(t2)
1:
  ret
