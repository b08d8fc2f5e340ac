import type { Core } from './core.js';
import { createInterpreter } from './interpreter.js';

type Factory = typeof createInterpreter;

/**
 * Instances of the interpreter's module. V8 specialises a function to the arrays it closes over only while it has a single
 * closure, and a second machine would make both a third slower; a module imported under another address is another
 * function.
 */
const instances: Factory[] = [];
for (let i = 1; i <= 4; i++) {
  const address = new URL(`./interpreter.js?instance=${i}`, import.meta.url).href;
  instances.push(((await import(address)) as { createInterpreter: Factory }).createInterpreter);
}

/** Makes an interpreter for a core: the first machines of a process get one of their own, later ones share the code. */
export function interpreterFor(core: Core): () => void {
  return (instances.shift() ?? createInterpreter)(core);
}
