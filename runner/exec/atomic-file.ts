import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';

const BUFFER_CHARACTERS = 1 << 16;

/**
 * A file that exists complete or not at all: written under a temporary name beside it and renamed by `commit`. Something
 * that is there and no ordinary file (a pipe, a terminal, `/dev/null`) is written to directly.
 */
export class AtomicFile {
  private readonly descriptor: number;
  /** Undefined: written directly. */
  private readonly temporary: string | undefined;
  private buffer: string[] = [];
  private buffered = 0;

  /** @throws the system's error if the file cannot be made. */
  constructor(private readonly path: string) {
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing?.isDirectory() === true) throw new Error('is a directory');
    this.temporary = existing === undefined || existing.isFile() ? `${path}.${process.pid}.partial` : undefined;
    this.descriptor = openSync(this.temporary ?? path, 'w');
  }

  /** Adds text or bytes. @throws the system's error if it cannot be written. */
  write(content: string | Uint8Array): void {
    if (typeof content !== 'string') {
      this.flush();
      this.writeBytes(content);
      return;
    }
    this.buffer.push(content);
    this.buffered += content.length;
    if (this.buffered >= BUFFER_CHARACTERS) this.flush();
  }

  private flush(): void {
    const bytes = Buffer.from(this.buffer.join(''));
    this.buffer = [];
    this.buffered = 0;
    this.writeBytes(bytes);
  }

  private writeBytes(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.descriptor, bytes, at);
  }

  /** Writes what is left and gives the file its name. @throws the system's error if it cannot be written. */
  commit(): void {
    this.flush();
    closeSync(this.descriptor);
    if (this.temporary !== undefined) renameSync(this.temporary, this.path);
  }

  /** Removes what was written. */
  discard(): void {
    try {
      closeSync(this.descriptor);
    } catch {
      // already closed
    }
    if (this.temporary !== undefined) rmSync(this.temporary, { force: true });
  }
}

/** Writes a file, complete or not at all. @throws the system's error if it cannot be written. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const file = new AtomicFile(path);
  try {
    file.write(content);
    file.commit();
  } catch (thrown) {
    file.discard();
    throw thrown;
  }
}
