import { refuse } from '../platforms/machine/checked.js';
import { accepts, describeType } from '../platforms/parameters.js';
import type { Checked, ParameterType, ParameterValue, ParameterValues, Platform } from '../platforms/platform.js';
import { suggestion } from './suggest.js';

/**
 * The platform's defaults with overrides on top.
 * @param place what the overrides come from, for the message: `--set`, or a file and field
 * @returns every parameter of the platform with its value, or one line on the first override that does not fit.
 */
export function readParameters(
  platform: Platform,
  overrides: ParameterValues,
  place = '--set',
): Checked<ParameterValues> {
  const values: Record<string, ParameterValue> = {};
  for (const parameter of platform.parameters) values[parameter.name] = parameter.default;
  for (const [name, value] of Object.entries(overrides)) {
    const parameter = platform.parameters.find((p) => p.name === name);
    if (parameter === undefined) {
      const names = platform.parameters.map((p) => p.name);
      return refuse(`${place}: platform ${platform.id} has no parameter '${name}'; ${suggestion(name, names)}`);
    }
    if (!accepts(parameter, value)) {
      return refuse(
        `${place}: ${platform.id}.${name} cannot be ${String(value) || 'empty'}; it takes ${describeType(parameter)}`,
      );
    }
    values[name] = value;
  }
  return { ok: true, value: values };
}

/** The value that a text means for a parameter of a kind; a text that means none stays one, and no parameter of the kind takes it. */
export function parseValue(kind: ParameterType['kind'], text: string): ParameterValue {
  switch (kind) {
    case 'integer':
      return /^-?(\d+|0x[\da-f]+)$/i.test(text) ? Number(text) : text;
    case 'switch':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'choice':
      return text;
  }
}

/** A text that is to be the value of a platform's parameter. */
export interface ParameterText {
  /** What it comes from, for the message. */
  readonly place: string;
  readonly name: string;
  readonly value: string;
}

/**
 * The platform's defaults with values on top that are given as texts. Of several for one parameter the last counts.
 * @returns a complete set of values, or one line on the first text that does not fit.
 */
export function readTexts(platform: Platform, texts: readonly ParameterText[]): Checked<ParameterValues> {
  const overrides: Record<string, ParameterValue> = {};
  for (const { place, name, value: text } of texts) {
    const parameter = platform.parameters.find((p) => p.name === name);
    const value = parameter === undefined ? text : parseValue(parameter.type.kind, text);
    const checked = readParameters(platform, { [name]: value }, place);
    if (!checked.ok) return checked;
    overrides[name] = value;
  }
  return readParameters(platform, overrides);
}

/**
 * Reads `platform.name=value` settings, as `--set` takes them, for one platform. Of several settings of one name the last
 * counts.
 * @returns a complete set of values, or one line on the first setting that does not fit.
 */
export function readSettings(platform: Platform, settings: readonly string[]): Checked<ParameterValues> {
  const texts: ParameterText[] = [];
  for (const setting of settings) {
    const place = `--set ${setting}`;
    const match = /^([^.=]+)\.([^=]+)=(.*)$/.exec(setting);
    if (match === null)
      return refuse(`${place}: not of the form platform.name=value; example: --set ${example(platform)}`);
    const [, id, name, value] = match;
    if (id !== platform.id) {
      return refuse(
        `${place}: the platform of this run is ${platform.id}, not '${id}'; write ${platform.id}.${name}=${value}`,
      );
    }
    texts.push({ place, name, value });
  }
  return readTexts(platform, texts);
}

const example = (platform: Platform): string => {
  const first = platform.parameters[0];
  return first === undefined ? 'platform.name=value' : `${platform.id}.${first.name}=${String(first.default)}`;
};
