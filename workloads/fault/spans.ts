import type { DomainHandle, FunctionBuilder, ScenarioBuilder, SpanBoundary } from '../language/index.js';

type Marks = string | readonly string[];

/**
 * The first part of every fault of a load: until the hardware's entry is over.
 * @param breaks marks in front of the load
 * @returns where it ends and the next part begins: the first instruction of the trap handler
 */
export function spanDetected(s: ScenarioBuilder, breaks: Marks): SpanBoundary {
  const entered = { event: 'handler', after: breaks } as const;
  s.span('detected', {
    from: breaks,
    to: entered,
    trip: 'one-way',
    path: 'fault',
    meaning: 'the load, and the entry of its trap by the hardware: until the first instruction of the handler',
  });
  return entered;
}

/**
 * The last part where a domain is ended.
 * @param breaks marks in front of what it is ended for
 * @param goesOn marks of the thread that runs next
 */
export function spanOver(s: ScenarioBuilder, breaks: Marks, goesOn: Marks): void {
  s.span('over', {
    from: { event: 'ended', after: breaks },
    to: goesOn,
    trip: 'one-way',
    path: 'fault',
    meaning: 'until the domain is gone and the next thread runs',
  });
}

/** Starts a domain again, between marks `asks` and `restarted`. */
export function restart(f: FunctionBuilder, domain: DomainHandle): void {
  f.mark('asks');
  f.restart(domain);
  f.mark('restarted');
}

/** What `restart` takes. */
export const spanRestart = (s: ScenarioBuilder): void =>
  s.span('restart', {
    from: 'asks',
    to: 'restarted',
    trip: 'round-trip',
    path: 'restart',
    meaning: 'until the domain has begun anew and nobody from before is inside',
  });
