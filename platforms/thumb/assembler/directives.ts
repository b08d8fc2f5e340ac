import type { Cursor } from '../../assembler/cursor.js';
import type { Host } from '../../assembler/isa.js';
import { Mistake } from '../../assembler/problems.js';
import type { Feature } from '../instruction.js';
import { PROFILES } from '../table.js';
import type { Architecture } from '../table.js';
import { wordBytes } from './fragments.js';
import type { LiteralPools } from './pool.js';

/** What directives change for the instructions after them. */
export interface Settings {
  architecture: Architecture;
  features: ReadonlySet<Feature>;
  /** `.thumb_func`: the next label is a function. */
  nextIsFunction: boolean;
}

/** What directives work on. */
export interface Surroundings {
  readonly host: Host;
  readonly pools: LiteralPools;
  readonly settings: Settings;
}

/** Architectures of cores, as `.cpu` names them. */
const CPUS: ReadonlyMap<string, Architecture> = new Map([
  ['cortex-m0', 'armv6-m'],
  ['cortex-m0plus', 'armv6-m'],
  ['cortex-m1', 'armv6-m'],
  ['cortex-m3', 'armv7-m'],
  ['cortex-m4', 'armv7e-m'],
  ['cortex-m7', 'armv7e-m'],
  ['cortex-m33', 'armv8-m.main+dsp'],
  ['cortex-m35p', 'armv8-m.main+dsp'],
]);

const isArchitecture = (name: string): name is Architecture => Object.hasOwn(PROFILES, name);

/** Directives that change no byte: attributes and unwind tables. */
const IGNORED = new Set([
  '.thumb',
  '.fpu',
  '.eabi_attribute',
  '.fnstart',
  '.fnend',
  '.cantunwind',
  '.save',
  '.setfp',
  '.pad',
  '.personality',
  '.handlerdata',
  '.force_thumb',
  '.arch_extension',
]);

/** Obeys a directive of Arm. False if it is none. */
export function directive(name: string, operands: Cursor, around: Surroundings): boolean {
  if (IGNORED.has(name)) {
    operands.skip();
    return true;
  }
  const { settings, host } = around;
  switch (name) {
    case '.syntax':
      if (operands.name('syntax') !== 'unified') throw new Mistake('only unified syntax is known: .syntax unified');
      return true;
    case '.thumb_func':
      operands.skip();
      settings.nextIsFunction = true;
      return true;
    case '.ltorg':
    case '.pool':
      around.pools.place();
      return true;
    case '.arch':
      setArchitecture(settings, operands.rest().trim().toLowerCase());
      operands.skip();
      return true;
    case '.cpu': {
      const cpu = operands.rest().trim().toLowerCase();
      const architecture = CPUS.get(cpu);
      if (architecture === undefined) throw new Mistake(`.cpu ${cpu} is not known: ${[...CPUS.keys()].join(', ')}`);
      setArchitecture(settings, architecture);
      operands.skip();
      return true;
    }
    case '.code':
      if (Number(host.constant(operands.expression())) !== 16)
        throw new Mistake('these cores have no Arm code: .code 16');
      return true;
    case '.arm':
      throw new Mistake('these cores have no Arm code: .thumb');
    case '.even':
      host.align(2);
      return true;
    case '.inst':
    case '.inst.n':
    case '.inst.w':
      instructions(name, operands, host);
      return true;
    default:
      return false;
  }
}

function setArchitecture(settings: Settings, name: string): void {
  if (!isArchitecture(name)) throw new Mistake(`.arch ${name} is not known: ${Object.keys(PROFILES).join(', ')}`);
  settings.architecture = name;
  settings.features = new Set(PROFILES[name]);
}

/** `.inst`: instructions by their words; without a suffix, a word above 0xe7ff has 32 bits. */
function instructions(name: string, operands: Cursor, host: Host): void {
  do {
    const value = host.constant(operands.expression());
    if (value === undefined) throw new Mistake(`${name} needs a number that is known here`);
    const word = Number(BigInt.asUintN(32, value));
    const length = name === '.inst.n' || (name === '.inst' && word < 0xe800) ? 2 : 4;
    if (value !== BigInt(word) || (length === 2 && word > 0xffff)) {
      throw new Mistake(`${name} 0x${value.toString(16)} has more than ${length * 8} bits`);
    }
    host.bytes(wordBytes(word, length));
  } while (operands.accept(','));
}
