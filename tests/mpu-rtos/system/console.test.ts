import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Semihosting,
  type SemihostingMemory,
  type SemihostingOptions,
  type SemihostingOutcome,
} from '../../../platforms/mpu-rtos/hardware/semihosting.js';
import { CmsdkUart, MPS2_UART } from '../../../platforms/mpu-rtos/hardware/uart.js';
import { TestHost } from '../../machine/host.js';

describe('CMSDK UART', () => {
  const [DATA, STATE, CTRL, INTSTATUS, BAUDDIV] = [0x0, 0x4, 0x8, 0xc, 0x10];
  const bench = (): { uart: CmsdkUart; host: TestHost; sent: () => string } => {
    let text = '';
    const uart = new CmsdkUart((character) => (text += String.fromCharCode(character)));
    const host = new TestHost([uart]);
    host.reset();
    return { uart, host, sent: () => text };
  };

  it('sends at once while its transmitter is enabled', () => {
    const { uart, sent } = bench();
    uart.write(DATA, 4, 0x41);
    uart.write(CTRL, 4, 1);
    uart.write(DATA, 4, 0x142);
    uart.write(DATA, 1, 0x43);
    expect(sent()).toBe('BC');
    expect([DATA, STATE, CTRL].map((offset) => uart.read(offset))).toEqual([0, 0, 1]);
  });

  it('raises its transmit interrupt until it is cleared', () => {
    const { uart, host } = bench();
    uart.write(CTRL, 4, 0b101);
    expect(host.lines.get(MPS2_UART.transmitLine)).toBe(false);
    uart.write(DATA, 4, 0x41);
    expect([host.lines.get(MPS2_UART.transmitLine), uart.read(INTSTATUS)]).toEqual([true, 1]);
    const copy = bench();
    copy.uart.load(uart.save());
    expect([copy.host.lines.get(MPS2_UART.transmitLine), copy.uart.save()]).toEqual([true, uart.save()]);
    uart.write(INTSTATUS, 4, 1);
    expect([host.lines.get(MPS2_UART.transmitLine), uart.read(INTSTATUS)]).toEqual([false, 0]);
  });

  it('keeps what its registers can hold, and says what it is', () => {
    const { uart } = bench();
    for (const offset of [CTRL, BAUDDIV, 0x14]) uart.write(offset, 4, 0xffffffff);
    expect([CTRL, BAUDDIV, 0x14].map((offset) => uart.read(offset))).toEqual([0x7f, 0xfffff, 0]);
    expect([0xfe0, 0xfe4, 0xff0, 0xffc].map((offset) => uart.read(offset))).toEqual([0x21, 0xb8, 0x0d, 0xb1]);
  });
});

/** 64 KiB of RAM at 0x20000000. */
class Memory implements SemihostingMemory {
  readonly bytes = new DataView(new ArrayBuffer(0x10000));

  read(address: number, size: 1 | 4): number | undefined {
    const at = address - 0x20000000;
    if (at < 0 || at + size > this.bytes.byteLength) return undefined;
    return size === 1 ? this.bytes.getUint8(at) : this.bytes.getUint32(at, true);
  }
  write(address: number, size: 1 | 4, value: number): boolean {
    const at = address - 0x20000000;
    if (at < 0 || at + size > this.bytes.byteLength) return false;
    if (size === 1) this.bytes.setUint8(at, value);
    else this.bytes.setUint32(at, value, true);
    return true;
  }
}

const BLOCK = 0x20000000;
const TEXT = 0x20000100;
const MINUS_ONE = 0xffffffff;

class Guest {
  readonly memory = new Memory();
  printed = '';
  readonly host: Semihosting;

  constructor(options: SemihostingOptions = {}) {
    this.host = new Semihosting((byte) => (this.printed += String.fromCharCode(byte)), options);
  }
  text(value: string): this {
    [...value, '\0'].forEach((c, i) => this.memory.write(TEXT + i, 1, c.charCodeAt(0)));
    return this;
  }
  call(operation: number, parameter: number, now = 0): SemihostingOutcome {
    return this.host.call(operation, parameter, this.memory, now);
  }
  /** A call with a parameter block. */
  with(operation: number, ...block: number[]): SemihostingOutcome {
    block.forEach((word, i) => this.memory.write(BLOCK + 4 * i, 4, word));
    return this.call(operation, BLOCK);
  }
}

const returned = (value: number): SemihostingOutcome => ({ kind: 'return', value });

describe('semihosting', () => {
  it('prints', () => {
    const guest = new Guest().text('hello');
    expect(guest.call(0x04, TEXT)).toEqual(returned(0));
    expect(guest.call(0x03, TEXT + 1)).toEqual(returned(0));
    guest.text(':tt');
    expect(guest.with(0x01, TEXT, 4, 3)).toEqual(returned(2));
    guest.text('world');
    expect(guest.with(0x05, 2, TEXT, 5)).toEqual(returned(0));
    expect(guest.printed).toBe('helloeworld');
  });

  it('opens nothing but the console', () => {
    const guest = new Guest().text(':tt');
    expect([0, 4, 8].map((mode) => guest.with(0x01, TEXT, mode, 3))).toEqual([1, 2, 3].map(returned));
    expect(guest.with(0x01, TEXT, 12, 3)).toEqual(returned(MINUS_ONE));
    guest.text('file');
    expect(guest.with(0x01, TEXT, 0, 4)).toEqual(returned(MINUS_ONE));
    expect(guest.call(0x13, 0)).toEqual(returned(2));
    expect(guest.with(0x05, 7, TEXT, 4)).toEqual(returned(4));
    expect(guest.with(0x05, 1, TEXT, 4)).toEqual(returned(4)); // opened for reading
    expect(guest.call(0x13, 0)).toEqual(returned(9));
    expect(guest.printed).toBe('');
  });

  it('says what a handle is', () => {
    const guest = new Guest();
    expect(guest.with(0x09, 2)).toEqual(returned(1));
    expect(guest.with(0x0c, 2)).toEqual(returned(0));
    expect(guest.with(0x02, 2)).toEqual(returned(0));
    for (const operation of [0x02, 0x09, 0x0c]) expect(guest.with(operation, 9)).toEqual(returned(MINUS_ONE));
    expect(guest.with(0x06, 1, TEXT, 10)).toEqual(returned(10)); // end of input
    expect(guest.with(0x08, 0x80000000)).toEqual(returned(1));
    expect(guest.with(0x08, 5)).toEqual(returned(0));
  });

  it('has the file of features, for libraries that ask before SYS_EXIT_EXTENDED', () => {
    const guest = new Guest().text(':semihosting-features');
    expect(guest.with(0x01, TEXT, 0, 21)).toEqual(returned(4));
    expect(guest.with(0x0c, 4)).toEqual(returned(5));
    expect(guest.with(0x06, 4, TEXT, 4)).toEqual(returned(0));
    expect(guest.memory.read(TEXT, 4)).toBe(0x42464853); // "SHFB"
    expect(guest.with(0x06, 4, TEXT, 1)).toEqual(returned(0));
    expect(guest.with(0x06, 4, TEXT, 4)).toEqual(returned(4)); // at its end
    expect(guest.with(0x0a, 4, 4)).toEqual(returned(0));
    expect(guest.with(0x06, 4, TEXT, 8)).toEqual(returned(7));
    expect(guest.memory.read(TEXT, 1)! & 1).toBe(1);
    expect(guest.with(0x09, 4)).toEqual(returned(0));
  });

  it('tells guest time', () => {
    const guest = new Guest({ clockHz: 80e6 });
    expect(guest.call(0x10, 0, 120e6)).toEqual(returned(150));
    expect(guest.call(0x11, 0, 250e6)).toEqual(returned(3));
    expect(guest.call(0x31, 0)).toEqual(returned(80e6));
    expect(guest.call(0x30, BLOCK, 5 * 2 ** 32 + 9)).toEqual(returned(0));
    expect([guest.memory.read(BLOCK, 4), guest.memory.read(BLOCK + 4, 4)]).toEqual([9, 5]);
  });

  it('gives the heap and the command line', () => {
    const guest = new Guest({ heap: [0x20004000, 0x20006000, 0x20008000, 0x20007000], commandLine: 'test -v' });
    guest.with(0x16, TEXT);
    expect([0, 1, 2, 3].map((i) => guest.memory.read(TEXT + 4 * i, 4))).toEqual([
      0x20004000, 0x20006000, 0x20008000, 0x20007000,
    ]);
    expect(guest.with(0x15, TEXT, 7)).toEqual(returned(MINUS_ONE));
    expect(guest.with(0x15, TEXT, 8)).toEqual(returned(0));
    expect([guest.memory.read(BLOCK + 4, 4), guest.memory.read(TEXT, 1), guest.memory.read(TEXT + 7, 1)]).toEqual([
      7, 0x74, 0,
    ]);
  });

  it('ends the run', () => {
    const guest = new Guest();
    expect(guest.call(0x18, 0x20026)).toEqual({ kind: 'exit', code: 0 });
    expect(guest.call(0x18, 0x20023)).toEqual({ kind: 'exit', code: 1 });
    expect(guest.with(0x20, 0x20026, 42)).toEqual({ kind: 'exit', code: 42 });
    expect(guest.with(0x20, 0x20024, 42)).toEqual({ kind: 'exit', code: 1 });
  });

  it('reports memory that does not answer, and does not run on for ever', () => {
    const guest = new Guest();
    expect(guest.call(0x04, 0x1000)).toEqual({
      kind: 'fault',
      reason: 'semihosting call 0x00000004: no memory can be read at 0x00001000',
    });
    expect(guest.with(0x05, 2, TEXT, 0xffffffff)).toEqual({
      kind: 'fault',
      reason: 'semihosting call 0x00000005: 4294967295 bytes at 0x20000100: at most 1048576 at a time',
    });
    expect(guest.call(0x30, 0x2000fffc).kind).toBe('fault');
    expect(guest.with(0x16, 0).kind).toBe('fault');
    const endless: SemihostingMemory = { read: () => 0x41, write: () => true };
    expect(guest.host.call(0x04, 0, endless, 0).kind).toBe('fault');
  });

  it('answers anything with an outcome', () => {
    const word = fc.oneof(fc.nat(0xffffffff), fc.integer({ min: BLOCK - 8, max: BLOCK + 0x10008 }), fc.nat(0x40));
    fc.assert(
      fc.property(
        fc.oneof(fc.nat(0x40), word),
        word,
        fc.array(word, { maxLength: 4 }),
        (operation, parameter, block) => {
          const guest = new Guest();
          block.forEach((value, i) => guest.memory.write(BLOCK + 4 * i, 4, value));
          const outcome = guest.call(operation | 0, parameter | 0, 1e9);
          if (outcome.kind === 'return') expect(outcome.value >= 0 && outcome.value <= 0xffffffff).toBe(true);
          const copy = new Guest();
          copy.host.load(guest.host.save());
          expect(copy.call(0x13, 0)).toEqual(guest.call(0x13, 0));
        },
      ),
      { numRuns: 500 },
    );
    expect(new Guest().call(0x77, 0)).toEqual(returned(MINUS_ONE));
  });
});
