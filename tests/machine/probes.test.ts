import { describe, expect, it } from 'vitest';
import { type ProbeEvent, type ProbeHandler, ProbeSet } from '../../platforms/machine/probes.js';
import { physical } from '../../platforms/machine/units.js';

const event = (address: number): ProbeEvent => ({
  cycle: 1,
  instructions: 2,
  physical: address,
  virtual: address,
  space: 0,
  thread: 0,
});

const A = physical(0x80000010);
const B = physical(0x20);

describe('ProbeSet', () => {
  it('calls the handlers of the event’s address in the order they were added', () => {
    const probes = new ProbeSet();
    const calls: string[] = [];
    const note =
      (name: string): ProbeHandler =>
      () => {
        calls.push(name);
        return false;
      };
    probes.add(A, note('a1'));
    probes.add(B, note('b'));
    probes.add(A, note('a2'));
    expect(probes.fire(event(A))).toBe(false);
    expect(probes.fire(event(0x30))).toBe(false);
    expect(calls).toEqual(['a1', 'a2']);
    expect([probes.has(A), probes.has(B), probes.has(0x30)]).toEqual([true, true, false]);
  });

  it('stops if any handler wants to, and calls the others all the same', () => {
    const probes = new ProbeSet();
    let later = 0;
    probes.add(A, () => true);
    probes.add(A, () => {
      later++;
      return false;
    });
    expect(probes.fire(event(A))).toBe(true);
    expect(later).toBe(1);
  });

  it('removes one handler and leaves the rest', () => {
    const probes = new ProbeSet();
    const stop: ProbeHandler = () => true;
    const go: ProbeHandler = () => false;
    probes.add(A, stop);
    probes.add(A, go);
    probes.remove(A, stop);
    probes.remove(B, stop);
    expect(probes.fire(event(A))).toBe(false);
    expect(probes.has(A)).toBe(true);
    probes.remove(A, go);
    expect(probes.has(A)).toBe(false);
  });

  it('lets handlers add and remove probes; that counts from the next event on', () => {
    const probes = new ProbeSet();
    const calls: string[] = [];
    const second: ProbeHandler = () => {
      calls.push('second');
      return false;
    };
    const once: ProbeHandler = () => {
      calls.push('once');
      probes.remove(A, once);
      probes.add(A, second);
      return false;
    };
    probes.add(A, once);
    probes.add(A, () => {
      calls.push('kept');
      return false;
    });
    probes.fire(event(A));
    expect(calls).toEqual(['once', 'kept']);
    probes.fire(event(A));
    expect(calls).toEqual(['once', 'kept', 'kept', 'second']);
  });

  it('tells the engine of every change, after it', () => {
    const probes = new ProbeSet();
    const states: boolean[] = [];
    probes.changed = () => states.push(probes.has(A));
    const handler: ProbeHandler = () => false;
    probes.add(A, handler);
    probes.remove(A, handler);
    probes.add(A, handler);
    probes.clear();
    expect(states).toEqual([true, false, true, false]);
  });
});
