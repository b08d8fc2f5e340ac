import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** Names under which distributions install a Chromium. */
const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome'];

/** Switches that keep a browser in a test from looking for the network; as root it has no sandbox. */
const SWITCHES = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where a browser is on this host; undefined if there is none. */
export const findBrowser = (path: string = process.env.PATH ?? ''): string | undefined =>
  path
    .split(delimiter)
    .flatMap((directory) => COMMANDS.map((command) => join(directory, command)))
    .find((file) => existsSync(file));

/**
 * `describe` of tests in a real browser. Where there is none, there is one test in place of the others, whose title says what was not
 * looked at and which makes sure that there is none indeed.
 * @param tests given a function that gives the running browser, for use within tests
 */
export function describeInBrowser(title: string, tests: (browser: () => Browser) => void): void {
  const executablePath = findBrowser();
  if (executablePath === undefined) {
    test(`${title}: not looked at, no Chromium is installed (Debian package chromium)`, () => {
      expect(findBrowser()).toBeUndefined();
    });
    return;
  }
  describe(title, () => {
    let running: Browser | undefined;
    beforeAll(async () => {
      running = await chromium.launch({ executablePath, args: SWITCHES });
    });
    afterAll(async () => running?.close());
    tests(() => running!);
  });
}
