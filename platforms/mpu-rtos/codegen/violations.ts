import type { FunctionDefinition, Statement } from '../../../workloads/language/program.js';
import { CMRX_BOARD } from '../devices/board.js';

/**
 * Functions whose violations have an address that somebody may not touch. Flash is everybody's to read and execute, so a number that
 * is an address there stands for a place among the kernel's variables, that many bytes from their beginning. Addresses that
 * programs compute are left as they are.
 */
export const aimViolations = (
  functions: readonly FunctionDefinition[],
  kernelVariables: number,
): readonly FunctionDefinition[] =>
  functions.map((f) => ({ ...f, body: f.body.map((statement) => aim(statement, kernelVariables)) }));

const WITH_ADDRESS: ReadonlySet<string> = new Set(['load', 'store', 'jump']);

function aim(statement: Statement, kernelVariables: number): Statement {
  const all = (list: readonly Statement[]): readonly Statement[] => list.map((s) => aim(s, kernelVariables));
  switch (statement.kind) {
    case 'if':
      return { ...statement, then: all(statement.then), otherwise: all(statement.otherwise) };
    case 'while':
      return { ...statement, test: all(statement.test), body: all(statement.body) };
    case 'loop':
      return { ...statement, body: all(statement.body) };
    case 'operation': {
      const { operation } = statement;
      const [address, ...others] = statement.arguments;
      const { start, bytes } = CMRX_BOARD.flash;
      if (operation.kind !== 'violate' || !WITH_ADDRESS.has(operation.violation)) return statement;
      if (address.kind !== 'constant' || address.value < start || address.value >= start + bytes) return statement;
      return { ...statement, arguments: [{ kind: 'constant', value: kernelVariables + address.value }, ...others] };
    }
    default:
      return statement;
  }
}
