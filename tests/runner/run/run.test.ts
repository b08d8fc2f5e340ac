import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KINDS, PHASES } from '../../../platforms/machine/ledger.js';
import { mmuMicrokernel } from '../../../platforms/mmu-microkernel/index.js';
import type { Platform } from '../../../platforms/platform.js';
import { recordSchema } from '../../../runner/results/schema.js';
import { workload } from '../../../workloads/workload.js';
import { fakePlatform } from '../fake-platform.js';
import { temporary } from '../temporary.js';
import { bulkhead, recordsOf } from './suite.js';

const QUICK = ['system-call.null', 'fault.load'];
const measurements = (folder: string): string => readFileSync(join(folder, 'measurements.jsonl'), 'utf8');
const fresh = (): string => join(temporary(), 'out');

/** A folder with the quick workloads, measured once; tests that change it take a copy. */
let measured: Promise<string> | undefined;
const folder = (): Promise<string> =>
  (measured ??= (async () => {
    const path = fresh();
    const { code, stderr } = await bulkhead(['run', ...QUICK, '--seeds', '2', '--workers', '1', '--out', path]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return path;
  })());
async function copy(): Promise<string> {
  const path = fresh();
  cpSync(await folder(), path, { recursive: true });
  return path;
}

describe('run --json', () => {
  test('prints exactly the records, and no folder', async () => {
    const { code, stdout, stderr } = await bulkhead(['run', 'ipc.call', '--set', 'ipc.call.words=1', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const records = recordsOf(stdout);
    // with the number of words set, the points are the defaults and the best case
    expect(records.map((r) => [r.workloadParameters['words'], r.workloadParameters['state']])).toEqual([
      [1, 'polluted'],
      [1, 'warm'],
    ]);
    for (const record of records) {
      expect(recordSchema.safeParse(record)).toMatchObject({ success: true });
      expect(record).toMatchObject({
        platform: 'mmu-microkernel',
        seed: 0,
        changed: [],
        outcome: { kind: 'measured', observed: {} },
      });
      for (const { samples } of record.spans) {
        samples.cycles.forEach((cycles, i) => {
          expect(PHASES.reduce((sum, p) => sum + samples.phases[p][i], 0)).toBe(cycles);
          expect(KINDS.reduce((sum, k) => sum + samples.kinds[k][i], 0)).toBe(cycles);
        });
      }
    }
    const round = records[0].spans.find((s) => s.name === 'round')!;
    expect(round).toMatchObject({ trip: 'round-trip', path: 'call', fidelity: 'M', unmatched: 0 });
    expect(round.samples.satpWrites.slice(1).every((n) => n === 4)).toBe(true);
    expect(round.samples.traps.slice(1).every((n) => n === 2)).toBe(true);
    // one place, although the domains have this address all
    expect(round.samples.masked.from[1]).toMatch(/^client\.mark\.called\+0x[0-9a-f]+$/);
  });

  test('says which parameters are not the default, and which of them are hypothetical', async () => {
    const set = ['--set', 'mmu-microkernel.asid=true', '--set', 'mmu-microkernel.generation=ideal'];
    const { stdout } = await bulkhead(['run', 'system-call.null', '--set', 'system-call.state=warm', ...set, '--json']);
    const [record, ...others] = recordsOf(stdout);
    expect(others).toEqual([]);
    expect(record.changed).toEqual(['asid', 'generation']);
    expect(record.hypothetical).toEqual(['asid']);
    expect(record.spans[0].fidelity).toBe('O');
  });
});

test('a request without kernel has no class, one for which threads are switched has the kernel’s', async () => {
  const set = ['--set', 'mmu-microkernel.isolation=none', '--set', 'ipc.call.state=warm', '--set', 'ipc.call.words=2'];
  const { stdout } = await bulkhead(['run', 'ipc.call', 'ipc.clients', ...set, '--json']);
  const classes = recordsOf(stdout).map(({ workload, spans }) => [workload, ...spans.map((s) => s.fidelity)]);
  expect(classes[0]).toEqual(['ipc.call', null, null, null]);
  expect(classes[1]).toEqual(['ipc.clients', 'M', 'M', 'M']);
});

test('defaults come first, then a workload’s own points as it lists them, then others by value', async () => {
  const grid = ['--grid', 'mmu-microkernel.memoryLatency=10,4,0', '--grid', 'memory.allocate.bytes=4096,64,32'];
  const args = [
    'sweep',
    'memory.allocate',
    '--platform',
    'mmu-microkernel',
    ...grid,
    '--set',
    'memory.allocate.rounds=2',
    '--json',
  ];
  const { code, stdout, stderr } = await bulkhead(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const found = recordsOf(stdout).map(({ parameters, workloadParameters: w }) => [
    parameters['memoryLatency'],
    w['bytes'],
    w['state'],
  ]);
  const points = [
    [32, 'polluted'],
    [32, 'warm'],
    [64, 'polluted'],
    [64, 'warm'],
    [4096, 'polluted'],
    [4096, 'warm'],
  ];
  expect(found).toEqual([4, 0, 10].flatMap((latency) => points.map((point) => [latency, ...point])));
  const own = recordsOf((await bulkhead(['run', 'ipc.call', '--json'])).stdout);
  const given = own.map(({ workloadParameters: w }) => [w['words'], w['state']]);
  expect(given).toEqual([...[2, 0, 1, 3, 4].map((words) => [words, 'polluted']), [2, 'warm']]);
});

test('show has a program in full once, where others differ from it in numbers only', async () => {
  const { code, stdout } = await bulkhead(['show', 'ipc.call']);
  expect(code).toBe(0);
  const bodies = stdout.match(/^polluting\d+\(p0\) -> word\n {2}word = p0\n/gm);
  expect(bodies).toHaveLength(1);
  expect(stdout).toMatch(/^polluting1\(p0\) -> word: as the one above, with other numbers$/m);
  expect(stdout).toMatch(/^service_adder\(p0, p1\) -> word\n/m);
});

describe('a results folder', () => {
  test('has manifest, records, summary and the table that is printed', async () => {
    const path = await folder();
    const manifest = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).toMatchObject({
      records: 8,
      models: { 'mmu-microkernel': mmuMicrokernel.modelVersion },
      shard: null,
    });
    expect(measurements(path).trimEnd().split('\n')).toHaveLength(8);
    const summary = readFileSync(join(path, 'summary.md'), 'utf8');
    expect(summary).toMatch(/^## system-call$/m);
    expect(summary).toMatch(/\| fault\.load +\| detected +\| mmu-microkernel +\| M +\|/);
    expect(existsSync(join(path, 'lock'))).toBe(false);
  });

  test('is the same with two workers, in another order of workloads', async () => {
    const path = fresh();
    const { code } = await bulkhead(['run', ...[...QUICK].reverse(), '--seeds', '2', '--workers', '2', '--out', path]);
    expect(code).toBe(0);
    for (const name of ['measurements.jsonl', 'summary.md', 'manifest.json']) {
      expect(readFileSync(join(path, name), 'utf8')).toBe(readFileSync(join(await folder(), name), 'utf8'));
    }
  });

  test.each([
    ['in the middle of a line', -100],
    ['after a line', 0],
    ['before the first line', -Infinity],
  ])('is finished by --resume if the run ended %s', async (_, more) => {
    const path = await copy();
    const file = join(path, 'measurements.jsonl');
    const lines = measurements(path).split('\n');
    const keep = Buffer.byteLength(lines.slice(0, 5).join('\n')) + 1;
    truncateSync(file, Math.max(0, keep + more));
    // as a killed run leaves it
    writeFileSync(join(path, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() }));
    const { code, stderr } = await bulkhead(['run', '--resume', path, '--workers', '1']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of ['measurements.jsonl', 'summary.md', 'manifest.json']) {
      expect(readFileSync(join(path, name), 'utf8')).toBe(readFileSync(join(await folder(), name), 'utf8'));
    }
    expect(existsSync(join(path, 'lock'))).toBe(false);
  });
});

describe('a run that goes wrong is an error with place and trace, never a number', () => {
  const wrong = workload({
    id: 'compute.wrong',
    title: 'reports another word than it says',
    purpose: 'nothing',
    parameters: {},
    system(s) {
      s.thread('main', { domain: s.domain('one'), endsRun: true }, (f) => {
        f.mark('start');
        f.report(7);
        f.mark('end');
      });
      s.span('all', { from: 'start', to: 'end', trip: 'one-way', path: 'compute', meaning: 'a report' });
      s.expect({ reports: [8] });
    },
  });

  test('another outcome', async () => {
    const { code, stdout, stderr } = await bulkhead(['run', '--json'], undefined, [wrong]);
    expect(code).toBe(1);
    const trace = 'bulkhead run compute.wrong --platform mmu-microkernel --seed 0 --trace compute.wrong.trace';
    const [{ outcome, spans }] = recordsOf(stdout);
    expect(outcome).toMatchObject({ kind: 'error', reason: 'report 1 is 7, not 8', trace });
    expect(spans).toEqual([]);
    expect(stderr).toContain('compute.wrong on mmu-microkernel, seed 0: report 1 is 7, not 8, at ');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('the trace command works', async () => {
    const trace = join(temporary(), 'wrong.trace');
    const args = ['run', 'compute.wrong', '--platform', 'mmu-microkernel', '--seed', '0', '--trace', trace, '--json'];
    const { stdout } = await bulkhead(args, undefined, [wrong]);
    expect(recordsOf(stdout)[0].outcome.kind).toBe('error');
    expect(readFileSync(trace, 'utf8')).toMatch(/one\.mark\.end/);
  });

  test.runIf(existsSync('/dev/full'))('a trace for which there is no room leaves the run as it is', async () => {
    const one = ['run', 'system-call.null', '--set', 'system-call.state=warm'];
    const plain = await bulkhead([...one, '--json']);
    const { code, stdout, stderr } = await bulkhead([...one, '--trace', '/dev/full', '--json']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'bulkhead: --trace /dev/full: no space left on device; name a file that can be written\n',
    });
    expect(stdout).toBe(plain.stdout);
  });

  test('too many instructions', async () => {
    const args = ['run', 'compute.crc', '--set', 'compute.crc.state=warm', '--max-instructions', '1000', '--json'];
    const [{ outcome }] = recordsOf((await bulkhead(args)).stdout);
    expect(outcome).toMatchObject({ kind: 'error', reason: 'the budget of 1000 instructions is used up' });
    expect((outcome as { place: string }).place).toMatch(/0x[\da-f]{8}/);
  });

  test('what a platform of the suite refuses must be listed', async () => {
    const asking = workload({
      id: 'synchronisation.unlisted',
      title: 'locks',
      purpose: 'nothing',
      parameters: {},
      system(s) {
        const domain = s.domain('one');
        s.thread('main', { domain, endsRun: true }, (f) => f.restart(domain));
        s.expect({ reports: [] });
      },
    });
    const [{ outcome }] = recordsOf((await bulkhead(['run', '--json'], undefined, [asking])).stdout);
    expect(outcome).toMatchObject({ kind: 'error' });
    expect((outcome as { reason: string }).reason).toMatch(/workloads\/not-applicable\.ts does not list that$/);
  });
});

test('what is not applicable is said, with the reason, and is no error', async () => {
  const args = ['run', 'fault.load', '--set', 'mmu-microkernel.isolation=none', '--out', fresh()];
  const { code, stdout } = await bulkhead(args);
  expect(code).toBe(0);
  expect(stdout).toContain('Not applicable\n');
  expect(stdout).toContain('* fault.load on mmu-microkernel isolation=none: all domains are one');
});

describe('bad input: one line, exit code 2, nothing written', () => {
  const other: Platform = { ...mmuMicrokernel, id: 'other' };
  test.each([
    [['run', 'ipc.cal'], "bulkhead: ipc.cal: no such workload; did you mean 'ipc.call'?"],
    [['run', 'scheduling'], "bulkhead: scheduling: no such workload; see 'bulkhead list'"],
    [
      ['run', '--platform', 'cheri'],
      "bulkhead: --platform cheri: has no kernel that runs workloads; see 'bulkhead list'",
    ],
    [['run', '--platform', 'mmu'], /^bulkhead: --platform mmu: neither a platform nor an installed package; known: /],
    [['run', '--set', 'rounds=3'], /^bulkhead: --set rounds=3: not of the form platform\.name=value or workload/],
    [
      ['run', 'ipc.call', '--set', 'ipc.call.word=3'],
      "bulkhead: --set ipc.call.word=3: ipc.call has no parameter 'word'; did you mean 'words'?",
    ],
    [
      ['run', 'ipc.call', '--set', 'ipc.call.words=5'],
      'bulkhead: --set ipc.call.words=5: ipc.call.words cannot be 5; it takes an integer from 0 to 4 (words)',
    ],
    [
      ['run', 'ipc.call', '--set', 'ipc.call.words=many'],
      'bulkhead: --set ipc.call.words=many: ipc.call.words cannot be many; it takes an integer from 0 to 4 (words)',
    ],
    [
      ['run', 'ipc.call', '--set', 'fault.load.rounds=2'],
      "bulkhead: --set fault.load.rounds=2: 'fault.load' is no platform or workload of this run; known: mmu-microkernel, ipc.call",
    ],
    [
      ['run', '--set', 'mmu-microkernel.isolation=half'],
      'bulkhead: --set mmu-microkernel.isolation=half: mmu-microkernel.isolation cannot be half; it takes one of full, path, none',
    ],
    [
      ['run', '--set', 'mmu-microkernel.isolatoin=none'],
      "bulkhead: --set mmu-microkernel.isolatoin=none: platform mmu-microkernel has no parameter 'isolatoin'; did you mean 'isolation'?",
    ],
    [['run', '--seeds', '0'], 'bulkhead: --seeds 0: not a number it can take; give an integer from 1 to 10000'],
    [['run', '--workers', 'x'], 'bulkhead: --workers x: not a number it can take; give an integer from 1 to 64'],
    [
      ['run', 'ipc.call', '--set', 'ipc.call.words=2', '--platform', 'mmu-microkernel', '--trace', 'x'],
      'bulkhead: --trace x: 2 runs; name one workload, one --platform and one --seed, and give --set for ipc.call.state',
    ],
    [
      ['run', '--set', 'mmu-microkernel.isolation='],
      'bulkhead: --set mmu-microkernel.isolation=: mmu-microkernel.isolation cannot be empty; it takes one of full, path, none',
    ],
    [['run', ''], "bulkhead: '': no such workload; see 'bulkhead list'"],
    [['run', '--trace', 'x'], /^bulkhead: --trace x: \d+ runs; name one workload, one --platform and one --seed/],
    [['show', 'compute'], /^bulkhead: compute: a family of workloads; name one of them: compute\.\w/],
    [['show', 'ipc.cal'], "bulkhead: ipc.cal: no such workload or platform; did you mean 'ipc.call'?"],
  ])('%o', async (args, line) => {
    const { code, stdout, stderr } = await bulkhead(args, [mmuMicrokernel, { ...fakePlatform, id: 'cheri' }]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd()).toMatch(line);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  const refused = async (args: readonly string[], platforms?: readonly Platform[]): Promise<string> => {
    const { code, stderr } = await bulkhead(args, platforms);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    return stderr;
  };

  test('a folder that is not empty, or is being written', async () => {
    const path = await copy();
    expect(await refused(['run', 'compute', '--out', path])).toContain(
      `${path}: the folder is not empty; name a new one, or finish its run with --resume DIR`,
    );
    const used = fresh();
    mkdirSync(used);
    writeFileSync(join(used, 'lock'), JSON.stringify({ pid: process.ppid, host: hostname() }));
    expect(await refused(['run', 'compute', '--out', used])).toMatch(
      /: another run writes it \(process \d+ on .*\); wait for it/,
    );
    writeFileSync(join(path, 'lock'), JSON.stringify({ pid: 1, host: 'another host' }));
    expect(await refused(['run', '--resume', path])).toMatch(/: another run writes it/);
    expect(measurements(path)).toBe(measurements(await folder()));
  });

  /** Waits until a condition holds. */
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  test.runIf(existsSync('/proc/self/stat'))(
    'a lock of a process that has ended, or is another one now, is none',
    async () => {
      const path = await copy();
      const lockedBy = async (owner: object): Promise<number> => {
        writeFileSync(join(path, 'lock'), JSON.stringify({ host: hostname(), ...owner }));
        return (await bulkhead(['run', '--resume', path])).code;
      };
      expect(await lockedBy({ pid: process.ppid })).toBe(2);
      expect(await lockedBy({ pid: process.ppid, began: 'at another time' })).toBe(0);
      // a process that has ended is there until its parent asks for its end; this one is another program by then, which does not
      const parent = spawn('sh', ['-c', 'sleep 1 & echo $!; exec sleep 60']);
      try {
        let printed = '';
        parent.stdout.on('data', (text: Buffer) => (printed += text.toString()));
        await until(() => printed.endsWith('\n'));
        const pid = Number(printed);
        await until(() => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '));
        expect(await lockedBy({ pid })).toBe(0);
        await until(() => readFileSync(`/proc/${parent.pid}/stat`, 'utf8').includes('(sleep) S '));
        expect(await lockedBy({ pid: parent.pid })).toBe(2);
      } finally {
        parent.kill();
      }
    },
  );

  test('a folder that cannot be made', async () => {
    const file = join(temporary(), 'file');
    writeFileSync(file, '');
    expect(await refused(['run', 'compute', '--out', join(file, 'out')])).toMatch(
      /out: cannot be made: not a directory; name another folder with --out/,
    );
  });

  test('a damaged or older record, a record of something else', async () => {
    const path = await copy();
    const file = join(path, 'measurements.jsonl');
    const lines = measurements(path).split('\n');
    const resume = async (line: number, text: string): Promise<string> => {
      writeFileSync(file, lines.with(line, text).slice(0, 4).join('\n') + '\n');
      return refused(['run', '--resume', path]);
    };
    expect(await resume(1, lines[1].slice(5))).toContain(`${file}:2: not JSON (`);
    expect(await resume(2, lines[2].replace('"seed":0', '"seed":-1'))).toContain(`${file}:3: seed: `);
    expect(await resume(0, lines[0].replace('"schema":1', '"schema":7'))).toContain(
      `${file}:1: written with schema 7; this version of Bulkhead reads schema 1`,
    );
    expect(await resume(1, lines[0])).toContain('record 2: not the record that this run has there');
  });

  test('--resume of nothing, of another version, with something else asked for', async () => {
    expect(await refused(['run', '--resume', temporary()])).toContain(
      'manifest.json: no such file or directory; name a results folder',
    );
    expect(await refused(['run', 'ipc.call', '--resume', await folder(), '--seeds', '2'])).toMatch(
      /--resume .*: ipc\.call, --seeds beside it; the folder says what is to be run/,
    );
    const gone = await copy();
    const manifest = join(gone, 'manifest.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('fault.load', 'fault.lod'));
    expect(await refused(['run', '--resume', gone])).toContain(
      `${manifest}, workload fault.lod: no such workload; did you mean 'fault.load'?`,
    );
    const newer = [{ ...mmuMicrokernel, modelVersion: '99' }];
    expect(await refused(['run', '--resume', await folder()], newer)).toMatch(/begun with .*; this is .*"99"/);
    expect(other.id).toBe('other');
  });
});
