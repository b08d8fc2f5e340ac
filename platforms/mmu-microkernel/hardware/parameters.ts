import { completeParameters, type TimingConfig, timingParameters } from '../../parameters.js';
import type { Parameter, ParameterValues } from '../../platform.js';

const RTL = 'baochip-1x VexRiscv/GenCramSoC.scala';

/** Every parameter of the platform's hardware; the only home of their defaults. */
export const PARAMETERS: readonly Parameter[] = [
  ...timingParameters('the core as its RTL behaves', 'tests/vectors'),
  {
    name: 'memoryLatency',
    type: { kind: 'integer', minimum: 0, maximum: 64 },
    default: 4,
    unit: 'cycles',
    meaning:
      'L: the first read beat comes 1+L cycles after the address handshake, a write response 1+L after the last beat',
    source:
      'tests/vectors/README.md section 1; the value of the silicon is unknown (rtl-cycles: NIC-400 and SRAM wait states)',
  },
  {
    name: 'crossbar',
    type: { kind: 'switch' },
    default: true,
    meaning: "data side behind the SoC's 1x3 AXI crossbar",
    source: 'baochip-1x rtl/modules/vexriscv/rtl/cram_axi.sv',
  },
  {
    name: 'instructionCacheBytes',
    type: { kind: 'integer', minimum: 1024, maximum: 65536, powerOfTwo: true },
    default: 16384,
    unit: 'bytes',
    meaning: 'size of the instruction cache (32-byte lines); other values are hypothetical',
    source: RTL,
  },
  {
    name: 'instructionCacheWays',
    type: { kind: 'integer', minimum: 1, maximum: 8, powerOfTwo: true },
    default: 4,
    unit: 'ways',
    meaning: 'ways of the instruction cache; other values are hypothetical',
    source: RTL,
  },
  {
    name: 'dataCacheBytes',
    type: { kind: 'integer', minimum: 1024, maximum: 65536, powerOfTwo: true },
    default: 16384,
    unit: 'bytes',
    meaning: 'size of the data cache (32-byte lines); other values are hypothetical',
    source: RTL,
  },
  {
    name: 'dataCacheWays',
    type: { kind: 'integer', minimum: 1, maximum: 8, powerOfTwo: true },
    default: 4,
    unit: 'ways',
    meaning: 'ways of the data cache; other values are hypothetical',
    source: RTL,
  },
  {
    name: 'dataCacheWriteBack',
    type: { kind: 'switch' },
    default: false,
    meaning: 'write-back data cache with allocation on store miss, instead of write-through without',
    source: 'no shipped VexRiscv has it',
    hypothetical: true,
  },
  {
    name: 'instructionTlbEntries',
    type: { kind: 'integer', minimum: 4, maximum: 64 },
    default: 8,
    unit: 'entries',
    meaning: 'entries of the instruction TLB (fully associative, round-robin); values other than 8 are hypothetical',
    source: RTL,
  },
  {
    name: 'dataTlbEntries',
    type: { kind: 'integer', minimum: 4, maximum: 64 },
    default: 8,
    unit: 'entries',
    meaning: 'entries of the data TLB (fully associative, round-robin); values other than 8 are hypothetical',
    source: RTL,
  },
  {
    name: 'asid',
    type: { kind: 'switch' },
    default: false,
    meaning:
      'TLB entries tagged with the ASID, G honoured: a satp write flushes nothing, sfence.vma flushes by its operands',
    source: 'privileged ISA 4.2.1 and 4.3; the core stores the ASID and ignores it (mmu-xous section 1.3)',
    hypothetical: true,
  },
  quirk('ignoreAccessedDirty', 'PTE bits A and D are ignored; off: a leaf with A=0, or a store with D=0, faults', 1),
  quirk('supervisorFetchesUser', 'S-mode may fetch from U pages while SUM=1; off: it never may', 2),
  quirk('unprivilegedFence', 'U-mode executes sfence.vma; off: illegal instruction', 3),
  quirk(
    'trapValueOfCalls',
    'xtval holds the instruction word after ecall and ebreak; off: 0 and the address of ebreak',
    4,
  ),
  quirk('breakpointNotDelegated', 'medeleg bit 3 is hard-wired to 0', 5),
  quirk('epcKeepsLowBits', 'mepc and sepc keep bits 1:0 as written; off: bit 0 reads 0', 7),
  quirk(
    'countersEverywhere',
    'cycle and instret are readable from every mode, there is no time and no counter-enable',
    9,
  ),
  {
    name: 'readOnlyWritesIgnored',
    type: { kind: 'switch' },
    default: true,
    meaning: 'a write to a read-only CSR by an instruction that also reads it is ignored; off: illegal instruction',
    source: 'VexRiscv_CramSoC.v, execute_CsrPlugin_illegalAccess',
  },
  {
    name: 'mprvIgnoresUser',
    type: { kind: 'switch' },
    default: true,
    meaning: 'accesses of M-mode with MPRV=1 are translated but not checked against U; off: checked as MPP would be',
    source: 'VexRiscv_CramSoC.v, MmuPlugin_ports_0: the U test looks at the current privilege',
  },
  {
    name: 'fetchFaultAtWord',
    type: { kind: 'switch' },
    default: true,
    meaning: 'xtval of a fetch fault is the address of the 32-bit fetch word; off: of the faulting halfword',
    source: 'VexRiscv IBusCachedPlugin, decodeExceptionPort.badAddr',
  },
  {
    name: 'endlessWalk',
    type: { kind: 'switch' },
    default: false,
    meaning: 'a valid non-leaf PTE at level 0 hangs the core as in the RTL (outcome wedged); off: page fault',
    source: 'tests/vectors/README.md section 3, last paragraph',
  },
];

function quirk(name: string, meaning: string, fact: number): Parameter {
  return {
    name,
    type: { kind: 'switch' },
    default: true,
    meaning,
    source: `tests/vectors/README.md section 3, VexRiscv fact ${fact}`,
  };
}

/** The parameters as the engine reads them; units and meanings as in `PARAMETERS`. */
export interface CoreConfig extends TimingConfig {
  readonly memoryLatency: number;
  readonly crossbar: boolean;
  readonly instructionCacheBytes: number;
  readonly instructionCacheWays: number;
  readonly dataCacheBytes: number;
  readonly dataCacheWays: number;
  readonly dataCacheWriteBack: boolean;
  readonly instructionTlbEntries: number;
  readonly dataTlbEntries: number;
  readonly asid: boolean;
  readonly ignoreAccessedDirty: boolean;
  readonly supervisorFetchesUser: boolean;
  readonly unprivilegedFence: boolean;
  readonly trapValueOfCalls: boolean;
  readonly breakpointNotDelegated: boolean;
  readonly epcKeepsLowBits: boolean;
  readonly countersEverywhere: boolean;
  readonly readOnlyWritesIgnored: boolean;
  readonly mprvIgnoresUser: boolean;
  readonly fetchFaultAtWord: boolean;
  readonly endlessWalk: boolean;
}

/**
 * Turns parameter values into a configuration; what is missing has its default.
 * @throws RangeError for a name that is no parameter, a value of the wrong type or out of its range.
 */
export const coreConfig = (values: ParameterValues): CoreConfig =>
  completeParameters('mmu-microkernel', PARAMETERS, values) as unknown as CoreConfig;
