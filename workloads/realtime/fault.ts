import { upTo } from '../common/words.js';
import { FOREIGN } from '../fault/load.js';
import { workload } from '../workload.js';
import { ARRIVALS, driver, sweepOver, VICTIM } from './sweep.js';

const ROUNDS = {
  kind: 'integer',
  minimum: 2,
  maximum: 8,
  default: 3,
  unit: 'rounds',
  meaning: 'domains that load, one after the other: arrivals are swept over the end of the second',
} as const;

/** Turns after which a domain that an interrupt has held up has come to its end. */
const TURNS = 4;

/** An interrupt while a domain faults and is ended (RT-1 of FLT-1 and FLT-4). */
export const realtimeFault = workload({
  id: 'realtime.fault',
  title: 'an interrupt arrives in any cycle of the fault of a domain and of its end',
  purpose: 'how long a domain that breaks can keep an interrupt of another waiting at worst',
  parameters: { rounds: ROUNDS, ...ARRIVALS },
  system(s, { rounds, ...arrivals }) {
    const waits = driver(s);
    const observer = s.domain('observer');
    const breakers = upTo(rounds).map((i) => s.domain(`breaker${i}`));
    const orders = upTo(rounds).map((i) => s.notification(`go${i}`));
    s.thread('observes', { domain: observer, endsRun: true, priority: VICTIM }, (f) => {
      waits.await(f);
      for (const i of upTo(rounds)) {
        f.notify(orders[i]);
        f.yield();
        f.mark(`goes_on${i}`);
        f.report(100 + i);
      }
      f.repeat(TURNS, () => f.yield());
    });
    breakers.forEach((domain, i) => {
      s.thread(`breaks${i}`, { domain, priority: VICTIM }, (f) => {
        f.wait(orders[i]);
        f.report(i);
        f.mark(`breaks${i}`);
        f.violate('load', FOREIGN);
      });
    });
    s.span('whole', {
      from: upTo(rounds).map((i) => `breaks${i}`),
      to: upTo(rounds).map((i) => `goes_on${i}`),
      trip: 'one-way',
      path: 'fault',
      meaning: 'from the load until the domain is gone and the next thread runs; without interrupt',
    });
    sweepOver(s, arrivals, 2);
    s.expect({ reports: upTo(rounds).flatMap((i) => [i, 100 + i]), terminated: breakers });
    s.excludes('waking the domain that loads');
  },
});
