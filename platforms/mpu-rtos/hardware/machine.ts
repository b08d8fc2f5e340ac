import type { BenchDevice } from '../../machine/devices/bench.js';
import { ConsoleDevice } from '../../machine/devices/console.js';
import type { Image } from '../../machine/image.js';
import type { ProtectionCounts, RegisterValue } from '../../machine/machine.js';
import { PAGE_BYTES, PhysicalMemory } from '../../machine/memory.js';
import { SimulatedMachine } from '../../machine/simulated-machine.js';
import { NEVER } from '../../machine/times.js';
import { hex32, type PhysicalAddress, type VirtualAddress } from '../../machine/units.js';
import type { MachineRequest } from '../../platform.js';
import { cmrxBoard } from '../devices/board.js';
import { type Board, mps2Board } from './board.js';
import { Core, Sleep } from './core.js';
import { enterException, returnFromException } from './exceptions.js';
import { interpreterFor } from './interpreters.js';
import type { CoreConfig } from './parameters.js';
import { MpuAccess } from './mpu.js';
import { listRegisters, setRegister } from './registers.js';
import { isStore } from './pairing.js';
import { Semihosting, type SemihostingMemory } from './semihosting.js';
import { type CoreState, restoreCore, saveCore } from './state.js';
import { CortexMTracer } from './tracer.js';

/** Guest memory is at most this many pages on the host. */
const MOST_PAGES = 16384;

/** A Cortex-M core on a board. */
export class CortexMMachine extends SimulatedMachine<Core, CoreState> {
  private readonly board: Board;
  private readonly output: ConsoleDevice;
  private readonly semihosting: Semihosting;
  private readonly interpreter: () => void;
  override readonly bench: BenchDevice | undefined;

  constructor(config: CoreConfig, request: MachineRequest) {
    const output = new ConsoleDevice({ name: 'console' });
    const print = (byte: number): void => void output.write(0, 1, byte);
    const board = request.board === 'cmrx' ? cmrxBoard(request) : mps2Board(request, print);
    const pages = board.regions.reduce((sum, { bytes }) => sum + bytes / PAGE_BYTES, 0);
    const core = new Core(config, new PhysicalMemory(board.regions, Math.min(pages, MOST_PAGES)));
    super('cortex-m', core, new CortexMTracer(core), [...board.devices, core.system.systick, output]);
    this.board = board;
    this.bench = board.bench;
    this.output = output;
    this.semihosting = new Semihosting(print);
    this.interpreter = interpreterFor(core);
    core.fireEvents = (until) => this.fireEvents(until);
    core.semihost = () => this.semihost();
    this.reset();
  }

  protected setInterruptLine(line: number, level: boolean): void {
    this.core.nvic.setLine(line, level);
  }

  override reset(): void {
    super.reset();
    this.semihosting.reset();
  }

  protected resetCore(): void {
    this.core.reset();
  }

  protected start(image: Image): void {
    this.startAt(this.board.vectorTable ?? Math.min(...image.segments.map((s) => s.physical)));
  }

  /** Takes stack pointer and program counter from a vector table, as a reset does (DDI0403E B1.5.5). */
  private startAt(table: number): void {
    const { core, memory } = this;
    core.scb.vtor = table;
    const stack = memory.read(core.scb.vtor, 4, 0);
    const start = memory.read((core.scb.vtor + 4) >>> 0, 4, 0);
    if (stack === undefined || start === undefined || core.scb.vtor !== table) {
      const what = core.scb.vtor === table ? 'no memory answers there' : 'VTOR cannot hold that address';
      core.wedge(`no vector table at ${hex32(table)}: ${what}`);
      return;
    }
    core.msp = stack;
    core.thumb = (start & 1) !== 0;
    core.jumpTo(start);
    core.redirected = false;
  }

  protected interpret(): void {
    this.interpreter();
  }

  protected lookAgainAt(left: number): number {
    const { core } = this;
    // At most two instructions retire in a cycle: a folded IT and another.
    core.stepping = this.tracer.hook !== undefined || left < 4;
    return core.stepping ? NEVER : core.next + (left >> 1);
  }

  protected divert(): boolean {
    const due = this.core.returning !== 0 || this.core.nvic.due !== 0;
    if (due) this.handleException();
    return due;
  }

  /** Carries out the exception return that is under way, or enters the exception that is due. */
  private handleException(): void {
    const { core, tracer } = this;
    tracer.begin();
    const value = core.returning;
    core.returning = 0;
    if (value !== 0) returnFromException(core, value);
    else enterException(core);
    tracer.end();
  }

  /** Also says when the next event is. */
  protected override fireEvents(until: number): void {
    super.fireEvents(until);
    this.core.eventAt = Math.min(this.events.next - this.core.base, NEVER);
  }

  protected override hasten(at: number): void {
    super.hasten(at);
    this.core.eventAt = Math.min(this.core.eventAt, at);
  }

  protected get wakes(): boolean {
    const { sleep, nvic, event } = this.core;
    return sleep === Sleep.FOR_INTERRUPT ? nvic.wakes : event || nvic.due !== 0;
  }

  protected wake(): void {
    const { core } = this;
    if (core.sleep === Sleep.FOR_EVENT) core.event = false;
    core.sleep = Sleep.AWAKE;
  }

  protected passTime(time: number): void {
    this.core.hazard += time;
    this.core.base += time;
  }

  /** Guest memory for semihosting calls: RAM only, unchecked. */
  private readonly hostMemory: SemihostingMemory = {
    read: (address, size) => {
      let value = 0;
      for (let i = 0; i < size; i++) {
        const at = (address + i) >>> 0;
        if (this.memory.touch(at) === 0) return undefined;
        value |= this.memory.read(at, 1, 0)! << (8 * i);
      }
      return value >>> 0;
    },
    write: (address, size, value) => {
      for (let i = 0; i < size; i++) {
        const at = (address + i) >>> 0;
        if (this.memory.touch(at) === 0 || this.memory.write(at, 1, (value >>> (8 * i)) & 255, 0) === 'error')
          return false;
      }
      return true;
    },
  };

  /** Carries out a semihosting call (BKPT 0xAB). */
  private semihost(): void {
    const { core } = this;
    const outcome = this.semihosting.call(core.r[0] >>> 0, core.r[1] >>> 0, this.hostMemory, core.base + core.next);
    if (outcome.kind === 'return') core.r[0] = outcome.value;
    else if (outcome.kind === 'exit') this.end({ kind: 'exit', code: outcome.code });
    else core.wedge(outcome.reason);
  }

  protected get protection(): Partial<ProtectionCounts> {
    return { mpuStores: this.core.mpu.stores };
  }

  get storeBacklog(): number {
    const { timing, done } = this.core;
    return timing.writeBuffer !== 0 && isStore(done & 255) ? 1 : 0;
  }

  registers(): readonly RegisterValue[] {
    return listRegisters(this.core);
  }

  setRegister(name: string, value: number): void {
    if (!setRegister(this.core, name, value)) throw new RangeError(`no register ${name}`);
  }

  /** What the MPU lets the code that runs neither load nor fetch has no translation. */
  override translate(address: VirtualAddress): PhysicalAddress | undefined {
    const { mpu, privileged, negative } = this.core;
    const permitted = [MpuAccess.LOAD, MpuAccess.FETCH].some((a) => mpu.check(address, a, privileged, negative));
    return permitted ? super.translate(address) : undefined;
  }

  get console(): string {
    return this.output.text;
  }

  protected saveCore(): CoreState {
    return saveCore(this.core);
  }

  protected restoreCore(state: CoreState): void {
    restoreCore(this.core, state);
  }

  protected override get extra(): Semihosting {
    return this.semihosting;
  }

  protected override get unlisted(): readonly number[] {
    return this.core.system.save();
  }
}
