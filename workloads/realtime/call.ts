import { upTo } from '../common/words.js';
import { workload } from '../workload.js';
import { ARRIVALS, driver, ROUNDS, sweepOver, VICTIM } from './sweep.js';

/** An interrupt during a call of a service and its answer (RT-1 of IPC-1). */
export const realtimeCall = workload({
  id: 'realtime.call',
  title: 'an interrupt arrives in any cycle of a call of a service in another domain',
  purpose: 'how long a request to another domain, and its answer, keep an interrupt waiting at worst',
  parameters: { rounds: ROUNDS, ...ARRIVALS },
  system(s, { rounds, ...arrivals }) {
    const waits = driver(s);
    const [client, server] = [s.domain('client'), s.domain('server')];
    const adder = s.service('adder', { domain: server, words: 2, priority: VICTIM }, (f, [a, b]) => f.return(a.add(b)));
    s.thread('caller', { domain: client, endsRun: true, priority: VICTIM }, (f) => {
      waits.await(f);
      f.repeat(rounds, (i) => {
        f.mark('called');
        const sum = f.callService(adder, [i, 5]);
        f.mark('answered');
        f.report(sum);
        f.yield();
      });
    });
    s.span('whole', {
      from: 'called',
      to: 'answered',
      trip: 'round-trip',
      path: 'call',
      meaning: 'request, service, answer; without interrupt',
    });
    sweepOver(s, arrivals);
    s.expect({ reports: upTo(rounds).map((i) => i + 5) });
    s.excludes('connecting to the service; reporting the answer');
  },
});
