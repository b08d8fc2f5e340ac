import type { PhysicalMemory } from '../../machine/memory.js';
import { FetchUnit } from './fetch-unit.js';
import { InstructionCache } from './instruction-cache.js';
import type { CoreConfig } from './parameters.js';
import type { Revoker } from './revoker.js';
import { earlier, PAST } from '../../machine/times.js';

/** Cycles after which nothing is under way any more: longer than any wait. */
const LONG_AGO = 1000;

/** Who had the shared port last. */
const NOBODY = 0;
const INSTRUCTIONS = 1;
const DATA = 2;

/**
 * The pipeline cycle by cycle: prefetch buffer, decode, the port or ports of memory, responses. It is used where they get
 * in each other's way: a shared port, responses that take longer, a revoker that uses the data port. With separate ports
 * that answer in the next cycle the same times follow from a few rules, which `core.ts` and `interpreter.ts` apply without it.
 *
 * All cycles before `now` are over. In cycle `now` the instruction in decode, if there is one, leaves it: the next may be
 * taken from the prefetch buffer.
 *
 * Sources: `ibex_id_stage`, `ibex_wb_stage`, `ibex_load_store_unit`; arbitration: tests/vectors/README.md section 1.
 */
export class Pipeline {
  now = 0;
  /** Cycle of the response to the last access: an instruction behind it executes in that cycle at the earliest. */
  responseAt = PAST;
  readonly fetch: FetchUnit | InstructionCache;
  /** The same, if it is the cache. */
  readonly cache: InstructionCache | undefined;
  private readonly shared: boolean;
  private readonly latency: number;
  private port = NOBODY;
  /** The core's data side has the port in cycle `now`. */
  private dataNow = false;
  /** What is in decode, or was the last there, is a load or store: the revoker sees no more of it. */
  private memoryDecoded = false;
  /** Fetching has gone elsewhere, and nothing has come to decode since. */
  private redirected = false;

  constructor(
    config: CoreConfig,
    readonly revoker: Revoker,
    memory: PhysicalMemory,
  ) {
    this.shared = config.memoryPorts === 1;
    this.latency = 1 + config.dataWait;
    const fetchLatency = 1 + config.instructionWait;
    this.cache = config.instructionCache ? new InstructionCache(fetchLatency, memory) : undefined;
    this.fetch = this.cache ?? new FetchUnit(fetchLatency);
  }

  /** State in which the first instruction after reset is asked for in cycle `at`. */
  reset(at: number): void {
    this.fetch.reset();
    this.port = NOBODY;
    this.dataNow = this.memoryDecoded = false;
    this.responseAt = PAST;
    this.now = at;
    this.redirect(at, 0);
  }

  /** What was last asked for was `target`, as a debugger or a loader wants it. */
  retarget(target: number): void {
    if (this.cache === undefined) return;
    this.cache.drop();
    this.now--;
    this.redirect(this.now, target);
  }

  /** Takes over from the rules: the instruction to come could be in decode in cycle `next`. */
  begin(next: number): void {
    if (this.fetch instanceof FetchUnit) this.fetch.fill();
    this.port = NOBODY;
    this.dataNow = this.memoryDecoded = this.redirected = false;
    this.responseAt = PAST;
    this.now = next - 1;
  }

  /** Whether the instruction to come is the first after a redirect. */
  get isRedirected(): boolean {
    return this.redirected;
  }

  /** One cycle. */
  private clock(redirect: boolean, take: boolean, odd: boolean, long: boolean, enabled: boolean): boolean {
    const { revoker, now } = this;
    const fetches = this.fetch.wants(redirect, enabled);
    let data = this.dataNow;
    if (revoker.active) {
      const revokes = revoker.wants(now, this.memoryDecoded, this.responseAt <= now);
      const granted = revokes && !(this.shared && fetches && this.port === DATA);
      revoker.advance(now, revokes, granted);
      data ||= granted;
    }
    this.port = data ? DATA : fetches ? INSTRUCTIONS : NOBODY;
    const taken = this.fetch.advance(now, fetches, !(this.shared && data), redirect, take, odd, long);
    this.dataNow = false;
    this.now++;
    return taken;
  }

  /**
   * Lets the instruction that begins at an odd halfword or not, long or not, into decode, if it is there.
   * @param memory it is a load or store.
   */
  take(odd: boolean, long: boolean, memory: boolean): boolean {
    if (!this.clock(false, true, odd, long, true)) return false;
    this.memoryDecoded = memory;
    this.redirected = false;
    return true;
  }

  /** Passes all cycles before `at`; decode takes nothing. */
  pass(at: number): void {
    while (this.now < at) this.clock(false, false, false, false, true);
  }

  /** Passes all cycles before `at` without new requests of the fetch unit. */
  sleep(at: number): void {
    while (this.now < at && (this.fetch.busy || this.revoker.active)) this.clock(false, false, false, false, false);
    if (this.now < at) this.port = NOBODY;
    this.now = Math.max(this.now, at);
  }

  /** Fetching goes on at `target` in cycle `at`; because of a fence.i that is in decode up to cycle `fence`, or not. */
  redirect(at: number, target: number, fence = PAST): void {
    this.pass(at);
    this.cache?.aim(target, fence);
    this.clock(true, false, false, false, true);
    this.redirected = true;
  }

  /**
   * The same by a jump that leaves decode in that cycle: what is behind it goes to decode, though not as an instruction.
   * The last arguments are those of `take`.
   */
  jump(at: number, target: number, fence: number, odd: boolean, long: boolean, memory: boolean): void {
    this.pass(at);
    this.cache?.aim(target, fence);
    if (this.clock(true, true, odd, long, true)) this.memoryDecoded = memory;
    this.redirected = true;
  }

  /**
   * Moves data in one or two transfers, the first in cycle `at` at the earliest. `responseAt` is the response to the last.
   * @param device the access does not share a port with instructions.
   * @returns the cycle in which the instruction leaves decode.
   */
  access(at: number, transfers: number, device: boolean): number {
    this.pass(at);
    let end = this.grant(device);
    this.responseAt = end + this.latency;
    if (transfers === 1) return end;
    const first = this.responseAt;
    this.pass(end + 1);
    end = this.grant(device);
    this.responseAt = end + this.latency;
    // The second transfer may be under way when the first response comes, not more.
    if (first > end) {
      end = first;
      this.pass(end);
    }
    return end;
  }

  /** Passes cycles until the data side gets its port. @returns that cycle, which is `now`. */
  private grant(device: boolean): number {
    const { revoker } = this;
    const shared = this.shared && !device;
    while (
      (revoker.active && revoker.blocks(this.now)) ||
      (shared && this.port === DATA && this.fetch.wants(false, true))
    ) {
      this.clock(false, false, false, false, true);
    }
    this.dataNow = !device;
    return this.now;
  }

  /** Moves the origin of time by `delta` cycles. */
  settle(delta: number): void {
    const { now } = this;
    this.now -= delta;
    if (this.now < -LONG_AGO) {
      // The core has slept: what was under way has arrived.
      this.now = -LONG_AGO;
      this.port = NOBODY;
      this.fetch.receiveAll(now);
    }
    this.responseAt = earlier(this.responseAt, delta);
    this.fetch.settle(delta);
    this.revoker.settle(delta);
  }

  /** The state as numbers. */
  save(): number[] {
    const flags = [this.dataNow, this.memoryDecoded, this.redirected].map((flag) => (flag ? 1 : 0));
    const fetch = this.fetch.save();
    return [this.now, this.responseAt, this.port, ...flags, fetch.length, ...fetch, ...this.revoker.save()];
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    [this.now, this.responseAt, this.port] = state;
    [this.dataNow, this.memoryDecoded, this.redirected] = state.slice(3, 6).map((flag) => flag !== 0);
    const [length] = state.slice(6);
    this.fetch.load(state.slice(7, 7 + length));
    this.revoker.load(state.slice(7 + length));
  }
}
