import type { CoreConfig } from './parameters.js';
import { earlier, PAST } from '../../machine/times.js';

/** Writes the core leaves without response before it stops issuing (`pendingWritesMax` of its AXI bridge). */
const PENDING_WRITES = 7;

/**
 * The data side of the memory system in time: skid and output register of the core, AXI bridge, crossbar, memory.
 *
 * A command leaves the write-back stage in cycle w if the skid register is free, reaches the bridge in w+1 at the
 * earliest, and is accepted by the bus at `accepted`. Reads wait until no write is pending. Times are cycles of the
 * engine's slice; what data moves is not this class's business.
 *
 * Sources: VexRiscv `DBusCachedPlugin` (dBusCmdSlavePipe, dBusCmdMasterPipe, dBusRspSlavePipe), `toAxi4Shared`
 * (pendingWrites); latencies of `axi_crossbar` measured on its RTL, see README "Where the cycles come from".
 */
export class DataBus {
  /** Cycle in which the last command was accepted, and the one before it. */
  private accepted = PAST;
  private acceptedBefore = PAST;
  /** Write responses of the last `PENDING_WRITES` writes, oldest at `oldest`. */
  private readonly responses = new Int32Array(PENDING_WRITES).fill(PAST);
  private oldest = 0;
  private lastResponse = PAST;
  private port = 0;

  /** Cycles from a command's first cycle at the bridge to its acceptance. */
  private readonly acceptDelay: number;
  /** Least distance of two accepted commands. */
  private readonly spacing: number;
  /** Cycles from acceptance of a read to its first beat. */
  private readonly readLatency: number;
  /** Cycles from acceptance of a write to its response. */
  private readonly writeLatency: number;
  constructor({ memoryLatency, crossbar }: Pick<CoreConfig, 'memoryLatency' | 'crossbar'>) {
    this.acceptDelay = crossbar ? 3 : 0;
    this.spacing = crossbar ? 4 : 1;
    this.readLatency = memoryLatency + (crossbar ? 2 : 1);
    this.writeLatency = memoryLatency + (crossbar ? 3 : 1);
  }

  /** The cycle in which write-back can hand over a command it has had since cycle `w`. */
  private handOver(w: number): number {
    return w > this.acceptedBefore ? w : this.acceptedBefore + 1;
  }

  private accept(handedOver: number, ready: number, address: number): number {
    let at = handedOver + 1;
    if (this.accepted + 1 > at) at = this.accepted + 1;
    if (ready > at) at = ready;
    at += this.acceptDelay;
    if (this.accepted + this.spacing > at) at = this.accepted + this.spacing;
    if (this.acceptDelay > 0) {
      // The crossbar holds a command to another port until every response of the old one is back.
      const port = crossbarPort(address);
      if (port >= 0 && port !== this.port) {
        this.port = port;
        if (this.lastResponse + 4 > at) at = this.lastResponse + 4;
      }
    }
    this.acceptedBefore = this.accepted;
    this.accepted = at;
    return at;
  }

  /**
   * A store of one beat that is in write-back in cycle `w`.
   * @returns the cycle in which it leaves write-back.
   */
  write(w: number, address: number): number {
    const left = this.handOver(w);
    const at = this.accept(left, this.responses[this.oldest] + 1, address);
    if (at + this.writeLatency > this.lastResponse) this.lastResponse = at + this.writeLatency;
    this.responses[this.oldest] = this.lastResponse;
    this.oldest = this.oldest + 1 === PENDING_WRITES ? 0 : this.oldest + 1;
    return left;
  }

  /**
   * A read of `beats` beats whose command is in write-back in cycle `w`.
   * `leftWriteBack` and `lastBeat` (at the core's pins) tell when the command was handed over and the data complete.
   */
  read(w: number, beats: number, address: number): void {
    this.leftWriteBack = this.handOver(w);
    const at = this.accept(this.leftWriteBack, this.lastResponse + 1, address);
    // An address that no port of the crossbar has is answered by the crossbar itself.
    const refused = this.acceptDelay > 0 && crossbarPort(address) < 0;
    this.lastBeat = refused ? at : at + this.readLatency + beats - 1;
  }
  leftWriteBack = 0;
  lastBeat = 0;

  /** Cycle in which the last command was accepted: when a device sees a store. */
  get acceptedAt(): number {
    return this.accepted;
  }

  /** Writes without response in cycle `now`, those in the core's registers included. */
  pendingWrites(now: number): number {
    let pending = 0;
    for (const response of this.responses) if (response >= now) pending++;
    return pending;
  }

  /** Moves the origin of time by `delta` cycles. */
  rebase(delta: number): void {
    this.accepted = earlier(this.accepted, delta);
    this.acceptedBefore = earlier(this.acceptedBefore, delta);
    this.lastResponse = earlier(this.lastResponse, delta);
    for (let i = 0; i < PENDING_WRITES; i++) this.responses[i] = earlier(this.responses[i], delta);
  }

  reset(): void {
    this.load([PAST, PAST, PAST, 0, 0, ...new Array<number>(PENDING_WRITES).fill(PAST)]);
  }

  /** The state as numbers. */
  save(): number[] {
    return [this.accepted, this.acceptedBefore, this.lastResponse, this.oldest, this.port, ...this.responses];
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    [this.accepted, this.acceptedBefore, this.lastResponse, this.oldest, this.port] = state;
    this.responses.set(state.slice(5));
  }
}

/** Port of the SoC's 1x3 crossbar behind which an address lies (`cram_axi.sv`), -1 = none. */
function crossbarPort(address: number): number {
  const nibble = address >>> 28;
  if (nibble === 4 || nibble === 5) return 0;
  if (nibble === 6 || nibble === 7) return 2;
  return nibble === 14 ? 1 : -1;
}
