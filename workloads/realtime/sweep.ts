import type { ScenarioBuilder, WorkloadParameters } from '../language/index.js';
import type { FunctionBuilder, NotificationHandle, ParameterValuesOf } from '../language/index.js';

/** Priority of the driver, and of everybody else: where a platform has priorities, nothing keeps the driver from its turn but the kernel. */
const DRIVER = 7;
export const VICTIM = 2;

/** How arrivals are swept; every workload of the family has these parameters. */
export const ARRIVALS = {
  stride: {
    kind: 'integer',
    minimum: 1,
    maximum: 10_000,
    default: 1,
    unit: 'cycles',
    meaning:
      'from one arrival of the interrupt to the next; 1 is every cycle, with more the greatest latency is a lower bound',
  },
  method: {
    kind: 'choice',
    values: ['bisect', 'every'],
    default: 'bisect',
    meaning:
      'every: each arrival is run; bisect: those between arrivals that entered the handler in one cycle follow from them',
  },
} as const satisfies WorkloadParameters;

/** Rounds of a victim: the swept one is the third, so that it is warm, and others follow in which what was interrupted goes on. */
export const ROUNDS = {
  kind: 'integer',
  minimum: 4,
  maximum: 100,
  default: 5,
  unit: 'rounds',
  meaning: 'how often the victim does what is interrupted; arrivals are swept over its third time',
} as const;
export const PASSAGE = 3;

/** Who waits for the interrupt. */
export interface Driver {
  /** Waits until the driver has come to wait; the victim begins with it. */
  await(f: FunctionBuilder): void;
}

/** A driver in a domain of its own, of the highest priority, that waits for the interrupt of the device. */
export function driver(s: ScenarioBuilder): Driver {
  const domain = s.domain('driver');
  const rang = s.notification('rang');
  const ready: NotificationHandle = s.notification('ready');
  s.interrupt(0, domain, rang);
  s.thread('drives', { domain, priority: DRIVER }, (f) => {
    f.notify(ready);
    f.loop(() => {
      f.wait(rang);
      f.mark('served');
    });
  });
  return {
    await: (f) => f.wait(ready),
  };
}

/** Sweeps arrivals over the span `whole`. */
export function sweepOver(
  s: ScenarioBuilder,
  { stride, method }: ParameterValuesOf<typeof ARRIVALS>,
  passage = PASSAGE,
): void {
  s.sweepArrivals({ span: 'whole', passage, served: 'served', stride, method });
}
