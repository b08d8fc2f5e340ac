import { completeParameters, type TimingConfig, timingParameters } from '../../parameters.js';
import type { Parameter, ParameterValues } from '../../platform.js';

const VECTORS = 'tests/vectors/README.md';

/** Parameters that a preset fixes, with the values of the core as `cheriot-safe` builds it. */
const SAFE33 = {
  dataBusBits: 33,
  loadFilter: true,
  memoryPorts: 2,
  instructionWait: 0,
  dataWait: 0,
  multiplier: 'fast',
  instructionCache: false,
} as const;

/** Known cores as values of the parameters above. Source: `tests/vectors/README.md` section 1 and `micro/cheriot-ibex`. */
export const PRESETS: Readonly<Record<string, ParameterValues>> = {
  safe33: SAFE33,
  safe33_1port: { ...SAFE33, memoryPorts: 1 },
  safe65: { ...SAFE33, dataBusBits: 65 },
  sonata: { ...SAFE33, multiplier: 'single-cycle', instructionCache: true },
};

/** Every parameter of the platform's hardware; the only home of their defaults. */
export const PARAMETERS: readonly Parameter[] = [
  ...timingParameters('the core as its RTL behaves', 'tests/vectors'),
  {
    name: 'preset',
    type: { kind: 'choice', values: ['custom', ...Object.keys(PRESETS)] },
    default: 'custom',
    meaning: `a known core: fixes ${Object.keys(SAFE33).join(', ')}; custom: those as they are set`,
    source: `${VECTORS} section 1; sonata: lowRISC/sonata-system`,
  },
  {
    name: 'dataBusBits',
    type: { kind: 'integer', minimum: 33, maximum: 65, step: 32 },
    default: SAFE33.dataBusBits,
    unit: 'bits',
    meaning: 'data bus with its tag bit: 33 moves a capability in two transfers, 65 in one',
    source: 'microsoft/cheriot-ibex ibexc_top, DataWidth',
  },
  {
    name: 'loadFilter',
    type: { kind: 'switch' },
    default: SAFE33.loadFilter,
    meaning: 'clc looks the base of what it loads up in the revocation bitmap',
    source: 'microsoft/cheriot-ibex ibexc_top, cheri_tsafe_en_i',
  },
  {
    name: 'memoryPorts',
    type: { kind: 'integer', minimum: 1, maximum: 2 },
    default: SAFE33.memoryPorts,
    unit: 'ports',
    meaning: '2: instructions and data have a port each; 1: one port, round robin on conflict',
    source: `${VECTORS} section 1`,
  },
  {
    name: 'instructionWait',
    type: { kind: 'integer', minimum: 0, maximum: 64 },
    default: SAFE33.instructionWait,
    unit: 'cycles',
    meaning: 'cycles that an instruction word comes later than the cycle after its request',
    source: `${VECTORS} section 5`,
  },
  {
    name: 'dataWait',
    type: { kind: 'integer', minimum: 0, maximum: 64 },
    default: SAFE33.dataWait,
    unit: 'cycles',
    meaning: 'cycles that a data response comes later than the cycle after its request',
    source: `${VECTORS} section 5`,
  },
  {
    name: 'multiplier',
    type: { kind: 'choice', values: ['fast', 'single-cycle'] },
    default: SAFE33.multiplier,
    meaning: 'fast: mul takes 3 cycles, mulh 4; single-cycle: 1 and 2',
    source: 'microsoft/cheriot-ibex ibexc_top, RV32M',
  },
  {
    name: 'instructionCache',
    type: { kind: 'switch' },
    default: SAFE33.instructionCache,
    meaning: '4 KiB instruction cache, 2 ways, 8-byte lines, 4 fill buffers; bit 0 of cpuctrl switches it on',
    source: 'microsoft/cheriot-ibex ibex_icache',
  },
  quirk('trapValueZero', 'mtval is 0 after an illegal instruction; off: the instruction word', 1),
  quirk('userMode', 'an mret with MPP=0 enters U-mode; off: CHERIoT has no other mode than M', 2),
  quirk('addressCsrs', 'mtvec and mepc are CSRs that read the addresses of MTCC and MEPCC; off: they do not exist', 3),
  quirk(
    'counterWrites',
    'without SR all of 0xB00 to 0xB9F may be read, and a write there is dropped; off: the write faults and only mcycle and minstret are readable',
    4,
  ),
  {
    name: 'faultsRetire',
    type: { kind: 'switch' },
    default: true,
    meaning: 'minstret counts a cjalr or cspecialrw that faults',
    source: 'microsoft/cheriot-ibex ibex_wb_stage, perf_instr_ret_wb_o: only errors of loads and stores do not count',
  },
  {
    name: 'countsAhead',
    type: { kind: 'switch' },
    default: true,
    meaning:
      'minstret reads one more than it should when no instruction is in write-back (behind a jump, a trap, a wait)',
    source:
      'microsoft/cheriot-ibex ibex_cs_registers, mhpmcounter[2]: instr_ret_spec_i is not gated by a valid instruction',
  },
  quirk('markPerTransfer', 'MSHWM is compared with the address of every bus transfer; off: of every store', 7),
];

function quirk(name: string, meaning: string, fact: number): Parameter {
  return {
    name,
    type: { kind: 'switch' },
    default: true,
    meaning,
    source: `${VECTORS} section 3, CHERIoT-Ibex fact ${fact}`,
  };
}

/** The parameters as the engine reads them; units and meanings as in `PARAMETERS`. */
export interface CoreConfig extends TimingConfig {
  readonly dataBusBits: 33 | 65;
  readonly loadFilter: boolean;
  readonly memoryPorts: 1 | 2;
  readonly instructionWait: number;
  readonly dataWait: number;
  readonly multiplier: 'fast' | 'single-cycle';
  readonly instructionCache: boolean;
  readonly trapValueZero: boolean;
  readonly userMode: boolean;
  readonly addressCsrs: boolean;
  readonly counterWrites: boolean;
  readonly faultsRetire: boolean;
  readonly countsAhead: boolean;
  readonly markPerTransfer: boolean;
}

/**
 * Turns parameter values into a configuration; what is missing has its default.
 * @throws RangeError for a name that is no parameter, a value of the wrong type or out of its range, or a preset together
 *   with another value of something it fixes.
 */
export function coreConfig(values: ParameterValues): CoreConfig {
  const complete = completeParameters('cheri', PARAMETERS, values);
  const preset = PRESETS[String(complete.preset)];
  if (preset === undefined) return complete as unknown as CoreConfig;
  for (const [name, fixed] of Object.entries(preset)) {
    const value = complete[name];
    if (value !== SAFE33[name as keyof typeof SAFE33] && value !== fixed) {
      throw new RangeError(
        `cheri.preset=${String(complete.preset)} fixes ${name} to ${String(fixed)}; leave cheri.${name} or the preset out`,
      );
    }
  }
  return { ...complete, ...preset } as unknown as CoreConfig;
}
