import { type FunctionDefinition, visitStatements } from '../../../workloads/language/program.js';
import type { Scenario } from '../../../workloads/language/scenario.js';

/** A function and all that it calls. */
export function functionsReachedFrom({ functions }: Scenario, name: string): readonly FunctionDefinition[] {
  const byName = new Map(functions.map((f) => [f.name, f]));
  const reached = new Map<string, FunctionDefinition>();
  const reach = (callee: string): void => {
    const definition = byName.get(callee);
    if (definition === undefined || reached.has(callee)) return;
    reached.set(callee, definition);
    visitStatements(definition.body, (statement) => {
      if (statement.kind === 'call') reach(statement.function);
    });
  };
  reach(name);
  return [...reached.values()];
}
