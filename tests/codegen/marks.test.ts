import { expect, test } from 'vitest';
import { physical } from '../../platforms/machine/units.js';
import { ILP32 } from '../../platforms/riscv/codegen/abi.js';
import { compileFunctions } from '../../platforms/riscv/codegen/compile.js';
import { markSymbol } from '../../workloads/language/backend/emit.js';
import type { FunctionBuilder } from '../../workloads/language/build/function.js';
import { FunctionLibrary } from '../../workloads/language/build/library.js';
import type { Reference } from '../../workloads/language/build/values.js';
import { NO_OPERATIONS } from './targets.js';
import { assembleFunctions, callFunction, DATA } from './run-rv32.js';

function compile(body: (f: FunctionBuilder, data: Reference) => void): string {
  const library = new FunctionLibrary();
  library.function('main', ['reference'], [], body);
  return compileFunctions(library.functions, { abi: ILP32, operations: NO_OPERATIONS });
}

/** How often a mark is passed when the function is called with memory of zeros. */
function passes(text: string, mark: string): number {
  const code = assembleFunctions(text, 'main');
  const at = code.image.symbols.find(({ name }) => name === markSymbol(mark))!;
  let count = 0;
  const { stop } = callFunction(code, [DATA], [], (machine) => {
    machine.probes.add(physical(at.physical), () => {
      count++;
      return false;
    });
  });
  expect(stop).toEqual({ kind: 'exit', code: 0 });
  return count;
}

/** Four rounds that need no variable and no constant: the count is in memory. */
const rounds = (f: FunctionBuilder, data: Reference): void =>
  f.loop(() => {
    f.storeWord(data, f.loadWord(data).add(1));
    f.if(f.loadWord(data).and(4).differs(0), () => f.break());
  });

test('a mark in front of a loop is passed once, and has a nop if nothing else is executed only there', () => {
  const text = compile((f, data) => {
    f.mark('before');
    rounds(f, data);
  });
  expect(passes(text, 'before')).toBe(1);
  expect(text.match(/nop/g)).toHaveLength(1);
});

test('a mark with an instruction of its own behind it adds none', () => {
  const text = compile((f, data) => {
    f.mark('before');
    f.storeWord(data, 0);
    rounds(f, data);
    f.mark('after');
  });
  expect(passes(text, 'before')).toBe(1);
  expect(passes(text, 'after')).toBe(1);
  expect(text).not.toContain('nop');
});

test('a number is made between the marks where it is used', () => {
  const body = (mark: boolean): string =>
    compile((f, data) => {
      f.repeat(10, () => {
        if (mark) f.mark('round');
        f.storeWord(data, 0x12345678);
      });
    });
  expect(body(true)).toMatch(/mark\.round:\n\s+li \w+, 305419896/);
  // without the mark it is made once, before the loop's label
  expect(body(false)).toMatch(/^main:\n(?!\.L)(.*\n)*?\s+li \w+, 305419896\n(.*\n)*\.Lmain_\d+:/);
  expect(body(false)).not.toMatch(/\.Lmain_\d+:\n(.*\n)*\s+li \w+, 305419896/);
});
