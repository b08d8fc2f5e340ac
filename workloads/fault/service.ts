import { BEST_CASE, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { upTo } from '../common/words.js';
import { workload } from '../workload.js';
import { FOREIGN } from './load.js';
import { spanDetected } from './spans.js';

/** A service does what it has no right to while somebody waits for its answer (FLT-3). */
export const faultService = workload({
  id: 'fault.service',
  title: 'a service faults: its caller gets an error instead of an answer',
  purpose: 'how long a caller waits for the news that its service is gone',
  parameters: {
    rounds: {
      kind: 'integer',
      minimum: 1,
      maximum: 8,
      default: 4,
      unit: 'rounds',
      meaning: 'services that fault, one after the other, each in a domain of its own',
    },
    state: STATE,
  },
  points: [BEST_CASE],
  system(s, { rounds, state }) {
    const client = s.domain('client');
    const all = upTo(rounds);
    const domains = all.map((i) => s.domain(`server${i}`));
    const services = all.map((i) =>
      s.service(`serve${i}`, { domain: domains[i], words: 1 }, (f, [word]) => {
        f.if(word.equals(1), () => {
          f.mark(`breaks${i}`);
          f.violate('load', FOREIGN);
        });
        f.return(word.add(10));
      }),
    );
    const pollute = pollution(s, state);
    s.thread('caller', { domain: client, endsRun: true }, (f) => {
      for (const i of all) {
        f.report(f.callService(services[i], [0]));
        pollute(f);
        const [, failed] = f.tryCallService(services[i], [1]);
        f.mark(`knows${i}`);
        f.report(failed.is('ne', 0));
      }
    });
    const breaks = all.map((i) => `breaks${i}`);
    const entered = spanDetected(s, breaks);
    s.span('decided', {
      from: entered,
      to: { event: 'ended', after: breaks },
      trip: 'one-way',
      path: 'fault',
      meaning: 'until the kernel decides to end the service',
    });
    s.span('told', {
      from: entered,
      to: all.map((i) => `knows${i}`),
      trip: 'one-way',
      path: 'fault',
      meaning: 'from there until the caller goes on with an error',
    });
    s.expect({ reports: all.flatMap(() => [10, 1]), terminated: domains });
    s.excludes('a first call that succeeds');
  },
});
