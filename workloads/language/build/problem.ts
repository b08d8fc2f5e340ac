/**
 * A mistake in a scenario or program, found while it is built. The message says where it is, what is wrong and what
 * would be right.
 */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';

  constructor(
    /** `scenario ipc.call, thread client`. */
    readonly place: string,
    readonly problem: string,
  ) {
    super(`${place}: ${problem}`);
  }
}

/** `'a', 'b' or 'c'`, for messages that list what would be right. */
export function listNames(names: Iterable<string>): string {
  const all = [...names];
  if (all.length === 0) return 'none';
  return all.length === 1 ? all[0] : `${all.slice(0, -1).join(', ')} or ${all[all.length - 1]}`;
}
