import { ROUNDS } from '../common/parameters.js';
import { upTo } from '../common/words.js';
import { type Workload, workload } from '../workload.js';

const LOADS = {
  idle: 'nobody else runs',
  busy: 'another domain computes',
  calling: 'another domain calls services all the time',
} as const;

/** A device's interrupt wakes the thread that waits for it (IRQ-1 to IRQ-3). */
function interruptWake(load: keyof typeof LOADS): Workload {
  return workload({
    id: `interrupt.wake.${load}`,
    title: `a device's interrupt wakes its driver while ${LOADS[load]}`,
    purpose: 'how long a device waits for the code that serves it, from the line to the trap and to the thread',
    parameters: {
      rounds: ROUNDS,
      delay: {
        kind: 'integer',
        minimum: 100,
        maximum: 1_000_000,
        default: 6000,
        unit: 'cycles',
        meaning: 'from arming the device to its line; round i has 7 i more, so that the line meets other instructions',
      },
    },
    system(s, { rounds, delay }) {
      const driver = s.domain('driver');
      const rang = s.notification('rang');
      s.interrupt(0, driver, rang);
      s.thread('waits', { domain: driver, endsRun: true, priority: 5 }, (f) => {
        f.repeat(rounds, (i) => {
          f.mark('armed');
          f.alarm(i.mul(7).add(delay));
          f.wait(rang);
          f.mark('woken');
          f.report(i);
        });
      });
      if (load === 'busy') {
        const scratch = s.domain('other');
        const count = s.buffer('count', { domain: scratch, bytes: 4 });
        s.thread('computes', { domain: scratch, priority: 2 }, (f) => {
          const data = f.buffer(count);
          f.loop(() => {
            f.repeat(100, () => f.storeWord(data, f.loadWord(data).add(1)));
            f.yield();
          });
        });
      }
      if (load === 'calling') {
        const [other, server] = [s.domain('other'), s.domain('server')];
        const echo = s.service('echo', { domain: server, words: 1, priority: 2 }, (f, [word]) => f.return(word));
        s.thread('calls', { domain: other, priority: 2 }, (f) => {
          f.loop(() => {
            f.callService(echo, [1]);
            f.yield();
          });
        });
      }
      s.span('masked', {
        from: { event: 'raised', after: 'armed' },
        to: { event: 'interrupt', after: 'armed' },
        trip: 'one-way',
        path: 'interrupt',
        meaning: 'from the line to the trap: what the core and masked code keep it waiting for',
      });
      s.span('handled', {
        from: { event: 'interrupt', after: 'armed' },
        to: 'woken',
        trip: 'one-way',
        path: 'interrupt',
        meaning: "from the trap through kernel and handler to the driver thread's next instruction",
      });
      s.span('latency', {
        from: { event: 'raised', after: 'armed' },
        to: 'woken',
        trip: 'one-way',
        path: 'interrupt',
        meaning: "from the line to the driver thread's next instruction",
      });
      s.expect({ reports: upTo(rounds) });
      s.excludes('arming the device');
    },
  });
}

export const interruptIdle = interruptWake('idle');
export const interruptBusy = interruptWake('busy');
export const interruptCalling = interruptWake('calling');
