import { operationsOf, type Scenario, type Thread } from '../../../workloads/language/scenario.js';
import { functionsReachedFrom } from './reach.js';
import type { Thread as KernelThread } from '../kernel/system.js';

/** Bytes of stack for the program and the kernel, and for each service that may be under way on top. */
const STACK_BYTES = 1536;
const STACK_PER_CALL = 512;
const LARGEST_STACK = 8176;
/** Frames of the trusted stack beside those of services: allocator, its sweep or sleep, and one to spare. */
const KERNEL_FRAMES = 3;
const MOST_FRAMES = 32;

/** Stack and trusted stack that a thread needs: services run on the stack of who calls them. */
export function needsOf(
  scenario: Scenario,
  { function: program }: Thread,
  direct: boolean,
): Pick<KernelThread, 'stackBytes' | 'trustedFrames'> {
  const depth = depthFrom(scenario, program, new Set());
  return {
    stackBytes: Math.min(STACK_BYTES + STACK_PER_CALL * depth, LARGEST_STACK),
    trustedFrames: Math.min(KERNEL_FRAMES + (direct ? 0 : depth), MOST_FRAMES),
  };
}

/** Services that are under way at the same time below a function, at most; one that calls itself counts once. */
function depthFrom(scenario: Scenario, name: string, above: ReadonlySet<string>): number {
  const called = operationsOf(functionsReachedFrom(scenario, name)).flatMap((o) =>
    (o.kind === 'call' || o.kind === 'try-call' || o.kind === 'send') && !above.has(o.service) ? [o.service] : [],
  );
  return Math.max(
    0,
    ...called.map((service) => {
      const { function: body } = scenario.services.find((s) => s.name === service)!;
      return 1 + depthFrom(scenario, body, new Set([...above, service]));
    }),
  );
}
