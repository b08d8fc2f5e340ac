import type { DomainHandle, FunctionBuilder, Reference, ServiceHandle, Word } from '../language/index.js';
import { ROUNDS } from '../common/parameters.js';
import { upTo } from '../common/words.js';
import { workload } from '../workload.js';

const KEY = 0x9e3779b9;
const HEADER_BYTES = 16;

/** The word that a packet's first words begin with; the rest counts up. */
const first = (packet: Word | number): Word | number => (typeof packet === 'number' ? packet + 100 : packet.add(100));

/** What the application sees of packet p: the sum of its deciphered words, or 0 if the stack drops it. */
function digest(packet: number, words: number): number {
  let sum = 0;
  for (let i = HEADER_BYTES / 4; i < words; i++) sum = (sum + (((first(packet) as number) + i) ^ KEY)) >>> 0;
  return sum;
}

/** Sum of the words from `from` on. */
function sumFrom(f: FunctionBuilder, data: Reference, from: number, words: number): Word {
  const sum = f.word('sum', 0);
  f.repeat(words - from, (i) => f.set(sum, sum.add(f.loadWord(data, i.add(from).shiftLeft(2)))));
  return sum;
}

/**
 * Packets from a receiver through a protocol stack and a cipher to an application (MAC-2). Each stage works on the packet where
 * it is and lends it to the next; stages of one domain call each other.
 */
export const pipeline = workload({
  id: 'application.pipeline',
  title: 'packets through receiver, protocol stack, cipher and application in one, two or four domains',
  purpose: 'cycles for a packet, by its size and by how many boundaries it has to cross',
  parameters: {
    rounds: { ...ROUNDS, meaning: 'packets' },
    bytes: { kind: 'integer', minimum: 64, maximum: 1500, default: 512, unit: 'bytes', meaning: 'size of a packet' },
    domains: {
      kind: 'choice',
      values: ['1', '2', '4'],
      default: '4',
      meaning: '1: all in one; 2: receiver and stack, cipher and application; 4: each on its own',
    },
  },
  points: [
    ...(['1', '2'] as const).map((domains) => ({ domains })),
    ...(['1', '2', '4'] as const).flatMap((domains) => [64, 1500].map((bytes) => ({ domains, bytes }))),
  ],
  system(s, { rounds, bytes, domains }) {
    const words = Math.floor(bytes / 4);
    const size = 4 * words;
    const made = upTo(Number(domains)).map((i) => s.domain(`domain${i}`));
    const home = (stage: number): DomainHandle => made[Math.floor((stage * made.length) / 4)];
    const [RX, STACK, CRYPTO, APP] = [0, 1, 2, 3];

    /** What a stage does with a packet; where it ends, the next stage is called. */
    type Stage = (f: FunctionBuilder, data: Reference) => Word;
    const app: Stage = (f, data) => {
      f.mark('delivered');
      return sumFrom(f, data, HEADER_BYTES / 4, words);
    };
    const crypto =
      (next: (f: FunctionBuilder, data: Reference) => Word): Stage =>
      (f, data) => {
        f.repeat(words - HEADER_BYTES / 4, (i) => {
          const at = i.add(HEADER_BYTES / 4).shiftLeft(2);
          f.storeWord(data, f.loadWord(data, at).xor(KEY), at);
        });
        return next(f, data);
      };
    const stack =
      (next: (f: FunctionBuilder, data: Reference) => Word): Stage =>
      (f, data) => {
        // the header's last word is the sum of those before it
        const sum = f.word('sum', 0);
        f.repeat(HEADER_BYTES / 4 - 1, (i) => f.set(sum, sum.add(f.loadWord(data, i.shiftLeft(2)))));
        const result = f.word('result', 0);
        f.if(f.loadWord(data, HEADER_BYTES - 4).equals(sum), () => f.set(result, next(f, data)));
        return result;
      };

    /** How one stage hands a packet to another: a call of a service if that is elsewhere. */
    const handOver = (from: number, to: number, stage: Stage): Stage => {
      if (home(from) === home(to)) {
        const inner = s.function(`stage${to}`, ['reference'], ['word'], (f, data) => f.return(stage(f, data)));
        return (f, data) => f.call(inner, data)[0];
      }
      const service: ServiceHandle = s.service(
        `serve${to}`,
        { domain: home(to), transfer: 'mutable-borrow', mostBytes: size },
        (f, _, data) => f.return(stage(f, data)),
      );
      return (f, data) => f.callService(service, [], { reference: data, bytes: size });
    };
    const toApp = handOver(CRYPTO, APP, app);
    const toCrypto = handOver(STACK, CRYPTO, crypto(toApp));
    const toStack = handOver(RX, STACK, stack(toCrypto));

    const packet = s.buffer('packet', { domain: home(RX), bytes: size, passed: true });
    s.thread('receiver', { domain: home(RX), endsRun: true }, (f) => {
      const data = f.buffer(packet);
      f.repeat(rounds, (round) => {
        f.repeat(words, (i) => f.storeWord(data, i.add(round).add(100), i.shiftLeft(2)));
        f.storeWord(data, round.add(100).mul(3).add(3), HEADER_BYTES - 4);
        f.mark('received');
        const seen = toStack(f, data);
        f.mark('done');
        f.report(seen);
      });
    });
    s.span('delivery', {
      from: 'received',
      to: 'delivered',
      trip: 'one-way',
      path: 'borrow',
      meaning: 'until the application has the packet: stack, cipher and the boundaries between',
    });
    s.span('packet', {
      from: 'received',
      to: 'done',
      trip: 'round-trip',
      path: 'borrow',
      meaning: 'until the receiver can use the buffer again',
    });
    s.expect({ reports: upTo(rounds).map((p) => digest(p, words)) });
    s.excludes('making the packet');
  },
});
