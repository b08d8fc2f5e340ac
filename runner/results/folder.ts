import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeWhole } from '../exec/atomic-file.js';
import { BadInput, fileReason } from '../failure.js';
import { resumeCommand } from '../run/job.js';
import { checkUnused, lock, unlock } from './lock.js';
import { type Manifest, manifestText } from './manifest.js';
import { FILES, readManifest, readRecordFile, type RecordLine } from './read.js';

/** What to do where a folder cannot be made. */
const ELSEWHERE = 'name another folder with --out, or make room';

/** Does `body`; a refusal of the operating system is bad input. */
function guarded<T>(place: string, what: string, remedy: string, body: () => T): T {
  try {
    return body();
  } catch (thrown) {
    if (thrown instanceof BadInput || (thrown as NodeJS.ErrnoException).code === undefined) throw thrown;
    throw new BadInput(place, `${what}: ${fileReason(thrown)}`, remedy);
  }
}

/** Makes a folder with those above it; `mkdirSync` does so too, but calls a file system that cannot be written a missing file. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  mkdirSync(path);
}

/** Makes a folder that is not there yet, and says whether it was so. @throws BadInput if it cannot be made. */
const makeNewFolder = (path: string): boolean =>
  guarded(path, 'cannot be made', ELSEWHERE, () => {
    makeFolder(dirname(path));
    try {
      mkdirSync(path);
      return true;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
      return false;
    }
  });

/** A file that a process was writing when it was killed. */
const PARTIAL = /\.\d+\.partial$/;

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

  /** Makes a folder. @throws BadInput if it cannot be made, is in use or is not empty; then nothing of it is left. */
  static create(path: string, manifest: Manifest): ResultsFolder {
    return guarded(path, 'cannot be made', ELSEWHERE, () => {
      makeFolder(path);
      checkUnused(path);
      if (readdirSync(path).some((name) => name !== FILES.lock)) {
        throw new BadInput(path, 'the folder is not empty', 'name a new one, or finish its run with --resume DIR');
      }
      lock(path);
      try {
        writeWhole(join(path, FILES.manifest), manifestText(manifest));
        return new ResultsFolder(path, []);
      } catch (thrown) {
        for (const name of [FILES.manifest, FILES.measurements]) rmSync(join(path, name), { force: true });
        unlock(path);
        throw thrown;
      }
    });
  }

  /** Makes the first of `run-1`, `run-2` and so on that is not there yet, below a folder. @throws BadInput as `create` does. */
  static createNext(above: string, manifest: Manifest): ResultsFolder {
    let n = 1;
    while (!makeNewFolder(join(above, `run-${n}`))) n++;
    return ResultsFolder.create(join(above, `run-${n}`), manifest);
  }

  /**
   * Takes a folder up where an interrupted run left it; half a line at the end is dropped.
   * @param expected the manifest of a run of the same request now, given the folder's
   * @throws BadInput if it is in use, damaged or of other versions.
   */
  static resume(path: string, expected: (found: Manifest) => Manifest): ResultsFolder {
    return guarded(path, 'cannot be written', 'nothing of it is lost: make room, or let this user write it', () => {
      const found = readManifest(path);
      const now = expected(found);
      if (JSON.stringify(found) !== JSON.stringify(now)) {
        const of = (m: Manifest): string =>
          `Bulkhead ${m.bulkhead}, models ${JSON.stringify(m.models)}, ${m.records} records`;
        throw new BadInput(path, `begun with ${of(found)}`, `this is ${of(now)}: measure again in a new folder`);
      }
      lock(path);
      try {
        for (const name of readdirSync(path)) if (PARTIAL.test(name)) rmSync(join(path, name));
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
    this.guarded(() => {
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
    this.guarded(() => writeWhole(join(this.path, name), content));
  }

  /** Gives the folder back. */
  close(): void {
    this.end();
    unlock(this.path);
  }

  private guarded(body: () => void): void {
    const remedy = `what was measured so far is kept: make room, then finish with: ${resumeCommand(this.path)}`;
    guarded(this.path, 'cannot be written', remedy, body);
  }

  private end(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }
}
