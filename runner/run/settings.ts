import type { ParameterValues, Platform } from '../../platforms/platform.js';
import type { ScenarioDefinition } from '../../workloads/language/index.js';
import { completeValues, type GivenValues } from '../../workloads/language/parameters.js';
import { BadInput, messageOf, must } from '../failure.js';
import { parseValue, readTexts } from '../parameters.js';
import { suggestion } from '../suggest.js';

/** `target.name=value`: the target is a platform, a workload or a family of workloads. */
export interface Setting {
  /** As it was given, for messages: `--set ipc.call.words=2`. */
  readonly place: string;
  readonly target: string;
  readonly name: string;
  readonly value: string;
}

/** Reads a setting. @throws BadInput if it has another form. */
export function readSetting(option: string, text: string): Setting {
  const match = /^(.+)\.([^.=]+)=(.*)$/.exec(text);
  const place = `${option} ${text}`;
  if (match === null) {
    throw new BadInput(place, 'not of the form platform.name=value or workload.name=value', "see 'bulkhead list'");
  }
  const [, target, name, value] = match;
  return { place, target, name, value };
}

/** The workloads that a name means: that of this id, else those whose ids begin with its words. */
export function meant<W extends { readonly id: string }>(name: string, workloads: readonly W[]): readonly W[] {
  const exact = workloads.find(({ id }) => id === name);
  return exact === undefined ? workloads.filter(({ id }) => id.startsWith(`${name}.`)) : [exact];
}

/** Complete values of a platform's parameters. @throws BadInput for a parameter or value that it does not have. */
export const platformValues = (platform: Platform, settings: readonly Setting[]): ParameterValues =>
  must(
    readTexts(
      platform,
      settings.filter(({ target }) => target === platform.id),
    ),
  );

/**
 * Complete values of a workload's parameters. What is set for the workload itself counts more than what is set for its family.
 * @param workloads those of the run, which say what a setting's target means
 * @param base values that differ from the defaults before settings
 * @throws BadInput for a value that a parameter does not take.
 */
export function workloadValues(
  workload: ScenarioDefinition,
  workloads: readonly ScenarioDefinition[],
  settings: readonly Setting[],
  base: GivenValues = {},
): ParameterValues {
  const own = settings
    .filter(
      ({ target, name }) => meant(target, workloads).includes(workload) && Object.hasOwn(workload.parameters, name),
    )
    .sort((a, b) => a.target.length - b.target.length);
  const given: Record<string, unknown> = { ...base };
  for (const { name, value, place } of own) {
    given[name] = parseValue(workload.parameters[name].kind, value);
    try {
      completeValues(workload.id, workload.parameters, { [name]: given[name] });
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      const [wrong, remedy] = messageOf(thrown).split('; ');
      throw new BadInput(place, wrong, remedy);
    }
  }
  return completeValues(workload.id, workload.parameters, given);
}

/** @throws BadInput for a setting that concerns nothing of the run. */
export function checkSettings(
  settings: readonly Setting[],
  platforms: readonly Platform[],
  workloads: readonly ScenarioDefinition[],
): void {
  for (const { target, name, place } of settings) {
    const platform = platforms.find((p) => p.id === target);
    const under = meant(target, workloads);
    if (platform === undefined && under.length === 0) {
      const known = [...platforms.map((p) => p.id), ...workloads.map((w) => w.id)];
      throw new BadInput(place, `'${target}' is no platform or workload of this run`, suggestion(target, known));
    }
    if (platform !== undefined) continue;
    const names = [...new Set(under.flatMap((w) => Object.keys(w.parameters)))];
    if (!names.includes(name))
      throw new BadInput(place, `${target} has no parameter '${name}'`, suggestion(name, names));
  }
}
