import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Platform } from '../../platforms/platform.js';
import { mmuMicrokernel } from '../../platforms/mmu-microkernel/index.js';
import { runCommandLine } from '../../runner/cli/program.js';
import { alreadyLoaded } from '../../runner/platforms.js';
import { PATH_SUITES } from '../../runner/validate/paths-suites.js';
import { type Finished, RecordingTerminal } from './terminal.js';

async function paths(platform: Platform, ...args: string[]): Promise<Finished> {
  const terminal = new RecordingTerminal();
  const code = await runCommandLine(['validate', 'paths', ...args], terminal, [alreadyLoaded(platform)]);
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

const line = z.strictObject({
  platform: z.literal('mmu-microkernel'),
  operation: z.string(),
  variant: z.enum(['head', 'pr668', 'v0.9.12', 'ideal', 'v0.9.12 - pr668', 'head - ideal']),
  quantity: z.string(),
  real: z.number().nullable(),
  ours: z.number(),
  source: z.string().min(1),
  fidelity: z.enum(['P', 'M']),
});

describe('validate paths', () => {
  test('--json: one object a line; protection operations as in the real kernel; the price of what is redundant', async () => {
    const { code, stdout, stderr } = await paths(mmuMicrokernel, '--operation', 'scalar-call', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const rows = stdout
      .trim()
      .split('\n')
      .map((text) => line.parse(JSON.parse(text)));
    const satp = rows.filter((r) => r.quantity === 'satp writes').map((r) => [r.variant, r.real, r.ours]);
    expect(satp).toEqual([
      ['head', 4, 4],
      ['pr668', 8, 8],
      ['v0.9.12', 8, 8],
      ['ideal', 2, 2],
    ]);
    const head = new Map(rows.filter((r) => r.variant === 'head').map((r) => [r.quantity, r]));
    expect(head.get('instructions')).toMatchObject({ real: 2330, fidelity: 'M' });
    expect(head.get('cycles xbar_lat4')!.ours).toBeGreaterThan(head.get('cycles core_lat0')!.ours);
    const phases = rows.filter((r) => r.variant === 'head' && r.quantity.startsWith('instructions of '));
    expect(phases.reduce((sum, r) => sum + r.ours, 0)).toBe(head.get('instructions')!.ours);
    expect(rows.slice(-2).map((r) => [r.operation, r.real])).toEqual([
      ['redundant sfence.vma', 46],
      ['redundant activation', 155],
    ]);
    for (const { ours } of rows.slice(-2)) expect(ours).toBeGreaterThan(0);
  });

  test('tables', async () => {
    const { code, stdout } = await paths(mmuMicrokernel, '--operation', 'null-call', '--operation', 'demand-zero');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\| null-call +\| M +\| +1 \| +0 \| +0 \| +\d+ \/ 370 \|/);
    expect(stdout).toMatch(/\| demand-zero +\| P +\| +1 \| +0 \| +2 \| +\d+ \/ 3600 \|/);
    expect(stdout).toContain('Instructions by phase');
    expect(stdout).toContain('are those of the real kernel');
  });

  test('a core that does something else: exit 1 and which paths', async () => {
    // with tagged TLBs everything is the same but for the counts of this machine, which lies about its satp writes
    const lying: Platform = {
      ...mmuMicrokernel,
      createMachine: (request) => {
        const machine = mmuMicrokernel.createMachine(request);
        let reads = 0;
        return new Proxy(machine, {
          get(target, name) {
            if (name === 'counters') {
              const { protection, ...rest } = target.counters;
              return { ...rest, protection: { ...protection, satpWrites: protection.satpWrites + reads++ } };
            }
            const value: unknown = Reflect.get(target, name, target);
            return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
          },
        });
      },
    };
    const { code, stdout } = await paths(lying, '--operation', 'unmap-memory');
    expect(code).toBe(1);
    expect(stdout).toContain('differ: head unmap-memory.');
  });

  test('an unknown operation: one line, exit 2', async () => {
    const { code, stderr } = await paths(mmuMicrokernel, '--operation', 'scalarcall');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^.*--operation scalarcall: no such operation; .*scalar-call.*\n$/);
  });

  test('an unknown platform: one line, exit 2', async () => {
    const { code, stderr } = await paths(mmuMicrokernel, '--platform', 'mmu');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^.*--platform mmu: no such platform whose paths are compared; .*mmu-microkernel.*\n$/);
  });

  test.each(PATH_SUITES.map(({ platform, load }) => [platform, load] as const))(
    '%s: every reference figure has an operation, a variant and a quantity that are measured',
    async (_, load) => {
      const { operations, variants, quantities, memories, references } = await load();
      const ids = operations.map(({ id }) => id);
      const names = [
        ...quantities.map(({ name }) => name),
        ...Object.keys(memories).map((memory) => `cycles ${memory}`),
      ];
      for (const { operation, variant, figures } of references) {
        expect(ids).toContain(operation);
        expect(variants).toContain(variant);
        for (const name of Object.keys(figures)) expect(names).toContain(name);
      }
    },
  );
});
