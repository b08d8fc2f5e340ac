import { describe, expect, it } from 'vitest';
import {
  KIND_INDEX,
  KINDS,
  Ledger,
  LedgerMismatch,
  ledgerSpan,
  PHASE_INDEX,
  PHASES,
} from '../../platforms/machine/ledger.js';

const zero = <K extends string>(names: readonly K[]): Record<K, number> =>
  Object.fromEntries(names.map((n) => [n, 0])) as Record<K, number>;

describe('the cycle ledger', () => {
  it('numbers phases and kinds as it lists them, and starts in user', () => {
    PHASES.forEach((name, i) => expect(PHASE_INDEX[name]).toBe(i));
    KINDS.forEach((name, i) => expect(KIND_INDEX[name]).toBe(i));
    expect(PHASES[new Ledger().phase]).toBe('user');
  });

  it('books each kind to the phase of the moment', () => {
    const ledger = new Ledger();
    ledger.charge(1, 2, 4, 8, 16, 32);
    ledger.setPhase(PHASE_INDEX.save);
    ledger.charge(100, 0, 0, 0, 0, 0);
    const before = ledger.read();
    ledger.charge(10, 0, 0, 5, 0, 0);
    ledger.setPhase(PHASE_INDEX.return);
    ledger.charge(0, 0, 0, 0, 0, 3);
    const after = ledger.read();

    expect(ledgerSpan(new Ledger().read(), before, 163)).toEqual({
      byPhase: { ...zero(PHASES), user: 63, save: 100 },
      byKind: { issue: 101, hazard: 2, 'fetch stall': 4, 'data stall': 8, translation: 16, exception: 32 },
    });
    expect(ledgerSpan(before, after, 18)).toEqual({
      byPhase: { ...zero(PHASES), save: 15, return: 3 },
      byKind: { ...zero(KINDS), issue: 10, 'data stall': 5, exception: 3 },
    });
  });

  it('gives readings that later charges do not change', () => {
    const ledger = new Ledger();
    const early = ledger.read();
    ledger.charge(1, 1, 1, 1, 1, 1);
    expect(early.matrix.every((v) => v === 0)).toBe(true);
  });

  it('makes an error of a single cycle too few or too many', () => {
    const ledger = new Ledger();
    const from = ledger.read();
    ledger.charge(7, 0, 0, 0, 0, 0);
    for (const cycles of [6, 8]) {
      expect(() => ledgerSpan(from, ledger.read(), cycles)).toThrow(LedgerMismatch);
    }
    expect(() => ledgerSpan(from, ledger.read(), 8)).toThrow('phases sum to 7, the span has 8 cycles');
    expect(() => ledgerSpan(from, ledger.read(), 7)).not.toThrow();
  });

  it('stays exact far beyond 32 bits', () => {
    const ledger = new Ledger();
    ledger.charge(2 ** 45, 1, 0, 0, 0, 0);
    const from = ledger.read();
    ledger.charge(1, 0, 0, 0, 0, 0);
    expect(ledgerSpan(from, ledger.read(), 1).byKind.issue).toBe(1);
  });
});

describe('masked intervals', () => {
  it('keep the longest with its place', () => {
    const ledger = new Ledger();
    ledger.interruptsMasked(10, 0x100);
    ledger.interruptsEnabled(14);
    ledger.interruptsMasked(20, 0x200);
    ledger.interruptsEnabled(50);
    ledger.interruptsMasked(60, 0x300);
    ledger.interruptsEnabled(90);
    expect(ledger.read().longestMasked).toEqual({ cycles: 30, from: 0x200 });
  });

  it('begin with the first of several maskings and end with the first enabling', () => {
    const ledger = new Ledger();
    ledger.interruptsEnabled(5);
    ledger.interruptsMasked(10, 0x100);
    ledger.interruptsMasked(15, 0x200);
    ledger.interruptsEnabled(30);
    ledger.interruptsEnabled(99);
    expect(ledger.read().longestMasked).toEqual({ cycles: 20, from: 0x100 });
  });

  it('may begin at cycle 0', () => {
    const ledger = new Ledger();
    ledger.interruptsMasked(0, 0x80);
    ledger.interruptsEnabled(3);
    expect(ledger.read().longestMasked).toEqual({ cycles: 3, from: 0x80 });
  });

  it('count while under way if the reading says when it is made', () => {
    const ledger = new Ledger();
    ledger.interruptsMasked(0, 0x50);
    ledger.interruptsEnabled(6);
    ledger.interruptsMasked(10, 0x100);
    expect(ledger.read().longestMasked).toEqual({ cycles: 6, from: 0x50 });
    expect(ledger.read(16).longestMasked).toEqual({ cycles: 6, from: 0x50 });
    expect(ledger.read(17).longestMasked).toEqual({ cycles: 7, from: 0x100 });
    ledger.interruptsEnabled(30);
    expect(ledger.read().longestMasked).toEqual({ cycles: 20, from: 0x100 });
  });

  it('are a span’s own after restartMasked', () => {
    const ledger = new Ledger();
    ledger.interruptsMasked(0, 0x50);
    ledger.interruptsEnabled(100);
    ledger.interruptsMasked(200, 0x60);
    ledger.restartMasked(210);
    expect(ledger.read().longestMasked).toEqual({ cycles: 0, from: 0 });
    ledger.interruptsEnabled(215);
    expect(ledger.read().longestMasked).toEqual({ cycles: 5, from: 0x60 });
  });
});

describe('windows of masked intervals', () => {
  it('each have their own longest interval, cut at their ends', () => {
    const ledger = new Ledger();
    ledger.interruptsMasked(0, 0x100);
    const outer = ledger.openMasked(10);
    ledger.interruptsEnabled(14);
    const inner = ledger.openMasked(20);
    ledger.interruptsMasked(22, 0x200);
    ledger.interruptsEnabled(25);
    ledger.interruptsMasked(30, 0x300);
    ledger.closeMasked(inner, 32);
    ledger.interruptsEnabled(40);
    ledger.interruptsMasked(50, 0x400);
    ledger.closeMasked(outer, 59);
    ledger.interruptsEnabled(90);
    expect(inner).toEqual({ since: 20, cycles: 3, from: 0x200 });
    // that from cycle 30 ended at 40, longer than what was left of the first one and than the one cut at the end
    expect(outer).toEqual({ since: 10, cycles: 10, from: 0x300 });
    expect(ledger.read().longestMasked).toEqual({ cycles: 40, from: 0x400 });
  });

  it('have the earlier of two that are as long, and none where interrupts were enabled', () => {
    const ledger = new Ledger();
    const window = ledger.openMasked(0);
    const quiet = ledger.openMasked(4);
    ledger.closeMasked(quiet, 8);
    for (const [since, pc] of [
      [10, 0x100],
      [20, 0x200],
    ]) {
      ledger.interruptsMasked(since, pc);
      ledger.interruptsEnabled(since + 5);
    }
    ledger.closeMasked(window, 30);
    expect(window).toMatchObject({ cycles: 5, from: 0x100 });
    expect(quiet).toEqual({ since: 4, cycles: 0, from: 0 });
  });

  it('are not told anything after they were closed, nor after a reset', () => {
    const ledger = new Ledger();
    const closed = ledger.openMasked(0);
    ledger.closeMasked(closed, 5);
    const forgotten = ledger.openMasked(5);
    ledger.reset();
    ledger.interruptsMasked(6, 0x100);
    ledger.interruptsEnabled(9);
    for (const window of [closed, forgotten]) expect(window).toMatchObject({ cycles: 0, from: 0 });
  });
});

describe('reset, save and load', () => {
  const busy = (): Ledger => {
    const ledger = new Ledger();
    ledger.setPhase(PHASE_INDEX.clear);
    ledger.charge(1, 2, 3, 4, 5, 6);
    ledger.interruptsMasked(1, 0x10);
    ledger.interruptsEnabled(9);
    ledger.interruptsMasked(20, 0x20);
    return ledger;
  };

  it('reset leaves nothing', () => {
    const ledger = busy();
    ledger.reset();
    expect(ledger.read(1000)).toEqual(new Ledger().read());
    expect(ledger.phase).toBe(0);
  });

  it('a loaded ledger goes on as the saved one does', () => {
    const one = busy();
    const other = new Ledger();
    other.load(one.save());
    for (const ledger of [one, other]) {
      ledger.charge(1, 0, 0, 0, 0, 0);
      ledger.interruptsEnabled(40);
    }
    expect(other.read()).toEqual(one.read());
    expect(other.read().longestMasked).toEqual({ cycles: 20, from: 0x20 });
    expect(other.phase).toBe(PHASE_INDEX.clear);
  });
});
