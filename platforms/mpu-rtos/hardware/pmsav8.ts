import type { BusResult } from '../../machine/memory.js';
import type { Mpu, MpuAccess, Uniform } from './mpu.js';

/** PMSAv8. */
export class Pmsav8 implements Mpu {
  enabled = false;
  version = 0;
  stores = 0;
  readonly regions: number;
  constructor(...args: [regions: number]) {
    this.regions = args[0];
  }
  applies(_negative: boolean): boolean {
    throw new Error('to come');
  }
  check(_address: number, _access: MpuAccess, _privileged: boolean, _negative: boolean): boolean {
    throw new Error('to come');
  }
  uniform(_address: number, _shift: number, _access: MpuAccess, _privileged: boolean, _negative: boolean): Uniform {
    throw new Error('to come');
  }
  testTarget(_address: number, _privileged: boolean, _negative: boolean): number {
    throw new Error('to come');
  }
  readRegister(_offset: number): number {
    throw new Error('to come');
  }
  writeRegister(_offset: number, _value: number): BusResult {
    throw new Error('to come');
  }
  reset(): void {
    throw new Error('to come');
  }
  save(): readonly number[] {
    throw new Error('to come');
  }
  load(_state: readonly number[]): void {
    throw new Error('to come');
  }
}
