import type { TraceEvent } from '../../platforms/machine/machine.js';
import { BadInput, fileReason } from '../failure.js';
import { AtomicFile } from './atomic-file.js';
import { TRACE_HEADER, traceLine, type TraceNames } from './trace.js';

/**
 * A file with a line for every retired instruction and trap. What writes there is a part of the run that is watched, and nothing
 * of the host may change how that ends: where the system refuses a line, it is the last one, and `check` says so.
 */
export class TraceFile {
  private readonly file: AtomicFile;
  private refusal: BadInput | undefined;

  /** @throws BadInput if it cannot be made. */
  constructor(private readonly path: string) {
    try {
      this.file = new AtomicFile(path);
    } catch (thrown) {
      throw this.cannotWrite(thrown);
    }
    this.add(TRACE_HEADER);
  }

  private cannotWrite(thrown: unknown): BadInput {
    return new BadInput(`--trace ${this.path}`, fileReason(thrown), 'name a file that can be written');
  }

  private add(text: string): void {
    if (this.refusal !== undefined) return;
    try {
      this.file.write(text);
    } catch (thrown) {
      this.refusal = this.cannotWrite(thrown);
    }
  }

  /** Adds the line of an event. */
  write(event: TraceEvent, names: TraceNames): void {
    this.add(traceLine(event, names));
  }

  /** @throws BadInput if a line could not be written. */
  check(): void {
    if (this.refusal !== undefined) throw this.refusal;
  }

  /** Gives the complete file its name. @throws BadInput if it is not complete. */
  commit(): void {
    this.check();
    try {
      this.file.commit();
    } catch (thrown) {
      throw this.cannotWrite(thrown);
    }
  }

  /** Removes what was written. */
  discard(): void {
    this.file.discard();
  }
}

/** Does `body` while it writes a trace, which is there afterwards or not at all. @throws BadInput if it cannot be written. */
export async function traced<T>(path: string, body: (trace: TraceFile) => Promise<T>): Promise<T> {
  const trace = new TraceFile(path);
  const discard = (): void => trace.discard();
  // where a signal ends the process
  process.once('exit', discard);
  try {
    const result = await body(trace);
    trace.commit();
    return result;
  } catch (thrown) {
    discard();
    throw thrown;
  } finally {
    process.off('exit', discard);
  }
}
