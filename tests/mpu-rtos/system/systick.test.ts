import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExceptionNumber, Nvic } from '../../../platforms/mpu-rtos/hardware/nvic.js';
import { systemConfig } from '../../../platforms/mpu-rtos/hardware/system-control-config.js';
import { SYSTICK_REGISTERS, SysTick } from '../../../platforms/mpu-rtos/hardware/systick.js';
import { TestHost } from '../../machine/host.js';

const { CSR, RVR, CVR, CALIB } = SYSTICK_REGISTERS;
const [ENABLE, TICKINT, CORE_CLOCK, COUNTFLAG] = [1, 2, 4, 1 << 16];

class Bench {
  readonly nvic: Nvic;
  readonly timer: SysTick;
  readonly host: TestHost;
  /** Cycles in which exception 15 became pending; a handler that takes no time clears it. */
  readonly pended: number[] = [];

  constructor(reference = 0) {
    const config = systemConfig('m3', { sysTickReference: reference });
    this.nvic = new Nvic(config);
    this.timer = new SysTick(config, this.nvic);
    this.host = new TestHost([this.timer]);
    this.host.reset();
    this.nvic.changed = () => {
      if (!this.nvic.isPending(ExceptionNumber.SYSTICK)) return;
      this.pended.push(this.host.now);
      this.nvic.clearPending(ExceptionNumber.SYSTICK);
    };
  }
  at(now: number): this {
    this.host.advance(now);
    return this;
  }
  store(offset: number, value: number): this {
    expect(this.timer.write(offset, 4, value, this.host.now)).toBe('ok');
    return this;
  }
  load(offset: number): number | undefined {
    return this.timer.read(offset, 4, this.host.now);
  }
}

/** The timer, ticked once per cycle. */
class SlowTimer {
  control: number;
  reload = 0;
  count = 0;
  flag = false;
  pended: number[] = [];

  constructor(readonly reference: number) {
    this.control = reference === 0 ? CORE_CLOCK : 0;
  }
  cycle(now: number): void {
    const ticks = (this.control & CORE_CLOCK) !== 0 || now % this.reference === 0;
    if ((this.control & ENABLE) === 0 || !ticks) return;
    if (this.count === 0) this.count = this.reload;
    else if (--this.count === 0) {
      this.flag = true;
      if ((this.control & TICKINT) !== 0) this.pended.push(now);
    }
  }
  load(offset: number): number {
    if (offset !== CSR) return offset === RVR ? this.reload : this.count;
    const value = this.control | (this.flag ? COUNTFLAG : 0);
    this.flag = false;
    return value;
  }
  store(offset: number, value: number): void {
    if (offset === CSR) this.control = (value & 7) | (this.reference === 0 ? CORE_CLOCK : 0);
    else if (offset === RVR) this.reload = value;
    else {
      this.count = 0;
      this.flag = false;
    }
  }
}

describe('SysTick', () => {
  it('equals a timer that is ticked every cycle', () => {
    const action = fc.record({
      wait: fc.nat(40),
      offset: fc.constantFrom(CSR, CSR, RVR, CVR),
      value: fc.oneof(fc.nat(7), fc.nat(12)),
      isStore: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.constantFrom(0, 2, 3, 7), fc.array(action, { maxLength: 30 }), (reference, actions) => {
        const bench = new Bench(reference);
        const slow = new SlowTimer(reference);
        for (const { wait, offset, value, isStore } of actions) {
          const until = bench.host.now + wait;
          for (let now = bench.host.now + 1; now <= until; now++) slow.cycle(now);
          bench.at(until);
          if (isStore) {
            bench.store(offset, value);
            slow.store(offset, value);
          } else expect(bench.load(offset)).toBe(slow.load(offset));
          expect(bench.pended).toEqual(slow.pended);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('fires every RVR + 1 cycles', () => {
    const bench = new Bench()
      .at(100)
      .store(RVR, 99)
      .store(CVR, 1)
      .store(CSR, ENABLE | TICKINT);
    bench.at(1000);
    expect(bench.pended).toEqual([200, 300, 400, 500, 600, 700, 800, 900, 1000]);
  });

  it('reads CVR exactly', () => {
    const bench = new Bench().at(10).store(RVR, 5).store(CSR, ENABLE);
    const counts = Array.from({ length: 9 }, (_, i) => bench.at(10 + i).load(CVR));
    expect(counts).toEqual([0, 5, 4, 3, 2, 1, 0, 5, 4]);
  });

  it('clears COUNTFLAG when CSR is read', () => {
    const bench = new Bench().store(RVR, 5).store(CSR, ENABLE).at(7);
    expect(bench.load(CSR)).toBe(COUNTFLAG | CORE_CLOCK | ENABLE);
    expect(bench.load(CSR)).toBe(CORE_CLOCK | ENABLE);
    bench.at(12).store(CVR, 7);
    expect(bench.load(CSR)).toBe(CORE_CLOCK | ENABLE);
  });

  it('stops at 0 when RVR is 0', () => {
    const bench = new Bench()
      .store(RVR, 5)
      .store(CSR, ENABLE | TICKINT)
      .at(3)
      .store(RVR, 0)
      .at(1000);
    expect(bench.pended).toEqual([6]);
    expect(bench.load(CVR)).toBe(0);
    expect(bench.host.queue.next).toBe(Infinity);
  });

  it('counts the whole 24 bits with one wake-up', () => {
    const bench = new Bench().store(RVR, 0xffffffff).store(CSR, ENABLE | TICKINT);
    expect(bench.load(RVR)).toBe(0xffffff);
    expect(bench.host.queue.next).toBe(0x1000000);
    expect(bench.at(1).load(CVR)).toBe(0xffffff);
  });

  it('says in CALIB and CLKSOURCE whether there is a reference clock', () => {
    const without = new Bench().store(CSR, 0);
    expect(without.load(CSR)).toBe(CORE_CLOCK);
    expect(without.load(CALIB)).toBe(0xc0000000);
    const bench = new Bench(8).store(CSR, 0);
    expect(bench.load(CSR)).toBe(0);
    expect(bench.load(CALIB)).toBe(0x40000000);
  });

  it('is saved and restored in the middle of a count', () => {
    const bench = new Bench()
      .store(RVR, 50)
      .store(CSR, ENABLE | TICKINT)
      .at(77);
    const copy = new Bench();
    copy.timer.load(bench.timer.save());
    copy.host.queue.load(bench.host.queue.save());
    bench.at(400);
    copy.at(400);
    expect(copy.pended).toEqual(bench.pended.filter((at) => at > 77));
    expect(copy.load(CVR)).toBe(bench.load(CVR));
    expect(copy.timer.save()).toEqual(bench.timer.save());
  });

  it('answers words only', () => {
    const { timer } = new Bench();
    expect(timer.read(CSR, 1, 0)).toBeUndefined();
    expect(timer.write(RVR, 2, 0, 0)).toBe('error');
    expect(timer.read(0x10, 4, 0)).toBeUndefined();
  });
});
