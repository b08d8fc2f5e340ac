/** The modelled cores. */
export type CoreName = 'm0plus' | 'm3' | 'm4' | 'm33';

/** Architecture of a core: Armv6-M (DDI0419), Armv7-M (DDI0403E) or Armv8-M Mainline (DDI0553). */
export type Architecture = 'v6m' | 'v7m' | 'v8m';

/** What a chip vendor chooses when the core is built, as far as the system control space shows it. */
export interface SystemConfig {
  readonly core: CoreName;
  readonly architecture: Architecture;
  /** Implemented bits of each priority, from bit 7 down: 2 on Armv6-M, 3 to 8 else. */
  readonly priorityBits: number;
  /** External interrupt lines: 1 to 240; at most 32 on Armv6-M. */
  readonly interruptLines: number;
  /** MPU regions: 0 (no MPU) or 8; on Armv8-M also 4, 12 and 16. */
  readonly mpuRegions: number;
  /** Core cycles of one tick of the external SysTick reference clock, at least 2; 0: there is no reference clock. */
  readonly sysTickReference: number;
  /** Armv8-M: the Security Extension is present and the core stays in Secure state; else false. */
  readonly securityExtension: boolean;
}

const ARCHITECTURE: Readonly<Record<CoreName, Architecture>> = { m0plus: 'v6m', m3: 'v7m', m4: 'v7m', m33: 'v8m' };

/**
 * The configuration of a core, with the defaults of the project where nothing is asked for: 32 interrupt lines, 8 MPU
 * regions, 2 (Armv6-M) or 3 priority bits, no SysTick reference clock, no Security Extension.
 * @throws RangeError if the core cannot be built like that.
 */
export function systemConfig(
  core: CoreName,
  wanted: Partial<Omit<SystemConfig, 'core' | 'architecture'>> = {},
): SystemConfig {
  const architecture = ARCHITECTURE[core];
  const config = {
    core,
    architecture,
    priorityBits: architecture === 'v6m' ? 2 : 3,
    interruptLines: 32,
    mpuRegions: 8,
    sysTickReference: 0,
    securityExtension: false,
    ...wanted,
  };
  mustBe(config.priorityBits, architecture === 'v6m' ? [2] : [3, 4, 5, 6, 7, 8], `priority bits of ${core}`);
  mustBe(config.mpuRegions, architecture === 'v8m' ? [0, 4, 8, 12, 16] : [0, 8], `MPU regions of ${core}`);
  const lines = architecture === 'v6m' ? 32 : 240;
  if (!Number.isInteger(config.interruptLines) || config.interruptLines < 1 || config.interruptLines > lines) {
    throw new RangeError(`${config.interruptLines} interrupt lines of ${core}: must be 1 to ${lines}`);
  }
  if (!Number.isInteger(config.sysTickReference) || config.sysTickReference < 0 || config.sysTickReference === 1) {
    throw new RangeError(
      `SysTick reference of ${config.sysTickReference} cycles: must be 0 (none) or an integer from 2`,
    );
  }
  if (config.securityExtension && architecture !== 'v8m') throw new RangeError(`${core} has no Security Extension`);
  return config;
}

function mustBe(value: number, allowed: readonly number[], what: string): void {
  if (!allowed.includes(value)) throw new RangeError(`${value} ${what}: must be one of ${allowed.join(', ')}`);
}
