import type { RegisterValue } from '../../machine/machine.js';
import { CONTROL_NPRIV, CONTROL_SPSEL, type Core } from './core.js';
import { itOfEpsr, XPSR_T } from './status.js';

interface Register {
  readonly read: (core: Core) => number;
  readonly write: (core: Core, value: number) => void;
}

const general = (index: number): Register => ({
  read: (core) => core.r[index],
  write: (core, value) => {
    core.r[index] = index === 13 ? value & ~3 : value;
  },
});

/** The registers as debuggers name them. A write is a debugger's: privileges are not asked for. */
const REGISTERS: ReadonlyMap<string, Register> = new Map([
  [
    'pc',
    {
      read: (core) => core.pc,
      write: (core, value) => {
        core.jumpTo(value);
        core.redirected = false;
      },
    },
  ],
  ...Array.from({ length: 13 }, (_, i): [string, Register] => [`r${i}`, general(i)]),
  ['sp', general(13)],
  ['lr', general(14)],
  [
    'xpsr',
    {
      read: (core) => core.xpsr,
      write: (core, value) => {
        core.setFlags(value);
        if (core.config.hasDsp) core.ge = (value >>> 16) & 15;
        core.thumb = (value & XPSR_T) !== 0;
        const it = itOfEpsr(value);
        core.it = core.config.system.architecture === 'v6m' || (it & 15) === 0 ? 0 : it;
        core.nvic.ipsr = value & 0x1ff;
      },
    },
  ],
  ['msp', { read: (core) => core.msp, write: (core, value) => (core.msp = value) }],
  ['psp', { read: (core) => core.psp, write: (core, value) => (core.psp = value) }],
  [
    'control',
    {
      read: (core) => core.control,
      write: (core, value) => core.setMode(core.handler, value & (CONTROL_NPRIV | CONTROL_SPSEL)),
    },
  ],
  ['primask', { read: (core) => core.nvic.primask, write: (core, value) => (core.nvic.primask = value & 1) }],
  ['basepri', { read: (core) => core.nvic.basepri, write: (core, value) => (core.nvic.basepri = value & 255) }],
  ['faultmask', { read: (core) => core.nvic.faultmask, write: (core, value) => (core.nvic.faultmask = value & 1) }],
  ['msplim', { read: (core) => core.msplim, write: (core, value) => (core.msplim = value & ~7) }],
  ['psplim', { read: (core) => core.psplim, write: (core, value) => (core.psplim = value & ~7) }],
]);

const BY_ARCHITECTURE: Readonly<Record<string, readonly string[]>> = {
  v6m: ['basepri', 'faultmask', 'msplim', 'psplim'],
  v7m: ['msplim', 'psplim'],
  v8m: [],
};

const exists = (core: Core, name: string): boolean => !BY_ARCHITECTURE[core.config.system.architecture].includes(name);

/** Every register of the core with its value, unsigned. */
export function listRegisters(core: Core): readonly RegisterValue[] {
  return [...REGISTERS]
    .filter(([name]) => exists(core, name))
    .map(([name, register]) => ({ name, value: register.read(core) >>> 0 }));
}

/** Sets a register. @returns false if the core has none of that name. */
export function setRegister(core: Core, name: string, value: number): boolean {
  const register = REGISTERS.get(name);
  if (register === undefined || !exists(core, name)) return false;
  register.write(core, value | 0);
  core.regimeChanged();
  return true;
}
