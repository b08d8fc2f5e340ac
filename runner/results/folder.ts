import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeWhole } from '../exec/atomic-file.js';
import { BadInput, fileReason } from '../failure.js';
import { type Manifest, manifestText } from './manifest.js';
import { FILES, readManifest, readRecordFile, type RecordLine } from './read.js';

/** Who writes a folder. */
interface Owner {
  readonly pid: number;
  readonly host: string;
}

const ownLocks = new Set<string>();

/** Whether the process that a lock names is there. A process of another host, or with our own number, may be. */
function isAlive({ pid, host }: Owner, path: string): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return ownLocks.has(path);
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Partial<Owner>;
    return typeof owner.pid === 'number' && typeof owner.host === 'string' ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}

/** @throws BadInput if a process that is there writes the folder. */
function checkUnused(folder: string): void {
  const path = join(folder, FILES.lock);
  const owner = readOwner(path);
  if (owner === undefined || !isAlive(owner, path)) return;
  const who = `process ${owner.pid} on ${owner.host}`;
  throw new BadInput(folder, `another run writes it (${who})`, `wait for it, or remove ${path} if it is gone`);
}

/** Takes a folder for this process. */
function lock(folder: string): void {
  checkUnused(folder);
  const path = join(folder, FILES.lock);
  rmSync(path, { force: true });
  writeFileSync(path, `${JSON.stringify({ pid: process.pid, host: hostname() })}\n`, { flag: 'wx' });
  ownLocks.add(path);
}

/** Does `body`; a refusal of the operating system is bad input. */
function guarded<T>(folder: string, body: () => T): T {
  try {
    return body();
  } catch (thrown) {
    if (thrown instanceof BadInput || (thrown as NodeJS.ErrnoException).code === undefined) throw thrown;
    throw new BadInput(
      folder,
      `cannot be written: ${fileReason(thrown)}`,
      'what was measured so far is kept; make room or name another folder',
    );
  }
}

/**
 * A results folder that this process writes: `manifest.json`, then a line of `measurements.jsonl` for each record as it is
 * there, at the end whatever is drawn from them. Nothing is ever overwritten.
 */
export class ResultsFolder {
  /** Of the measurements; undefined as soon as nothing can be added to them any more. */
  private descriptor: number | undefined;

  private constructor(
    readonly path: string,
    /** Records that were there before. */
    readonly present: readonly RecordLine[],
  ) {
    this.descriptor = openSync(join(path, FILES.measurements), 'a');
  }

  /** Makes a folder. @throws BadInput if it cannot be made, is in use or is not empty. */
  static create(path: string, manifest: Manifest): ResultsFolder {
    return guarded(path, () => {
      mkdirSync(path, { recursive: true });
      checkUnused(path);
      if (readdirSync(path).some((name) => name !== FILES.lock)) {
        throw new BadInput(path, 'the folder is not empty', 'name a new one, or finish its run with --resume DIR');
      }
      lock(path);
      const folder = new ResultsFolder(path, []);
      folder.write(FILES.manifest, manifestText(manifest));
      return folder;
    });
  }

  /**
   * Takes a folder up where an interrupted run left it; half a line at the end is dropped.
   * @param expected the manifest of a run of the same request now, given the folder's
   * @throws BadInput if it is in use, damaged or of other versions.
   */
  static resume(path: string, expected: (found: Manifest) => Manifest): ResultsFolder {
    return guarded(path, () => {
      const found = readManifest(path);
      const now = expected(found);
      if (JSON.stringify(found) !== JSON.stringify(now)) {
        const of = (m: Manifest): string =>
          `Bulkhead ${m.bulkhead}, models ${JSON.stringify(m.models)}, ${m.records} records`;
        throw new BadInput(path, `begun with ${of(found)}`, `this is ${of(now)}: measure again in a new folder`);
      }
      lock(path);
      try {
        const file = join(path, FILES.measurements);
        const isCompressed = !existsSync(file) && existsSync(join(path, FILES.compressed));
        if (!existsSync(file) && !isCompressed) return new ResultsFolder(path, []);
        const { lines, completeBytes, torn } = readRecordFile(path);
        if (isCompressed) writeWhole(file, lines.map(({ line }) => `${line}\n`).join(''));
        else if (torn) truncateSync(file, completeBytes);
        return new ResultsFolder(path, lines);
      } catch (thrown) {
        unlock(path);
        throw thrown;
      }
    });
  }

  /** Adds a record's line. @throws BadInput if it cannot be written. */
  append(line: string): void {
    guarded(this.path, () => {
      const bytes = Buffer.from(`${line}\n`);
      for (let at = 0; at < bytes.length;) at += writeSync(this.descriptor!, bytes, at);
    });
  }

  /**
   * Keeps the records as `measurements.jsonl.gz` from now on: nothing can be added any more. A run that is killed here still has
   * the file that it wrote.
   * @throws BadInput if it cannot be written.
   */
  compress(): void {
    this.end();
    const plain = join(this.path, FILES.measurements);
    this.write(FILES.compressed, gzipSync(readFileSync(plain), { level: 9 }));
    rmSync(plain);
  }

  /** Writes a file, complete or not at all. @throws BadInput if it cannot be written. */
  write(name: string, content: string | Uint8Array): void {
    guarded(this.path, () => writeWhole(join(this.path, name), content));
  }

  /** Gives the folder back. */
  close(): void {
    this.end();
    unlock(this.path);
  }

  private end(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }
}

function unlock(folder: string): void {
  const path = join(folder, FILES.lock);
  rmSync(path, { force: true });
  ownLocks.delete(path);
}
