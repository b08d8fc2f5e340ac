import type { FunctionBuilder } from '../../workloads/language/build/function.js';
import type { BufferHandle, FunctionHandle } from '../../workloads/language/build/handles.js';
import { FunctionLibrary } from '../../workloads/language/build/library.js';
import {
  type Condition,
  type Reference,
  type ReferenceVariable,
  Word,
  type WordVariable,
} from '../../workloads/language/build/values.js';
import type { Comparison } from '../../workloads/language/program.js';

/** Bytes of each buffer of a random program. */
export const BUFFER_BYTES = 64;
/** Buffers of words and bytes. */
export const BUFFERS = ['alpha', 'beta'] as const;
/** Buffer that references are stored in, one per slot of 8 bytes. */
export const REFERENCES = 'links';
const SLOTS = 4;

/** Decisions of the generator, one after the other; they begin again when they are used up. */
class Tape {
  private at = 0;

  constructor(private readonly numbers: readonly number[]) {}

  /** 0 to n - 1. */
  below(n: number): number {
    return this.numbers[this.at++ % this.numbers.length] % n;
  }

  word(): number {
    const n = this.numbers[this.at++ % this.numbers.length];
    // small numbers, limits of immediates and arbitrary words
    return (
      [n % 16, (n % 5) - 2, 2046 + (n % 4), -2046 - (n % 4), Math.imul(n, 0x9e3779b1), 0x80000000, -1][n % 7] >>> 0
    );
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}

/** Buffers belong to a domain; here there is only one. */
class RandomLibrary extends FunctionLibrary {
  protected override knows(handle: { readonly kind: string; readonly name: string }): boolean {
    return handle.kind === 'buffer' || super.knows(handle);
  }

  add(
    name: string,
    parameters: number,
    body: (f: FunctionBuilder, words: readonly Word[]) => void,
  ): FunctionHandle<readonly 'word'[], readonly ['word']> {
    const types = Array.from({ length: parameters }, () => 'word' as const);
    this.define(name, types, ['word'], 'here', (f, values) => body(f, values as readonly Word[]));
    return { kind: 'function', name, parameters: types, results: ['word'] };
  }
}

const buffer = (name: string, bytes: number): BufferHandle => ({
  kind: 'buffer',
  name,
  domain: 'here',
  bytes,
  passed: false,
});

/**
 * A library of two functions, `helper` and `main`, that end, stay within their buffers and use every kind of statement
 * a machine
 * without a kernel can run. Its two arguments are words.
 */
export function randomProgram(numbers: readonly number[]): FunctionLibrary {
  const library = new RandomLibrary('random program');
  const tape = new Tape(numbers);
  let marks = 0;
  // half of the programs have none: marks limit what the passes do
  const marked = tape.below(2) === 0;
  const nextMark = (): string | undefined => (marked ? `mark${marks++}` : undefined);
  const helper = library.add('helper', 3, (f, words) => {
    new RandomBody(f, tape, words, undefined, nextMark).write();
  });
  library.add('main', 2, (f, words) => {
    new RandomBody(f, tape, words, helper, nextMark).write();
  });
  return library;
}

const OPERATORS = ['add', 'sub', 'mul', 'and', 'or', 'xor', 'shiftLeft', 'shiftRight', 'shiftRightSigned'] as const;
const DIVISIONS = ['divideUnsigned', 'divideSigned', 'remainderUnsigned', 'remainderSigned'] as const;
const TESTS = ['equals', 'differs', 'below', 'atLeast', 'above', 'lessThan', 'greaterThan', 'notGreaterThan'] as const;
const COMPARISONS: readonly Comparison[] = ['eq', 'ne', 'lts', 'ges', 'ltu', 'geu'];

class RandomBody {
  private readonly variables: WordVariable[];
  private readonly fixed: Word[];
  private readonly moving: ReferenceVariable;
  private inLoop = 0;

  constructor(
    private readonly f: FunctionBuilder,
    private readonly tape: Tape,
    words: readonly Word[],
    private readonly helper: FunctionHandle<readonly 'word'[], readonly ['word']> | undefined,
    private readonly nextMark: () => string | undefined,
  ) {
    this.fixed = [...words];
    const count = 1 + tape.below(tape.below(8) === 0 ? 40 : 6);
    this.variables = Array.from({ length: count }, (_, i) => f.word(`x${i}`, this.expression(1)));
    this.moving = f.reference('at', this.wholeBuffer().advance(this.tape.below(8) * 4));
    for (let i = 0; i < SLOTS; i++) f.storeReference(this.links(), this.wholeBuffer(), 8 * i);
  }

  write(): void {
    this.block(3, 2 + this.tape.below(5));
    this.f.return(this.variables.reduce((a: Word, v) => a.xor(v).add(1), new Word({ kind: 'constant', value: 0 })));
  }

  private links(): Reference {
    return this.f.buffer(buffer(REFERENCES, 8 * SLOTS));
  }

  private wholeBuffer(): Reference {
    return this.f.buffer(buffer(this.tape.pick(BUFFERS), BUFFER_BYTES));
  }

  /** A reference, and how many bytes may be added to it. */
  private place(): [Reference, number] {
    switch (this.tape.below(4)) {
      case 0:
        return [this.moving, 28];
      case 1:
        return [this.f.loadReference(this.links(), 8 * this.tape.below(SLOTS)), 60];
      case 2:
        return [this.wholeBuffer().advance(16).narrow(32), 28];
      default:
        return [this.wholeBuffer(), 60];
    }
  }

  /** An offset of at most `most` bytes, a multiple of `width`. */
  private offset(most: number, width: number): Word | number {
    const mask = (most >= 60 ? 0x3f : most >= 28 ? 0x1f : 0xf) & -width;
    switch (this.tape.below(3)) {
      case 0:
        return this.tape.word() & mask;
      case 1:
        return this.expression(1).and(mask);
      default:
        return this.word()
          .shiftLeft(2)
          .and(mask & 0x3c);
    }
  }

  private word(): Word {
    const all = [...this.variables, ...this.fixed];
    return this.tape.below(4) === 0 ? new Word({ kind: 'constant', value: this.tape.word() }) : this.tape.pick(all);
  }

  private expression(depth: number): Word {
    if (depth === 0 || this.variables === undefined || this.variables.length === 0) {
      return this.variables === undefined ? new Word({ kind: 'constant', value: this.tape.word() }) : this.word();
    }
    const left = this.expression(depth - 1);
    const choice = this.tape.below(16);
    if (choice === 0) return left[this.tape.pick(DIVISIONS)](this.word().or(1));
    if (choice === 1) return left.is(this.tape.pick(COMPARISONS), this.word());
    const operator = this.tape.pick(OPERATORS);
    if (operator.startsWith('shift')) return left[operator](this.word().and(31));
    return left[operator](this.expression(depth - 1));
  }

  private condition(depth: number): Condition {
    const simple = this.word()[this.tape.pick(TESTS)](this.tape.below(2) === 0 ? this.word() : this.tape.word());
    if (depth === 0) return simple;
    switch (this.tape.below(5)) {
      case 0:
        return simple.and(this.condition(depth - 1));
      case 1:
        return simple.or(this.condition(depth - 1));
      case 2:
        return this.condition(depth - 1).not();
      default:
        return simple;
    }
  }

  private block(depth: number, length: number): void {
    for (let i = 0; i < length; i++) this.statement(depth);
  }

  private statement(depth: number): void {
    const { f, tape } = this;
    switch (tape.below(depth > 0 ? 14 : 9)) {
      case 0:
      case 1:
      case 2:
        f.set(tape.pick(this.variables), this.expression(2));
        break;
      case 3:
      case 4:
        this.load();
        break;
      case 5:
        this.store();
        break;
      case 6:
        this.mark();
        break;
      case 7:
        f.storeReference(this.links(), this.wholeBuffer(), 8 * tape.below(SLOTS));
        break;
      case 8:
        if (this.helper !== undefined && this.inLoop < 2) {
          const [result] = f.call(this.helper, this.word(), this.expression(1), this.word());
          f.set(tape.pick(this.variables), result);
        }
        break;
      case 9:
      case 10:
        f.if(
          this.condition(2),
          () => this.block(depth - 1, 1 + tape.below(3)),
          () => this.block(depth - 1, tape.below(3)),
        );
        break;
      default:
        this.loop(depth);
    }
  }

  private mark(): void {
    const mark = this.nextMark();
    if (mark === undefined) this.store();
    else this.f.mark(mark);
  }

  private loop(depth: number): void {
    const { f, tape } = this;
    this.inLoop++;
    const body = (index: Word): void => {
      this.fixed.push(index);
      this.walk(index);
      this.block(depth - 1, 1 + tape.below(4));
      if (tape.below(4) === 0) f.if(this.condition(1), () => f.break());
      this.fixed.pop();
    };
    switch (tape.below(3)) {
      case 0:
        f.repeat(tape.below(6), body);
        break;
      case 1:
        f.repeat(this.word().and(7), body);
        break;
      default: {
        const left = f.word('left', 1 + tape.below(5));
        f.while(
          () => {
            const more = left.differs(0);
            return tape.below(2) === 0
              ? more.and(this.condition(1))
              : more.and(this.condition(0).or(this.condition(1)));
          },
          () => {
            f.set(left, left.sub(1));
            body(left.add(0));
          },
        );
      }
    }
    this.inLoop--;
  }

  /** Accesses by the loop's counter, as loops over arrays make them; it counts to 7 at most. */
  private walk(index: Word): void {
    const { f, tape } = this;
    const reference = this.wholeBuffer();
    const target = tape.pick(this.variables);
    switch (tape.below(4)) {
      case 0:
        f.set(target, target.add(f.loadWord(reference, index.shiftLeft(2))));
        break;
      case 1:
        f.storeWord(reference, target, index.add(1).shiftLeft(2));
        f.set(target, f.loadWord(reference, index.shiftLeft(2)));
        break;
      case 2:
        f.storeByte(reference, target, index.mul(tape.below(8)).add(this.word().and(7)));
        break;
      default:
        f.set(target, target.xor(f.loadHalf(reference, index.mul(6).add(2))));
    }
  }

  private load(): void {
    const { f, tape } = this;
    const [reference, most] = this.place();
    const target = tape.pick(this.variables);
    switch (tape.below(5)) {
      case 0:
        f.set(target, f.loadByte(reference, this.offset(most, 1)));
        break;
      case 1:
        f.set(target, f.loadSignedByte(reference, this.offset(most, 1)));
        break;
      case 2:
        f.set(target, f.loadHalf(reference, this.offset(most, 2)));
        break;
      case 3:
        f.set(target, f.loadSignedHalf(reference, this.offset(most, 2)));
        break;
      default:
        f.set(target, f.loadWord(reference, this.offset(most, 4)));
    }
  }

  private store(): void {
    const { f, tape } = this;
    const [reference, most] = this.place();
    switch (tape.below(4)) {
      case 0:
        f.storeByte(reference, this.expression(1), this.offset(most, 1));
        break;
      case 1:
        f.storeHalf(reference, this.expression(1), this.offset(most, 2));
        break;
      case 2:
        f.set(this.moving, this.wholeBuffer().advance(tape.below(8) * 4));
        break;
      default:
        f.storeWord(reference, this.expression(1), this.offset(most, 4));
    }
  }
}
