import { BEST_CASE, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { upTo } from '../common/words.js';
import { type Workload, workload } from '../workload.js';
import { counter, FIRST, VARIABLES } from './counter.js';
import { FOREIGN } from './load.js';
import { spanDetected } from './spans.js';

/** A service faults and its domain begins anew, because that is its policy: nobody asks for it (FLT-5). */
function crash(legal: boolean): Workload {
  return workload({
    id: legal ? 'fault.crash.benign' : 'fault.crash',
    title: legal
      ? 'the program of fault.crash with an address of its own: the domain stays what it is'
      : 'a service faults: its domain is started again, and answers the next caller with its first values',
    purpose: legal
      ? 'that fault.crash starts the domain again for the address and nothing else'
      : 'how long a service is away when it faults and its domain begins anew, by what variables it has',
    parameters: {
      rounds: {
        kind: 'integer',
        minimum: 1,
        maximum: 6,
        default: 4,
        unit: 'rounds',
        meaning: 'faults, each during the call of another thread: on some platforms the thread ends with the request',
      },
      bytes: VARIABLES,
      state: STATE,
    },
    points: legal ? [] : [BEST_CASE, { bytes: 4096 }],
    system(s, { rounds, bytes, state }) {
      const all = upTo(rounds);
      const server = s.domain('server');
      const observer = s.domain('observer');
      const outside = s.domain('outside');
      const { variables, count } = counter(s, server, bytes);
      s.onFault(server, 'restart');
      const load = s.service('load', { domain: server }, (f) => {
        f.mark('breaks');
        if (legal) f.loadWord(f.buffer(variables));
        else f.violate('load', FOREIGN);
        f.return(0);
      });
      const pollute = pollution(s, state);
      const orders = all.map((i) => s.notification(`go${i}`));
      orders.forEach((go, i) =>
        s.thread(`asks${i}`, { domain: outside }, (f) => {
          f.wait(go);
          f.callService(load);
        }),
      );
      s.thread('observer', { domain: observer, endsRun: true }, (f) => {
        for (const i of all) {
          f.report(f.callService(count));
          pollute(f);
          f.notify(orders[i]);
          f.yield();
          f.mark(`goes_on${i}`);
          const answer = f.callService(count);
          f.mark(`answers${i}`);
          f.report(answer);
        }
      });
      s.excludes('requests that succeed; waking the thread during whose request the service faults');
      s.expect({
        // each round counts twice; a domain that has begun anew counts from the beginning
        reports: all.flatMap((i) =>
          legal ? [FIRST + 2 * i + 1, FIRST + 2 * i + 2] : [i === 0 ? FIRST + 1 : FIRST + 2, FIRST + 1],
        ),
        terminated: legal ? [] : [server],
      });
      const [goesOn, answers] = ['goes_on', 'answers'].map((mark) => all.map((i) => `${mark}${i}`));
      if (legal) {
        s.span('over', {
          from: 'breaks',
          to: goesOn,
          trip: 'one-way',
          path: 'call',
          meaning: 'the load, the answer, and until the next thread runs',
        });
        return;
      }
      const entered = spanDetected(s, 'breaks');
      const initialised = { event: 'initialised', after: 'breaks' } as const;
      s.span('initialised', {
        from: entered,
        to: initialised,
        trip: 'one-way',
        path: 'restart',
        meaning: 'until nobody from before is inside, and the variables have their first values',
      });
      s.span('over', {
        from: initialised,
        to: goesOn,
        trip: 'one-way',
        path: 'restart',
        meaning: 'until the domain can be called again, and the next thread runs',
      });
      s.span('away', {
        from: 'breaks',
        to: answers,
        trip: 'one-way',
        path: 'restart',
        meaning: 'from the load until its service has answered a new request',
      });
    },
  });
}

export const faultCrash = crash(false);
export const faultCrashBenign = crash(true);
