import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Image } from '../../platforms/machine/image.js';
import type { Machine } from '../../platforms/machine/machine.js';
import { type PhysicalAddress } from '../../platforms/machine/units.js';
import { GUARANTEES } from '../../runner/results/guarantees.js';
import { WORKLOADS } from '../../workloads/index.js';
import type { Scenario } from '../../workloads/language/scenario.js';
import { AT_DEFAULTS, HARDENED } from './attempts.js';
import { observedIn } from './readme.js';
import { type Passed, run, WITH_KERNEL } from './run.js';

/*
 * That what `attempts.ts` says can come out otherwise. A guarantee that is found to hold must be found broken where its protection
 * is inert, by `isolation` or in a kernel that is broken here on purpose; one that is not must be found to hold by another system.
 */

type PlatformId = 'mpu-rtos' | 'mmu-microkernel' | 'cheri';

/** What holds whatever is switched off, by mark and platform, and what shows that the probe would notice. */
const NOT_BY_ISOLATION: Readonly<Record<string, string>> = {
  'H mmu-microkernel': 'a kernel that takes any number for a connection, below',
  'H cheri': 'a number has no tag, and what asks for one is an instruction (tests/cheri): the word differs on mpu-rtos',
  'C cheri': 'a number has no tag, as H; the word differs on the other platforms',
  'L mpu-rtos': 'a watchdog that is not more urgent, below',
  'L cheri': 'a watchdog that is not more urgent, below',
};

const rows = GUARANTEES.flatMap(({ mark, probe, holds }) =>
  Object.entries(AT_DEFAULTS[probe]).map(([platform, cells]) => {
    const found = cells.map((came) => holds(observedIn(probe, came)));
    return { mark, probe, platform: platform as PlatformId, holds, found };
  }),
);

describe('an attempt can come out otherwise', () => {
  test.each(rows)('$mark $probe on $platform', ({ mark, probe, platform, holds, found: [full, ...inert] }) => {
    const key = `${mark} ${platform}`;
    if (full === true) {
      expect(inert.includes(false)).toBe(!(key in NOT_BY_ISOLATION));
      return;
    }
    expect(full).toBe(false);
    const hardened = HARDENED.map(([, differs]) => differs[probe]).filter((came) => came !== undefined);
    const elsewhere = rows.filter((row) => row.probe === probe).map((row) => row.found[0]);
    expect([...elsewhere, ...hardened.map((came) => holds(observedIn(probe, came)))]).toContain(true);
  });

  test('and nothing is excused that needs no excuse', () => {
    const keys = rows.filter(({ found: [full] }) => full === true).map(({ mark, platform }) => `${mark} ${platform}`);
    expect(keys).toEqual(expect.arrayContaining(Object.keys(NOT_BY_ISOLATION)));
  });
});

function ran(
  id: PlatformId,
  workload: string,
  change: { readonly scenario?: (built: Scenario) => Scenario; readonly breaks?: (m: Machine, i: Image) => void },
): { readonly words: readonly number[]; readonly came: Passed } {
  const platform = WITH_KERNEL.find((p) => p.id === id)!;
  const built = WORKLOADS.find((w) => w.id === workload)!.build();
  const came = run(platform, change.scenario?.(built) ?? built, 'full', change.breaks ? { breaks: change.breaks } : {});
  if (typeof came === 'string') throw new Error(came);
  return { words: came.reports.slice(built.expected.reports.length), came };
}

/** Where the instruction is that a line of a kernel's source becomes. */
function instructionAt(id: PlatformId, { lines }: Image, file: string, text: string): PhysicalAddress {
  const source = readFileSync(new URL(`../../../platforms/${id}/kernel/${file}`, import.meta.url), 'utf8').split('\n');
  const found = source.flatMap((line, i) => (line.trim().startsWith(text) ? [i + 1] : []));
  expect(found, `${file}: ${text}`).toHaveLength(1);
  const at = lines.find((line) => line.file.endsWith(file) && line.line === found[0]);
  expect(at, `${file}:${found[0]}`).toBeDefined();
  return at!.physical;
}

const bytesOf = (value: number, size: 2 | 4): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => (value >>> (8 * i)) & 0xff);

describe('broken on purpose', () => {
  test('mmu-microkernel: a kernel that takes any number for a connection lets a forged handle in', () => {
    const entered = [0, 1, 2, 3].map((server) => {
      // c.li s5, server: from the attempt on, so that the call that tells the number is as it was
      const anyConnection = bytesOf(0x4001 | (21 << 7) | (server << 2), 2);
      const { came } = ran('mmu-microkernel', 'guarantee.handle.forged', {
        breaks(machine, image) {
          const at = instructionAt('mmu-microkernel', image, 'send.s', 'addi  s5, s5, -CONNECTION_SERVER');
          machine.probes.add(image.symbols.find(({ name }) => name === 'attacker.mark.tries')!.physical, () => {
            machine.memory.load(at, anyConnection);
            return false;
          });
        },
      });
      return came.observed['entered'];
    });
    expect(entered).toContain(1);
  });

  test.each(['mpu-rtos', 'cheri'] as const)(
    '%s: others do not run on while a service loops if the watchdog is not more urgent',
    (id) => {
      const { words } = ran(id, 'guarantee.callee.loops', {
        scenario: (built) => ({
          ...built,
          threads: built.threads.map((thread) => (thread.name === 'watches' ? { ...thread, priority: 0 } : thread)),
        }),
      });
      expect(words.at(0)).toBe(0);
    },
  );

  test('mpu-rtos: without priority inheritance an urgent thread waits for work that is none of its own', () => {
    const { words } = ran('mpu-rtos', 'synchronisation.inheritance', {
      breaks: (machine, image) =>
        // nop
        machine.memory.load(
          instructionAt('mpu-rtos', image, 'notify.s', 'strb  r2, [r1, #T_PRIORITY]'),
          bytesOf(0xbf00, 2),
        ),
    });
    expect(words.at(-1)).toBeGreaterThan(0);
  });

  test('cheri: the same', () => {
    const { words } = ran('cheri', 'synchronisation.inheritance', {
      breaks: (machine, image) =>
        // cret
        machine.memory.load(
          image.symbols.find(({ name }) => name === 'scheduler.inherit')!.physical,
          bytesOf(0x8082, 2),
        ),
    });
    expect(words.at(-1)).toBeGreaterThan(0);
  });
});
