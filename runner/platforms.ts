import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Checked, Platform } from '../platforms/platform.js';
import { messageOf } from './failure.js';
import { suggestion } from './suggest.js';

/**
 * A platform that a command may name by its id. It is loaded when it is needed: decoder tables and interpreters take longer
 * than the rest of the command line together.
 */
export interface KnownPlatform {
  readonly id: string;
  readonly load: () => Promise<Platform>;
}

/** The platforms that come with Bulkhead. */
export const BUILT_IN: readonly KnownPlatform[] = [
  { id: 'mpu-rtos', load: async () => (await import('../platforms/mpu-rtos/index.js')).mpuRtos },
  { id: 'mmu-microkernel', load: async () => (await import('../platforms/mmu-microkernel/index.js')).mmuMicrokernel },
  { id: 'cheri', load: async () => (await import('../platforms/cheri/index.js')).cheri },
];

/** A platform that is loaded already. */
export const alreadyLoaded = (platform: Platform): KnownPlatform => ({
  id: platform.id,
  load: () => Promise.resolve(platform),
});

/** Loads all of them, in their order. */
export async function loadAll(known: readonly KnownPlatform[]): Promise<Platform[]> {
  const platforms: Platform[] = [];
  for (const { load } of known) platforms.push(await load());
  return platforms;
}

const isPath = (name: string): boolean => /^(\.{0,2}[/\\]|[a-z]:[/\\])/i.test(name);

/** A platform of another author: what is still missing for it to be one, or undefined. */
function missing(candidate: unknown): string | undefined {
  if (typeof candidate !== 'object' || candidate === null) return 'a default export that is a Platform';
  const platform = candidate as Readonly<Record<string, unknown>>;
  for (const name of ['id', 'title', 'core', 'modelVersion']) {
    if (typeof platform[name] !== 'string') return `text '${name}' in its default export`;
  }
  for (const name of ['parameters', 'boards', 'benchmarks']) {
    if (!Array.isArray(platform[name])) return `list '${name}' in its default export`;
  }
  if ((platform.boards as unknown[]).length === 0) return `at least one name in 'boards'`;
  if (typeof platform.elfMachine !== 'number') return `number 'elfMachine' in its default export`;
  for (const name of ['createMachine', 'disassemble']) {
    if (typeof platform[name] !== 'function') return `function '${name}' in its default export`;
  }
  return undefined;
}

/**
 * Finds a platform by the id of one that comes with Bulkhead, by the path of a module or by the name of an npm package;
 * a module default-exports its `Platform`.
 * @param place the option that named it, for the message
 */
export async function findPlatform(
  name: string,
  known: readonly KnownPlatform[] = BUILT_IN,
  place = '--platform',
): Promise<Checked<Platform>> {
  const builtIn = known.find((p) => p.id === name);
  if (builtIn !== undefined) return { ok: true, value: await builtIn.load() };
  const specifier = isPath(name) ? pathToFileURL(resolve(name)).href : name;
  let module: { readonly default?: unknown };
  try {
    module = (await import(specifier)) as { readonly default?: unknown };
  } catch (thrown) {
    const ids = known.map((p) => p.id);
    const problem = isPath(name)
      ? `${place} ${name}: the module cannot be loaded (${messageOf(thrown).replace(/ imported from .*$/, '')}); name an ES module that default-exports a Platform`
      : `${place} ${name}: neither a platform nor an installed package; ${suggestion(name, ids)}`;
    return { ok: false, problem: problem.replace(/\s*\n\s*/g, ' ') };
  }
  const lacks = missing(module.default);
  if (lacks !== undefined) {
    return { ok: false, problem: `${place} ${name}: not a platform; it lacks ${lacks} (see platforms/platform.ts)` };
  }
  return { ok: true, value: module.default as Platform };
}
