import { Mistake } from '../../assembler/problems.js';
import type { Fragment } from '../../assembler/section.js';
import { encode } from '../encode.js';
import type { Instruction } from '../instruction.js';
import { Op } from '../operations.js';
import { ALIASES, BITMANIP_ALIASES, readRows } from './aliases.js';
import type { Alias } from './aliases.js';
import type { Context } from './context.js';
import { capabilityHighPart, capabilityLowPart, wordBytes } from './emit.js';
import { instruction, li, shortUnimplemented, unimplemented } from './macros.js';
import type { MacroInstruction } from './macros.js';
import type { Operand } from './operands.js';

/**
 * Pseudo-instructions of CHERIoT's LLVM (CHERIoT-Platform/llvm-project, RISCVInstrInfoXCheri.td), older and newer names;
 * and the base ISA's names for what the table has under capability names. The rows are those of aliases.ts.
 *
 * LLVM compresses `cjal`, `cjalr` and `cjr` in every form that allows it; the plain names are compressed as GNU as does it.
 */
const ROWS = `
cj p = cjal zero,p
cjal p = cjal ra,p
cjr s = cjalr zero,0(s)
cjr m = cjalr zero,m
cjr s,i = cjalr zero,i(s)
cjalr s = cjalr ra,0(s)
cjalr m = cjalr ra,m
cjalr s,i = cjalr ra,i(s)
cjalr d,s = cjalr d,0(s)
cjalr d,s,i = cjalr d,i(s)
cret = cjalr zero,0(ra)

j p = cjal zero,p
jal p = cjal ra,p !
jal d,p = cjal d,p !
jr s = cjalr zero,0(s)
jr m = cjalr zero,m !
jr s,i = cjalr zero,i(s) !
jalr s = cjalr ra,0(s)
jalr m = cjalr ra,m !
jalr s,i = cjalr ra,i(s) !
jalr d,s = cjalr d,0(s) !
jalr d,m = cjalr d,m !
jalr d,s,i = cjalr d,i(s) !
ret = cjalr zero,0(ra)

lb d,m = clb d,m
lbu d,m = clbu d,m
lh d,m = clh d,m
lhu d,m = clhu d,m
lw d,m = clw d,m
lc d,m = clc d,m
sb t,m = csb t,m
sh t,m = csh t,m
sw t,m = csw t,m
sc t,m = csc t,m

auipc d,i = auipcc d,i
cincaddr d,s,t = cincoffset d,s,t
cincaddr d,s,i = cincoffset d,s,i
cincaddrimm d,s,i = cincoffset d,s,i
cincoffsetimm d,s,i = cincoffset d,s,i
csetboundsimm d,s,i = csetbounds d,s,i
csetequalexact d,s,t = cseqx d,s,t
croundrepresentablelength d,s = crrl d,s
crepresentablealignmentmask d,s = cram d,s
cspecialr d,c = cspecialrw d,c,zero
cspecialw c,s = cspecialrw zero,c,s

c.addi4spn d,s,i = c.cincoffset4cspn d,s,i
c.addi16sp d,i = c.cincoffset16csp d,i
c.lw d,m = c.clw d,m
c.sw t,m = c.csw t,m
c.lwsp d,m = c.clwcsp d,m
c.swsp t,m = c.cswcsp t,m
c.lc d,m = c.clc d,m
c.sc t,m = c.csc t,m
c.lcsp d,m = c.clccsp d,m
c.scsp t,m = c.csccsp t,m
c.jal p = c.cjal p
c.jr s = c.cjr s
c.jalr s = c.cjalr s
`;

/** Pseudo-instructions of CHERIoT alone. */
export const CHERIOT_OWN_ALIASES: readonly Alias[] = readRows(ROWS);

/** All of CHERIoT's, with those of the base ISA whose instructions CHERIoT has. */
export const CHERIOT_ALIASES: readonly Alias[] = [...ALIASES, ...BITMANIP_ALIASES, ...CHERIOT_OWN_ALIASES];

/** `auipcc` and an instruction that completes its address, 8 bytes in all. */
function pccRelative(context: Context, scratch: number, target: Operand, second: Instruction, rd: number): void {
  if (target.kind !== 'immediate' || target.immediate.modifier !== undefined) {
    throw new Mistake('the symbol alone belongs here');
  }
  const { expression } = target.immediate;
  const first = instruction(context, 'auipcc');
  const fragment: Fragment = {
    fixed: 8,
    size: () => 8,
    encode: (place) => {
      const distance = (Number(BigInt.asIntN(32, place.value(expression))) - place.address) | 0;
      const high = encode(first, { rd: scratch, rs1: 0, rs2: 0, imm: capabilityHighPart(distance) });
      const low = encode(second, { rd, rs1: scratch, rs2: 0, imm: capabilityLowPart(distance) });
      if (high === undefined || low === undefined) throw new Mistake(`target is ${distance} bytes away, out of range`);
      return [...wordBytes(high, 4), ...wordBytes(low, 4)];
    },
  };
  context.host.fragment(fragment);
}

/** `cllc cd, symbol`: the address of a symbol within PCC, as a capability. */
const loadCapability: MacroInstruction = (context, [rd, target, ...rest]) => {
  if (rd?.kind !== 'register' || target?.kind !== 'immediate' || rest.length > 0) return false;
  const add = context.operations.get(Op.CINCADDRIMM);
  if (add === undefined) return false;
  pccRelative(context, rd.register, target, add, rd.register);
  return true;
};

/** `ccall symbol` by way of cra, `ctail symbol` by way of ct1. */
const farJump =
  (link: number, scratch: number): MacroInstruction =>
  (context, [target, ...rest]) => {
    if (target?.kind !== 'immediate' || rest.length > 0) return false;
    pccRelative(context, scratch, target, instruction(context, 'cjalr'), link);
    return true;
  };

/** With c0 as its source the instruction writes nothing, which is never what `cspecialw` means. */
const writeSpecial: MacroInstruction = (_, [, source]) => {
  if (source?.kind === 'register' && source.register === 0) {
    throw new Mistake('cspecialw from cnull writes nothing: clear another register and write that');
  }
  return false;
};

const RA = 1;
const T1 = 6;

/** Macros of CHERIoT. Those of the base ISA that need `auipc` are left out. */
export const CHERIOT_MACROS: ReadonlyMap<string, MacroInstruction> = new Map<string, MacroInstruction>([
  ['li', li],
  ['unimp', unimplemented],
  ['c.unimp', shortUnimplemented],
  ['cllc', loadCapability],
  ['ccall', farJump(RA, RA)],
  ['ctail', farJump(0, T1)],
  ['cspecialw', writeSpecial],
]);
