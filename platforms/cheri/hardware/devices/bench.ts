import { BenchDevice } from '../../../machine/devices/bench.js';
import type { BusResult } from '../../../machine/memory.js';
import type { RevokerPort } from './revoker-port.js';

const START = 0x40;
const END = 0x44;
const GO = 0x48;
const STATUS = 0x4c;

/** The test device with the revoker's registers (`tests/vectors/README.md`, section 1). */
export class RevokerBench extends BenchDevice {
  private revoker!: RevokerPort;

  /** Plugs the revoker in. */
  connect(revoker: RevokerPort): void {
    this.revoker = revoker;
    revoker.onFinished = (_, busy) => (this.engineBusy = busy);
  }

  override read(offset: number, size: 1 | 2 | 4, now: number): number {
    return offset === STATUS ? (this.revoker.busy ? 1 : 0) : super.read(offset, size, now);
  }

  override write(offset: number, size: 1 | 2 | 4, value: number, now: number): BusResult {
    const { revoker } = this;
    if (offset === START) revoker.start = value;
    else if (offset === END) revoker.end = value;
    else if (offset === GO) revoker.go(now + 1);
    else return super.write(offset, size, value, now);
    return 'ok';
  }
}
