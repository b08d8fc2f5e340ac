import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { writeWhole } from '../exec/atomic-file.js';
import { BadInput, fileReason } from '../failure.js';

/** Whether a file may be written: it is not there, is no ordinary file, is empty, or begins as what is to be written does. */
function mayReplace(path: string, head: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile() || found.size === 0) return true;
  const begin = Buffer.alloc(Buffer.byteLength(head));
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, begin, 0, begin.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return begin.toString() === head;
}

/**
 * Writes the one file that `--out` names, complete or not at all.
 * @param head how such a file begins: an older one is replaced, anything else is kept
 * @param kind what such a file is called
 * @throws BadInput if it cannot be written, or if something else is there.
 */
export function writeOutFile(path: string, content: string, head: string, kind: string): void {
  const place = `--out ${path}`;
  try {
    if (!mayReplace(path, head)) {
      throw new BadInput(place, `there is a file that is no ${kind}`, 'name another file; it is kept as it is');
    }
    writeWhole(path, content);
  } catch (thrown) {
    if (thrown instanceof BadInput) throw thrown;
    throw new BadInput(place, `cannot be written: ${fileReason(thrown)}`, 'name a file that can be written with --out');
  }
}
