import { beforeAll, describe, expect, test } from 'vitest';
import { summarise, type SubjectSummary } from '../../../runner/results/analyse.js';
import { guaranteesAmong, reachOf } from '../../../runner/results/guarantees.js';
import { suiteNames } from '../../../runner/results/present.js';
import { changedOf, resultTables, workloadLabel } from '../../../runner/results/table.js';
import { pricesAmong } from '../../../runner/results/twins.js';
import { WORKLOADS } from '../../../workloads/index.js';
import { bulkhead, recordsOf } from './suite.js';

const names = suiteNames(WORKLOADS);

async function measured(...args: readonly string[]): Promise<readonly SubjectSummary[]> {
  const { code, stdout, stderr } = await bulkhead([...args, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return summarise(recordsOf(stdout));
}

describe('twins', () => {
  const grid = ['--grid', 'mmu-microkernel.isolation=full,path,none', '--set', 'ipc.call.words=1'];
  let subjects: readonly SubjectSummary[];
  beforeAll(async () => {
    subjects = await measured('sweep', 'ipc.call', ...grid, '--set', 'ipc.call.rounds=4');
    // three kernels are assembled
  }, 60_000);
  const of = (isolation: string, state: string): SubjectSummary =>
    subjects.find(
      ({ record: r }) => r.parameters['isolation'] === isolation && r.workloadParameters['state'] === state,
    )!;
  const cycles = (subject: SubjectSummary): number =>
    subject.spans.find(({ span }) => span.name === 'round')!.cycles.median;

  test.each(['warm', 'polluted'])('prices are the differences of the medians, in the same state: %s', (state) => {
    const { mechanism, boundary } = pricesAmong(subjects)(of('full', state), 'round');
    expect(mechanism).toBe(cycles(of('full', state)) - cycles(of('path', state)));
    expect(boundary).toBe(cycles(of('full', state)) - cycles(of('none', state)));
    expect(mechanism).toBeGreaterThan(0);
    expect(boundary).toBeGreaterThan(mechanism!);
  });

  test('only what is isolated has prices, and only those whose twin was measured', () => {
    const nothing = { mechanism: undefined, boundary: undefined };
    expect(pricesAmong(subjects)(of('path', 'warm'), 'round')).toEqual(nothing);
    const alone = subjects.filter(({ record }) => record.parameters['isolation'] !== 'none');
    expect(pricesAmong(alone)(of('full', 'warm'), 'round').boundary).toBeUndefined();
    expect(pricesAmong([of('full', 'warm'), of('path', 'polluted')])(of('full', 'warm'), 'round')).toEqual(nothing);
  });

  test('the table has a column for each price that is known, and says what it is', () => {
    expect(resultTables(subjects, names)).toMatch(/price of mechanism \| price of boundary/);
    const full = subjects.filter(({ record }) => record.parameters['isolation'] === 'full');
    expect(resultTables(subjects, names)).toMatch(/^\* price of mechanism: .*\n\* price of boundary: /m);
    expect(resultTables(full, names)).not.toContain('price of');
  });

  test('the warm state is called the best case', () => {
    expect(workloadLabel(of('full', 'warm'), names)).toBe('ipc.call rounds=4 words=1 state=warm (best case)');
    expect(workloadLabel(of('full', 'polluted'), names)).toBe('ipc.call rounds=4 words=1');
  });
});

describe('guarantees', () => {
  test('are what the probes found with the same parameters, and those of lending only where bytes are lent', async () => {
    const subjects = await measured('run', 'ipc.call', 'guarantee');
    const call = subjects.find((s) => changedOf(s, names) === '')!;
    expect(call.record.workloadParameters).toMatchObject({ words: 2, state: 'polluted' });
    const marksOf = guaranteesAmong(subjects);
    expect(marksOf(call, 'call')).toBe('+HNCSTIXF -Z');
    // a page is lent, whatever bytes of it are named
    expect(marksOf(call, 'borrow')).toBe('+HNCSTIXFOEU -Z Rp Wp');
    expect(marksOf(call, 'yield')).toBe('');
    expect(guaranteesAmong([call])(call, 'borrow')).toBe('');
    const open = await measured('run', 'ipc.call', '--set', 'mmu-microkernel.isolation=path');
    expect(guaranteesAmong([...subjects, ...open])(open[0], 'borrow')).toBe('');
  });

  test('are not said to hold where nobody was left to tell, unless the runner has seen it', async () => {
    const subjects = await measured('run', 'ipc.call', 'guarantee');
    const call = subjects.find((s) => changedOf(s, names) === '')!;
    const marksWith = (observed: Readonly<Record<string, number>>): string =>
      guaranteesAmong(
        subjects.map((s) => ({
          ...s,
          records: s.records.map((r) =>
            r.outcome.kind === 'measured' ? { ...r, outcome: { ...r.outcome, observed } } : r,
          ),
        })),
      )(call, 'borrow');
    // a caller that tells nothing has not survived
    expect(marksWith({})).toBe('-F ?HNCSTIXZOEU');
    expect(marksWith({ not_stopped: 0 })).toBe('+ST -F ?HNCIXZOEU');
    expect(marksWith({ not_stopped: 1 })).toBe('-F ?HNCSTIXZOEU');
    expect(marksWith({ entered: 1, changed: 0 })).toBe('+CTOEU -HNF ?SIXZ Wb');
  });

  test('do not hold on a path whose protection is inert', async () => {
    const subjects = await measured('run', 'ipc.call', 'guarantee', '--set', 'mmu-microkernel.isolation=path');
    expect(guaranteesAmong(subjects)(subjects[0], 'borrow')).toBe('+HIXF -NCSTZOEU Rr Wr');
  });
});

test('how far a loan reaches is said where the attempts tell it', () => {
  const attempts = (...tried: readonly (readonly [distance: number, leaked: number])[]) =>
    tried.map(([distance, leaked]) => ({ distance, observed: { leaked } }));
  // 64 bytes are lent; 4028 is the last word of their page
  expect(reachOf(attempts([0, 0]), 'leaked')).toBe('b');
  expect(reachOf(attempts([0, 1], [4028, 1], [4032, 0]), 'leaked')).toBe('p');
  expect(reachOf(attempts([0, 1], [4032, 1], [8192, 0]), 'leaked')).toBe('r');
  expect(reachOf(attempts([0, 1]), 'leaked')).toBeUndefined();
  expect(reachOf(attempts([0, 1], [4028, 0]), 'leaked')).toBeUndefined();
  expect(reachOf(attempts([28, 0]), 'leaked')).toBeUndefined();
  expect(reachOf([], 'leaked')).toBeUndefined();
  expect(reachOf([{ distance: 0, observed: {} }], 'leaked')).toBeUndefined();
});
