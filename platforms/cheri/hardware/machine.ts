import type { Device } from '../../machine/device.js';
import type { BenchDevice } from '../../machine/devices/bench.js';
import type { Image } from '../../machine/image.js';
import type { ProtectionCounts, RegisterValue } from '../../machine/machine.js';
import { PhysicalMemory, type Region } from '../../machine/memory.js';
import { SimulatedMachine } from '../../machine/simulated-machine.js';
import { NEVER } from '../../machine/times.js';
import { CAPABILITY_NAMES, REGISTERS, SCR_NAMES } from '../../riscv/registers.js';
import { Core } from './core.js';
import { access } from './datapath.js';
import type { RevokerPort } from './devices/revoker-port.js';
import { interpreterFor } from './interpreters.js';
import type { CoreConfig } from './parameters.js';
import { type CoreState, restoreCore, saveCore } from './state.js';
import { SINK } from './slots.js';
import { SCR } from './special.js';
import type { TagMemory } from './tags.js';
import { CheriotTracer } from './tracer.js';
import { takeInterrupt } from './traps.js';

/** What the board around the core looks like. */
export interface Board {
  readonly regions: readonly Region[];
  readonly devices: readonly Device[];
  readonly bench: BenchDevice | undefined;
  /** Console output so far. */
  console(): string;
  readonly resetVector: number;
  /** Plugs the revoker into the device that drives it. */
  connect(revoker: RevokerPort): void;
}

/** A CHERIoT-Ibex on a board. */
export class CheriotMachine extends SimulatedMachine<Core, CoreState> {
  override readonly bench: BenchDevice | undefined;
  /** The interpreter that follows rules, and the one that goes cycle by cycle; each made when it is first needed. */
  private quick: (() => void) | undefined;
  private detailed: (() => void) | undefined;

  constructor(
    config: CoreConfig,
    private readonly board: Board,
  ) {
    const core = new Core(config, new PhysicalMemory(board.regions));
    super('cheriot-ibex', core, new CheriotTracer(core), board.devices);
    this.bench = board.bench;
    this.connectRevoker();
    this.reset();
  }

  /** Plugs the revoker in. What its device does at the end of a walk happens in the cycle after it. */
  private connectRevoker(): void {
    const port = this.core.revokerPort;
    this.board.connect(port);
    const { onFinished } = port;
    port.onFinished = (at, busy) => {
      const before = this.eventTime;
      this.eventTime = at + 1;
      onFinished(at, busy);
      this.eventTime = before;
    };
  }

  protected setInterruptLine(line: number, level: boolean): void {
    this.core.setLine(line, level, this.eventTime ?? this.deviceTime() + 1);
  }

  /** Cycle in which a device sees the store that is under way. */
  private deviceTime(): number {
    return this.core.base + access.end;
  }

  protected override forgetPages(): void {
    super.forgetPages();
    this.core.tagMemory.clear();
  }

  override reset(): void {
    super.reset();
    // The devices have put their lines low.
    this.core.interruptAt = NEVER;
  }

  protected resetCore(): void {
    this.core.reset(this.board.resetVector);
  }

  protected start(image: Image): void {
    for (const { physical, bytes } of image.segments) this.core.tagMemory.clearRange(physical, bytes);
    this.core.boot(image.entry);
  }

  protected override atBoundary(): void {
    this.core.chooseTiming();
  }

  protected interpret(): void {
    const { core } = this;
    if (core.detailed) (this.detailed ??= interpreterFor(core, true))();
    else (this.quick ??= interpreterFor(core, false))();
  }

  protected lookAgainAt(left: number): number {
    const { core } = this;
    const until = this.tracer.hook === undefined ? core.interruptAt : core.next;
    return Math.min(core.next + left, until === NEVER ? NEVER : until + 1);
  }

  protected divert(): boolean {
    return this.core.next > this.core.interruptAt && this.interruptTaken();
  }

  /** Takes an interrupt if one is due before the instruction to come; forgets to look if none is pending. */
  private interruptTaken(): boolean {
    const { core } = this;
    const cause = core.csr.interrupt;
    if (cause < 0) {
      core.interruptAt = NEVER;
      return false;
    }
    this.tracer.begin();
    takeInterrupt(core, cause, core.interruptible);
    this.tracer.end();
    return true;
  }

  protected get wakes(): boolean {
    return this.core.csr.wakes;
  }

  protected wake(): void {
    this.core.wake();
  }

  /** The revoker works on while the core sleeps, and its time is kept cycle by cycle. */
  private get revokes(): boolean {
    return this.core.revoker.active && this.core.detailed;
  }

  protected override get quiet(): boolean {
    return super.quiet && !this.revokes;
  }

  protected passTime(time: number): void {
    const { core } = this;
    if (this.revokes) return core.dream(core.next + time);
    core.hazard += time;
    core.base += time;
    core.settle(time);
  }

  protected get protection(): Partial<ProtectionCounts> {
    const { capabilityLoads, capabilityStores } = this.core.counts;
    return { capabilityLoads, capabilityStores };
  }

  /** A store has reached memory when the next instruction can see it. */
  get storeBacklog(): number {
    return 0;
  }

  registers(): readonly RegisterValue[] {
    const { core } = this;
    const { registers, special } = core;
    const general = CAPABILITY_NAMES.slice(0, SINK).map((name, i) => ({
      name,
      value: registers.address[i] >>> 0,
      metadata: registers.metadataOf(i) >>> 0,
      tag: registers.tagOf(i),
    }));
    const specials = Object.values(SCR).map((number) => ({
      name: SCR_NAMES.get(number) ?? `scr${number}`,
      value: special.addressOf(number) >>> 0,
      metadata: special.metadataOf(number) >>> 0,
      tag: special.tagOf(number),
    }));
    return [
      { name: 'pcc', value: this.pc, metadata: core.pccMetadata >>> 0, tag: core.pccTag },
      ...general,
      ...specials,
      { name: 'privilege', value: core.csr.privilege },
      ...core.csr.list(),
    ];
  }

  /** Sets a register as a debugger does: of a capability the address, which must not leave the bounds to keep the tag. */
  setRegister(name: string, value: number): void {
    const { core } = this;
    const index = REGISTERS.get(name) ?? CAPABILITY_NAMES.indexOf(name);
    if (name === 'pc' || name === 'pcc') {
      core.jumpTo(value);
      core.pipeline.retarget(value);
    } else if (index > 0 && index < SINK) core.registers.moveTo(index, value | 0);
    else if (index !== 0 && !core.setSystemRegister(name, value)) throw new RangeError(`no register ${name}`);
  }

  get console(): string {
    return this.board.console();
  }

  protected saveCore(): CoreState {
    return saveCore(this.core);
  }

  protected restoreCore(state: CoreState): void {
    restoreCore(this.core, state);
  }

  /** The tags of memory. */
  protected override get extra(): TagMemory {
    return this.core.tagMemory;
  }

  protected override get unlisted(): readonly number[] {
    return this.taggedGranules;
  }

  /** Addresses of the granules of memory that hold a capability, in order. */
  get taggedGranules(): readonly number[] {
    return this.core.tagMemory.addresses();
  }
}
