import { FOREIGN } from '../fault/load.js';
import type { DomainHandle, ScenarioBuilder, ServiceHandle } from '../language/index.js';
import { workload } from '../workload.js';
import { measureAttempt } from './attempt.js';

/** Until everybody is there, and then what a watchdog lets pass, in microseconds; far more than a call takes. */
const START = 1000;
const PATIENCE = 1000;
const BACK = 1;

/** A service does what it has no right to. */
export const calleeFault = workload({
  id: 'guarantee.callee.fault',
  title: 'a service loads from an address that it has no right to, and its caller is told',
  purpose: 'whether a caller survives a fault of its service',
  parameters: {},
  system(s) {
    const [client, server] = [s.domain('client'), s.domain('server')];
    const attempt = s.service('attempt', { domain: server }, (f) => {
      f.mark('tries');
      f.violate('load', FOREIGN);
      f.return(0);
    });
    s.thread('caller', { domain: client, endsRun: true }, (f) => {
      const [, failed] = f.tryCallService(attempt);
      f.mark('goes_on');
      f.report(failed.is('ne', 0));
    });
    measureAttempt(s, 'caller');
    s.expect({ reports: [], observed: ['told'], mayEnd: [server] });
    s.excludes('the call');
  },
});

/**
 * A thread that calls the attempt, of lower priority than the watchdog.
 * @returns a service that answers whether it has come back: 0 or `BACK`
 */
function callAttempt(s: ScenarioBuilder, client: DomainHandle, attempt: ServiceHandle): ServiceHandle {
  const state = s.buffer('state', { domain: client, bytes: 8 });
  const back = s.service('back', { domain: client }, (f) => f.return(f.loadWord(f.buffer(state))));
  s.thread('caller', { domain: client, priority: 2 }, (f) => {
    f.sleep(START);
    f.tryCallService(attempt);
    f.storeWord(f.buffer(state), BACK);
  });
  return back;
}

/** A service waits for something that does not come. */
export const calleeWaits = workload({
  id: 'guarantee.callee.waits',
  title:
    'a service waits for ever; a watchdog in a third domain has it started again, where there is a request for that',
  purpose: 'whether a caller gets back from a service that does not answer',
  parameters: {},
  system(s) {
    const [client, server, watchdog] = [s.domain('client'), s.domain('server'), s.domain('watchdog')];
    const never = s.notification('never');
    const attempt = s.service('attempt', { domain: server }, (f) => {
      f.mark('tries');
      f.wait(never);
      f.return(0);
    });
    const back = callAttempt(s, client, attempt);
    s.thread('watches', { domain: watchdog, priority: 6, endsRun: true }, (f) => {
      f.sleep(START + PATIENCE);
      const restarted = f.tryRestart(server);
      f.sleep(PATIENCE);
      f.mark('goes_on');
      f.report(restarted);
      f.report(f.callService(back));
    });
    measureAttempt(s, 'watchdog');
    s.expect({ reports: [], observed: ['restarted', 'came_back'], mayEnd: [server] });
    s.excludes('the call');
  },
});

/** Rounds of a loop that goes on for longer than the watchdog is patient, on the fastest clock. */
const ROUNDS = 400_000;

/**
 * A service computes for very long. `came_back` is 0 on all three platforms, whatever is switched off: no call of theirs ends but by
 * its service; it is there for a platform whose calls can time out.
 */
export const calleeLoops = workload({
  id: 'guarantee.callee.loops',
  title: 'a service loops for far longer than a watchdog of higher priority in a third domain sleeps',
  purpose: 'whether a service that loops keeps the processor, and whether its caller gets back before it ends',
  parameters: {},
  system(s) {
    const [client, server, watchdog] = [s.domain('client'), s.domain('server'), s.domain('watchdog')];
    const over = s.buffer('over', { domain: server, bytes: 8 });
    const attempt = s.service('attempt', { domain: server }, (f) => {
      f.mark('tries');
      f.repeat(ROUNDS, (i) => f.storeWord(f.buffer(over), i, 4));
      f.storeWord(f.buffer(over), 1);
      f.return(0);
    });
    const back = callAttempt(s, client, attempt);
    const ended = s.service('ended', { domain: server }, (f) => f.return(f.loadWord(f.buffer(over))));
    s.thread('watches', { domain: watchdog, priority: 6, endsRun: true }, (f) => {
      f.sleep(START + PATIENCE);
      f.mark('goes_on');
      const isBack = f.let('is_back', f.callService(back));
      const runs = f.let('runs', f.callService(ended).is('eq', 0));
      f.report(runs);
      f.report(isBack.and(runs));
    });
    measureAttempt(s, 'watchdog');
    s.expect({ reports: [], observed: ['others_run', 'came_back'] });
    s.needsPriorities();
    s.excludes('the call');
  },
});
