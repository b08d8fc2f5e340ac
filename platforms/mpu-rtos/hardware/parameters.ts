import { completeParameters, type TimingConfig, timingParameters } from '../../parameters.js';
import type { Parameter, ParameterValues } from '../../platform.js';
import type { FlashName } from './flash.js';
import { type CoreName, type SystemConfig, systemConfig } from './system-control-config.js';

/** Every parameter of the platform's hardware; the only home of their defaults. */
export const PARAMETERS: readonly Parameter[] = [
  {
    name: 'core',
    type: { kind: 'choice', values: ['m0plus', 'm3', 'm4', 'm33'] },
    default: 'm4',
    meaning: 'the core: Armv6-M with PMSAv7, Armv7-M (m4 with DSP, no FPU), Armv8-M Mainline with DSP and PMSAv8',
    source: 'DDI0484C, DDI0337I, Arm 100166, Arm 100230',
  },
  {
    name: 'security',
    type: { kind: 'choice', values: ['none', 'secure'] },
    default: 'none',
    meaning:
      'm33: without the Security Extension, or all code in Secure state; EXC_RETURN differs (0xFFFFFFBC or 0xFFFFFFFD)',
    source: 'DDI0553, EXC_RETURN; a build option of the core',
  },
  ...timingParameters("the core's published instruction timings", 'hardware/timing.ts'),
  {
    name: 'm33Timing',
    type: { kind: 'choice', values: ['low', 'high'] },
    default: 'high',
    meaning: 'm33: which of the two assumed tables; a figure of this core is the interval between them',
    source: 'no published table: hardware/timing.ts states both assumptions',
  },
  {
    name: 'multiplierCycles',
    type: { kind: 'choice', values: ['1', '32'] },
    default: '1',
    meaning: 'm0plus: cycles of MULS, by the multiplier the core was built with',
    source: 'DDI0484C table 3-1; a build option of the core',
  },
  {
    name: 'flash',
    type: { kind: 'choice', values: ['zero', 'wait', 'stm32l4'] },
    default: 'zero',
    meaning:
      'code memory: no wait states, plain wait states on every 32-bit access, or the accelerator of the STM32L4 (unverified memory model)',
    source: 'hardware/flash.ts',
  },
  {
    name: 'flashWaitStates',
    type: { kind: 'integer', minimum: 0, maximum: 15 },
    default: 4,
    unit: 'cycles',
    meaning: 'wait states of flash=wait and flash=stm32l4',
    source: 'STM32L4 at 80 MHz: 4 (RM0394, flash latency)',
  },
  {
    name: 'priorityBits',
    type: { kind: 'integer', minimum: 2, maximum: 8 },
    default: 3,
    unit: 'bits',
    meaning: 'implemented bits of exception priorities; m0plus always has 2',
    source: 'a build option of the cores: 3 to 8 (DDI0403E B1.5.4), 2 on Armv6-M (DDI0419 B1.5.4)',
  },
  {
    name: 'interruptLines',
    type: { kind: 'integer', minimum: 1, maximum: 240 },
    default: 32,
    unit: 'lines',
    meaning: 'external interrupt lines; m0plus has at most 32',
    source: 'a build option of the cores',
  },
  {
    name: 'mpuRegions',
    type: { kind: 'choice', values: ['0', '4', '8', '12', '16'] },
    default: '8',
    meaning: 'MPU regions: 0 (no MPU) or 8; m33 also 4, 12 and 16',
    source: 'a build option of the cores',
  },
  {
    name: 'sysTickReference',
    type: { kind: 'integer', minimum: 0, maximum: 1_000_000 },
    default: 0,
    unit: 'cycles',
    meaning: 'core cycles of one tick of the external SysTick clock; 0: there is none',
    source: 'DDI0403E B3.3.3, CLKSOURCE',
  },
  {
    name: 'unalignedStateFault',
    type: { kind: 'switch' },
    default: true,
    meaning:
      'an instruction at an address that is no multiple of 4 raises UNALIGNED when EPSR.T is 0; off: INVSTATE as at any other',
    source: 'tests/vectors/cortex-m (its oracle, QEMU 7.2, does so); DDI0403E B1.5.9 has INVSTATE only',
  },
];

/** The parameters as the engine reads them; units and meanings as in `PARAMETERS`. */
export interface CoreConfig extends TimingConfig {
  readonly core: CoreName;
  readonly security: 'none' | 'secure';
  readonly m33Timing: 'low' | 'high';
  readonly multiplierCycles: number;
  readonly flash: FlashName;
  readonly flashWaitStates: number;
  readonly unalignedStateFault: boolean;
  readonly system: SystemConfig;
  /** The core has the DSP extension, and with it APSR.GE. */
  readonly hasDsp: boolean;
}

/**
 * Turns parameter values into a configuration; what is missing has its default.
 * @throws RangeError for a name that is no parameter, a value of the wrong type or out of its range, or a core that cannot
 *   be built like that.
 */
export function coreConfig(values: ParameterValues): CoreConfig {
  const complete = completeParameters('mpu-rtos', PARAMETERS, values);
  const value = (name: string): unknown => complete[name];
  const core = value('core') as CoreName;
  return {
    core,
    security: core === 'm33' ? (value('security') as CoreConfig['security']) : 'none',
    timing: value('timing') as CoreConfig['timing'],
    commonWait: value('commonWait') as number,
    m33Timing: value('m33Timing') as CoreConfig['m33Timing'],
    multiplierCycles: Number(value('multiplierCycles')),
    flash: value('flash') as FlashName,
    flashWaitStates: value('flashWaitStates') as number,
    system: systemConfig(core, {
      priorityBits: core === 'm0plus' ? 2 : (value('priorityBits') as number),
      interruptLines: value('interruptLines') as number,
      mpuRegions: Number(value('mpuRegions')),
      sysTickReference: value('sysTickReference') as number,
    }),
    unalignedStateFault: value('unalignedStateFault') as boolean,
    hasDsp: core === 'm4' || core === 'm33',
  };
}
