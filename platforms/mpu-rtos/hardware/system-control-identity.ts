import type { CoreName, SystemConfig } from './system-control-config.js';

/** CPUID: implementer Arm, part number, revision: M0+ r0p1, M3 r2p1, M4 r0p1, M33 r0p3 (TRMs, "CPUID Base Register"). */
export const CPUID: Readonly<Record<CoreName, number>> = {
  m0plus: 0x410cc601,
  m3: 0x412fc231,
  m4: 0x410fc241,
  m33: 0x410fd213,
};

/**
 * Feature registers ID_PFR0 at 0xE000ED40 to ID_ISAR5 at 0xE000ED74, in order. The values are those that QEMU reports for
 * the M3 and M33 (target/arm/tcg/cpu-v7m.c); the TRMs' own tables were not at hand. The M4 has the M3's values, UNVERIFIED:
 * its DSP fields may differ. Software may print them, nothing here depends on them. Armv6-M has none.
 */
const FEATURES: Readonly<Record<CoreName, readonly number[]>> = {
  m0plus: [],
  m3: [
    0x00000030, 0x00000200, 0x00100000, 0x00000000, 0x00000030, 0x00000000, 0x00000000, 0x00000000, 0x01141110,
    0x02111000, 0x21112231, 0x01111110, 0x01310102, 0x00000000,
  ],
  m4: [
    0x00000030, 0x00000200, 0x00100000, 0x00000000, 0x00000030, 0x00000000, 0x00000000, 0x00000000, 0x01141110,
    0x02111000, 0x21112231, 0x01111110, 0x01310102, 0x00000000,
  ],
  m33: [
    0x00000030, 0x00000200, 0x00200000, 0x00000000, 0x00101f40, 0x00000000, 0x01000000, 0x00000000, 0x01101110,
    0x02212000, 0x20232232, 0x01111131, 0x01310132, 0x00000000,
  ],
};

/** Names of the feature registers, from 0xE000ED40 on. */
export const FEATURE_NAMES = [
  ...['ID_PFR0', 'ID_PFR1', 'ID_DFR0', 'ID_AFR0', 'ID_MMFR0', 'ID_MMFR1', 'ID_MMFR2', 'ID_MMFR3'],
  ...['ID_ISAR0', 'ID_ISAR1', 'ID_ISAR2', 'ID_ISAR3', 'ID_ISAR4', 'ID_ISAR5'],
] as const;

/** ID_PFR1.Security of a core with the Security Extension (DDI0553, ID_PFR1). */
const PFR1_SECURITY = 0x10;

/** Feature register number `index` (0 = ID_PFR0) of a core. */
export function featureRegister(config: SystemConfig, index: number): number {
  const value = FEATURES[config.core][index] ?? 0;
  return index === 1 && config.securityExtension ? value | PFR1_SECURITY : value;
}
