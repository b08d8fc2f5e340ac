import { moduleInstances } from '../../machine/instances.js';
import type { Core } from './core.js';
import { createInterpreter } from './interpreter.js';

const instances = await moduleInstances<typeof import('./interpreter.js')>(
  new URL('./interpreter.js', import.meta.url),
  6,
);

/** Makes an interpreter for a core: the first ones of a process get code of their own, later ones share it. */
export function interpreterFor(core: Core): () => void {
  return (instances.shift()?.createInterpreter ?? createInterpreter)(core);
}
