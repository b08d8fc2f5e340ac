import type { Device } from '../../platforms/machine/device.js';
import { PhysicalMemory } from '../../platforms/machine/memory.js';

/** Records what reaches it; answers loads with the offset, and offset 0x800 with a bus error. */
export class Recorder implements Device {
  readonly seen: string[] = [];
  constructor(readonly name: string) {}
  attach(): void {}
  reset(): void {}
  fire(): void {}
  save(): number[] {
    return [];
  }
  load(): void {}
  read(offset: number, size: number, now: number): number | undefined {
    this.seen.push(`read ${offset} ${size} @${now}`);
    return offset === 0x800 ? undefined : offset;
  }
  write(offset: number, size: number, value: number, now: number): 'ok' | 'error' {
    this.seen.push(`write ${offset} ${size} ${value} @${now}`);
    return offset === 0x800 ? 'error' : 'ok';
  }
}

/** 1 MiB of RAM with an error range at +0x8000. */
export const RAM = 0x80000000;
/** Two pages of ROM. */
export const ROM = 0x2000;
/** The last page of the address space, RAM. */
export const LAST = 0xfffff000;

/** A memory with a region of every kind; the device is at 0x40000000. */
export const board = (capacity = 64): { memory: PhysicalMemory; device: Recorder } => {
  const device = new Recorder('recorder');
  const memory = new PhysicalMemory(
    [
      { kind: 'rom', start: ROM, bytes: 0x2000 },
      { kind: 'ram', start: RAM, bytes: 0x100000 },
      { kind: 'error', start: RAM + 0x8000, bytes: 0x1000 },
      { kind: 'device', start: 0x40000000, bytes: 0x2000, device },
      { kind: 'ram', start: LAST, bytes: 0x1000 },
    ],
    capacity,
  );
  return { memory, device };
};
