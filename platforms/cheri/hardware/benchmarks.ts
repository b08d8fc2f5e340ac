import type { HostBenchmark } from '../../platform.js';

/** What `bulkhead bench` measures the engine with. */
export const BENCHMARKS: readonly HostBenchmark[] = [];
