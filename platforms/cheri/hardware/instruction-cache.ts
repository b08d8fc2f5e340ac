import type { PhysicalMemory } from '../../machine/memory.js';
import { FILL_BUFFER_NUMBERS, FillBuffer, WORDS } from './fill-buffer.js';
import { earlier, PAST } from '../../machine/times.js';

/** Fill buffers, and how many of them a fetch ahead leaves alone (`ibex_icache`, NUM_FB and FB_THRESHOLD). */
const BUFFERS = 4;
const AHEAD = BUFFERS - 2;

/** Lines in a way, ways, bits of the offset in a line (`ibex_pkg`, IC_SIZE_BYTES, IC_NUM_WAYS, IC_LINE_SIZE). */
const SETS = 256;
const WAYS = 2;
const OFFSET_BITS = 3;

/** Responses under way at most: all words of all buffers. */
const UNDER_WAY = BUFFERS * WORDS;

/** A line that is nowhere: line numbers are not negative. */
const NO_LINE = -1;

/**
 * The instruction cache in time: which lines it holds, is asked for and waits for, and what decode can take. The
 * instructions themselves come from memory, so that a store to code is seen without fence.i.
 *
 * It has the methods of `FetchUnit`, and in addition addresses matter: `aim` says where a redirect goes. Every fetch takes a
 * fill buffer and looks up one line a cycle; a line that is absent comes in two words, the one asked for first. While the
 * cache is off or cleared the buffers alone fetch, and ask for words without waiting for the result of the lookup.
 *
 * Source: `ibex_icache` without ECC and BranchCache, as lowRISC/sonata-system configures it.
 */
export class InstructionCache {
  /** Line number (address / 8) by set and way, `NO_LINE` = invalid. */
  private readonly lines = new Int32Array(SETS * WAYS).fill(NO_LINE);
  private readonly buffers = Array.from({ length: BUFFERS }, () => new FillBuffer());
  /** Way that the next line replaces if both are valid. */
  private victim = 0;

  /** Enable bit of cpuctrl, its next value, and the cycle in which that is seen. */
  private on = false;
  private onNext = false;
  private onAt = PAST;
  /** First cycle in which lines are being cleared, and first one in which they all are. */
  private clearing = PAST;
  private clearedAt = PAST;

  /** Address of the next lookup, and of the next instruction for decode. */
  private fetchAddress = 0;
  private address = 0;
  /** The first half of that instruction, from the word before, is kept apart; it came with a bus error. */
  private halfKept = false;
  private halfFailed = false;

  /** The lookup of the cycle before: its buffer (-1 = none), and what the tags said. */
  private looked = -1;
  private lookedHit = false;
  private lookedWay = -1;

  /** Cycles of the responses under way, oldest first from `responseFirst`. */
  private readonly responses = new Int32Array(UNDER_WAY);
  private responseFirst = 0;
  private underWay = 0;

  /** Where the redirect of the next cycle with one goes. */
  private target = 0;
  /** Last cycle in which a fence.i is in decode, from the last redirect on: it clears in all of them. */
  private fenceUntil = PAST;

  // What `wants` found for `advance`: the buffer whose request is on the bus (-1 = none), and whether there is a lookup.
  private requester = -1;
  private looksUp = false;

  /** @param latency cycles from the grant of a request to its response. */
  constructor(
    private readonly latency: number,
    private readonly memory: PhysicalMemory,
  ) {}

  /** The next redirect goes to `target`; it is that of a fence.i in decode up to cycle `fence`, which clears the cache. */
  aim(target: number, fence: number): void {
    this.target = target;
    if (fence !== PAST) this.fenceUntil = fence;
  }

  /** The enable bit of cpuctrl is seen from cycle `at` on. */
  enable(on: boolean, at: number): void {
    this.onNext = on;
    this.onAt = at;
  }

  /** Whether there is a request in this cycle. `redirect`: fetching goes on elsewhere in it. `enabled`: not asleep. */
  wants(redirect: boolean, enabled: boolean): boolean {
    const { buffers } = this;
    let requester = -1;
    let busy = 0;
    let wanted = 0;
    for (let i = 0; i < BUFFERS; i++) {
      const buffer = buffers[i];
      if (!buffer.busy) continue;
      busy++;
      if (!buffer.stale) wanted++;
      const asks = !buffer.asked(redirect, i === this.looked && this.lookedHit);
      if (asks && (requester < 0 || buffer.age > buffers[requester].age)) requester = i;
    }
    this.requester = requester;
    this.looksUp = enabled && busy < BUFFERS && (redirect || wanted <= AHEAD);
    return requester >= 0 || (this.looksUp && (redirect || !this.on));
  }

  /**
   * One cycle; the parameters are those of `FetchUnit.advance`.
   * @returns whether an instruction was taken; one that is taken in the cycle of a redirect is lost.
   */
  advance(now: number, wants: boolean, granted: boolean, redirect: boolean, take: boolean): boolean {
    const { buffers, looked, looksUp, requester } = this;
    const receiver = this.underWay > 0 && this.responses[this.responseFirst] === now ? this.receive() : -1;
    const clears = now >= this.clearing - 1 && now < this.clearedAt;
    const invalidates = now <= this.fenceUntil;

    // The oldest buffer whose line decode still needs delivers, as soon as it has something.
    let source = -1;
    for (let i = 0; i < BUFFERS; i++) {
      const buffer = buffers[i];
      if (buffer.busy && !buffer.stale && buffer.delivered < WORDS && (source < 0 || buffer.age > buffers[source].age))
        source = i;
    }
    const hit = looked >= 0 && this.lookedHit;
    const ready = source >= 0 && (receiver === source || (hit && looked === source) || buffers[source].ready);
    const fails = ready && !(hit && looked === source) && this.failsFrom(buffers[source], receiver === source);
    const { halfKept } = this;
    const odd = (this.address & 2) !== 0;
    const long = this.isLong(this.address);
    const whole = halfKept && (!long || this.halfFailed);
    const keepsFirst = odd && !halfKept && (long || fails);
    const delivers = ready && (take || keepsFirst) && !whole;
    const available = whole || (ready && (!odd || halfKept || fails || !long));
    const taken = take && available;

    if (ready && (take || keepsFirst)) this.halfFailed = fails;
    if (redirect) this.halfKept = false;
    else if (halfKept) this.halfKept = !(take && whole);
    else this.halfKept = ready && (odd ? long || fails : !long && !fails && take);
    if (redirect) this.address = this.target;
    else if (taken) this.address = (this.address + (long || fails ? 4 : 2)) | 0;

    // Lookups go before lines that are to be written.
    const writer = looksUp || (clears && now >= this.clearing) ? -1 : this.nextWriter();
    const enters = this.on && !clears;
    const asksAhead = (redirect || !this.on) && requester < 0;
    let free = -1;
    for (let i = 0; i < BUFFERS; i++) {
      const buffer = buffers[i];
      if (!buffer.busy) {
        if (free < 0) free = i;
        continue;
      }
      const asked = buffer.asked(redirect, hit && i === looked);
      const done = buffer.finished(redirect);
      if (i === looked) {
        if (this.lookedHit) buffer.hit = true;
        buffer.way = this.lookedWay < 0 ? this.victim : this.lookedWay;
      }
      buffer.held = i === requester && !granted;
      if (i === requester && granted) buffer.requested++;
      buffer.requestsDone = asked;
      if (i === receiver) buffer.receive(this.isError(buffer.nextAddress));
      if (i === source && delivers) buffer.delivered++;
      if (i === writer) {
        if (!clears) this.lines[setOf(buffer.address) + buffer.way] = buffer.address >>> OFFSET_BITS;
        buffer.written = true;
      }
      if (!this.on || invalidates) buffer.caches = false;
      if (redirect) buffer.stale = true;
      if (done) buffer.busy = false;
      if (looksUp) buffer.age++;
    }
    if (looked >= 0) this.victim ^= 1;
    this.looked = -1;
    if (looksUp) {
      const address = redirect ? this.target : this.fetchAddress;
      const requested = asksAhead && granted ? 1 : 0;
      buffers[free].allocate(address, enters, requested, asksAhead && !granted);
      this.fetchAddress = ((address & -(1 << OFFSET_BITS)) + (1 << OFFSET_BITS)) | 0;
      if (enters && !invalidates) this.lookUp(free, address);
    } else if (redirect) this.fetchAddress = this.target;

    if (wants && granted) this.expect(now + this.latency);
    if (invalidates) this.clear(now);
    if (now + 1 >= this.onAt) this.on = this.onNext;
    return taken;
  }

  /** Takes the response of this cycle. @returns the buffer that it is for: the oldest that waits for one. */
  private receive(): number {
    const { buffers } = this;
    this.responseFirst = (this.responseFirst + 1) % UNDER_WAY;
    this.underWay--;
    let receiver = -1;
    for (let i = 0; i < BUFFERS; i++) {
      const buffer = buffers[i];
      if (buffer.busy && !buffer.complete && (receiver < 0 || buffer.age > buffers[receiver].age)) receiver = i;
    }
    return receiver;
  }

  /** A response comes in cycle `at`. */
  private expect(at: number): void {
    this.responses[(this.responseFirst + this.underWay) % UNDER_WAY] = at;
    this.underWay++;
  }

  /** The oldest buffer whose line is to be written, or -1. */
  private nextWriter(): number {
    const { buffers } = this;
    let writer = -1;
    for (let i = 0; i < BUFFERS; i++) {
      if (buffers[i].writable && (writer < 0 || buffers[i].age > buffers[writer].age)) writer = i;
    }
    return writer;
  }

  /** Looks `address` up for buffer `index`; what comes of it counts in the next cycle. */
  private lookUp(index: number, address: number): void {
    const { lines } = this;
    const set = setOf(address);
    const line = address >>> OFFSET_BITS;
    this.looked = index;
    this.lookedHit = lines[set] === line || lines[set + 1] === line;
    this.lookedWay = lines[set] === NO_LINE ? 0 : lines[set + 1] === NO_LINE ? 1 : -1;
  }

  /** fence.i in cycle `now`. While lines are being cleared another one changes nothing. */
  private clear(now: number): void {
    if (now >= this.clearing - 1 && now < this.clearedAt) return;
    this.lines.fill(NO_LINE);
    this.clearing = now + 2;
    this.clearedAt = this.clearing + SETS;
  }

  /** Whether the word that a buffer delivers came with a bus error; `now`: it arrives in this cycle, if it is not there. */
  private failsFrom(buffer: FillBuffer, now: boolean): boolean {
    if (buffer.hit) return false;
    return now && buffer.inStep ? this.isError(buffer.nextAddress) : ((buffer.failed >>> buffer.delivered) & 1) !== 0;
  }

  /** Whether a fetch ends with a bus error. */
  private isError(address: number): boolean {
    const { memory } = this;
    return memory.readMap[address >>> 12] === 0 && (!memory.answers(address) || memory.deviceAt(address) !== undefined);
  }

  /** Whether the instruction at `address` has 32 bits. An untouched page is full of zeros. */
  private isLong(address: number): boolean {
    const { memory } = this;
    const page = memory.readMap[address >>> 12];
    return page !== 0 && (memory.halves[(page + (address & 0xfff)) >> 1] & 3) === 3;
  }

  /** Whether something is still to happen of its own: requests, responses, lines to be written. */
  get busy(): boolean {
    return this.underWay > 0 || this.looked >= 0 || this.nextWriter() >= 0 || this.wants(false, false);
  }

  /** Lets all that happen, from cycle `now` on. */
  receiveAll(now: number): void {
    for (let at = now; this.busy; at++) this.advance(at, this.wants(false, false), true, false, false);
  }

  /** Forgets all fetches under way; the lines stay. */
  drop(): void {
    for (const buffer of this.buffers) buffer.busy = false;
    this.underWay = 0;
    this.looked = -1;
    this.halfKept = this.halfFailed = false;
  }

  /** Power-on state in cycle 0, the cycle before lines are cleared. */
  reset(): void {
    this.drop();
    this.lines.fill(NO_LINE);
    this.victim = 0;
    this.on = this.onNext = false;
    this.onAt = this.fenceUntil = PAST;
    this.responseFirst = this.target = this.address = this.fetchAddress = 0;
    this.responses.fill(PAST);
    this.clearing = 1;
    this.clearedAt = this.clearing + SETS;
  }

  /** Moves the origin of time by `delta` cycles. */
  settle(delta: number): void {
    this.clearing = earlier(this.clearing, delta);
    this.clearedAt = earlier(this.clearedAt, delta);
    this.onAt = earlier(this.onAt, delta);
    this.fenceUntil = earlier(this.fenceUntil, delta);
    for (let i = 0; i < UNDER_WAY; i++) this.responses[i] = earlier(this.responses[i], delta);
  }

  /** The state as numbers. */
  save(): number[] {
    const { victim, clearing, clearedAt, onAt, fetchAddress, address, looked, lookedWay, responseFirst, underWay } =
      this;
    const flags = [this.on, this.onNext, this.halfKept, this.halfFailed, this.lookedHit].map((flag) => (flag ? 1 : 0));
    return [
      ...[victim, clearing, clearedAt, onAt, fetchAddress, address, looked, lookedWay, responseFirst, underWay],
      ...flags,
      this.fenceUntil,
      ...this.responses,
      ...this.buffers.flatMap((buffer) => buffer.save()),
      ...this.lines,
    ];
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    [this.victim, this.clearing, this.clearedAt, this.onAt, this.fetchAddress, this.address] = state;
    [this.looked, this.lookedWay, this.responseFirst, this.underWay] = state.slice(6);
    const flags = state.slice(10, 15).map((flag) => flag !== 0);
    [this.on, this.onNext, this.halfKept, this.halfFailed, this.lookedHit] = flags;
    this.fenceUntil = state[15];
    let from = 16;
    this.responses.set(state.slice(from, (from += UNDER_WAY)));
    for (const buffer of this.buffers) buffer.load(state.slice(from, (from += FILL_BUFFER_NUMBERS)));
    this.lines.set(state.slice(from));
  }
}

/** Index of a set's first way in `lines`. */
const setOf = (address: number): number => ((address >>> OFFSET_BITS) & (SETS - 1)) * WAYS;
