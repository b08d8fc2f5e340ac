import type { DeviceHost } from '../../machine/device.js';
import { BenchDevice } from '../../machine/devices/bench.js';

/**
 * The test device as a peripheral of board `rtos`: its one-shot timer gives a source of the interrupt controller an edge. None
 * of its lines reaches the core.
 */
export class AlarmDevice extends BenchDevice {
  /** @param raise gives the source an edge. */
  constructor(private readonly raise: () => void) {
    super();
  }

  override attach(host: DeviceHost): void {
    super.attach({
      setInterruptLine: () => undefined,
      schedule: (device, at, tag) => host.schedule(device, at, tag),
      cancel: (device, tag) => host.cancel(device, tag),
      exit: (code) => host.exit(code),
      retired: () => host.retired(),
    });
  }

  override fire(tag: number, at: number): void {
    super.fire(tag, at);
    this.raise();
  }
}
