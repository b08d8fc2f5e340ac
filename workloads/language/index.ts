/** The scenario language: what a workload needs. */
export {
  scenario,
  type ScenarioDefinition,
  ScenarioBuilder,
  type SpanBoundary,
  type ThreadOptions,
} from './build/scenario.js';
export type { FunctionBuilder } from './build/function.js';
export type * from './build/handles.js';
export { ScenarioError } from './build/problem.js';
export { Condition, Reference, ReferenceVariable, Word, WordVariable, type WordLike } from './build/values.js';
export type { Scenario, Span, SpanEvent, SpanPoint } from './scenario.js';
export type { GivenValues, ParameterValuesOf, WorkloadParameter, WorkloadParameters } from './parameters.js';
