import type { Device } from '../../machine/device.js';
import type { BenchDevice } from '../../machine/devices/bench.js';
import type { Image } from '../../machine/image.js';
import type { ProtectionCounts, RegisterValue } from '../../machine/machine.js';
import { PhysicalMemory, type Region } from '../../machine/memory.js';
import { SimulatedMachine } from '../../machine/simulated-machine.js';
import { NEVER } from '../../machine/times.js';
import { type PhysicalAddress, physical, type VirtualAddress } from '../../machine/units.js';
import { REGISTER_NAMES } from '../../riscv/registers.js';
import { Core } from './core.js';
import { nextAccesses } from './datapath.js';
import { fetchInstruction } from './fetch.js';
import { interpreterFor } from './interpreters.js';
import { Access, translateQuietly } from './mmu.js';
import type { CoreConfig } from './parameters.js';
import { type CoreState, restoreCore, saveCore } from './state.js';
import { VexRiscvTracer } from './tracer.js';
import { takeInterrupt } from './traps.js';

/** What the board around the core looks like. */
export interface Board {
  readonly regions: readonly Region[];
  readonly devices: readonly Device[];
  readonly bench: BenchDevice | undefined;
  readonly resetVector: number;
}

/** A VexRiscv of Baochip-1x on a board. */
export class VexRiscvMachine extends SimulatedMachine<Core, CoreState> {
  override readonly bench: BenchDevice | undefined;
  private readonly interpreter: () => void;

  constructor(
    config: CoreConfig,
    private readonly board: Board,
  ) {
    const core = new Core(config, new PhysicalMemory(board.regions));
    super('vexriscv-baochip', core, new VexRiscvTracer(core), board.devices);
    this.bench = board.bench;
    this.interpreter = interpreterFor(core);
    this.reset();
  }

  protected setInterruptLine(line: number, level: boolean): void {
    this.core.setLine(line, level, this.eventTime ?? this.deviceTime() + 1);
  }

  /** Cycle in which a device sees the store that is under way. */
  private deviceTime(): number {
    return this.core.base + (this.core.common ? this.core.next : this.core.bus.acceptedAt);
  }

  override reset(): void {
    super.reset();
    // The devices have put their lines low.
    this.core.interruptAt = NEVER;
  }

  protected resetCore(): void {
    this.core.reset();
    this.core.jumpTo(this.board.resetVector);
  }

  protected start(image: Image): void {
    this.core.jumpTo(image.entry);
  }

  protected interpret(): void {
    this.interpreter();
  }

  protected override afterSlice(): void {
    this.core.heldWalk.release(this.core, nextAccesses);
  }

  protected lookAgainAt(left: number): number {
    const { core } = this;
    const single = core.next >= core.interruptAt || this.tracer.hook !== undefined || core.heldWalk.active;
    return single ? core.next + 1 : Math.min(core.interruptAt, core.next + left);
  }

  protected divert(): boolean {
    return this.core.next >= this.core.interruptAt && this.interruptTaken();
  }

  /** Takes an interrupt if one is due before the instruction to come; forgets to look if none is pending. */
  private interruptTaken(): boolean {
    const { core } = this;
    if (core.csr.interrupt < 0) {
      core.interruptAt = NEVER;
      return false;
    }
    // The core takes an interrupt in place of an instruction that is in decode: it has been fetched.
    this.tracer.begin();
    if (!core.isFetched && !fetchInstruction(core)) {
      this.tracer.end();
      return true;
    }
    const cause = core.csr.interrupt;
    if (!core.common && core.leavesDecode < core.interruptAt) return false;
    takeInterrupt(core, cause);
    this.tracer.end();
    return true;
  }

  protected get wakes(): boolean {
    return this.core.csr.wakes;
  }

  /** The core retires wfi when it goes on. */
  protected wake(): void {
    const { core } = this;
    this.tracer.begin();
    const at = core.common ? core.next : Math.max(core.next, core.wakeAt + 1);
    core.hazard += at - core.next;
    core.last = at;
    core.next = at + 1;
    core.retired++;
    if (core.relocate) core.jumpTo(core.pc + 4);
    else core.slot += 2;
    core.waiting = false;
    this.tracer.end();
  }

  protected passTime(time: number): void {
    const { core } = this;
    const whole = time - (time % 4);
    core.hazard += time;
    core.base += whole;
    core.next += time - whole;
    core.settle(whole);
  }

  /** A wfi that waits has not retired. */
  protected override fireProbe(): boolean {
    return !this.core.waiting && super.fireProbe();
  }

  protected get protection(): Partial<ProtectionCounts> {
    const { satpWrites, sfences } = this.core.counts;
    return { satpWrites, sfences };
  }

  get storeBacklog(): number {
    return this.core.common ? 0 : this.core.bus.pendingWrites(this.core.last + 3);
  }

  registers(): readonly RegisterValue[] {
    const x = REGISTER_NAMES.map((name, i) => ({ name, value: this.core.x[i] >>> 0 }));
    return [
      { name: 'pc', value: this.pc },
      ...x,
      { name: 'privilege', value: this.core.csr.privilege },
      ...this.core.csr.list(),
    ];
  }

  setRegister(name: string, value: number): void {
    const index = REGISTER_NAMES.indexOf(name);
    if (name === 'pc') this.core.jumpTo(value);
    else if (index > 0) this.core.x[index] = value;
    else if (index !== 0 && !this.core.setSystemRegister(name, value)) throw new RangeError(`no register ${name}`);
  }

  override translate(address: VirtualAddress): PhysicalAddress | undefined {
    const found =
      translateQuietly(this.core, address, Access.LOAD) ?? translateQuietly(this.core, address, Access.FETCH);
    return found === undefined ? undefined : physical(found);
  }

  get console(): string {
    return this.bench?.console ?? '';
  }

  protected saveCore(): CoreState {
    return saveCore(this.core);
  }

  protected restoreCore(state: CoreState): void {
    restoreCore(this.core, state);
  }
}
