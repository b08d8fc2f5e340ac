import { FunctionLibrary } from '../../workloads/language/build/library.js';
import type { FunctionDefinition } from '../../workloads/language/program.js';
import { DATA } from './run-rv32.js';

/**
 * A function written in the language and in C (`kernels/ID.c`, `unsigned kernel(...)`), with input and right result.
 */
export interface Kernel {
  readonly id: string;
  readonly title: string;
  readonly functions: readonly FunctionDefinition[];
  /** Name of the function that is called. */
  readonly entry: string;
  readonly memory: Uint8Array;
  /** Bytes of memory that hold a reference to a place in it, as an address; a reference takes 8. Default: none. */
  readonly references?: readonly number[];
  readonly given: readonly number[];
  /** a0 afterwards; undefined if the function returns nothing. */
  readonly result: number | undefined;
  /** What memory holds afterwards. */
  readonly after: Uint8Array;
}

const POLYNOMIAL = 0xedb88320;

/** Pseudo-random words, always the same. */
function words(count: number, seed = 1): Uint32Array {
  let state = seed >>> 0;
  return Uint32Array.from({ length: count }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0));
}

const bytesOf = (list: Uint32Array): Uint8Array => new Uint8Array(list.slice().buffer);

const concat = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((p) => [...p]));

function crcStep(crc: number): number {
  return ((crc >>> 1) ^ (POLYNOMIAL & -(crc & 1))) >>> 0;
}

function crcByte(crc: number): number {
  let c = crc;
  for (let i = 0; i < 8; i++) c = crcStep(c);
  return c;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, i) => crcByte(i));

function crc32(data: Uint8Array): number {
  const crc = data.reduce((c, byte) => (CRC_TABLE[(c ^ byte) & 255] ^ (c >>> 8)) >>> 0, 0xffffffff);
  return ~crc >>> 0;
}

function crcBitwise(): Kernel {
  const library = new FunctionLibrary();
  library.function('crc', ['reference', 'word'], ['word'], (f, data, bytes) => {
    const crc = f.word('crc', 0xffffffff);
    f.repeat(bytes, (i) => {
      f.set(crc, crc.xor(f.loadByte(data, i)));
      f.repeat(8, () => {
        const bit = f.let('bit', crc.and(1));
        f.set(crc, crc.shiftRight(1));
        f.if(bit.differs(0), () => f.set(crc, crc.xor(POLYNOMIAL)));
      });
    });
    f.return(crc.xor(0xffffffff));
  });
  const memory = bytesOf(words(16));
  return {
    id: 'crc-bitwise',
    title: 'CRC-32, bit by bit, 64 bytes',
    functions: library.functions,
    entry: 'crc',
    memory,
    given: [DATA, 64],
    result: crc32(memory),
    after: memory,
  };
}

function crcTable(): Kernel {
  const library = new FunctionLibrary();
  library.function('crc', ['reference', 'reference', 'word'], ['word'], (f, table, data, bytes) => {
    const crc = f.word('crc', 0xffffffff);
    f.repeat(bytes, (i) => {
      const index = crc.xor(f.loadByte(data, i)).and(255);
      f.set(crc, f.loadWord(table, index.shiftLeft(2)).xor(crc.shiftRight(8)));
    });
    f.return(crc.xor(0xffffffff));
  });
  const data = bytesOf(words(64));
  const memory = concat(bytesOf(CRC_TABLE), data);
  return {
    id: 'crc-table',
    title: 'CRC-32 by table, 256 bytes',
    functions: library.functions,
    entry: 'crc',
    memory,
    given: [DATA, DATA + 1024, 256],
    result: crc32(data),
    after: memory,
  };
}

function copyBytes(): Kernel {
  const library = new FunctionLibrary();
  library.function('copy', ['reference', 'reference', 'word'], [], (f, to, from, bytes) => {
    f.copyBytes(to, from, bytes);
  });
  const data = bytesOf(words(32));
  return {
    id: 'memcpy-bytes',
    title: 'memcpy by bytes, 128 bytes',
    functions: library.functions,
    entry: 'copy',
    memory: concat(data, new Uint8Array(128)),
    given: [DATA + 128, DATA, 128],
    result: undefined,
    after: concat(data, data),
  };
}

function copyWords(): Kernel {
  const library = new FunctionLibrary();
  library.function('copy', ['reference', 'reference', 'word'], [], (f, to, from, count) => {
    f.copyWords(to, from, count);
  });
  const data = bytesOf(words(128));
  return {
    id: 'memcpy-words',
    title: 'memcpy by words, 512 bytes',
    functions: library.functions,
    entry: 'copy',
    memory: concat(data, new Uint8Array(512)),
    given: [DATA + 512, DATA, 128],
    result: undefined,
    after: concat(data, data),
  };
}

function bubbleSort(): Kernel {
  const library = new FunctionLibrary();
  library.function('sort', ['reference', 'word'], [], (f, data, count) => {
    const last = f.word('last', count.sub(1));
    f.while(
      () => last.differs(0),
      () => {
        f.repeat(last, (i) => {
          const here = data.advance(i.shiftLeft(2));
          const next = data.advance(i.add(1).shiftLeft(2));
          const a = f.loadWord(here);
          const b = f.loadWord(next);
          f.if(a.above(b), () => {
            f.storeWord(here, b);
            f.storeWord(next, a);
          });
        });
        f.set(last, last.sub(1));
      },
    );
  });
  const list = words(32, 7);
  return {
    id: 'bubble-sort',
    title: 'bubble sort of 32 words',
    functions: library.functions,
    entry: 'sort',
    memory: bytesOf(list),
    given: [DATA, 32],
    result: undefined,
    after: bytesOf(list.slice().sort()),
  };
}

function matrixMultiply(): Kernel {
  const n = 8;
  const library = new FunctionLibrary();
  library.function('multiply', ['reference', 'reference', 'reference', 'word'], [], (f, c, a, b, size) => {
    const at = (row: typeof size, column: typeof size) => row.mul(size).add(column).shiftLeft(2);
    f.repeat(size, (i) => {
      f.repeat(size, (j) => {
        const sum = f.word('sum', 0);
        f.repeat(size, (k) => {
          f.set(sum, sum.add(f.loadWord(a, at(i, k)).mul(f.loadWord(b, at(k, j)))));
        });
        f.storeWord(c, sum, at(i, j));
      });
    });
  });
  const a = words(n * n, 3);
  const b = words(n * n, 5);
  const c = Uint32Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let k = 0; k < n; k++) sum = (sum + Math.imul(a[i * n + k], b[k * n + j])) >>> 0;
    return sum;
  });
  const size = 4 * n * n;
  return {
    id: 'matrix-multiply',
    title: 'product of two matrices of 8 x 8 words, size a parameter',
    functions: library.functions,
    entry: 'multiply',
    memory: concat(bytesOf(a), bytesOf(b), new Uint8Array(size)),
    given: [DATA + 2 * size, DATA, DATA + size, n],
    result: undefined,
    after: concat(bytesOf(a), bytesOf(b), bytesOf(c)),
  };
}

function callStub(): Kernel {
  const library = new FunctionLibrary();
  const add = library.function('add4', ['word', 'word', 'word', 'word'], ['word'], (f, a, b, c, d) => {
    f.return(a.add(b).add(c).add(d));
  });
  library.function('calls', ['word', 'word', 'word', 'word'], ['word'], (f, count, a, b, c) => {
    const total = f.word('total', 0);
    f.repeat(count, (i) => {
      const [answer] = f.call(add, i, a, b, c);
      f.set(total, total.xor(answer));
    });
    f.return(total);
  });
  const [count, a, b, c] = [20, 5, 70, 900];
  let total = 0;
  for (let i = 0; i < count; i++) total ^= i + a + b + c;
  return {
    id: 'call-stub',
    title: '20 calls of a function with 4 words',
    functions: library.functions,
    entry: 'calls',
    memory: new Uint8Array(4),
    given: [count, a, b, c],
    result: total,
    after: new Uint8Array(4),
  };
}

function structureCopy(): Kernel {
  const library = new FunctionLibrary();
  library.function('copy', ['reference', 'reference', 'word'], [], (f, to, from, count) => {
    f.repeat(count, (i) => {
      const at = i.shiftLeft(5);
      for (let field = 0; field < 8; field++) {
        const here = 4 * field;
        f.storeWord(to.advance(at), f.loadWord(from.advance(at), here), here);
      }
    });
  });
  const data = bytesOf(words(8 * 10, 11));
  return {
    id: 'structure-copy',
    title: 'copy of 10 structures of 8 words, field by field',
    functions: library.functions,
    entry: 'copy',
    memory: concat(data, new Uint8Array(320)),
    given: [DATA + 320, DATA, 10],
    result: undefined,
    after: concat(data, data),
  };
}

function queue(): Kernel {
  const [HEAD, TAIL, MASK, SLOTS] = [0, 4, 8, 16];
  const library = new FunctionLibrary();
  const put = library.function('put', ['reference', 'word'], ['word'], (f, q, value) => {
    const head = f.loadWord(q, HEAD);
    const tail = f.loadWord(q, TAIL);
    const mask = f.loadWord(q, MASK);
    f.if(head.sub(tail).above(mask), () => f.return(0));
    f.storeWord(q.advance(SLOTS), value, head.and(mask).shiftLeft(2));
    f.storeWord(q, head.add(1), HEAD);
    f.return(1);
  });
  const get = library.function('get', ['reference', 'reference'], ['word'], (f, q, into) => {
    const head = f.loadWord(q, HEAD);
    const tail = f.loadWord(q, TAIL);
    f.if(head.equals(tail), () => f.return(0));
    const mask = f.loadWord(q, MASK);
    f.storeWord(into, f.loadWord(q.advance(SLOTS), tail.and(mask).shiftLeft(2)));
    f.storeWord(q, tail.add(1), TAIL);
    f.return(1);
  });
  library.function('pump', ['reference', 'reference', 'word'], ['word'], (f, q, slot, count) => {
    const total = f.word('total', 0);
    f.repeat(count, (i) => {
      const [done] = f.call(put, q, i);
      f.set(total, total.add(done));
      f.if(i.and(3).equals(3), () => {
        f.loop(() => {
          const [got] = f.call(get, q, slot);
          f.if(got.equals(0), () => f.break());
          f.set(total, total.add(f.loadWord(slot)));
        });
      });
    });
    f.return(total);
  });
  const count = 32;
  const memory = new Uint8Array(16 + 32 + 8);
  memory[MASK] = 7;
  const after = memory.slice();
  after[HEAD] = count;
  after[TAIL] = count;
  // the queue is emptied after every fourth word: its slots hold the last eight, the slot behind it the last
  for (let i = 0; i < 8; i++) after[SLOTS + 4 * i] = count - 8 + i;
  after[48] = count - 1;
  return {
    id: 'queue',
    title: '32 words put into a ring of 8 and taken out by fours',
    functions: library.functions,
    entry: 'pump',
    memory,
    given: [DATA, DATA + 48, count],
    result: count + (count * (count - 1)) / 2,
    after,
  };
}

function pointerChase(): Kernel {
  const library = new FunctionLibrary();
  library.function('chase', ['reference', 'word'], ['word'], (f, start, count) => {
    const at = f.reference('at', start);
    const sum = f.word('sum', 0);
    f.repeat(count, () => {
      f.set(sum, sum.add(f.loadWord(at, 8)));
      f.set(at, f.loadReference(at));
    });
    f.return(sum);
  });
  const nodes = 16;
  const list = new Uint32Array(4 * nodes);
  for (let i = 0; i < nodes; i++) {
    list[4 * i] = DATA + 16 * ((7 * i + 3) % nodes);
    list[4 * i + 2] = i * i;
  }
  const steps = 50;
  let sum = 0;
  for (let i = 0, at = 0; i < steps; i++, at = (7 * at + 3) % nodes) sum += at * at;
  return {
    id: 'pointer-chase',
    title: '50 steps through a linked list',
    functions: library.functions,
    entry: 'chase',
    memory: bytesOf(list),
    references: Array.from({ length: nodes }, (_, i) => 16 * i),
    given: [DATA, steps],
    result: sum,
    after: bytesOf(list),
  };
}

/** The programs by which the compiler is judged. */
export const KERNELS: readonly Kernel[] = [
  crcBitwise(),
  crcTable(),
  copyBytes(),
  copyWords(),
  bubbleSort(),
  matrixMultiply(),
  callStub(),
  structureCopy(),
  queue(),
  pointerChase(),
];
