import type { Transfer } from '../language/operations.js';
import type { FunctionBuilder, Reference, Word } from '../language/index.js';
import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { sumOf, upTo } from '../common/words.js';
import { type Workload, workload } from '../workload.js';

const BYTES = {
  kind: 'integer',
  minimum: 16,
  maximum: 65536,
  default: 4096,
  unit: 'bytes',
  meaning: 'size of the payload; whole words of it are used',
} as const;

const TOUCH = {
  kind: 'choice',
  values: ['none', 'header', 'all'],
  default: 'all',
  meaning: 'what the consumer reads: nothing, the first 16 bytes, everything',
} as const;

const REUSE = {
  kind: 'choice',
  values: ['yes', 'no'],
  default: 'yes',
  meaning: 'whether every round hands over the same memory or another piece',
} as const;

const POINTS = [
  { bytes: 16 },
  { bytes: 256 },
  { bytes: 1024 },
  { bytes: 16384 },
  { bytes: 65536 },
  { touch: 'none' },
  { touch: 'header' },
  { reuse: 'no' },
  BEST_CASE,
] as const;

/** Words of a payload that a consumer reads. */
const touched = (touch: (typeof TOUCH.values)[number], words: number): number =>
  ({ none: 0, header: 4, all: words })[touch];

/** Sum of the first words of the bytes. */
function sumWords(f: FunctionBuilder, data: Reference, words: number): Word {
  const total = f.word('total', 0);
  f.repeat(words, (i) => f.set(total, total.add(f.loadWord(data, i.shiftLeft(2)))));
  return total;
}

/** Stores i + round to word i. */
const fill = (f: FunctionBuilder, data: Reference, words: number, round: Word): void =>
  f.repeat(words, (i) => f.storeWord(data, i.add(round), i.shiftLeft(2)));

/** Sum of the first `words` words that `fill` stores. */
const filled = (words: number, round: number): number => sumOf(upTo(words).map((i) => i + round));

const TITLES = {
  copy: 'bytes copied to a service',
  borrow: 'bytes lent to a service for reading',
  'mutable-borrow': 'bytes lent to a service for reading and writing',
} as const;

/** Bytes that a service of another domain reads until it answers (IPC-4, IPC-5). */
function answered(transfer: Exclude<Transfer, 'move'>): Workload {
  return workload({
    id: `ipc.payload.${transfer}`,
    title: TITLES[transfer],
    purpose: 'what bytes cost on their way to another domain, by their number, and how many more become reachable',
    parameters: { rounds: ROUNDS, bytes: BYTES, touch: TOUCH, reuse: REUSE, state: STATE },
    points: POINTS,
    system(s, { rounds, bytes, touch, reuse, state }) {
      const producer = s.domain('producer');
      const consumer = s.domain('consumer');
      const words = Math.floor(bytes / 4);
      const size = 4 * words;
      const read = touched(touch, words);
      const pieces = upTo(reuse === 'yes' ? 1 : rounds);
      const blocks = pieces.map((k) => s.buffer(`block${k}`, { domain: producer, bytes: size, passed: true }));
      const table = s.buffer('table', { domain: producer, bytes: 8 * pieces.length });
      const consume = s.service('consume', { domain: consumer, transfer, mostBytes: size }, (f, _, data) => {
        f.mark('given');
        const total = sumWords(f, data, read);
        f.mark('read');
        f.return(total);
      });
      const pollute = pollution(s, state);
      s.thread('writer', { domain: producer, endsRun: true }, (f) => {
        blocks.forEach((block, k) => f.storeReference(f.buffer(table), f.buffer(block), 8 * k));
        f.repeat(rounds, (round) => {
          const data = f.loadReference(f.buffer(table), reuse === 'yes' ? 0 : round.shiftLeft(3));
          fill(f, data, words, round);
          pollute(f);
          f.mark('written');
          const total = f.callService(consume, [], { reference: data, bytes: size });
          f.mark('returned');
          f.report(total);
        });
      });
      const path = transfer === 'copy' ? 'copy' : 'borrow';
      s.span('given', {
        from: 'written',
        to: 'given',
        trip: 'one-way',
        path,
        meaning: "from the request to the consumer's first instruction",
      });
      s.span('handed', {
        from: 'written',
        to: 'read',
        trip: 'one-way',
        path,
        meaning: 'from written by the producer to read by the consumer',
      });
      s.span('back', {
        from: 'read',
        to: 'returned',
        trip: 'one-way',
        path,
        meaning: 'until the producer goes on and has its memory for itself',
      });
      s.span('round', { from: 'written', to: 'returned', trip: 'round-trip', path, meaning: 'there and back' });
      s.expect({ reports: upTo(rounds).map((round) => filled(read, round)) });
      s.excludes('writing the bytes; connecting to the service');
    },
  });
}

export const payloadByCopy = answered('copy');
export const payloadByBorrow = answered('borrow');
export const payloadByMutableBorrow = answered('mutable-borrow');

/** Bytes that leave for good (IPC-5). */
export const payloadByMove = workload({
  id: 'ipc.payload.move',
  title: 'bytes given to a service for good',
  purpose: 'what it costs to hand memory over with its bytes: the producer has it no more, the consumer frees it',
  parameters: { rounds: ROUNDS, bytes: BYTES, touch: TOUCH, state: STATE },
  points: POINTS.filter((point) => !('reuse' in point)),
  system(s, { rounds, bytes, touch, state }) {
    const producer = s.domain('producer');
    const consumer = s.domain('consumer');
    const words = Math.floor(bytes / 4);
    const size = 4 * words;
    const read = touched(touch, words);
    const seen = s.buffer('seen', { domain: consumer, bytes: 8 });
    const [SUM, PIECES] = [0, 4];
    const take = s.service(
      'take',
      { domain: consumer, transfer: 'move', mostBytes: size, answers: false },
      (f, _, data) => {
        f.mark('given');
        const total = sumWords(f, data, read);
        f.mark('read');
        const state = f.buffer(seen);
        f.storeWord(state, f.loadWord(state, SUM).add(total), SUM);
        f.free(data, size);
        f.storeWord(state, f.loadWord(state, PIECES).add(1), PIECES);
      },
    );
    const ask = s.service('ask', { domain: consumer, words: 1 }, (f, [at]) => f.return(f.loadWord(f.buffer(seen), at)));
    const pollute = pollution(s, state);
    s.thread('writer', { domain: producer, endsRun: true }, (f) => {
      f.repeat(rounds, (round) => {
        const data = f.allocate(size);
        fill(f, data, words, round);
        pollute(f);
        f.mark('written');
        f.send(take, [], { reference: data, bytes: size });
        f.mark('sent');
        const pieces = f.word('pieces', 0);
        f.while(
          () => pieces.atMost(round),
          () => {
            f.yield();
            f.set(pieces, f.callService(ask, [PIECES]));
          },
        );
      });
      f.report(f.callService(ask, [SUM]));
    });
    s.span('sender', {
      from: 'written',
      to: 'sent',
      trip: 'round-trip',
      path: 'move',
      meaning: 'until the producer goes on, without the memory',
    });
    s.span('handed', {
      from: 'written',
      to: 'read',
      trip: 'one-way',
      path: 'move',
      meaning: 'from written by the producer to read by the consumer; the producer yields after sending',
    });
    s.expect({ reports: [sumOf(upTo(rounds).map((round) => filled(read, round)))] });
    s.excludes('allocating, writing and freeing; asking whether the bytes have come');
  },
});
