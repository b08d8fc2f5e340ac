import { describe, expect, it } from 'vitest';
import { assemble } from '../../platforms/assembler/assemble.js';
import type { Cursor } from '../../platforms/assembler/cursor.js';
import type { Expression } from '../../platforms/assembler/expression.js';
import type { Host, IsaPlugin, IsaSession } from '../../platforms/assembler/isa.js';
import { Mistake } from '../../platforms/assembler/problems.js';
import type { Label } from '../../platforms/assembler/section.js';

/**
 * A made-up instruction set with what Thumb needs of the core: `#` immediates and `@` comments, register lists, literal
 * pools, branches of two sizes, and functions whose address has bit 0 set. Its words: opcode byte, operand byte.
 */
class ToySession implements IsaSession {
  readonly alignIsPowerOfTwo = true;
  readonly instructionAlignment = 2;
  readonly codeAlignment = 2;
  private pool: { label: Label; value: Expression }[] = [];
  private functionNext = false;

  constructor(private readonly host: Host) {}

  instruction(mnemonic: string, operands: Cursor): boolean {
    switch (mnemonic) {
      case 'push':
        this.host.bytes([0x10, this.registerList(operands)]);
        return true;
      case 'ldr': {
        const register = this.register(operands);
        operands.expect(',');
        operands.expect('=');
        this.load(register, operands.expression());
        return true;
      }
      case 'b':
        this.branch(operands.expression());
        return true;
      case 'mov': {
        const register = this.register(operands);
        operands.expect(',');
        operands.expect('#');
        this.host.bytes([0x20 + register, Number(this.host.constant(operands.expression()))]);
        return true;
      }
      default:
        return false;
    }
  }

  directive(name: string): boolean {
    if (name === '.ltorg') this.emitPool();
    else if (name === '.thumb_func') this.functionNext = true;
    else return false;
    return true;
  }

  labelDefined(label: Label): void {
    if (this.functionNext) label.codeBit = 1;
    this.functionNext = false;
  }

  padding(bytes: number): number[] {
    return new Array<number>(bytes).fill(0xbf);
  }

  finish(): void {
    this.emitPool();
  }

  private register(operands: Cursor): number {
    const name = operands.name('register');
    if (!/^r[0-7]$/.test(name)) throw new Mistake(`"${name}" is no register: r0 to r7`);
    return Number(name.slice(1));
  }

  private registerList(operands: Cursor): number {
    operands.expect('{');
    let bits = 0;
    do {
      const first = this.register(operands);
      const last = operands.accept('-') ? this.register(operands) : first;
      for (let r = first; r <= last; r++) bits |= 1 << r;
    } while (operands.accept(','));
    operands.expect('}');
    return bits;
  }

  private load(register: number, value: Expression): void {
    const label = this.host.newLabel('literal');
    this.pool.push({ label, value });
    const target: Expression = { kind: 'label', label };
    this.host.fragment({
      fixed: 2,
      size: () => 2,
      encode: (place) => [0x40 + register, (place.distance(target) ?? 0) & 0xff],
    });
  }

  private branch(target: Expression): void {
    let size = 2;
    const fits = (distance: number | undefined): boolean => distance !== undefined && Math.abs(distance) < 128;
    this.host.fragment({
      size: (place) => (size = fits(place.distance(target)) ? 2 : 4),
      encode: (place) => {
        const distance = place.distance(target) ?? 0;
        return size === 2 ? [0xe0, distance & 0xff] : [0xf0, 0, distance & 0xff, (distance >> 8) & 0xff];
      },
    });
  }

  private emitPool(): void {
    if (this.pool.length === 0) return;
    this.host.align(4);
    for (const { label, value } of this.pool) {
      this.host.place(label);
      this.host.data(value, 4);
    }
    this.pool = [];
  }
}

const toy: IsaPlugin = {
  name: 'toy',
  lexical: { comment: '@', lineComment: '#' },
  open: (host) => new ToySession(host),
};

function text(source: string): number[] {
  const result = assemble(source, { file: 'toy.s', isa: toy, sections: { '.text': 0x1000 } });
  if (!result.ok) throw new Error(result.problems.map((p) => p.message).join('\n'));
  return [...result.sections[0].bytes];
}

describe('another instruction set', () => {
  it('has its own operands and comments', () => {
    expect(text('# a comment\n mov r1, #5 @ another\n push {r0-r2, r7}')).toEqual([0x21, 5, 0x10, 0x87]);
  });

  it('has literal pools, where it says or at the end', () => {
    expect(text('ldr r0, =0x12345678\n.ltorg\n mov r0, #1\n ldr r1, =here\nhere:')).toEqual([
      0x40, 4, 0xbf, 0xbf, 0x78, 0x56, 0x34, 0x12, 0x20, 1, 0x41, 2, 0x0c, 0x10, 0, 0,
    ]);
  });

  it('has instructions whose size depends on distance', () => {
    expect(text('b near\nnear: b far\n.space 200\nfar: mov r0, #0').slice(0, 6)).toEqual([0xe0, 2, 0xf0, 0, 204, 0]);
  });

  it('has addresses with bit 0 set, but plain distances', () => {
    expect(text('.thumb_func\nf: b f\n.balign 4\n.word f, . - f')).toEqual([
      0xe0, 0, 0xbf, 0xbf, 1, 0x10, 0, 0, 8, 0, 0, 0,
    ]);
  });

  it('reports its mistakes like the core', () => {
    const result = assemble('mov r9, #1', { file: 'toy.s', isa: toy });
    expect(result.ok ? [] : result.problems.map((p) => p.message)).toEqual(['"r9" is no register: r0 to r7']);
  });
});
