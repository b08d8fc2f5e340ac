import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Device } from '../../platforms/machine/device.js';
import { EventQueue } from '../../platforms/machine/events.js';

/** A device that writes down when it is called, and may do something then. */
const recorder = (name: string, log: string[], then: (tag: number, at: number) => void = () => undefined): Device => ({
  name,
  attach: () => undefined,
  reset: () => undefined,
  read: () => 0,
  write: () => 'ok',
  fire: (tag, at) => {
    log.push(`${name}${tag}@${at}`);
    then(tag, at);
  },
  save: () => [],
  load: () => undefined,
});

const setup = (): { log: string[]; a: Device; b: Device; queue: EventQueue } => {
  const log: string[] = [];
  const a = recorder('a', log);
  const b = recorder('b', log);
  return { log, a, b, queue: new EventQueue([a, b]) };
};

describe('EventQueue', () => {
  it('has nothing due when empty', () => {
    const { queue, log } = setup();
    expect(queue.next).toBe(Infinity);
    queue.fireDue(1e9);
    expect(log).toEqual([]);
  });

  it('fires in time order, up to and including now', () => {
    const { queue, log, a, b } = setup();
    queue.schedule(a, 30, 1);
    queue.schedule(b, 10, 2);
    queue.schedule(a, 20, 3);
    expect(queue.next).toBe(10);
    queue.fireDue(9);
    expect(log).toEqual([]);
    queue.fireDue(20);
    expect(log).toEqual(['b2@10', 'a3@20']);
    expect(queue.next).toBe(30);
  });

  it('fires equal times in the order they were asked for', () => {
    const { queue, log, a, b } = setup();
    queue.schedule(b, 5, 1);
    queue.schedule(a, 5, 2);
    queue.schedule(b, 5, 3);
    queue.fireDue(5);
    expect(log).toEqual(['b1@5', 'a2@5', 'b3@5']);
  });

  it('cancels every wake-up of one device and tag, and no other', () => {
    const { queue, log, a, b } = setup();
    queue.schedule(a, 1, 7);
    queue.schedule(b, 2, 7);
    queue.schedule(a, 3, 8);
    queue.schedule(a, 4, 7);
    queue.cancel(a, 7);
    queue.fireDue(10);
    expect(log).toEqual(['b7@2', 'a8@3']);
  });

  it('fires what a device schedules for now or earlier in the same call, and lets it cancel what is due', () => {
    const log: string[] = [];
    const a: Device = recorder('a', log, (tag, at) => {
      if (tag !== 1) return;
      queue.schedule(a, at, 2);
      queue.schedule(a, at - 5, 3);
      queue.schedule(a, 101, 5);
      queue.cancel(a, 4);
    });
    const queue = new EventQueue([a]);
    queue.schedule(a, 10, 1);
    queue.schedule(a, 11, 4);
    queue.fireDue(100);
    expect(log).toEqual(['a1@10', 'a3@5', 'a2@10']);
    expect(queue.next).toBe(101);
  });

  it('comes back from its saved numbers in the same order', () => {
    const one = setup();
    one.queue.schedule(one.b, 2 ** 40, 1);
    one.queue.schedule(one.a, 2 ** 40, 2);
    one.queue.schedule(one.a, 7, 3);
    const other = setup();
    other.queue.schedule(other.b, 1, 99);
    other.queue.load(one.queue.save());
    other.queue.fireDue(2 ** 41);
    expect(other.log).toEqual(['a3@7', `b1@${2 ** 40}`, `a2@${2 ** 40}`]);
    one.queue.clear();
    expect(one.queue.next).toBe(Infinity);
  });

  it('refuses a device of another board and a time that is no number of cycles', () => {
    const { queue, a } = setup();
    expect(() => queue.schedule(recorder('stranger', []), 1, 0)).toThrow(/'stranger'.*not on the board/);
    for (const at of [NaN, Infinity, 1.5]) expect(() => queue.schedule(a, at, 0)).toThrow(RangeError);
    expect(queue.next).toBe(Infinity);
  });

  it('fires any set of requests in time order, equal times in request order, however the run is sliced', () => {
    const requests = fc.array(fc.record({ at: fc.nat(20), device: fc.nat(1) }), { maxLength: 30 });
    fc.assert(
      fc.property(requests, fc.array(fc.nat(25), { maxLength: 6 }), (list, slices) => {
        const { queue, log, a, b } = setup();
        list.forEach(({ at, device }, tag) => queue.schedule([a, b][device], at, tag));
        for (const now of [...slices].sort((x, y) => x - y)) queue.fireDue(now);
        queue.fireDue(25);
        const expected = list
          .map(({ at, device }, tag) => ({ at, tag, text: `${'ab'[device]}${tag}@${at}` }))
          .sort((x, y) => x.at - y.at || x.tag - y.tag);
        expect(log).toEqual(expected.map((e) => e.text));
      }),
    );
  });
});
