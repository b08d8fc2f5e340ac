import type { Device, DeviceHost } from '../../machine/device.js';
import type { BusResult } from '../../machine/memory.js';

/** Offsets of the registers (DDI0479, APB UART). */
const DATA = 0x000;
const STATE = 0x004;
const CTRL = 0x008;
const INTSTATUS = 0x00c;
const BAUDDIV = 0x010;
const FIRST_ID = 0xfd0;

const CTRL_TX_ENABLE = 1 << 0;
const CTRL_TX_INTERRUPT = 1 << 2;
const CTRL_BITS = 0x7f;
const INTSTATUS_TX = 1 << 0;
const BAUDDIV_BITS = 0xfffff;

/** Peripheral and component identification: PID4 to PID7, PID0 to PID3, CID0 to CID3. */
const IDS = [0x04, 0x00, 0x00, 0x00, 0x21, 0xb8, 0x1b, 0x00, 0x0d, 0xf0, 0x05, 0xb1] as const;

/** Address and size of UART 0 on the MPS2 boards, and the interrupt line of its transmitter (AN385). */
export const MPS2_UART = { start: 0x40004000, bytes: 0x1000, transmitLine: 1 } as const;

/**
 * The APB UART of the Cortex-M System Design Kit (DDI0479), as on the MPS2 boards. A character stored to DATA is sent at
 * once: STATE is always 0 (not full, no overrun). Nothing is ever received. While CTRL bit 0 (TX
 * enable) is 0, characters are dropped.
 *
 * | offset | load | store |
 * |---|---|---|
 * | 0x000 DATA | 0 | sends bits 7:0; with CTRL bit 2 the transmit interrupt is set |
 * | 0x004 STATE | 0 | nothing: the overrun bits never are set |
 * | 0x008 CTRL | the value | bits 6:0 |
 * | 0x00C INTSTATUS | bit 0: transmit interrupt | a 1 in bit 0 clears it |
 * | 0x010 BAUDDIV | the value | bits 19:0; without effect |
 * | 0xFD0 to 0xFFC | identification | nothing |
 *
 * Other offsets read 0 and ignore stores; accesses of 1, 2 and 4 bytes do the same.
 */
export class CmsdkUart implements Device {
  readonly name: string;
  private control = 0;
  private baudDivider = 0;
  private transmitted = false;
  private host!: DeviceHost;

  /**
   * @param transmit takes each character sent, 0 to 255: the machine's console, which semihosting may share.
   * @param line interrupt line of the transmitter, high while its bit of INTSTATUS is set.
   */
  constructor(
    private readonly transmit: (character: number) => void,
    private readonly line: number = MPS2_UART.transmitLine,
    name = 'uart',
  ) {
    this.name = name;
  }

  attach(host: DeviceHost): void {
    this.host = host;
  }

  reset(): void {
    this.control = 0;
    this.baudDivider = 0;
    this.setTransmitted(false);
  }

  read(offset: number): number {
    switch (offset & ~3) {
      case CTRL:
        return this.control;
      case INTSTATUS:
        return this.transmitted ? INTSTATUS_TX : 0;
      case BAUDDIV:
        return this.baudDivider;
      default:
        return offset >= FIRST_ID ? (IDS[(offset - FIRST_ID) >>> 2] ?? 0) : 0;
    }
  }

  write(offset: number, _size: 1 | 2 | 4, value: number): BusResult {
    switch (offset) {
      case DATA:
        this.send(value & 0xff);
        break;
      case STATE:
        break;
      case CTRL:
        this.control = value & CTRL_BITS;
        break;
      case INTSTATUS:
        if ((value & INTSTATUS_TX) !== 0) this.setTransmitted(false);
        break;
      case BAUDDIV:
        this.baudDivider = value & BAUDDIV_BITS;
        break;
    }
    return 'ok';
  }

  private send(character: number): void {
    if ((this.control & CTRL_TX_ENABLE) === 0) return;
    this.transmit(character);
    if ((this.control & CTRL_TX_INTERRUPT) !== 0) this.setTransmitted(true);
  }

  private setTransmitted(transmitted: boolean): void {
    this.transmitted = transmitted;
    this.host.setInterruptLine(this.line, transmitted);
  }

  fire(): void {
    // never asks for a wake-up
  }

  save(): readonly number[] {
    return [this.control, this.baudDivider, this.transmitted ? 1 : 0];
  }

  load(state: readonly number[]): void {
    const [control, baudDivider, transmitted] = state;
    this.control = control;
    this.baudDivider = baudDivider;
    this.setTransmitted(transmitted !== 0);
  }
}
