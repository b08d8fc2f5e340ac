import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Prefixes of GNU binutils for the machines that we model, with the Debian package that has them. */
const PACKAGES = {
  'riscv64-unknown-elf-': 'binutils-riscv64-unknown-elf',
  'arm-none-eabi-': 'binutils-arm-none-eabi',
} as const;

/** How the names of the tools of one machine begin: `riscv64-unknown-elf-as`. */
export type GnuPrefix = keyof typeof PACKAGES;

/** Version line of GNU as, undefined where these binutils are not installed. */
export function gnuVersion(prefix: GnuPrefix): string | undefined {
  try {
    const output = execFileSync(`${prefix}as`, ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.split('\n')[0];
  } catch {
    return undefined;
  }
}

/**
 * The one rule for all tests against GNU binutils: why nothing is compared, or undefined to compare. With CI=true missing
 * binutils are an error, since there a comparison must not be lost silently.
 * @param version what `gnuVersion` found
 * @param ci the environment variable CI
 */
export function rule(prefix: GnuPrefix, version: string | undefined, ci: string | undefined): string | undefined {
  if (version !== undefined) return undefined;
  if (ci === 'true') throw new Error(`${prefix}as is not installed, and CI=true requires it`);
  return `${prefix}as is not installed (Debian package ${PACKAGES[prefix]})`;
}

/**
 * `describe` of tests against GNU binutils, by the rule on this host. Where they are missing there is one test in place of the
 * others, whose title says what was not compared and which makes sure that they are missing indeed.
 */
export function describeGnu(prefix: GnuPrefix, title: string, tests: () => void): void {
  const reason = rule(prefix, gnuVersion(prefix), process.env.CI);
  if (reason === undefined) describe(title, tests);
  else test(`${title}: not compared, ${reason}`, () => expect(findOnPath(`${prefix}as`)).toBeUndefined());
}

/** Where a command is, undefined if no directory of PATH has it. */
const findOnPath = (command: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((directory) => join(directory, command))
    .find((path) => existsSync(path));
