import { BadInput } from '../failure.js';
import { suggestion } from '../suggest.js';
import type { MeasurementRecord } from './schema.js';

/** Clocks in Hz that a user has passed, by platform. The suite itself knows none: its results are cycles. */
export type Clocks = Readonly<Record<string, number>>;

const HERTZ: Readonly<Record<string, number>> = { hz: 1, khz: 1e3, mhz: 1e6, ghz: 1e9 };
const SLOWEST = 1;
const FASTEST = 100e9;

/**
 * Reads clocks as `--clock` takes them: `mpu-rtos=48MHz`.
 * @param known ids of the platforms that a clock may be for
 * @throws BadInput for another form, a platform that is not there, or two clocks for one
 */
export function readClocks(texts: readonly string[], known: readonly string[]): Clocks {
  const clocks: Record<string, number> = {};
  for (const text of texts) {
    const place = `--clock ${text}`;
    const [, platform, digits, unit] = /^([^=]+)=(\d+(?:\.\d+)?)\s*([kMG]?Hz)$/i.exec(text) ?? [];
    if (platform === undefined) {
      throw new BadInput(place, 'not of the form PLATFORM=FREQUENCY', 'write for instance --clock mpu-rtos=48MHz');
    }
    if (!known.includes(platform)) {
      throw new BadInput(place, `'${platform}' is no platform of this run`, suggestion(platform, known));
    }
    if (Object.hasOwn(clocks, platform)) {
      throw new BadInput(place, `a second clock for ${platform}`, 'give one for each platform');
    }
    const hertz = Number(digits) * HERTZ[unit.toLowerCase()];
    if (!(hertz >= SLOWEST && hertz <= FASTEST)) {
      throw new BadInput(place, 'a frequency that no core has', 'give one from 1 Hz to 100 GHz');
    }
    clocks[platform] = hertz;
  }
  return clocks;
}

/** `48MHz`, as `readClocks` takes it. */
export function showClock(hertz: number): string {
  const [unit, scale] =
    hertz >= 1e9 ? ['GHz', 1e9] : hertz >= 1e6 ? ['MHz', 1e6] : hertz >= 1e3 ? ['kHz', 1e3] : ['Hz', 1];
  return `${hertz / scale}${unit}`;
}

/**
 * Microseconds that cycles of a record take at the clock of its platform, to four figures; `-` where no clock was passed, and under
 * C(w), which is no core and has none.
 */
export function showTime(cycles: number, { platform, parameters }: MeasurementRecord, clocks: Clocks): string {
  if (!Object.hasOwn(clocks, platform) || parameters['timing'] === 'common') return '-';
  return String(Number(((1e6 * cycles) / clocks[platform]).toPrecision(4)));
}

/** What a time is, for the legend of a table; undefined without a clock. */
export function clockLegend(clocks: Clocks): string | undefined {
  const all = Object.entries(clocks).map(([platform, hertz]) => `${platform} ${showClock(hertz)}`);
  if (all.length === 0) return undefined;
  return `time: cycles at the clock that was passed (${all.join(', ')}); wait states of memory, which may depend on it, stay as they are.\n`;
}
