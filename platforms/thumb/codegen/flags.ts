/* Works on lines of assembly: what the flags hold depends on what finally stands in front of a comparison. */

const COMPARE_WITH_0 = /^ {2}cmp (\w+), #0$/;
const BRANCH = /^ {2}b(eq|ne|lt|ge) (\S+)$/;
/** Instructions that set N and Z by their result: `adds r0, ...`. */
const SETS_FLAGS = /^ {2}(?:adds|subs|ands|orrs|eors|bics|orns|lsls|lsrs|asrs|mvns|rsbs|adcs|sbcs|muls|movs) (\w+)\b/;
/** Instructions that leave the flags alone, with the register that they write. */
const KEEPS_FLAGS = /^ {2}(?:mov|ldr|ldrb|ldrh|ldrsb|ldrsh|str|strb|strh|uxtb|uxth|sxtb|sxth|mul|mla|mls) (\w+)\b/;

/** Branches by the sign of a result. The flag V, which LT and GE look at, is 0 after a comparison with 0 only. */
const BY_RESULT: Readonly<Record<string, string>> = { eq: 'eq', ne: 'ne', lt: 'mi', ge: 'pl' };

/** Drops comparisons with 0 of what an instruction before has just computed. */
export function dropComparisons(lines: readonly string[]): readonly string[] {
  const out: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const compared = COMPARE_WITH_0.exec(lines[i])?.[1];
    const branch = compared === undefined ? null : BRANCH.exec(lines[i + 1] ?? '');
    if (compared !== undefined && branch !== null && flagsAreOf(out, compared)) {
      out.push(`  b${BY_RESULT[branch[1]]} ${branch[2]}`);
      i++;
    } else out.push(lines[i]);
  }
  return out;
}

/** True if the flags behind `lines` are those of a register's value. */
function flagsAreOf(lines: readonly string[], register: string): boolean {
  for (let i = lines.length - 1; i >= 0; i--) {
    const line = lines[i];
    if (SETS_FLAGS.exec(line)?.[1] === register) return true;
    const written = KEEPS_FLAGS.exec(line)?.[1];
    if (written === undefined || (written === register && !line.startsWith('  str'))) return false;
  }
  return false;
}
