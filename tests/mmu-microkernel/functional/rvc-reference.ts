/**
 * What a 16-bit instruction of RV32C does, written from tables 16.5 to 16.7 of the unprivileged ISA 20191213 bit by bit
 * and sharing nothing with the simulator or its instruction table.
 */

/** Memory and registers before the instruction. */
export interface RvcState {
  readonly pc: number;
  /** x0 to x31, unsigned. */
  readonly x: readonly number[];
  /** Word at an aligned address, unsigned. */
  word(address: number): number;
}

/** What it does. Registers not named stay; the program counter goes on by 2 unless there is a jump. */
export type RvcEffect =
  | { readonly kind: 'illegal' }
  | { readonly kind: 'breakpoint' }
  | { readonly kind: 'write'; readonly rd: number; readonly value: number }
  | { readonly kind: 'store'; readonly address: number; readonly value: number }
  | { readonly kind: 'jump'; readonly target: number; readonly link: boolean };

/** Bits `high` to `low` of the halfword. */
const field = (half: number, high: number, low: number): number => Math.floor(half / 2 ** low) % 2 ** (high - low + 1);

/**
 * An immediate: for each bit of the halfword from `high` downwards the number of the immediate bit it holds, as the tables
 * print them. `5 4:0` means bit 5, then bits 4 to 0.
 */
function scattered(half: number, high: number, places: readonly number[], signed: boolean): number {
  let value = 0;
  places.forEach((place, i) => (value += field(half, high - i, high - i) * 2 ** place));
  const top = Math.max(...places);
  return signed && Math.floor(value / 2 ** top) === 1 ? value - 2 ** (top + 1) : value;
}

/** As `scattered`, for immediates in two pieces: bits 12 and 6:2, or 12:10 and 6:5. */
const joined = (
  half: number,
  first: readonly [high: number, places: readonly number[]],
  second: readonly [high: number, places: readonly number[]],
  signed: boolean,
): number => {
  const raw = scattered(half, first[0], first[1], false) + scattered(half, second[0], second[1], false);
  const top = Math.max(...first[1], ...second[1]);
  return signed && Math.floor(raw / 2 ** top) === 1 ? raw - 2 ** (top + 1) : raw;
};

const wrap = (value: number): number => ((value % 2 ** 32) + 2 ** 32) % 2 ** 32;
const arithmetic = (value: number): number => (value >= 2 ** 31 ? value - 2 ** 32 : value);
const ILLEGAL: RvcEffect = { kind: 'illegal' };

/** The effect of a halfword whose bits 1:0 are not 11. */
export function rvcEffect(half: number, state: RvcState): RvcEffect {
  const { x, pc } = state;
  const quadrant = field(half, 1, 0);
  const funct3 = field(half, 15, 13);
  const write = (rd: number, value: number): RvcEffect => ({ kind: 'write', rd, value: wrap(value) });
  const jump = (target: number, link = false): RvcEffect => ({ kind: 'jump', target: wrap(target), link });
  const load = (rd: number, address: number): RvcEffect => write(rd, state.word(wrap(address)));
  const store = (address: number, value: number): RvcEffect => ({ kind: 'store', address: wrap(address), value });
  const shortHigh = 8 + field(half, 9, 7);
  const shortLow = 8 + field(half, 4, 2);
  const rd = field(half, 11, 7);
  const rs2 = field(half, 6, 2);
  const six = joined(half, [12, [5]], [6, [4, 3, 2, 1, 0]], true);
  const jumpOffset = scattered(half, 12, [11, 4, 9, 8, 10, 6, 7, 3, 2, 1, 5], true);
  const wordOffset = joined(half, [12, [5, 4, 3]], [6, [2, 6]], false);

  if (quadrant === 0) {
    if (funct3 === 0) {
      const offset = scattered(half, 12, [5, 4, 9, 8, 7, 6, 2, 3], false);
      return offset === 0 ? ILLEGAL : write(shortLow, x[2] + offset);
    }
    if (funct3 === 2) return load(shortLow, x[shortHigh] + wordOffset);
    if (funct3 === 6) return store(x[shortHigh] + wordOffset, x[shortLow]);
    return ILLEGAL;
  }
  if (quadrant === 1) {
    switch (funct3) {
      case 0:
        return write(rd, x[rd] + six);
      case 1:
        return jump(pc + jumpOffset, true);
      case 2:
        return write(rd, six);
      case 3: {
        const offset = joined(half, [12, [9]], [6, [4, 6, 8, 7, 5]], true);
        if (rd === 2) return offset === 0 ? ILLEGAL : write(2, x[2] + offset);
        return six === 0 ? ILLEGAL : write(rd, six * 4096);
      }
      case 4: {
        const a = x[shortHigh];
        const kind = field(half, 11, 10);
        const shift = field(half, 6, 2);
        if (kind < 2 && field(half, 12, 12) === 1) return ILLEGAL;
        if (kind === 0) return write(shortHigh, Math.floor(a / 2 ** shift));
        if (kind === 1) return write(shortHigh, Math.floor(arithmetic(a) / 2 ** shift));
        if (kind === 2) return write(shortHigh, Number(BigInt(a) & BigInt(wrap(six))));
        if (field(half, 12, 12) === 1) return ILLEGAL;
        const b = x[shortLow];
        const [bigA, bigB] = [BigInt(a), BigInt(b)];
        const logic = [BigInt(wrap(a - b)), bigA ^ bigB, bigA | bigB, bigA & bigB];
        return write(shortHigh, Number(logic[field(half, 6, 5)]));
      }
      case 5:
        return jump(pc + jumpOffset);
      default: {
        const offset = joined(half, [12, [8, 4, 3]], [6, [7, 6, 2, 1, 5]], true);
        const taken = (x[shortHigh] === 0) === (funct3 === 6);
        return jump(taken ? pc + offset : pc + 2);
      }
    }
  }
  switch (funct3) {
    case 0:
      return field(half, 12, 12) === 1 ? ILLEGAL : write(rd, x[rd] * 2 ** field(half, 6, 2));
    case 2:
      return rd === 0 ? ILLEGAL : load(rd, x[2] + joined(half, [12, [5]], [6, [4, 3, 2, 7, 6]], false));
    case 4:
      if (field(half, 12, 12) === 0) {
        if (rs2 !== 0) return write(rd, x[rs2]);
        return rd === 0 ? ILLEGAL : jump(x[rd] - (x[rd] % 2));
      }
      if (rs2 !== 0) return write(rd, x[rd] + x[rs2]);
      return rd === 0 ? { kind: 'breakpoint' } : jump(x[rd] - (x[rd] % 2), true);
    case 6:
      return store(x[2] + scattered(half, 12, [5, 4, 3, 2, 7, 6], false), x[rs2]);
    default:
      return ILLEGAL;
  }
}
