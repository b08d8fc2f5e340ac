import type { PhysicalMemory } from '../../machine/memory.js';
import { baseOf } from './capability-bounds.js';
import { isRevoked } from './revocation.js';
import { GRANULE_BYTES, GRANULE_SHIFT, type TagMemory } from './tags.js';
import { earlier, PAST } from '../../machine/times.js';

/** Granules whose fate is open at the same time (`cheri_tbre`, FifoSize). */
const DEPTH = 4;
/** Cycles from the response to a load until the bitmap's answer decides (`cheri_trvk_stage`). */
const LOOK_UP = 4;
/** Address bits that the engine counts: the upper ones are those of the start address (`cheri_tbre_wrapper`, AddrHi). */
const COUNTED = 0xffffff;

/** What the engine does (`tbre_fsm_q`), and what it is about to ask the load/store unit for (`tbre_sch_q`). */
const enum Walk {
  IDLE,
  LOAD,
  WAIT,
}
const enum Turn {
  NONE,
  LOAD,
  STORE,
}

/** What the load/store unit does for the engine. */
const enum Unit {
  IDLE,
  /** Asks for the port. */
  FIRST,
  /** Asks for it again, for the second half of a capability. */
  SECOND,
  /** Waits for the response to the first half. */
  RESPONSE,
}

/**
 * The background revoker: loads every granule of a range and clears the tag of those whose capability is revoked. It takes
 * the data port only in cycles in which decode holds no load or store, and has up to four granules under way.
 *
 * Source: `cheri_tbre`, `cheri_tbre_wrapper`, and the arbitration of `ibex_load_store_unit`. It is advanced a cycle at a
 * time by `Pipeline`: first `wants`, then - the port having been given to it or not - `advance`.
 */
export class Revoker {
  /** First granule and last granule of the next walk, as addresses. */
  start = 0;
  end = 0;
  /** Called when a walk ends, with the cycle and the cycles it took. */
  finished: (at: number, busy: number) => void = () => undefined;

  private walk: Walk = Walk.IDLE;
  private turn: Turn = Turn.NONE;
  private unit: Unit = Unit.IDLE;
  private unitLoads = false;
  /** A walk begins in this cycle; `PAST`: none. */
  private goAt = PAST;
  private granule = 0;
  private begun = 0;
  private awaiting = false;
  private responseAt = PAST;
  private responseIsLoad = false;
  private firstResponse = PAST;

  // The queue: entries from `head`, `count` of them loaded or being loaded.
  private head = 0;
  private count = 0;
  /** Entries with a response, from `head`. */
  private answered = 0;
  private readonly address = new Int32Array(DEPTH);
  private readonly cancelled = new Uint8Array(DEPTH);
  private readonly tagged = new Uint8Array(DEPTH);
  private readonly revoked = new Uint8Array(DEPTH);
  private readonly answeredAt = new Int32Array(DEPTH);
  private readonly low = new Int32Array(DEPTH);
  private readonly high = new Int32Array(DEPTH);

  /**
   * @param latency cycles from a grant to the response.
   * @param halves the bus moves a capability in two transfers.
   */
  constructor(
    private readonly memory: PhysicalMemory,
    private readonly tagMemory: TagMemory,
    private readonly latency: number,
    private readonly halves: boolean,
  ) {}

  /** Whether there is anything to advance. */
  get active(): boolean {
    return this.walk !== Walk.IDLE || this.goAt !== PAST;
  }

  /** Whether a walk is under way. */
  get busy(): boolean {
    return this.walk !== Walk.IDLE;
  }

  /** Begins a walk from `start` to `end` in cycle `at`, unless one is under way. */
  go(at: number): void {
    if (this.walk === Walk.IDLE) this.goAt = at;
  }

  /** Does a whole walk outside of time. @returns the number of granules, the cycles it would take at one each. */
  walkAtOnce(): number {
    let granules = 0;
    const last = this.end & COUNTED & ~(GRANULE_BYTES - 1);
    this.granule = this.start & ~(GRANULE_BYTES - 1);
    do {
      this.head = this.count = 0;
      this.take();
      if (this.isRevoked(0)) this.clear(this.granule);
      this.granule = (this.granule & ~COUNTED) | ((this.granule + GRANULE_BYTES) & COUNTED);
      this.count = 0;
      granules++;
    } while ((this.granule & COUNTED) <= last && (this.granule & COUNTED) !== 0);
    return granules;
  }

  /** The oldest granule is revoked, and nobody has stored to it meanwhile. */
  private mustStore(now: number): boolean {
    const i = this.head;
    return this.decided(now) && this.tagged[i] !== 0 && this.revoked[i] !== 0 && this.cancelled[i] === 0;
  }

  private decided(now: number): boolean {
    return this.answered > 0 && now >= this.answeredAt[this.head] + LOOK_UP;
  }

  /** Whether it keeps an instruction in decode from the load/store unit in this cycle. */
  blocks(now: number): boolean {
    return this.unit !== Unit.IDLE || this.responseAt > now;
  }

  /**
   * Whether it asks for the data port in this cycle.
   * @param decoded decode holds a load or store; @param answered no response to one is missing.
   */
  wants(now: number, decoded: boolean, answered: boolean): boolean {
    if (this.unit !== Unit.IDLE) return this.unit !== Unit.RESPONSE;
    if (decoded || !answered || this.responseAt > now) return false;
    if (this.awaiting && this.responseAt !== now) return false;
    return this.turn === Turn.LOAD || (this.turn === Turn.STORE && this.mustStore(now));
  }

  /** One cycle. `wants` is what `wants` said; `granted`: it has the port. */
  advance(now: number, wants: boolean, granted: boolean): void {
    const responds = this.awaiting && this.responseAt === now;
    const loadResponds = responds && this.responseIsLoad;
    const stores = this.mustStore(now);
    const done = this.access(now, wants, granted);
    const loaded = done && this.unitLoads;
    const stored = done && !this.unitLoads;
    const inFlight = this.count;
    const { turn } = this;
    const last = ((this.granule + GRANULE_BYTES) & COUNTED) > (this.end & COUNTED & ~(GRANULE_BYTES - 1));

    let walk: Walk = this.walk;
    if (walk === Walk.IDLE && now === this.goAt) walk = Walk.LOAD;
    else if (walk === Walk.LOAD && loaded && last) walk = Walk.WAIT;
    else if (walk === Walk.WAIT && inFlight === 0) walk = Walk.IDLE;

    if (turn === Turn.NONE) {
      if (this.walk === Walk.LOAD && inFlight < DEPTH) this.turn = Turn.LOAD;
      else if (stores) this.turn = Turn.STORE;
    } else if (turn === Turn.LOAD) {
      if (loaded && (inFlight >= DEPTH - 1 || walk === Walk.WAIT)) this.turn = stores ? Turn.STORE : Turn.NONE;
    } else if (stored || !stores) {
      this.turn = this.walk === Walk.LOAD ? Turn.LOAD : Turn.NONE;
    }

    if (this.decided(now) && (stored || !stores)) this.drop();
    this.answer(now, loadResponds);
    if (loaded) {
      this.take();
      this.granule = (this.granule & ~COUNTED) | ((this.granule + GRANULE_BYTES) & COUNTED);
    }
    if (done) this.awaiting = true;
    else if (responds) this.awaiting = false;
    this.change(walk, now);
  }

  private change(walk: Walk, now: number): void {
    if (walk === Walk.LOAD && this.walk === Walk.IDLE) {
      this.granule = this.start & ~(GRANULE_BYTES - 1);
      this.goAt = PAST;
      this.begun = now;
    }
    const ended = walk === Walk.IDLE && this.walk === Walk.WAIT;
    this.walk = walk;
    if (ended) this.finished(now, now - this.begun);
  }

  /** What the load/store unit does. @returns whether it has finished the engine's request. */
  private access(now: number, wants: boolean, granted: boolean): boolean {
    if (this.unit === Unit.RESPONSE) {
      if (now < this.firstResponse) return false;
      this.unit = Unit.IDLE;
      return true;
    }
    if (!wants) return false;
    if (this.unit === Unit.IDLE) {
      this.unit = Unit.FIRST;
      this.unitLoads = this.turn === Turn.LOAD;
    }
    if (!granted) return false;
    if (this.unit === Unit.FIRST && this.unitLoads && this.halves) {
      this.firstResponse = now + this.latency;
      this.unit = Unit.SECOND;
      return false;
    }
    this.responseAt = now + this.latency;
    this.responseIsLoad = this.unitLoads;
    if (this.unit === Unit.SECOND && now < this.firstResponse) {
      this.unit = Unit.RESPONSE;
      return false;
    }
    if (!this.unitLoads) this.clear(this.address[this.head]);
    this.unit = Unit.IDLE;
    return true;
  }

  /** The granule that has been asked for joins the queue. */
  private take(): void {
    const i = (this.head + this.count) % DEPTH;
    this.count++;
    this.address[i] = this.granule;
    this.cancelled[i] = 0;
    const page = this.memory.readMap[this.granule >>> 12];
    const at = page + (this.granule & 0xfff);
    this.tagged[i] = page === 0 ? 0 : this.tagMemory.tags[at >>> GRANULE_SHIFT];
    this.low[i] = this.memory.words[at >> 2];
    this.high[i] = this.memory.words[(at >> 2) + 1];
  }

  /** Responses come in, and the bitmap is read in the cycle after one. */
  private answer(now: number, responds: boolean): void {
    for (let n = 0; n < this.answered; n++) {
      const i = (this.head + n) % DEPTH;
      if (now !== this.answeredAt[i] + 1) continue;
      this.revoked[i] = this.isRevoked(i) ? 1 : 0;
    }
    if (!responds) return;
    this.answeredAt[(this.head + this.answered) % DEPTH] = now;
    this.answered++;
  }

  /** Whether an entry is a capability whose bit is set in the bitmap. */
  private isRevoked(entry: number): boolean {
    const metadata = this.high[entry];
    return this.tagged[entry] !== 0 && isRevoked(this.memory, metadata, baseOf(metadata, this.low[entry]));
  }

  private drop(): void {
    this.head = (this.head + 1) % DEPTH;
    this.count--;
    this.answered--;
  }

  private clear(address: number): void {
    const page = this.memory.writeMap[address >>> 12];
    if (page !== 0) this.tagMemory.tags[(page + (address & 0xfff)) >>> GRANULE_SHIFT] = 0;
  }

  /** The core stores to an address: a granule that is under way is not touched any more. */
  snoop(address: number): void {
    for (let i = 0; i < DEPTH; i++) {
      if (((this.address[i] ^ address) & ~(GRANULE_BYTES - 1)) === 0) this.cancelled[i] = 1;
    }
  }

  reset(): void {
    this.load(new Array<number>(SCALARS + 7 * DEPTH).fill(0));
    this.goAt = this.responseAt = this.firstResponse = PAST;
  }

  /** Moves the origin of time by `delta` cycles. */
  settle(delta: number): void {
    if (this.goAt !== PAST) this.goAt -= delta;
    this.begun -= delta;
    this.responseAt = earlier(this.responseAt, delta);
    this.firstResponse = earlier(this.firstResponse, delta);
    for (let i = 0; i < DEPTH; i++) this.answeredAt[i] = earlier(this.answeredAt[i], delta);
  }

  private get arrays(): readonly (Int32Array | Uint8Array)[] {
    return [this.address, this.cancelled, this.tagged, this.revoked, this.answeredAt, this.low, this.high];
  }

  /** The state as numbers. */
  save(): number[] {
    return [
      this.start,
      this.end,
      this.walk,
      this.turn,
      this.unit,
      this.unitLoads ? 1 : 0,
      this.goAt,
      this.granule,
      this.begun,
      this.awaiting ? 1 : 0,
      this.responseAt,
      this.responseIsLoad ? 1 : 0,
      this.firstResponse,
      this.head,
      this.count,
      this.answered,
      ...this.arrays.flatMap((array) => [...array]),
    ];
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    const [start, end, walk, turn, unit, loads, goAt, granule, begun, awaiting, responseAt, isLoad, first] = state;
    Object.assign(this, { start, end, walk, turn, unit, goAt, granule, begun, responseAt, firstResponse: first });
    this.unitLoads = loads !== 0;
    this.awaiting = awaiting !== 0;
    this.responseIsLoad = isLoad !== 0;
    [this.head, this.count, this.answered] = state.slice(13, SCALARS);
    this.arrays.forEach((array, i) => array.set(state.slice(SCALARS + i * DEPTH, SCALARS + (i + 1) * DEPTH)));
  }
}

/** Numbers of a snapshot that are no arrays. */
const SCALARS = 16;
