import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimerDevice, type TimerOptions } from '../../platforms/machine/devices/timer.js';
import { TestHost } from './host.js';

const LINE = 7;
const ALL_ONES = 0xffffffff;

class Bench {
  readonly timer: TimerDevice;
  readonly host: TestHost;
  constructor(options: Partial<TimerOptions> = {}) {
    this.timer = new TimerDevice({ line: LINE, ...options });
    this.host = new TestHost([this.timer]);
  }
  at(now: number): this {
    this.host.advance(now);
    return this;
  }
  store(offset: number, value: number): this {
    expect(this.timer.write(offset, 4, value, this.host.now)).toBe('ok');
    return this;
  }
  compare(value: number): this {
    return this.store(0x0c, ALL_ONES)
      .store(0x08, value)
      .store(0x0c, Math.floor(value / 2 ** 32));
  }
  load(offset: number): number | undefined {
    return this.timer.read(offset, 4, this.host.now);
  }
  get level(): boolean {
    return this.host.lines.get(LINE) ?? false;
  }
  /** Changes of the line as `time+` and `time-`. */
  get edges(): string[] {
    return this.host.changes.map((c) => `${c.now}${c.level ? '+' : '-'}`);
  }
}

describe('the count', () => {
  it('runs with the cycles, over 32 bits', () => {
    const b = new Bench().at(5);
    expect([b.load(0), b.load(4)]).toEqual([5, 0]);
    b.at(3 * 2 ** 32 + 9);
    expect([b.load(0), b.load(4)]).toEqual([9, 3]);
  });

  it('runs one tick every cyclesPerTick', () => {
    const b = new Bench({ cyclesPerTick: 1000 });
    expect([b.at(999).load(0), b.at(1000).load(0), b.at(2999).load(0)]).toEqual([0, 1, 2]);
    for (const cyclesPerTick of [0, -1, 1.5, NaN]) expect(() => new Bench({ cyclesPerTick })).toThrow(RangeError);
  });

  it('may be written, half by half, and starts a whole tick then', () => {
    const b = new Bench({ cyclesPerTick: 10 }).at(15).store(4, 2).store(0, ALL_ONES);
    expect([b.load(0), b.load(4)]).toEqual([ALL_ONES, 2]);
    b.at(24);
    expect([b.load(0), b.load(4)]).toEqual([ALL_ONES, 2]);
    b.at(25);
    expect([b.load(0), b.load(4)]).toEqual([0, 3]);
  });
});

describe('one-shot', () => {
  it('is off after reset', () => {
    const b = new Bench();
    expect([b.load(8), b.load(12), b.load(16), b.load(20)]).toEqual([ALL_ONES, ALL_ONES, 0, 0]);
    expect(b.host.queue.next).toBe(Infinity);
  });

  it('raises the line in the very cycle the count reaches compare, and keeps it until compare moves on', () => {
    const b = new Bench().at(10).compare(100).at(99);
    expect([b.level, b.load(0x14)]).toEqual([false, 0]);
    b.at(500);
    expect([b.level, b.load(0x14)]).toEqual([true, 1]);
    b.store(0x14, 1);
    expect(b.level).toBe(true); // a level, not an event: acknowledging does nothing
    b.compare(600);
    expect(b.level).toBe(false);
    b.at(1000);
    expect(b.edges).toEqual(['100+', '500-', '600+']);
  });

  it('raises the line at once for a compare in the past, and lowers it when the count is set back', () => {
    const b = new Bench().at(50).compare(20);
    expect(b.edges).toEqual(['50+']);
    b.store(0, 0);
    expect(b.level).toBe(false);
    expect(b.at(69).level).toBe(false);
    expect(b.at(70).level).toBe(true);
  });

  it('counts ticks, not cycles, to the match', () => {
    const b = new Bench({ cyclesPerTick: 350 }).at(100).compare(3);
    b.at(10_000);
    expect(b.edges).toEqual(['1050+']);
  });

  it('compares unsigned in 64 bits and is exact beyond 2^53', () => {
    const b = new Bench().store(4, 0xfffffffe).store(0, 0xfffffff0).store(0x0c, ALL_ONES).store(0x08, 5);
    b.at(100);
    expect(b.edges).toEqual(['21+']);
    const high = new Bench()
      .compare(2 ** 31)
      .store(4, 0)
      .store(0, 2 ** 31 - 3);
    high.at(10);
    expect(high.edges).toEqual(['3+']);
  });

  it('lowers the line when the count wraps to 0', () => {
    const b = new Bench().store(4, ALL_ONES).store(0, 0xfffffff0).store(8, 0xfffffffa);
    b.at(100);
    expect(b.edges).toEqual(['10+', '16-']);
    expect([b.load(0), b.load(4)]).toEqual([84, 0]);
  });

  it('shows a match in its status even before the machine has come to the event', () => {
    const b = new Bench().compare(100);
    expect(b.timer.read(0x14, 4, 100)).toBe(1); // a load in an instruction that began before cycle 100
    expect(b.timer.read(0x14, 4, 99)).toBe(0);
  });
});

describe('periodic', () => {
  it('raises the line every period without drift, however late it is acknowledged', () => {
    const b = new Bench().store(0x10, 100).compare(100);
    b.at(137).store(0x14, 1);
    b.at(290).store(0x14, 1);
    b.at(450);
    expect(b.edges).toEqual(['100+', '137-', '200+', '290-', '300+']);
    b.store(0x14, 1);
    expect([b.load(8), b.load(0x14)]).toEqual([500, 0]);
  });

  it('is not acknowledged by storing a 0 bit', () => {
    const b = new Bench().store(0x10, 10).compare(10).at(12).store(0x14, 2);
    expect(b.level).toBe(true);
  });

  it('takes a compare in the past as reached and goes on one period after the write', () => {
    const b = new Bench().at(1000).store(0x10, 50).compare(10);
    expect(b.level).toBe(true);
    expect(b.load(8)).toBe(1050);
  });

  it('ends with period 0, and its unacknowledged interrupt with it', () => {
    const b = new Bench().store(0x10, 10).compare(10).at(12).store(0x10, 0);
    expect(b.level).toBe(false);
    expect(b.at(19).level).toBe(false);
    expect(b.at(20).level).toBe(true); // now one-shot at the compare it had moved on to
  });

  it('keeps its grid when a store comes between a match and its event', () => {
    const b = new Bench().store(0x10, 100).compare(100).at(99);
    expect(b.timer.write(0x14, 4, 0, 103)).toBe('ok');
    expect(b.timer.read(0x08, 4, 103)).toBe(200);
    expect(b.level).toBe(true);
  });

  it('is acknowledged by a store that comes between a match and its event', () => {
    const b = new Bench().store(0x10, 100).compare(100).at(99);
    expect(b.timer.write(0x14, 4, 1, 103)).toBe('ok');
    expect(b.level).toBe(false);
    b.at(199);
    expect([b.level, b.at(200).level]).toEqual([false, true]);
  });

  it('has one wake-up pending, however often its registers are written', () => {
    const b = new Bench().store(0x10, 100);
    for (let i = 0; i < 10; i++) b.compare(100 + i);
    expect(b.host.queue.save()).toEqual([109, 0, 0]);
  });
});

describe('the register map', () => {
  it('answers other sizes and offsets with a bus error', () => {
    const { timer } = new Bench();
    expect([timer.read(0, 1, 0), timer.read(0, 2, 0), timer.read(0x18, 4, 0)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([timer.write(8, 1, 0, 0), timer.write(0x18, 4, 0, 0)]).toEqual(['error', 'error']);
  });

  it('can be a board’s own, with fewer registers', () => {
    const b = new Bench({ registers: { count: 0xbff8, compare: 0x4000 } });
    b.at(5).store(0x4004, 0).store(0x4000, 9);
    expect([b.load(0xbff8), b.load(0xbffc), b.load(0x4000)]).toEqual([5, 0, 9]);
    expect([b.load(0), b.load(0x10), b.timer.write(0x14, 4, 1, 5)]).toEqual([undefined, undefined, 'error']);
    b.at(20);
    expect(b.edges).toEqual(['9+']);
  });
});

describe('save, load and reset', () => {
  it('a restored timer goes on as the saved one does', () => {
    const one = new Bench({ cyclesPerTick: 3 }).at(4).store(0x10, 7).compare(9).at(30);
    const state = one.timer.save();
    const events = one.host.queue.save();
    const other = new Bench({ cyclesPerTick: 3 }).at(1).compare(0);
    other.timer.load(state);
    other.host.queue.load(events);
    other.at(30);
    expect(other.level).toBe(one.level);
    other.host.changes.length = 0;
    one.host.changes.length = 0;
    for (const b of [one, other]) b.at(31).store(0x14, 1).at(50).store(0x14, 1).at(100);
    expect(other.edges).toEqual(one.edges);
    expect(one.edges.length).toBeGreaterThan(3);
    expect(other.timer.save()).toEqual(one.timer.save());
  });

  it('reset lowers the line, drops the match and starts the count at 0', () => {
    const b = new Bench().store(0x10, 10).compare(10).store(4, 5).store(4, 0).at(15);
    expect(b.level).toBe(true);
    b.host.reset();
    expect(b.level).toBe(false);
    expect(b.host.queue.next).toBe(Infinity);
    expect(b.timer.save()).toEqual(new TimerDevice({ line: 0 }).save());
  });
});

/** The docstring's rules in the plainest form: looks at every cycle, with BigInt. */
class Model {
  count = 0n;
  compare = 2n ** 64n - 1n;
  period = 0n;
  pending = false;
  private cycle = 0;
  private phase = 0;
  constructor(private readonly perTick: number) {}
  settle(): boolean {
    if (this.period !== 0n && this.count >= this.compare) {
      this.pending = true;
      this.compare += this.period;
      if (this.compare <= this.count) this.compare = this.count + this.period;
    }
    return this.pending || (this.period === 0n && this.count >= this.compare);
  }
  advance(until: number, edge: (now: number, level: boolean) => void): void {
    for (; this.cycle < until;) {
      this.cycle++;
      if (++this.phase === this.perTick) {
        this.phase = 0;
        this.count++;
      }
      edge(this.cycle, this.settle());
    }
  }
  store(register: 'count' | 'compare' | 'period' | 'status', value: number): void {
    if (register === 'count') {
      this.count = BigInt(value);
      this.phase = 0;
    } else if (register === 'compare') this.compare = BigInt(value);
    else if (register === 'period') {
      this.period = BigInt(value);
      if (value === 0) this.pending = false;
    } else if ((value & 1) !== 0) this.pending = false;
  }
}

it('agrees with a cycle-by-cycle model for any sequence of stores', () => {
  const offsets = { count: 0, compare: 8, period: 16, status: 20 };
  const step = fc.record({
    wait: fc.nat(60),
    register: fc.constantFrom('count', 'compare', 'period', 'status'),
    value: fc.nat(40),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 20 }), (cyclesPerTick, steps) => {
      const b = new Bench({ cyclesPerTick });
      const model = new Model(cyclesPerTick);
      b.store(0x0c, 0).store(0x08, 30);
      model.store('compare', 30);
      const expected: string[] = [];
      let level = false;
      const edge = (now: number, next: boolean): void => {
        if (next !== level) expected.push(`${now}${next ? '+' : '-'}`);
        level = next;
      };
      let now = 0;
      for (const { wait, register, value } of steps) {
        now += wait;
        b.at(now).store(offsets[register], value);
        model.advance(now, edge);
        model.store(register, value);
        edge(now, model.settle());
      }
      b.at(now + 200);
      model.advance(now + 200, edge);
      expect(b.edges).toEqual(expected);
      expect(b.load(0)).toBe(Number(model.count));
    }),
  );
});
