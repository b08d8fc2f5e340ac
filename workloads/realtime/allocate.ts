import { upTo } from '../common/words.js';
import { workload } from '../workload.js';
import { ARRIVALS, driver, ROUNDS, sweepOver, VICTIM } from './sweep.js';

/** An interrupt while memory is allocated, touched and freed (RT-1 of MEM-1). */
export const realtimeAllocate = workload({
  id: 'realtime.allocate',
  title: 'an interrupt arrives in any cycle of allocating, touching and freeing memory',
  purpose: 'how long the allocator keeps an interrupt waiting at worst',
  parameters: {
    rounds: ROUNDS,
    bytes: { kind: 'integer', minimum: 8, maximum: 32768, default: 256, unit: 'bytes', meaning: 'size asked for' },
    ...ARRIVALS,
  },
  system(s, { rounds, bytes, ...arrivals }) {
    const waits = driver(s);
    s.thread('allocates', { domain: s.domain('only'), endsRun: true, priority: VICTIM }, (f) => {
      waits.await(f);
      f.repeat(rounds, (i) => {
        f.mark('asks');
        const memory = f.allocate(bytes);
        f.storeWord(memory, i);
        f.free(memory, bytes);
        f.mark('freed');
        f.report(i);
        f.yield();
      });
    });
    s.span('whole', {
      from: 'asks',
      to: 'freed',
      trip: 'round-trip',
      path: 'allocate',
      meaning: 'to get memory, to store a word there and to free it; without interrupt',
    });
    sweepOver(s, arrivals);
    s.expect({ reports: upTo(rounds) });
    s.excludes('reporting');
  },
});
