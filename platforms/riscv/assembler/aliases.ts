/**
 * Pseudo-instructions that are one instruction with other operands (RISC-V Unprivileged ISA 20191213, chapter 25, tables
 * 25.2 and 25.3; RISC-V Assembly Programmer's Manual; GNU as for the forms these leave out).
 *
 * A row is "mnemonic operands = instruction operands". Operands on the left: `d` `s` `t` registers, `i` a number, `p` a
 * target, `m` a memory operand, `c` a CSR, or the register written. A mark at the end says how GNU as compresses the result:
 * nothing = to any 16-bit form, `!` = never, `+` = only to a form of c.addi, also with immediate 0.
 */
const ROWS = `
nop = addi zero,zero,0
mv d,zero = addi d,zero,0 !
mv d,s = addi d,s,0
move d,zero = addi d,zero,0 !
move d,s = addi d,s,0
not d,s = xori d,s,-1
neg d,s = sub d,zero,s
seqz d,s = sltiu d,s,1
snez d,s = sltu d,zero,s
sltz d,s = slt d,s,zero
sgtz d,s = slt d,zero,s
sgt d,s,t = slt d,t,s
sgtu d,s,t = sltu d,t,s
zext.b d,s = andi d,s,255

add d,s,i = addi d,s,i +
and d,s,i = andi d,s,i
or d,s,i = ori d,s,i
xor d,s,i = xori d,s,i
sll d,s,i = slli d,s,i
srl d,s,i = srli d,s,i
sra d,s,i = srai d,s,i
slt d,s,i = slti d,s,i
sltu d,s,i = sltiu d,s,i

beqz s,p = beq s,zero,p
bnez s,p = bne s,zero,p
blez s,p = bge zero,s,p
bgez s,p = bge s,zero,p
bltz s,p = blt s,zero,p
bgtz s,p = blt zero,s,p
bgt s,t,p = blt t,s,p
ble s,t,p = bge t,s,p
bgtu s,t,p = bltu t,s,p
bleu s,t,p = bgeu t,s,p

j p = jal zero,p
jal p = jal ra,p !
jal d,p = jal d,p !
jr s = jalr zero,0(s)
jr m = jalr zero,m !
jr s,i = jalr zero,i(s) !
jalr s = jalr ra,0(s)
jalr m = jalr ra,m !
jalr s,i = jalr ra,i(s) !
jalr d,s = jalr d,0(s) !
jalr d,m = jalr d,m !
jalr d,s,i = jalr d,i(s) !
ret = jalr zero,0(ra)

fence = fence iorw,iorw
sfence.vma = sfence.vma zero,zero
sfence.vma s = sfence.vma s,zero
dcache.flush = dcache.flush zero
scall = ecall
sbreak = ebreak

csrr d,c = csrrs d,c,zero
csrw c,s = csrrw zero,c,s
csrw c,i = csrrwi zero,c,i
csrwi c,i = csrrwi zero,c,i
csrs c,s = csrrs zero,c,s
csrs c,i = csrrsi zero,c,i
csrsi c,i = csrrsi zero,c,i
csrc c,s = csrrc zero,c,s
csrc c,i = csrrci zero,c,i
csrci c,i = csrrci zero,c,i
csrrw d,c,i = csrrwi d,c,i
csrrs d,c,i = csrrsi d,c,i
csrrc d,c,i = csrrci d,c,i
rdcycle d = csrrs d,cycle,zero
rdtime d = csrrs d,time,zero
rdinstret d = csrrs d,instret,zero
rdcycleh d = csrrs d,cycleh,zero
rdtimeh d = csrrs d,timeh,zero
rdinstreth d = csrrs d,instreth,zero
`;

/** How far the assembler may compress what a row gives. */
export type Compression = 'any' | 'never' | 'c.addi';

/** One pseudo-instruction. */
export interface Alias {
  readonly mnemonic: string;
  readonly operands: readonly string[];
  readonly target: string;
  readonly targetOperands: readonly string[];
  readonly compression: Compression;
}

function list(text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : text.split(',');
}

function readRow(row: string): Alias {
  const [left = '', right = ''] = row.split(' = ');
  const [mnemonic = '', operands] = left.split(' ');
  const words = right.split(' ');
  const mark = words.at(-1);
  const compression = mark === '!' ? 'never' : mark === '+' ? 'c.addi' : 'any';
  if (compression !== 'any') words.pop();
  return { mnemonic, operands: list(operands), target: words[0], targetOperands: list(words[1]), compression };
}

/** The pseudo-instructions that rows describe. Empty lines do not count. */
export const readRows = (rows: string): Alias[] =>
  rows
    .split('\n')
    .filter((row) => row !== '')
    .map(readRow);

/** Pseudo-instructions in the order in which their forms are tried. */
export const ALIASES: readonly Alias[] = readRows(ROWS);

/** Those of Zbb and Zbs. */
export const BITMANIP_ALIASES: readonly Alias[] = readRows(`
ror d,s,i = rori d,s,i
bclr d,s,i = bclri d,s,i
bext d,s,i = bexti d,s,i
binv d,s,i = binvi d,s,i
bset d,s,i = bseti d,s,i
`);

/** Pseudo-instructions by mnemonic. */
export function byMnemonic(aliases: readonly Alias[]): ReadonlyMap<string, readonly Alias[]> {
  const result = new Map<string, Alias[]>();
  for (const alias of aliases) result.set(alias.mnemonic, [...(result.get(alias.mnemonic) ?? []), alias]);
  return result;
}
