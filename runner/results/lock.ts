import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { BadInput } from '../failure.js';
import { FILES } from './read.js';

/** Who writes a folder, as its lock says. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process began, where the system tells: its number may have become another one's. */
  readonly began?: string | undefined;
}

/** Locks of this process. */
const own = new Set<string>();

const lockOf = (folder: string): string => resolve(folder, FILES.lock);

/** What Linux says of a process in /proc/PID/stat (proc_pid_stat(5)): its state, and in clock ticks since boot when it began. */
function factsOf(pid: number): { readonly state: string; readonly began: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // field 2, the name, may hold anything; field 3 is behind the last parenthesis
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[3 - 3], began: fields[22 - 3] };
  } catch {
    return undefined;
  }
}

/** Of a process that has ended, and whose parent has not asked for its end yet; it writes no more. */
const ENDED: readonly string[] = ['Z', 'X'];

/** Whether the process that a lock names may still write. One of another host may. */
function isAlive({ pid, host, began }: Owner, path: string): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return own.has(path);
  const facts = factsOf(pid);
  if (facts !== undefined) return !ENDED.includes(facts.state) && (began === undefined || began === facts.began);
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
export function checkUnused(folder: string): void {
  const path = lockOf(folder);
  const owner = readOwner(path);
  if (owner === undefined || !isAlive(owner, path)) return;
  const who = `process ${owner.pid} on ${owner.host}`;
  const remedy = `wait for it, or remove ${join(folder, FILES.lock)} if it is gone`;
  throw new BadInput(folder, `another run writes it (${who})`, remedy);
}

/** Takes a folder for this process. @throws BadInput if another one writes it; the system's error if it cannot be taken. */
export function lock(folder: string): void {
  const path = lockOf(folder);
  const text = `${JSON.stringify({ pid: process.pid, host: hostname(), began: factsOf(process.pid)?.began })}\n`;
  const take = (): void => writeFileSync(path, text, { flag: 'wx' });
  try {
    take();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    checkUnused(folder);
    rmSync(path, { force: true });
    take();
  }
  own.add(path);
}

/** Gives a folder back. */
export function unlock(folder: string): void {
  const path = lockOf(folder);
  rmSync(path, { force: true });
  own.delete(path);
}
