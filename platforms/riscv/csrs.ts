/**
 * Control and status registers of the RISC-V Privileged Architecture 20211203, section 2.2 (tables 2.2 to 2.7), and of the
 * debug specification 0.13.2 (section 4.8, 5.2). A core's own CSRs are written by number.
 */

/** `name0`, `name1`... with consecutive numbers from `base`. */
function series(prefix: string, first: number, last: number, base: number, suffix = ''): [string, number][] {
  return Array.from({ length: last - first + 1 }, (_, i) => [`${prefix}${first + i}${suffix}`, base + i]);
}

/** Numbers of the CSRs that have a name of their own. */
export const CSR = {
  // Unprivileged counters
  cycle: 0xc00,
  time: 0xc01,
  instret: 0xc02,
  cycleh: 0xc80,
  timeh: 0xc81,
  instreth: 0xc82,

  // Supervisor
  sstatus: 0x100,
  sie: 0x104,
  stvec: 0x105,
  scounteren: 0x106,
  senvcfg: 0x10a,
  sscratch: 0x140,
  sepc: 0x141,
  scause: 0x142,
  stval: 0x143,
  sip: 0x144,
  satp: 0x180,
  scontext: 0x5a8,

  // Machine information
  mvendorid: 0xf11,
  marchid: 0xf12,
  mimpid: 0xf13,
  mhartid: 0xf14,
  mconfigptr: 0xf15,

  // Machine trap setup and handling
  mstatus: 0x300,
  misa: 0x301,
  medeleg: 0x302,
  mideleg: 0x303,
  mie: 0x304,
  mtvec: 0x305,
  mcounteren: 0x306,
  mstatush: 0x310,
  mscratch: 0x340,
  mepc: 0x341,
  mcause: 0x342,
  mtval: 0x343,
  mip: 0x344,
  mtinst: 0x34a,
  mtval2: 0x34b,
  menvcfg: 0x30a,
  menvcfgh: 0x31a,
  mseccfg: 0x747,
  mseccfgh: 0x757,

  // Machine memory protection

  // Machine counters
  mcycle: 0xb00,
  minstret: 0xb02,
  mcycleh: 0xb80,
  minstreth: 0xb82,
  mcountinhibit: 0x320,

  // Debug and trace
  tselect: 0x7a0,
  tdata1: 0x7a1,
  tdata2: 0x7a2,
  tdata3: 0x7a3,
  tinfo: 0x7a4,
  tcontrol: 0x7a5,
  mcontext: 0x7a8,
  dcsr: 0x7b0,
  dpc: 0x7b1,
  dscratch0: 0x7b2,
  dscratch1: 0x7b3,
} as const;

/** Numbers of all CSRs by name. */
export const CSRS: ReadonlyMap<string, number> = new Map<string, number>([
  ...Object.entries(CSR),
  ...series('hpmcounter', 3, 31, 0xc03),
  ...series('hpmcounter', 3, 31, 0xc83, 'h'),
  ...series('pmpcfg', 0, 15, 0x3a0),
  ...series('pmpaddr', 0, 63, 0x3b0),
  ...series('mhpmcounter', 3, 31, 0xb03),
  ...series('mhpmcounter', 3, 31, 0xb83, 'h'),
  ...series('mhpmevent', 3, 31, 0x323),
]);

/** Names of CSRs by number. */
export const CSR_NAMES: ReadonlyMap<number, string> = new Map([...CSRS].map(([name, number]) => [number, name]));
