import type { Scenario } from '../workloads/language/scenario.js';

/**
 * Keeps the last link of each scenario: whoever asks whether a platform can run one, which only linking it tells, links it next.
 * @returns gives the link that was made with the same key, else makes one with `link`; a key is plain data.
 */
export function lastLink<S>(): (scenario: Scenario, key: unknown, link: () => S) => S {
  const links = new WeakMap<Scenario, { readonly key: string; readonly system: S }>();
  return (scenario, key, link) => {
    const text = JSON.stringify(key);
    const known = links.get(scenario);
    if (known?.key === text) return known.system;
    const system = link();
    links.set(scenario, { key: text, system });
    return system;
  };
}
