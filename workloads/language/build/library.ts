import type { FunctionDefinition, ValueType } from '../program.js';
import { FunctionBuilder } from './function.js';
import type { FunctionHandle } from './handles.js';
import { ScenarioError } from './problem.js';
import type { Surroundings } from './statements.js';
import type { ValuesOf } from './values.js';

/** What a name may look like: it becomes part of assembly symbols. */
const NAME = /^[a-z][a-z0-9_]*$/i;

/** Checks a name of a function, domain, mark or the like. @throws ScenarioError */
export function checkName(place: string, kind: string, name: string): void {
  if (!NAME.test(name)) {
    throw new ScenarioError(
      place,
      `"${name}" cannot name a ${kind}: letters, digits and _ are possible, a letter first`,
    );
  }
}

/** Parameters and results that every platform's calling convention passes in registers. */
const MOST_PARAMETERS = 4;
const MOST_RESULTS = 1;

/** Functions that call each other; each is declared before those that call it. */
export class FunctionLibrary {
  private readonly definitions = new Map<string, FunctionDefinition>();
  private readonly marks = new Set<string>();

  constructor(private readonly place = 'functions') {}

  /**
   * Adds a function that any domain may call.
   * @param parameters types of the parameters, at most 4.
   * @param results types of the results, at most 1.
   * @param body writes the function; it gets the builder and the parameters.
   * @throws ScenarioError for a mistake in it.
   */
  function<const P extends readonly ValueType[], const R extends readonly ValueType[]>(
    name: string,
    parameters: P,
    results: R,
    body: (f: FunctionBuilder, ...values: ValuesOf<P>) => void,
  ): FunctionHandle<P, R> {
    this.define(name, parameters, results, undefined, (f, values) => body(f, ...(values as unknown as ValuesOf<P>)));
    return { kind: 'function', name, parameters, results };
  }

  /** All functions, in the order of their declaration. */
  get functions(): readonly FunctionDefinition[] {
    return [...this.definitions.values()];
  }

  /** Adds a function of a domain, or of any if `domain` is undefined. */
  protected define(
    name: string,
    parameters: readonly ValueType[],
    results: readonly ValueType[],
    domain: string | undefined,
    body: (f: FunctionBuilder, values: readonly unknown[]) => void,
  ): void {
    const place = `${this.place}, ${name}`;
    checkName(this.place, 'function', name);
    if (this.definitions.has(name)) throw new ScenarioError(this.place, `there are two functions named ${name}`);
    if (parameters.length > MOST_PARAMETERS || results.length > MOST_RESULTS) {
      throw new ScenarioError(place, `at most ${MOST_PARAMETERS} parameters and ${MOST_RESULTS} result are possible`);
    }
    const surroundings: Surroundings = {
      domain,
      knows: (handle) => this.knows(handle),
      isPassed: (buffer) => this.isPassed(buffer),
      addMark: (mark, where) => this.addMark(mark, where),
    };
    const f = new FunctionBuilder(place, surroundings, results);
    const values = parameters.map((type, i) => f.parameter(`p${i}`, type));
    body(f, values);
    this.definitions.set(name, f.finish(name, parameters.length));
  }

  /** True if a handle is one of this library's. */
  protected knows({ kind, name }: { readonly kind: string; readonly name: string }): boolean {
    return kind === 'function' && this.definitions.has(name);
  }

  /** True if a buffer may be handed to services. */
  protected isPassed(buffer: string): boolean {
    return this.knows({ kind: 'buffer', name: buffer });
  }

  /** True if some function has the mark. */
  protected hasMark(name: string): boolean {
    return this.marks.has(name);
  }

  private addMark(name: string, place: string): void {
    checkName(place, 'mark', name);
    if (this.marks.has(name)) throw new ScenarioError(place, `there are two marks named ${name}`);
    this.marks.add(name);
  }
}
