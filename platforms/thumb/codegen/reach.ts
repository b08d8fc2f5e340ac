/*
 * What depends on distances: branches on Armv6-M reach 256 bytes (2 KiB without condition), CBZ 126 bytes forward, LDR of a
 * literal 1020 bytes on Armv6-M and 4095 else. Works on lines of assembly, with the most bytes that each can have, so that
 * no distance is longer than it is taken for.
 */

/** Bytes that a conditional branch of 16 bits surely reaches: its offset is -256 to 254 from 4 bytes behind it. */
const CONDITIONAL_REACH = 250;
/** The same for B: -2048 to 2046. */
const JUMP_REACH = 2040;
/** CBZ and CBNZ: 0 to 126 bytes from 4 bytes behind it. */
const COMPARE_REACH = 126;
/** Bytes from the first LDR of a pool to its end, with some to spare for alignment. */
const POOL_REACH = { narrow: 960, wide: 3800 } as const;
/** From this distance on a pool is placed where control does not pass. */
const POOL_SOON = { narrow: 400, wide: 2000 } as const;

const BRANCH = /^ {2}b(eq|ne|lt|ge|gt|le|lo|hs|hi|ls|mi|pl) (\.L\S+)$/;
const JUMP = /^ {2}b (\.L\S+)$/;
const LABEL = /^(\S+):/;
const LITERAL = /^ {2}ldr(?:\.w)? \w+, =/;
/** Instructions of Armv6-M with 32 bits (DDI0419 A5.3). */
const LONG = /^ {2}(?:bl|mrs|msr|dmb|dsb|isb) /;
/** Control does not go on behind these. */
const LEAVES = /^ {2}(?:b \S+|bx \w+|pop \{.*pc\})$/;

const INVERSE: Readonly<Record<string, string>> = {
  eq: 'ne',
  ne: 'eq',
  lt: 'ge',
  ge: 'lt',
  gt: 'le',
  le: 'gt',
  lo: 'hs',
  hs: 'lo',
  hi: 'ls',
  ls: 'hi',
  mi: 'pl',
  pl: 'mi',
};

/** A function that is at most this long has no jump that is out of reach (Armv6-M). */
export const SURELY_IN_REACH = JUMP_REACH;

/** The most bytes that lines of assembly become, their literals included. */
export function mostBytes(lines: readonly string[], wide: boolean): number {
  return lines.reduce((sum, line) => sum + bytesOf(line, wide) + (LITERAL.test(line) ? 4 : 0), 0);
}

function bytesOf(line: string, wide: boolean): number {
  if (!line.startsWith('  ')) return 0;
  if (line.startsWith('  .pool')) return 0;
  // twice as much for a branch that may become two
  if (!wide && BRANCH.test(line)) return 6;
  return wide || LONG.test(line) || JUMP.test(line) ? 4 : 2;
}

/** Places literal pools, within reach of what loads from them; the last stands behind the function. */
export function placePools(lines: readonly string[], wide: boolean, label: (n: number) => string): readonly string[] {
  const [most, soon] = wide ? [POOL_REACH.wide, POOL_SOON.wide] : [POOL_REACH.narrow, POOL_SOON.narrow];
  const out: string[] = [];
  let at = 0;
  let first: number | undefined;
  let literals = 0;
  let pools = 0;
  const place = (): void => {
    out.push('  .pool');
    at += 4 * literals + 4;
    first = undefined;
    literals = 0;
  };
  lines.forEach((line, i) => {
    const size = bytesOf(line, wide);
    // between a label and what follows nothing may come: the label would be in front of the jump around the pool
    const begins = line.startsWith('  ') && !LABEL.test(lines[i - 1] ?? '') && !inBlock(lines, i);
    if (first !== undefined && begins && at - first + size + 4 * literals + 12 > most) {
      const around = label(pools++);
      out.push(`  b ${around}`);
      at += 4;
      place();
      out.push(`${around}:`);
    }
    out.push(line);
    if (LITERAL.test(line)) {
      first ??= at;
      literals++;
    }
    at += size;
    if (first !== undefined && LEAVES.test(line) && at - first > soon) place();
  });
  if (first !== undefined) place();
  return out;
}

/** True if a line belongs to the lines before: a branch to its comparison, an instruction to its IT. */
const inBlock = (lines: readonly string[], i: number): boolean =>
  lines.slice(Math.max(0, i - 4), i).some((line) => /^ {2}(it|cmp|cmn|tst)/.test(line)) || BRANCH.test(lines[i]);

/** Armv6-M: branches that do not reach their target jump around a jump, jumps that do not are BL, which changes LR. */
export function extendBranches(lines: readonly string[]): readonly string[] {
  const far = new Set<number>();
  for (let changed = true; changed;) {
    changed = false;
    const places = placesOf(lines, (line, i) => (far.has(i) && BRANCH.test(line) ? 6 : sizeNow(line, far.has(i))));
    lines.forEach((line, i) => {
      const target = BRANCH.exec(line)?.[2] ?? JUMP.exec(line)?.[1];
      if (target === undefined || far.has(i)) return;
      const distance = Math.abs(places.labels.get(target)! - places.lines[i]);
      if (distance <= (BRANCH.test(line) ? CONDITIONAL_REACH : JUMP_REACH)) return;
      far.add(i);
      changed = true;
    });
  }
  const { labels, lines: at } = placesOf(lines, (line, i) => sizeNow(line, far.has(i)));
  return lines.flatMap((line, i) => {
    if (!far.has(i)) return [line];
    const [, condition, target] = BRANCH.exec(line) ?? [];
    if (condition === undefined) return [line.replace('  b ', '  bl ')];
    const jump = Math.abs(labels.get(target)! - at[i]) + 4 > JUMP_REACH ? 'bl' : 'b';
    return [`  b${INVERSE[condition]} 9f`, `  ${jump} ${target}`, '9:'];
  });
}

function sizeNow(line: string, far: boolean): number {
  if (BRANCH.test(line)) return far ? 6 : 2;
  if (JUMP.test(line)) return far ? 4 : 2;
  return bytesOf(line, false);
}

/** Armv7-M and later: a comparison with 0 and a branch not far ahead become one instruction. */
export function compareAndBranch(lines: readonly string[]): readonly string[] {
  const places = placesOf(lines, (line) => bytesOf(line, true));
  const out: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const register = /^ {2}cmp (r[0-7]), #0$/.exec(lines[i])?.[1];
    const [, condition, target] = /^ {2}b(eq|ne) (\.L\S+)$/.exec(lines[i + 1] ?? '') ?? [];
    const distance = target === undefined ? -1 : places.labels.get(target)! - places.lines[i];
    if (register !== undefined && distance >= 8 && distance <= COMPARE_REACH) {
      out.push(`  cb${condition === 'eq' ? 'z' : 'nz'} ${register}, ${target}`);
      i++;
    } else out.push(lines[i]);
  }
  return out;
}

/** Where each line and label is at most. */
function placesOf(
  lines: readonly string[],
  size: (line: string, index: number) => number,
): { readonly lines: readonly number[]; readonly labels: ReadonlyMap<string, number> } {
  const labels = new Map<string, number>();
  let at = 0;
  let literals = 0;
  const places = lines.map((line, i) => {
    const here = at;
    const label = LABEL.exec(line)?.[1];
    if (label !== undefined) labels.set(label, here);
    if (LITERAL.test(line)) literals++;
    if (line === '  .pool') {
      at += 4 * literals + 4;
      literals = 0;
    } else at += size(line, i);
    return here;
  });
  return { lines: places, labels };
}
