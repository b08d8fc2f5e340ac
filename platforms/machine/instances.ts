/**
 * Instances of a module, each with functions of its own. V8 specialises a function to the arrays and constants it closes over
 * only while it has a single closure: a second machine would make both a third slower. A module imported under another
 * address is another function.
 * @param module address of the module: `new URL('./interpreter.js', import.meta.url)`
 */
export async function moduleInstances<M>(module: URL, count: number): Promise<M[]> {
  const instances: M[] = [];
  for (let i = 1; i <= count; i++) instances.push((await import(`${module.href}?instance=${i}`)) as M);
  return instances;
}
