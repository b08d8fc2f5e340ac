import { expect, it } from 'vitest';
import { kernelConfig, kernelSymbols } from '../../../platforms/mpu-rtos/kernel/parameters.js';
import { ARCHITECTURE, kernelProgram, kernelSource } from '../../../platforms/mpu-rtos/kernel/source.js';
import { describeArmGnu, gnuAssemble } from '../../thumb/gnu.js';

/** The kernel as one text. */
const whole = (name: string): string =>
  kernelSource(name)!.replace(/^\s*\.include "(.*)"$/gm, (_, file: string) => whole(file));

/** GNU as has no phases; without the mark the source is its own language. */
const withoutPhases = (text: string): string => text.replace(/^\s*\.phase .*$/gm, '');

describeArmGnu('GNU as', () => {
  it.each([
    { core: 'm0plus' },
    { core: 'm4', faultPolicy: 'as-shipped', version: 'v0.1.2' },
    { core: 'm4', equal: true, faultPolicy: 'unwind' },
    { core: 'm33', regionLoad: 'alias-burst', faultPolicy: 'restart' },
    { core: 'm3', isolation: 'path', checkPointers: true },
  ])('gives the same bytes for %o', (parameters) => {
    const config = kernelConfig(parameters);
    const symbols = Object.entries(kernelSymbols(config)).map(([name, value]) => `.equ ${name}, ${value}\n`);
    const own = kernelProgram(config);
    const source = symbols.join('') + withoutPhases(whole('kernel.s'));
    const gnu = gnuAssemble(source, own.sections, ARCHITECTURE[config.core]);
    if (!gnu.ok) throw new Error(gnu.messages);
    for (const { name, bytes } of own.sections.filter((s) => s.bytes.length > 0)) {
      expect(Buffer.from(gnu.sections.get(name)!).toString('hex')).toBe(Buffer.from(bytes).toString('hex'));
    }
  });
});
