import { operationsOf, type Scenario, type Service } from '../../../workloads/language/scenario.js';
import { type ReferenceExpression, visitStatements } from '../../../workloads/language/program.js';
import { lastLink } from '../../last-link.js';
import { CMRX_LINES } from '../devices/board.js';
import { type InterruptSource, type LinkedSystem, linkSystem, type ThreadSource } from '../kernel/link.js';
import type { KernelConfig } from '../kernel/parameters.js';
import { regionGranule } from '../kernel/regions.js';
import { kernelProgram } from '../kernel/source.js';
import { missingOperation } from './operations.js';
import { notificationOwner } from './owners.js';
import { enablesInterrupts, type Padding, processesOf, usesSleep } from './process.js';
import { BENCH, BENCH_LINES, functionSymbol, notificationSymbol, startSymbol } from './symbols.js';

/** Priorities of scenarios, 7 the most urgent; those of CMRX, 0. */
const MOST_URGENT = 7;

/**
 * Why the kernel cannot run a scenario: an operation that it lacks, bytes that do not reach, or more of something than it has.
 * @returns one line; undefined if it can.
 */
export function scenarioProblem(scenario: Scenario, config: KernelConfig): string | undefined {
  const direct = config.isolation === 'none';
  if (direct && scenario.expected.terminated.length > 0) {
    return 'all domains are one process: who is ended is everybody';
  }
  if (config.isolation === 'path' && scenario.expected.terminated.length > 0) {
    return 'the MPU is off: nothing notices an access without right';
  }
  const unfit = faultPolicyProblem(scenario, config);
  if (unfit !== undefined) return unfit;
  for (const operation of operationsOf(scenario.functions)) {
    const missing = missingOperation(scenario, operation, {
      process: scenario.domains[0].name,
      direct,
      unwinds: false,
    });
    if (missing !== undefined) return missing;
  }
  const lender = direct ? undefined : scenario.services.find((service) => lendsItsOwn(scenario, service));
  if (lender !== undefined) {
    return (
      `service ${lender.name} hands on memory of its own: during an RPC the shared memory of the thread's process is ` +
      'there, not that of the service'
    );
  }
  if (scenario.interrupts.some(({ line }) => line > 0)) return "the scenario's device has line 0 only";
  try {
    linkScenario(scenario, config);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** Domains that begin anew after a fault. */
const restarting = ({ domains }: Scenario): readonly string[] =>
  domains.flatMap(({ name, onFault }) => (onFault?.kind === 'restart' ? [name] : []));

/** The kernel has one policy for all processes: what begins anew after a fault, and what ends, cannot be in one system. */
function faultPolicyProblem(scenario: Scenario, { faultPolicy, isolation }: KernelConfig): string | undefined {
  const handling = scenario.domains.find(({ onFault }) => onFault?.kind === 'handle');
  if (handling !== undefined) return `domain ${handling.name}: CMRX runs no code of a process because of a fault`;
  const names = restarting(scenario);
  if (names.length === 0 || isolation !== 'full') return undefined;
  if (faultPolicy !== 'kill' && faultPolicy !== 'restart') {
    return `domain ${names[0]} begins anew after a fault: faultPolicy=${faultPolicy} does not start processes again`;
  }
  const { terminated, mayEnd = [] } = scenario.expected;
  const other = [...terminated, ...mayEnd].find((name) => !names.includes(name));
  return other === undefined
    ? undefined
    : `domain ${names[0]} begins anew after a fault and ${other} ends: the kernel has one policy for all`;
}

/** The configuration with the policy that the scenario's domains have: ours in any case (class O). */
const withFaultPolicy = (scenario: Scenario, config: KernelConfig): KernelConfig =>
  restarting(scenario).length > 0 && config.faultPolicy === 'kill' ? { ...config, faultPolicy: 'restart' } : config;

/** True if a service, or a function that it calls, gives bytes of a buffer of its domain to another service. */
function lendsItsOwn({ functions }: Scenario, service: Service): boolean {
  const seen = new Set<string>();
  const lends = (name: string): boolean => {
    if (seen.has(name)) return false;
    seen.add(name);
    let found = false;
    visitStatements(functions.find((f) => f.name === name)?.body ?? [], (statement) => {
      if (statement.kind === 'call') found ||= lends(statement.function);
      if (statement.kind !== 'operation') return;
      const { operation } = statement;
      if (operation.kind !== 'call' && operation.kind !== 'try-call' && operation.kind !== 'send') return;
      if (operation.transfer === undefined) return;
      found ||= beginsWithBuffer(statement.arguments[operation.words] as ReferenceExpression);
    });
    return found;
  };
  return lends(service.function);
}

function beginsWithBuffer(expression: ReferenceExpression): boolean {
  if (expression.kind === 'advance' || expression.kind === 'narrow') return beginsWithBuffer(expression.reference);
  return expression.kind === 'buffer';
}

const linkedBefore = lastLink<LinkedSystem>();

/**
 * Links a scenario with the kernel.
 * @throws RangeError if it does not fit; CodegenError if an operation is missing.
 */
export function linkScenario(
  scenario: Scenario,
  given: KernelConfig,
  padding: Padding = { text: 0, data: 0 },
): LinkedSystem {
  const config = withFaultPolicy(scenario, given);
  return linkedBefore(scenario, [config, padding], () => {
    const direct = config.isolation === 'none';
    const kernelVariables = kernelProgram(config).symbols.get('kernel')!;
    const process = (domain: string): string => (direct ? scenario.domains[0].name : domain);
    return linkSystem(config, {
      processes: processesOf(scenario, {
        wide: config.core !== 'm0plus',
        direct,
        kernelVariables,
        unwinds: config.faultPolicy === 'unwind',
        granule: regionGranule(config),
        padding,
      }),
      threads: scenario.threads.map(({ domain, priority, function: program }): ThreadSource => ({
        process: process(domain),
        entry: enablesInterrupts(scenario, program) ? startSymbol(program) : functionSymbol(program),
        priority: MOST_URGENT - priority,
      })),
      interrupts: scenario.interrupts.map(({ notification }): InterruptSource => ({
        line: CMRX_LINES.benchTimer,
        object: `${process(notificationOwner(scenario, notification))}.${notificationSymbol(notification)}`,
        acknowledge: { address: BENCH + BENCH_LINES, value: 0 },
      })),
      timers: usesSleep(scenario),
    });
  });
}
