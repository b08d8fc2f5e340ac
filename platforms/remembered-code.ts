import { type FunctionDefinition, standsAlone } from '../workloads/language/program.js';
import { remembered } from './remembered.js';

/** What a compiler is told about its functions, whatever it compiles for. */
interface FunctionOptions {
  readonly threads?: ReadonlySet<string>;
  readonly functionSymbol?: (name: string) => string;
  readonly optimise?: boolean;
}

/**
 * Keeps the code of functions that stand alone: it is the same in every scenario.
 * @returns gives the code that was made before, else makes it with `make`; `others` is all that it depends on besides, as plain data.
 */
export function rememberedCode(): (
  definition: FunctionDefinition,
  options: FunctionOptions,
  others: readonly unknown[],
  make: () => string,
) => string {
  const before = remembered<string>();
  return (definition, { threads, functionSymbol, optimise }, others, make) => {
    if (!standsAlone(definition)) return make();
    const { name } = definition;
    const key = [definition, threads?.has(name) === true, functionSymbol?.(name), optimise !== false, others];
    return before(key, make);
  };
}
