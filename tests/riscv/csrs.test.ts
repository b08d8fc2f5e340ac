import { describe, expect, it } from 'vitest';
import { CSRS, CSR_NAMES } from '../../platforms/riscv/csrs.js';
import { describeRiscvGnu, gnuAssemble } from '../assembler/gnu.js';

describe('CSRs', () => {
  it('have a name and a number each', () => {
    expect(CSR_NAMES.size).toBe(CSRS.size);
    for (const [name, number] of CSRS) {
      expect(CSR_NAMES.get(number)).toBe(name);
      expect(number).toBeGreaterThanOrEqual(0);
      expect(number).toBeLessThan(4096);
    }
  });
});

describeRiscvGnu('CSRs and GNU as', () => {
  it('have the numbers that GNU as knows', () => {
    const source = [...CSRS.keys()].map((name) => `csrr a0, ${name}`).join('\n') + '\n';
    const gnu = gnuAssemble(source, [{ name: '.text', address: 0 }]);
    if (!gnu.ok) throw new Error(gnu.messages);
    const bytes = gnu.sections.get('.text') ?? new Uint8Array();
    const view = new DataView(bytes.buffer);
    const numbers = [...CSRS.keys()].map((name, i) => [name, view.getUint32(4 * i, true) >>> 20]);
    expect(numbers).toEqual([...CSRS]);
  });
});
