import { readParameters } from '../../runner/parameters.js';
import { scenario } from '../../workloads/language/index.js';
import type { Scenario } from '../../workloads/language/scenario.js';
import { WITH_KERNEL } from './run.js';

/* What parts of a system cost in memory (FOOT-1) and how many fit (FOOT-2), at the defaults of each platform, isolation=full. */

/** A system that is more than one domain with one thread and 64 bytes of its own. */
interface Parts {
  /** Domains besides, each with a thread and 64 bytes of its own. */
  readonly domains?: number;
  /** Threads of the first domain besides. */
  readonly threads?: number;
  /** Services of the first domain. */
  readonly services?: number;
  /** Bytes of each of `lent` buffers of the first domain. */
  readonly bytes?: number;
  readonly lent?: number;
}

function system({ domains = 0, threads = 0, services = 0, bytes = 64, lent = 0 }: Parts): Scenario {
  const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
  return scenario('test.footprint', 'parts of a system', {}, (s) => {
    const first = s.domain('first');
    const own = s.buffer('own', { domain: first, bytes: 64 });
    s.thread('main', { domain: first, endsRun: true }, (f) => f.report(f.loadWord(f.buffer(own))));
    for (const i of numbers(domains)) {
      const domain = s.domain(`domain${i}`);
      const data = s.buffer(`data${i}`, { domain, bytes: 64 });
      s.thread(`main${i}`, { domain }, (f) => f.storeWord(f.buffer(data), 1));
    }
    for (const i of numbers(threads)) s.thread(`thread${i}`, { domain: first }, (f) => f.yield());
    for (const i of numbers(services)) s.service(`service${i}`, { domain: first, words: 1 }, (f, [w]) => f.return(w));
    for (const i of numbers(lent)) s.buffer(`lent${i}`, { domain: first, bytes, passed: true });
    s.expect({ reports: [0] });
  }).build();
}

/** Bytes that a system occupies, or why the platform has no room for it. */
function occupied(platform: (typeof WITH_KERNEL)[number], parts: Parts): number | string {
  const read = readParameters(platform, {});
  if (!read.ok) throw new Error(read.problem);
  const built = system(parts);
  const kernel = platform.kernel!;
  return kernel.supports(built, read.value) ?? kernel.link(built, read.value, 0).occupied;
}

/** How many at most are tried. */
const MANY = 64;

/** Rows of bytes: what the part is called, and how many of it a system has. */
const BYTES: readonly (readonly [name: string, parts: (count: number) => Parts])[] = [
  ['a domain with a thread and 64 bytes', (domains) => ({ domains })],
  ['a thread in a domain that is there', (threads) => ({ threads })],
  ['a service in a domain that is there', (services) => ({ services })],
  ['64 bytes that can be lent', (lent) => ({ lent, bytes: 64 })],
  ['4100 bytes that can be lent', (lent) => ({ lent, bytes: 4100 })],
];

/** Rows of limits. */
const LIMITS: readonly (readonly [name: string, parts: (count: number) => Parts])[] = [
  ['domains, at most', (count) => ({ domains: count - 1 })],
  ['threads of one domain, at most', (count) => ({ threads: count - 1 })],
  ['services of one domain, at most', (services) => ({ services })],
];

/** How many of a part are added: as many as fit, since memory is given out in pages, or the heap begins at a multiple of 2 KiB. */
const ADDED = [32, 16, 5] as const;

/** What a part adds on average, beside the first, which may need room that others share. In bytes. */
function each(platform: (typeof WITH_KERNEL)[number], parts: (count: number) => Parts): string {
  const first = occupied(platform, parts(1));
  for (const added of ADDED) {
    const all = occupied(platform, parts(1 + added));
    if (typeof first === 'number' && typeof all === 'number') return String(Math.round((all - first) / added));
  }
  throw new Error(`${platform.id}: ${first}`);
}

/** The largest number of a part that fits. */
function most(platform: (typeof WITH_KERNEL)[number], parts: (count: number) => Parts): string {
  const fit = (count: number): boolean => typeof occupied(platform, parts(count)) === 'number';
  if (fit(MANY)) return `${MANY} or more`;
  let [fits, fails] = [1, MANY];
  while (fails - fits > 1) {
    const half = (fits + fails) >> 1;
    if (fit(half)) fits = half;
    else fails = half;
  }
  return String(fits);
}

/** The table, with a header. */
export function footprintTable(): readonly (readonly string[])[] {
  const bare = WITH_KERNEL.map((platform) => String(occupied(platform, {})));
  return [
    ['bytes', ...WITH_KERNEL.map(({ id }) => id)],
    ['kernel and one domain', ...bare],
    ...BYTES.map(([name, parts]) => [name, ...WITH_KERNEL.map((platform) => each(platform, parts))]),
    ...LIMITS.map(([name, parts]) => [name, ...WITH_KERNEL.map((platform) => most(platform, parts))]),
  ];
}
