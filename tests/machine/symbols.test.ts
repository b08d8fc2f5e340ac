import { describe, expect, it } from 'vitest';
import type { Image, ImageSymbol } from '../../platforms/machine/image.js';
import { SymbolTable } from '../../platforms/machine/symbols.js';
import { physical, virtual } from '../../platforms/machine/units.js';

const symbol = (name: string, at: number, place = at, space = 0): ImageSymbol => ({
  name,
  space,
  virtual: virtual(at),
  physical: physical(place),
});

const table = (symbols: ImageSymbol[], segments: [number, number][]): SymbolTable => {
  const image: Image = {
    segments: segments.map(([start, bytes]) => ({
      physical: physical(start),
      data: new Uint8Array(0),
      bytes,
      writable: true,
      executable: true,
    })),
    symbols,
    phases: [],
    domains: [],
    lines: [],
    entry: virtual(0),
  };
  return new SymbolTable(image);
};

describe('SymbolTable', () => {
  const flat = table(
    [
      symbol('end', 0x1040),
      symbol('main', 0x1010),
      symbol('alias', 0x1010),
      symbol('start', 0x1000),
      symbol('top', 0xfffffff0),
    ],
    [
      [0xfffff000, 0x1000],
      [0x1000, 0x80],
    ],
  );

  it('names an address by the nearest symbol at or below it', () => {
    const labels = [0x1000, 0x1004, 0x100f, 0x1010, 0x103f, 0x1040, 0x107f].map((a) => flat.labelPhysical(a));
    expect(labels).toEqual(['start', 'start+0x4', 'start+0xf', 'main', 'main+0x2f', 'end', 'end+0x3f']);
    expect(flat.atPhysical(0x1012)?.name).toBe('main');
    expect(flat.labelVirtual(0x1012)).toBe('main+0x2');
  });

  it('names nothing outside the symbol’s segment', () => {
    for (const address of [0, 0xfff, 0x1080, 0x80000000, 0xffffffef]) {
      expect(flat.labelPhysical(address), address.toString(16)).toBe('');
      expect(flat.atVirtual(address)).toBeUndefined();
    }
  });

  it('takes signed words as addresses, up to the last one', () => {
    expect(flat.labelPhysical(-1)).toBe('top+0xf');
    expect(flat.labelVirtual(0xfffffff0 | 0)).toBe('top');
  });

  it('takes the first of several symbols at one address, and finds all by name', () => {
    expect(flat.labelPhysical(0x1010)).toBe('main');
    expect(flat.find('alias')?.physical).toBe(0x1010);
    expect(flat.find('nothing')).toBeUndefined();
    expect(flat.findAll('nothing')).toEqual([]);
  });

  it('keeps spaces apart: one virtual address, one name in each', () => {
    const spaces = table(
      [
        symbol('kernel', 0x1000, 0x80000000),
        symbol('run', 0x1000, 0x80001000, 1),
        symbol('run', 0x1000, 0x80002000, 2),
      ],
      [[0x80000000, 0x3000]],
    );
    expect([0, 1, 2, 3].map((space) => spaces.labelVirtual(0x1008, space))).toEqual([
      'kernel+0x8',
      'run+0x8',
      'run+0x8',
      '',
    ]);
    expect(spaces.labelPhysical(0x80002004)).toBe('run+0x4');
    expect(spaces.find('run')?.space).toBe(1);
    expect(spaces.find('run', 2)?.physical).toBe(0x80002000);
    expect(spaces.find('run', 0)).toBeUndefined();
    expect(spaces.findAll('run').map((s) => s.space)).toEqual([1, 2]);
  });

  it('ends a virtual range where the physical segment ends', () => {
    const high = table([symbol('f', 0xc0000010, 0x80000010)], [[0x80000000, 0x20]]);
    expect(high.labelVirtual(0xc000001f)).toBe('f+0xf');
    expect(high.labelVirtual(0xc0000020)).toBe('');
  });

  it('gives a symbol outside every segment its own address only', () => {
    const stray = table([symbol('device', 0x40000000), symbol('end', 0x2000)], [[0x1000, 0x1000]]);
    expect([stray.labelPhysical(0x40000000), stray.labelPhysical(0x40000001)]).toEqual(['device', '']);
    expect([stray.labelPhysical(0x2000), stray.labelPhysical(0x2001)]).toEqual(['end', '']);
  });

  it('finds an absolute symbol by name but names no address after it', () => {
    const absolute = table([{ ...symbol('SIZE', 0x1004), absolute: true }, symbol('start', 0x1000)], [[0x1000, 0x80]]);
    expect(absolute.find('SIZE')?.virtual).toBe(0x1004);
    expect(absolute.labelPhysical(0x1004)).toBe('start+0x4');
    expect(absolute.labelVirtual(0x1004)).toBe('start+0x4');
  });

  it('does without symbols and without segments', () => {
    const nothing = table([], []);
    expect([nothing.labelPhysical(0), nothing.labelVirtual(0), nothing.find('x')]).toEqual(['', '', undefined]);
  });
});
