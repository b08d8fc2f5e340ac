import { expect, it } from 'vitest';
import { kernelProgram } from '../../../platforms/mmu-microkernel/kernel/link.js';
import { kernelConfig, kernelSymbols } from '../../../platforms/mmu-microkernel/kernel/parameters.js';
import { kernelSource } from '../../../platforms/mmu-microkernel/kernel/source.js';
import { describeRiscvGnu, gnuAssemble } from '../../assembler/gnu.js';

/** The kernel as one text. */
const whole = (name: string): string =>
  kernelSource(name)!.replace(/^\s*\.include "(.*)"$/gm, (_, file: string) => whole(file));

/** GNU as has no phases; without the mark the source is its own language. */
const withoutPhases = (text: string): string => text.replace(/^\s*\.phase .*$/gm, '');

describeRiscvGnu('GNU as', () => {
  const cases = ['v0.9.12', 'pr668', 'head', 'ideal'].flatMap((generation) =>
    ['full', 'path'].map((isolation) => ({ generation, isolation, misuse: 'hardened', asid: generation === 'ideal' })),
  );
  it.each([...cases, { generation: 'head', isolation: 'full', misuse: 'as-shipped', asid: false }])(
    'gives the same bytes for $generation, $isolation, $misuse',
    (parameters) => {
      const config = kernelConfig(parameters);
      const symbols = Object.entries(kernelSymbols(config)).map(([name, value]) => `.equ ${name}, ${value}\n`);
      const own = kernelProgram(config);
      const gnu = gnuAssemble(symbols.join('') + withoutPhases(whole('kernel.s')), own.sections);
      if (!gnu.ok) throw new Error(gnu.messages);
      const [{ name, bytes }] = own.sections;
      expect(own.sections.length).toBe(1);
      expect(Buffer.from(gnu.sections.get(name)!).equals(Buffer.from(bytes))).toBe(true);
    },
  );
});
