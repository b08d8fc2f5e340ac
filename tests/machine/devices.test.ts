import { describe, expect, it } from 'vitest';
import { BenchDevice } from '../../platforms/machine/devices/bench.js';
import { ConsoleDevice } from '../../platforms/machine/devices/console.js';
import { ExitDevice } from '../../platforms/machine/devices/exit.js';
import { InterruptDevice } from '../../platforms/machine/devices/interrupts.js';
import { PhysicalMemory } from '../../platforms/machine/memory.js';
import { TestHost } from './host.js';

describe('the console', () => {
  const print = (device: ConsoleDevice, bytes: Iterable<number>): void => {
    for (const byte of bytes) device.write(0, 1, byte);
  };

  it('collects the low byte of stores of any size, and is always ready', () => {
    const device = new ConsoleDevice();
    expect(device.write(0, 1, 0x48)).toBe('ok');
    device.write(0, 2, 0xff69);
    device.write(0, 4, 0x12345621);
    expect(device.text).toBe('Hi!');
    expect(device.read(4)).toBe(1);
    expect(device.read(0)).toBe(0);
  });

  it('ignores stores beside the data register', () => {
    const device = new ConsoleDevice();
    for (const offset of [1, 4, 8, 0xffc]) expect(device.write(offset, 4, 0x41)).toBe('ok');
    expect(device.text).toBe('');
    expect(device.read(8)).toBe(0);
  });

  it('can look like a 16550', () => {
    const device = new ConsoleDevice({ name: 'uart', data: 0, status: 5, ready: 0x60 });
    expect([device.name, device.read(5), device.read(4)]).toEqual(['uart', 0x60, 0]);
    const moved = new ConsoleDevice({ data: 0x1c });
    print(moved, [0x41]);
    moved.write(0x1c, 4, 0x42);
    expect(moved.text).toBe('B');
  });

  it('reads the bytes as UTF-8, a broken sequence as U+FFFD', () => {
    const device = new ConsoleDevice();
    print(device, new TextEncoder().encode('µs → €'));
    expect(device.text).toBe('µs → €');
    print(device, [0xff]);
    expect(device.text).toBe('µs → €\ufffd');
  });

  it('keeps what fits and counts the rest', () => {
    const device = new ConsoleDevice({ capacity: 3 });
    print(device, new TextEncoder().encode('abcdef'));
    expect([device.text, device.dropped]).toEqual(['abc', 3]);
    device.reset();
    expect([device.text, device.dropped]).toEqual(['', 0]);
  });

  it('comes back from its saved state', () => {
    const device = new ConsoleDevice({ capacity: 3 });
    print(device, new TextEncoder().encode('xyzw'));
    const state = device.save();
    device.reset();
    print(device, [0x21]);
    const other = new ConsoleDevice({ capacity: 3 });
    print(other, [0x21, 0x21]);
    for (const d of [device, other]) {
      d.load(state);
      expect([d.text, d.dropped]).toEqual(['xyz', 1]);
    }
  });
});

describe('the exit device', () => {
  it('ends the run with the stored value, unsigned', () => {
    const device = new ExitDevice();
    const host = new TestHost([device]);
    expect(device.write(4, 4, 9)).toBe('ok');
    expect(host.exitCode).toBeUndefined();
    device.write(0, 4, 0);
    expect(host.exitCode).toBe(0);
    device.write(0, 4, -1);
    expect(host.exitCode).toBe(0xffffffff);
    expect(device.read()).toBe(0);
    expect(device.save()).toEqual([]);
  });
});

describe('the interrupt device', () => {
  const setup = (options = {}): { device: InterruptDevice; host: TestHost; changes: () => string[] } => {
    const device = new InterruptDevice(options);
    const host = new TestHost([device]);
    const changes = (): string[] => host.changes.splice(0).map((c) => `${c.line}${c.level ? '+' : '-'}`);
    return { device, host, changes };
  };

  it('sets, clears and assigns lines, and drives only those that change', () => {
    const { device, changes } = setup();
    device.write(0x04, 4, 0b0110);
    expect(changes()).toEqual(['1+', '2+']);
    device.write(0x04, 4, 0b0011);
    expect(changes()).toEqual(['0+']);
    device.write(0x08, 4, 0b1100);
    expect(changes()).toEqual(['2-']);
    device.write(0x00, 4, 0x80000001 | 0);
    expect(changes()).toEqual(['1-', '31+']);
    expect([0, 4, 8].map((offset) => device.read(offset, 4))).toEqual([0x80000001, 0x80000001, 0x80000001]);
  });

  it('drives its own lines only', () => {
    const { device, changes } = setup({ first: 7, count: 2 });
    device.write(0x00, 4, 0xffffffff);
    expect(changes()).toEqual(['7+', '8+']);
    expect(device.read(0, 4)).toBe(3);
    const msip = setup({ count: 1, first: 3 });
    msip.device.write(0, 4, 2);
    expect([msip.device.read(0, 4), msip.changes()]).toEqual([0, []]);
    for (const count of [0, 33, 1.5]) expect(() => new InterruptDevice({ count })).toThrow(RangeError);
  });

  it('answers other sizes and offsets with a bus error and changes nothing', () => {
    const { device, changes } = setup();
    expect([device.write(0, 1, 1), device.write(4, 2, 1), device.write(0x0c, 4, 1)]).toEqual([
      'error',
      'error',
      'error',
    ]);
    expect([device.read(0, 2), device.read(0x0c, 4)]).toEqual([undefined, undefined]);
    expect(changes()).toEqual([]);
  });

  it('can be driven by a harness', () => {
    const { device, changes } = setup({ count: 4 });
    device.lines = 0b11001;
    expect(changes()).toEqual(['0+', '3+']);
    expect(device.lines).toBe(0b1001);
  });

  it('lowers every line on reset and drives them again after load', () => {
    const { device, host } = setup({ first: 1, count: 2 });
    device.write(0, 4, 0b10);
    const state = device.save();
    device.reset();
    expect([...host.lines]).toEqual([
      [2, false],
      [1, false],
    ]);
    device.load(state);
    expect([host.lines.get(1), host.lines.get(2), device.read(0, 4)]).toEqual([false, true, 2]);
  });
});

describe('the bench device', () => {
  it('comes back from its saved state with a console of any length', () => {
    const device = new BenchDevice();
    const host = new TestHost([device]);
    const text = 'µ'.repeat(300_000);
    for (const byte of new TextEncoder().encode(text)) device.write(0x10, 1, byte, 0);
    device.write(0x00, 4, 11, 0);
    device.write(0x08, 4, 0b10, 0);
    device.write(0x0c, 4, 25, 0);
    host.advance(30);
    const state = device.save();
    const other = new BenchDevice();
    const otherHost = new TestHost([other]);
    other.load(state);
    expect(other.console === text).toBe(true);
    expect([other.outputs, other.timerRises]).toEqual([[11], [25]]);
    expect([otherHost.lines.get(0), otherHost.lines.get(1)]).toEqual([true, true]);
    expect(other.save()).toEqual(state);
  });

  it('drives a line that the board chooses with its timer, and tells who watches', () => {
    const device = new BenchDevice(7);
    const host = new TestHost([device]);
    const rises: number[] = [];
    device.onTimer = () => rises.push(host.now);
    device.write(0x0c, 4, 25, 5);
    host.advance(40);
    device.write(0x08, 4, 0, 40);
    expect(host.changes).toEqual([
      { now: 30, line: 7, level: true },
      { now: 40, line: 7, level: false },
    ]);
    expect(rises).toEqual([30]);
  });

  it('keeps the first 2^20 of what a guest stores in a loop', () => {
    const device = new BenchDevice();
    new TestHost([device]);
    for (let i = 0; i < (1 << 20) + 3; i++) device.write(0x00, 4, i, 0);
    expect([device.outputs.length, device.outputs.at(-1)]).toEqual([1 << 20, (1 << 20) - 1]);
  });

  it('does what the vectors’ page says, behind a physical memory', () => {
    const device = new BenchDevice();
    const host = new TestHost([device]);
    const memory = new PhysicalMemory([{ kind: 'device', start: 0x40000000, bytes: 0x1000, device }], 1);
    const store = (offset: number, value: number, now = 0): void => {
      expect(memory.write(0x40000000 + offset, 4, value, now)).toBe('ok');
    };
    store(0x00, -1);
    store(0x00, 7);
    for (const c of 'ok') store(0x10, c.charCodeAt(0));
    store(0x08, 0b101);
    store(0x0c, 25, 100);
    host.retiredInstructions = 1234;
    expect(memory.read(0x40000000, 4, 2 ** 32 + 5)).toBe(5);
    expect(memory.read(0x40000014, 4, 0)).toBe(1234);
    expect(memory.read(0x40000008, 4, 0)).toBe(0);
    expect([device.outputs, device.console]).toEqual([[0xffffffff, 7], 'ok']);
    expect([...host.lines]).toEqual([
      [0, true],
      [2, true],
    ]);
    store(0x08, 0);
    host.advance(124);
    expect(host.lines.get(0)).toBe(false);
    host.advance(125);
    expect(host.lines.get(0)).toBe(true);
    expect(device.timerRises).toEqual([125]);
    store(0x04, 3);
    expect(host.exitCode).toBe(3);

    const state = device.save();
    host.reset();
    expect([device.outputs, device.console, device.timerRises, host.lines.get(0)]).toEqual([[], '', [], false]);
    device.load(state);
    expect([device.outputs, device.console, device.timerRises]).toEqual([[0xffffffff, 7], 'ok', [125]]);
    expect(host.lines.get(0)).toBe(true);
  });
});
