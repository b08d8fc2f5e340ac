import { endsThread } from '../operations.js';
import type { Statement } from '../program.js';

/** True if control never comes to the end of the statements. */
export function ends(statements: readonly Statement[]): boolean {
  const last = statements.at(-1);
  switch (last?.kind) {
    case 'return':
    case 'break':
      return true;
    case 'operation':
      return endsThread(last.operation);
    case 'if':
      return ends(last.then) && ends(last.otherwise);
    case 'loop':
      return !leaves(last.body);
    default:
      return false;
  }
}

/** True if a loop's body has a `break` of this loop. */
function leaves(body: readonly Statement[]): boolean {
  return body.some((statement) => {
    switch (statement.kind) {
      case 'break':
        return true;
      case 'if':
        return leaves(statement.then) || leaves(statement.otherwise);
      default:
        return false;
    }
  });
}
