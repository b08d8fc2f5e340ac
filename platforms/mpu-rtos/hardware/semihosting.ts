import { hex32 } from '../../machine/units.js';

/** Guest memory as a semihosting call sees it: privileged, unchecked by the MPU. */
export interface SemihostingMemory {
  /** The byte or word at `address`, unsigned; undefined where nothing answers. Words may be unaligned. */
  read(address: number, size: 1 | 4): number | undefined;
  /** Stores a byte or word; false where nothing can be stored. */
  write(address: number, size: 1 | 4, value: number): boolean;
}

/** How a call ends. */
export type SemihostingOutcome =
  /** The guest goes on after the BKPT with `value` (unsigned) in r0. */
  | { readonly kind: 'return'; readonly value: number }
  /** SYS_EXIT or SYS_EXIT_EXTENDED. `code` is 0 for success, unsigned. */
  | { readonly kind: 'exit'; readonly code: number }
  /** The call cannot be carried out, as it names memory that does not answer: one line for the report. */
  | { readonly kind: 'fault'; readonly reason: string };

/** What the host answers about time and memory. */
export interface SemihostingOptions {
  /** Core clock in Hz for SYS_CLOCK and SYS_TIME; default 25 MHz, as on the MPS2 boards. */
  readonly clockHz?: number;
  /** Answers of SYS_HEAPINFO: heap base and limit, stack base and limit; default 0 (unknown). */
  readonly heap?: readonly [number, number, number, number];
  /** Command line of SYS_GET_CMDLINE, ASCII; default empty. */
  readonly commandLine?: string;
}

/** Operation numbers (Arm "Semihosting for AArch32 and AArch64", section 6). */
const enum Operation {
  OPEN = 0x01,
  CLOSE = 0x02,
  WRITEC = 0x03,
  WRITE0 = 0x04,
  WRITE = 0x05,
  READ = 0x06,
  READC = 0x07,
  ISERROR = 0x08,
  ISTTY = 0x09,
  SEEK = 0x0a,
  FLEN = 0x0c,
  CLOCK = 0x10,
  TIME = 0x11,
  ERRNO = 0x13,
  GET_CMDLINE = 0x15,
  HEAPINFO = 0x16,
  EXIT = 0x18,
  EXIT_EXTENDED = 0x20,
  ELAPSED = 0x30,
  TICKFREQ = 0x31,
}

/** SYS_EXIT reason for an ordinary end. */
const APPLICATION_EXIT = 0x20026;
/** Exit code of every other reason. */
const ABNORMAL_EXIT = 1;
const FAILED = 0xffffffff;

/** Handles of the console: SYS_OPEN of ":tt" gives one by its mode (0 to 3 reading, 4 to 7 writing, 8 to 11 appending). */
const CONSOLE_HANDLES = { read: 1, write: 2, append: 3 } as const;
const CONSOLE_NAME = ':tt';
/** A file of constants that says which extensions exist: here SYS_EXIT_EXTENDED, and stdout apart from stderr (section 5). */
const FEATURES_NAME = ':semihosting-features';
const FEATURES_HANDLE = 4;
const FEATURES = [0x53, 0x48, 0x46, 0x42, 0x03] as const;

/** Error numbers of SYS_ERRNO, with their values in newlib. */
const ENOENT = 2;
const EBADF = 9;
const EINVAL = 22;

/** Most bytes one call may write, read or search: a bound on the host's work for a guest gone wrong. */
const LONGEST = 1 << 20;

/** A parameter block or buffer could not be accessed. Used inside a call only. */
class BadAddress extends Error {}

/**
 * The host side of semihosting calls (BKPT 0xAB): operation in r0, parameter in r1. Deterministic: time is guest cycles
 * from 0, there are no files but the console and no input. Unknown operations return -1.
 */
export class Semihosting {
  private errno = 0;
  private featuresPosition = 0;

  /** @param print takes each byte of output, 0 to 255: the machine's console, which a UART may share. */
  constructor(
    private readonly print: (byte: number) => void,
    readonly options: SemihostingOptions = {},
  ) {}

  /**
   * Carries out one call.
   * @param operation r0.
   * @param parameter r1: for most operations the address of a block of words.
   * @param now guest cycles so far.
   */
  call(operation: number, parameter: number, memory: SemihostingMemory, now: number): SemihostingOutcome {
    try {
      return this.carryOut(operation >>> 0, new Parameters(memory, parameter >>> 0), now);
    } catch (error) {
      if (!(error instanceof BadAddress)) throw error;
      return { kind: 'fault', reason: `semihosting call ${hex32(operation)}: ${error.message}` };
    }
  }

  private carryOut(operation: number, given: Parameters, now: number): SemihostingOutcome {
    switch (operation) {
      case Operation.OPEN:
        return returned(this.open(given));
      case Operation.CLOSE:
        return returned(isHandle(given.word(0)) ? 0 : this.fail(EBADF));
      case Operation.WRITEC:
        this.print(given.byteAt(given.address));
        return returned(0);
      case Operation.WRITE0:
        this.writeString(given);
        return returned(0);
      case Operation.WRITE:
        return returned(this.write(given));
      case Operation.READ:
        return returned(this.read(given));
      case Operation.READC:
        return returned(FAILED);
      case Operation.ISERROR:
        return returned(given.word(0) >>> 31);
      case Operation.ISTTY:
        return returned(this.isTerminal(given.word(0)));
      case Operation.SEEK:
        return returned(this.seek(given));
      case Operation.FLEN:
        return returned(this.length(given.word(0)));
      case Operation.CLOCK:
        return returned(Math.floor((now * 100) / this.clockHz));
      case Operation.TIME:
        return returned(Math.floor(now / this.clockHz));
      case Operation.ERRNO:
        return returned(this.errno);
      case Operation.GET_CMDLINE:
        return returned(this.commandLine(given));
      case Operation.HEAPINFO:
        (this.options.heap ?? [0, 0, 0, 0]).forEach((value, i) => given.setWordAt(given.word(0) + 4 * i, value));
        return returned(0);
      case Operation.EXIT:
        return { kind: 'exit', code: given.address === APPLICATION_EXIT ? 0 : ABNORMAL_EXIT };
      case Operation.EXIT_EXTENDED:
        return { kind: 'exit', code: given.word(0) === APPLICATION_EXIT ? given.word(1) : ABNORMAL_EXIT };
      case Operation.ELAPSED:
        given.setWordAt(given.address, now % 2 ** 32);
        given.setWordAt(given.address + 4, Math.floor(now / 2 ** 32));
        return returned(0);
      case Operation.TICKFREQ:
        return returned(this.clockHz);
      default:
        return returned(this.fail(EINVAL));
    }
  }

  private get clockHz(): number {
    return this.options.clockHz ?? 25_000_000;
  }

  private fail(errno: number): number {
    this.errno = errno;
    return FAILED;
  }

  private open(given: Parameters): number {
    const name = String.fromCharCode(...given.bytes(given.word(0), given.word(2)));
    const mode = given.word(1);
    if (name === CONSOLE_NAME && mode < 12) {
      return mode < 4 ? CONSOLE_HANDLES.read : mode < 8 ? CONSOLE_HANDLES.write : CONSOLE_HANDLES.append;
    }
    if (name === FEATURES_NAME && mode < 2) {
      this.featuresPosition = 0;
      return FEATURES_HANDLE;
    }
    return this.fail(ENOENT);
  }

  private writeString(given: Parameters): void {
    for (let i = 0; i < LONGEST; i++) {
      const character = given.byteAt(given.address + i);
      if (character === 0) return;
      this.print(character);
    }
    throw new BadAddress(`the string at ${hex32(given.address)} does not end within ${LONGEST} bytes`);
  }

  /** @returns the number of bytes that were not written. */
  private write(given: Parameters): number {
    const [handle, buffer, length] = [given.word(0), given.word(1), given.word(2)];
    if (handle !== CONSOLE_HANDLES.write && handle !== CONSOLE_HANDLES.append) {
      this.fail(EBADF);
      return length;
    }
    for (const character of given.bytes(buffer, length)) this.print(character);
    return 0;
  }

  /** @returns the number of bytes that were not read; all of them at the end of a file. */
  private read(given: Parameters): number {
    const [handle, buffer, length] = [given.word(0), given.word(1), given.word(2)];
    if (handle !== FEATURES_HANDLE) {
      if (!isHandle(handle)) this.fail(EBADF);
      return length;
    }
    const part = FEATURES.slice(this.featuresPosition, this.featuresPosition + length);
    part.forEach((byte, i) => given.setByteAt(buffer + i, byte));
    this.featuresPosition += part.length;
    return length - part.length;
  }

  private seek(given: Parameters): number {
    if (given.word(0) !== FEATURES_HANDLE) return this.fail(EBADF);
    this.featuresPosition = Math.min(given.word(1), FEATURES.length);
    return 0;
  }

  private isTerminal(handle: number): number {
    if (!isHandle(handle)) return this.fail(EBADF);
    return handle === FEATURES_HANDLE ? 0 : 1;
  }

  private length(handle: number): number {
    if (!isHandle(handle)) return this.fail(EBADF);
    return handle === FEATURES_HANDLE ? FEATURES.length : 0;
  }

  private commandLine(given: Parameters): number {
    const line = this.options.commandLine ?? '';
    const [buffer, room] = [given.word(0), given.word(1)];
    if (room < line.length + 1) return this.fail(EINVAL);
    for (let i = 0; i < line.length; i++) given.setByteAt(buffer + i, line.charCodeAt(i));
    given.setByteAt(buffer + line.length, 0);
    given.setWordAt(given.address + 4, line.length);
    return 0;
  }

  reset(): void {
    this.load([0, 0]);
  }

  /** The state as numbers; output is not part of it. */
  save(): readonly number[] {
    return [this.errno, this.featuresPosition];
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    [this.errno, this.featuresPosition] = state;
  }
}

const returned = (value: number): SemihostingOutcome => ({ kind: 'return', value: value >>> 0 });

const isHandle = (handle: number): boolean => handle >= CONSOLE_HANDLES.read && handle <= FEATURES_HANDLE;

/** Access to the memory a call names; addresses wrap around at 2^32. */
class Parameters {
  constructor(
    private readonly memory: SemihostingMemory,
    /** r1. */
    readonly address: number,
  ) {}

  /** Word `index` of the parameter block. */
  word(index: number): number {
    const address = (this.address + 4 * index) >>> 0;
    return this.memory.read(address, 4) ?? unreadable(address);
  }

  byteAt(address: number): number {
    return this.memory.read(address >>> 0, 1) ?? unreadable(address);
  }

  bytes(address: number, length: number): number[] {
    if (length > LONGEST) throw new BadAddress(`${length} bytes at ${hex32(address)}: at most ${LONGEST} at a time`);
    return Array.from({ length }, (_, i) => this.byteAt(address + i));
  }

  setByteAt(address: number, value: number): void {
    if (!this.memory.write(address >>> 0, 1, value)) unwritable(address);
  }

  setWordAt(address: number, value: number): void {
    if (!this.memory.write(address >>> 0, 4, value >>> 0)) unwritable(address);
  }
}

function unreadable(address: number): never {
  throw new BadAddress(`no memory can be read at ${hex32(address)}`);
}

function unwritable(address: number): never {
  throw new BadAddress(`no memory can be written at ${hex32(address)}`);
}
