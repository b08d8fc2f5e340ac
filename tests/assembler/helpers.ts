import { assemble } from '../../platforms/assembler/assemble.js';
import type { Assembled, AssembleOptions } from '../../platforms/assembler/assemble.js';
import { riscvAssembler } from '../../platforms/riscv/assembler.js';

const isa = riscvAssembler();

/** Assembles RISC-V source. */
export function run(source: string, options: Partial<AssembleOptions> = {}): Assembled {
  return assemble(source, { file: 'test.s', isa, ...options });
}

/** Assembles what must be right. */
export function good(source: string, options: Partial<AssembleOptions> = {}): Extract<Assembled, { ok: true }> {
  const result = run(source, options);
  if (!result.ok) throw new Error(result.problems.map((p) => `${p.file}:${p.line}: ${p.message}`).join('\n'));
  return result;
}

/** Bytes of the section, `.data` unless another is named. */
export function bytes(source: string, section = '.data'): number[] {
  const found = good(source).sections.find((s) => s.name === section);
  return [...(found?.bytes ?? [])];
}

/** The problems of a source as `line: message`. */
export function problems(source: string, options: Partial<AssembleOptions> = {}): string[] {
  const result = run(source, options);
  return result.ok ? [] : result.problems.map((p) => `${p.line}: ${p.message}`);
}
