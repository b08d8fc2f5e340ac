import { describe, expect, test } from 'vitest';
import { cheriotAbi } from '../../platforms/cheri/codegen/abi.js';
import { remembered } from '../../platforms/remembered.js';
import { ILP32, registerNumber } from '../../platforms/riscv/codegen/abi.js';
import { compileFunctions as compileForRiscv } from '../../platforms/riscv/codegen/compile.js';
import { NARROW, WIDE } from '../../platforms/thumb/codegen/abi.js';
import { compileFunctions as compileForThumb } from '../../platforms/thumb/codegen/compile.js';
import { FunctionLibrary } from '../../workloads/language/build/library.js';
import type { FunctionDefinition } from '../../workloads/language/program.js';
import { NO_OPERATIONS } from './targets.js';

/* What is remembered from one scenario to the next. */

describe('remembered', () => {
  test('makes once what has the same key', () => {
    const make = remembered<number>();
    let made = 0;
    const ask = (key: unknown): number => make(key, () => ++made);
    expect([{ a: 1 }, { a: 2 }, { a: 1 }, [1], '[1]', [1]].map(ask)).toEqual([1, 2, 1, 3, 4, 3]);
  });

  test('keeps the last 1024', () => {
    const make = remembered<number>();
    let made = 0;
    const ask = (key: number): number => make(key, () => ++made);
    for (let key = 1; key <= 1024; key++) ask(key);
    expect([ask(1), ask(1024)]).toEqual([1, 1024]);
    expect([ask(1025), ask(2), ask(1)]).toEqual([1025, 2, 1026]);
  });
});

/** Two functions of one name; the second returns more than the first. */
const [first, second] = [1, 2].map((n): FunctionDefinition => {
  const library = new FunctionLibrary();
  library.function('main', ['word', 'reference'], ['word'], (f, word, bytes) => {
    f.word('unused', word.mul(3));
    const total = f.word('total', 0);
    f.loop(() => {
      f.set(total, total.add(f.loadWord(bytes, word)).add(n));
      f.if(total.and(64).differs(0), () => f.break());
    });
    f.return(total);
  });
  return library.functions[0];
});

const few = ['a0', 'a1', 's0'].map(registerNumber);
const threads = new Set(['main']);
const functionSymbol = (name: string): string => `other.${name}`;

/** Every option that what a function becomes depends on, beside the same function without it. */
const RISCV = { abi: ILP32, operations: NO_OPERATIONS };
const THUMB = { target: WIDE, operations: NO_OPERATIONS };
const WAYS: Readonly<Record<string, readonly (readonly [what: string, compile: () => string])[]>> = {
  riscv: [
    ['as it is', () => compileForRiscv([first], RISCV)],
    ['another function', () => compileForRiscv([second], RISCV)],
    ['not optimised', () => compileForRiscv([first], { ...RISCV, optimise: false })],
    ['few registers', () => compileForRiscv([first], { ...RISCV, abi: { ...ILP32, allocatable: few } })],
    ['a thread', () => compileForRiscv([first], { ...RISCV, threads })],
    ['another symbol', () => compileForRiscv([first], { ...RISCV, functionSymbol })],
  ],
  // what does not fit lies on the stack, through sp or csp
  'riscv, few registers': [
    ['as it is', () => compileForRiscv([first], { ...RISCV, abi: { ...ILP32, allocatable: few } })],
    ['capabilities', () => compileForRiscv([first], { ...RISCV, abi: { ...cheriotAbi(new Map()), allocatable: few } })],
  ],
  'riscv, a thread': [
    ['as it is', () => compileForRiscv([first], { ...RISCV, threads })],
    ['returns', () => compileForRiscv([first], { ...RISCV, threads, threadsReturn: true })],
  ],
  thumb: [
    ['as it is', () => compileForThumb([first], THUMB)],
    ['another function', () => compileForThumb([second], THUMB)],
    ['not optimised', () => compileForThumb([first], { ...THUMB, optimise: false })],
    ['few registers', () => compileForThumb([first], { ...THUMB, target: { ...WIDE, allocatable: [4, 5] } })],
    ['narrow', () => compileForThumb([first], { ...THUMB, target: NARROW })],
    ['a thread', () => compileForThumb([first], { ...THUMB, threads })],
    ['another symbol', () => compileForThumb([first], { ...THUMB, functionSymbol })],
    ['lines before', () => compileForThumb([first], { ...THUMB, before: () => ['nop'] })],
  ],
};

test.each(Object.entries(WAYS))('%s: no option is forgotten because code is remembered', (_, ways) => {
  const [[, plain], ...others] = ways;
  const text = plain();
  for (const [what, compile] of others) {
    const other = compile();
    expect([what, other]).not.toEqual([what, text]);
    expect([what, compile()]).toEqual([what, other]);
    expect(plain()).toBe(text);
  }
});
