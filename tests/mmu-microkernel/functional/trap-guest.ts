import type { Machine } from '../../../platforms/machine/machine.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { CODE, hexOf, MMIO, type Program, run, type Run } from './guest.js';
import { PageTables, RWX, U } from './page-table.js';

/** Privilege modes as `mstatus.MPP` encodes them. */
export const MODES = { U: 0, S: 1, M: 3 } as const;
export type Mode = keyof typeof MODES;

/** What a trap handler found. Which handler it was is the mode it ran in. */
export interface TrapRecord {
  readonly handler: Mode;
  readonly cause: number;
  readonly epc: number;
  readonly value: number;
  /** mstatus or sstatus after the trap. */
  readonly status: number;
}

/** How the body of a trap test runs. */
export interface BodyOptions {
  readonly mode: Mode;
  readonly medeleg?: number;
  readonly mideleg?: number;
  /** Bits of mstatus besides MPP when the body begins (MPIE becomes MIE). */
  readonly status?: number;
  /** Sv32 on, with the code mapped for the mode; `map` adds to the tables. */
  readonly translated?: boolean;
  readonly map?: (tables: PageTables) => void;
  readonly parameters?: ParameterValues;
  readonly prepare?: (machine: Machine, guest: Program) => void;
  readonly sections?: Readonly<Record<string, number>>;
  /** Code of handlers and boot that runs in M-mode before the body. */
  readonly boot?: string;
}

/** With translation, S-mode sees the code at this distance; the body runs where it lies. */
const ALIAS = 0x40000000;
/** U-mode sees the test device here. */
export const USER_MMIO = MMIO + 0x01000000;

const record = (letter: string, mode: number): string => `
  .balign 4
  ${letter}_handler:
    li t6, ${mode}
    out t6
    outcsr ${letter}cause
    outcsr ${letter}epc
    outcsr ${letter}tval
    outcsr ${letter}status
    exit`;

/** Boots into `mode` and runs `body`; a trap is recorded and ends the run, and so does the body's end. */
export function runBody(body: string, options: BodyOptions): Run {
  const { mode, medeleg = 0, mideleg = 0, status = 0, translated = false, parameters = {}, boot = '' } = options;
  const source = `
    .option norvc
    _start:
      la t0, m_handler
      csrw mtvec, t0
      la t0, s_handler
      ${translated ? `li t1, ${ALIAS}\n add t0, t0, t1` : ''}
      csrw stvec, t0
      li t0, ${medeleg}
      csrw medeleg, t0
      li t0, ${mideleg}
      csrw mideleg, t0
      li t0, ${(MODES[mode] << 11) | status}
      csrw mstatus, t0
      la t0, body
      csrw mepc, t0
      ${boot}
      li t0, 0
      li t6, 0
      mret
    ${record('m', 3)}
    ${record('s', 1)}
    .balign 4
    body:
    ${body}
    .option norvc
      exit
  `;
  return run(source, {
    parameters,
    sections: options.sections ?? {},
    prepare: (machine, guest) => {
      if (translated) {
        const tables = new PageTables(machine);
        const user = mode === 'U' ? U : 0;
        tables.superpage(CODE, CODE, RWX | user).superpage(CODE + ALIAS, CODE, RWX);
        tables.superpage(MMIO, MMIO, RWX).superpage(USER_MMIO, MMIO, RWX | U);
        options.map?.(tables);
        machine.setRegister('satp', tables.satp());
      }
      options.prepare?.(machine, guest);
    },
  });
}

/** The one trap that a body takes, or undefined if it comes to its end. */
export function trapOf(body: string, options: BodyOptions): { trap: TrapRecord | undefined; guest: Program } {
  const { outputs, guest, stop } = runBody(body, options);
  if (stop.kind !== 'exit') throw new Error(`the run ended with ${JSON.stringify(stop)}`);
  if (outputs.length === 0) return { trap: undefined, guest };
  if (outputs.length !== 5) throw new Error(`outputs ${hexOf(outputs).join(' ')} are no trap record`);
  const [handler, cause, epc, value, status] = outputs;
  return { trap: { handler: handler === 3 ? 'M' : 'S', cause, epc, value, status }, guest };
}
