/** A process with an object at `service`: method 0 adds its arguments and the object's word, method 1 keeps r1 in it. */
export const ADDER = {
  exports: ['service', 'words'],
  program: `
add:
  ldr r0, [r0, #4]
  adds r0, r1
  adds r0, r2
  adds r0, r3
  ldr r1, [sp]
  adds r0, r1
  bx lr
keep:
  str r1, [r0, #4]
  movs r0, #0
  bx lr
.section .vtable, "a"
words: .word add + 1, keep + 1
.data
service: .word words, 1000
`,
};
