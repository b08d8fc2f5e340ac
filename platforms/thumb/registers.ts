/** Names of the core registers, by number, as objdump prints them. */
export const REGISTER_NAMES: readonly string[] = [
  ...Array.from({ length: 10 }, (_, i) => `r${i}`),
  'sl',
  'fp',
  'ip',
  'sp',
  'lr',
  'pc',
];

/** Numbers of register names: also those of the procedure call standard (AAPCS 2020Q2, 6.1.1), as GNU as knows them. */
export const REGISTERS: ReadonlyMap<string, number> = new Map([
  ...Array.from({ length: 16 }, (_, i) => [`r${i}`, i] as const),
  ...Array.from({ length: 4 }, (_, i) => [`a${i + 1}`, i] as const),
  ...Array.from({ length: 8 }, (_, i) => [`v${i + 1}`, i + 4] as const),
  ['wr', 7],
  ['sb', 9],
  ['sl', 10],
  ['fp', 11],
  ['ip', 12],
  ['sp', 13],
  ['lr', 14],
  ['pc', 15],
]);

/** What a special register needs. */
export interface SpecialRegister {
  readonly number: number;
  /** Armv6-M has it; Armv7-M; Armv8-M Mainline; the Security Extension. */
  readonly from: 'v6-M' | 'v7-M' | 'v8-M' | 'Security';
}

const special = (number: number, from: SpecialRegister['from'] = 'v6-M'): SpecialRegister => ({ number, from });

/** SYSm of the special registers (DDI0403E B5.1.1; DDI0553B C2.4 MRS, the others). */
export const SPECIAL_REGISTERS: ReadonlyMap<string, SpecialRegister> = new Map([
  ['apsr', special(0)],
  ['iapsr', special(1)],
  ['eapsr', special(2)],
  ['xpsr', special(3)],
  ['ipsr', special(5)],
  ['epsr', special(6)],
  ['iepsr', special(7)],
  ['msp', special(8)],
  ['psp', special(9)],
  ['msplim', special(10, 'v8-M')],
  ['psplim', special(11, 'v8-M')],
  ['primask', special(16)],
  ['basepri', special(17, 'v7-M')],
  ['basepri_max', special(18, 'v7-M')],
  ['faultmask', special(19, 'v7-M')],
  ['control', special(20)],
  ['msp_ns', special(0x88, 'Security')],
  ['psp_ns', special(0x89, 'Security')],
  ['msplim_ns', special(0x8a, 'Security')],
  ['psplim_ns', special(0x8b, 'Security')],
  ['primask_ns', special(0x90, 'Security')],
  ['basepri_ns', special(0x91, 'Security')],
  ['faultmask_ns', special(0x93, 'Security')],
  ['control_ns', special(0x94, 'Security')],
  ['sp_ns', special(0x98, 'Security')],
]);

/** Name of a SYSm, undefined where none is allocated. */
export function specialName(number: number): string | undefined {
  for (const [name, register] of SPECIAL_REGISTERS) if (register.number === number) return name;
  return undefined;
}

/** Mask field of MSR to APSR by suffix (DDI0403E B5.2.3): 2 writes N, Z, C, V and Q, 1 writes GE. */
export const APSR_MASKS: ReadonlyMap<string, number> = new Map([
  ['_nzcvq', 2],
  ['_g', 1],
  ['_nzcvqg', 3],
]);

/** Options of DMB and DSB by number (DDI0403E A7.7.33 has only sy; the other names are those of the A profile). */
export const BARRIERS: ReadonlyMap<string, number> = new Map([
  ['sy', 15],
  ['st', 14],
  ['ish', 11],
  ['ishst', 10],
  ['un', 7],
  ['nsh', 7],
  ['unst', 6],
  ['nshst', 6],
  ['osh', 3],
  ['oshst', 2],
]);

/** Condition codes of an IT instruction and of a suffix, by number; `al` too, which a branch has not (DDI0403E A7.3). */
export const CONDITION_NAMES: readonly string[] = [
  'eq',
  'ne',
  'cs',
  'cc',
  'mi',
  'pl',
  'vs',
  'vc',
  'hi',
  'ls',
  'ge',
  'lt',
  'gt',
  'le',
  'al',
];

/** Numbers of condition names, with the second names of cs and cc. */
export const CONDITION_NUMBERS: ReadonlyMap<string, number> = new Map([
  ...CONDITION_NAMES.map((name, number) => [name, number] as const),
  ['hs', 2],
  ['lo', 3],
  ['ul', 3],
]);
