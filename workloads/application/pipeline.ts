import type { DomainHandle, FunctionBuilder, Reference, Word } from '../language/index.js';
import { ROUNDS } from '../common/parameters.js';
import { sumOf, upTo } from '../common/words.js';
import { workload } from '../workload.js';

const KEY = 0x9e3779b9;
/** Words of a packet's header, the last of which is the sum of the others. */
const HEADER = 4;

/** A stage works on a packet of so many words, where it is, and gives a word: 0 from the stack drops the packet. */
type Stage = (f: FunctionBuilder, data: Reference, words: number) => Word;

/** Checks the header. */
const stack: Stage = (f, data) => {
  const sum = f.word('header', 0);
  f.repeat(HEADER - 1, (i) => f.set(sum, sum.add(f.loadWord(data, i.shiftLeft(2)))));
  return sum.is('eq', f.loadWord(data, 4 * (HEADER - 1)));
};

/** Deciphers the rest. */
const cipher: Stage = (f, data, words) => {
  f.repeat(words - HEADER, (i) => {
    const at = i.add(HEADER).shiftLeft(2);
    f.storeWord(data, f.loadWord(data, at).xor(KEY), at);
  });
  return f.let('deciphered', 1);
};

/** Sums up what it got. */
const application: Stage = (f, data, words) => {
  f.mark('delivered');
  const sum = f.word('sum', 0);
  f.repeat(words - HEADER, (i) => f.set(sum, sum.add(f.loadWord(data, i.add(HEADER).shiftLeft(2)))));
  return sum;
};

/** Word i of packet p as it is received, behind the header. */
const received = (p: number, i: number): number => p + 100 + i;

/**
 * Packets from a receiver through a protocol stack and a cipher to an application (MAC-2). The receiver's domain lends each
 * packet to one domain after the other; stages that share a domain follow each other there.
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
    const [receiver] = made;
    /** The stages after the receiver, by domain. */
    const stages: readonly Stage[] = [stack, cipher, application];
    const homes = stages.map((_, i) => made[Math.floor(((i + 1) * made.length) / 4)]);
    const visit = (domain: DomainHandle): Stage => {
      const here = stages.filter((_, i) => homes[i] === domain);
      const all = (f: FunctionBuilder, data: Reference): Word => {
        const result = f.word('result', 1);
        for (const stage of here) {
          f.if(result.differs(0), () => f.set(result, stage(f, data, words)));
        }
        return result;
      };
      if (domain === receiver) return all;
      const options = { domain, transfer: 'mutable-borrow', mostBytes: size } as const;
      const service = s.service(`visit_${domain.name}`, options, (f, _, data) => f.return(all(f, data)));
      return (f, data) => f.callService(service, [], { reference: data, bytes: size });
    };
    const visits = made.map(visit);

    const packet = s.buffer('packet', { domain: receiver, bytes: size, passed: true });
    s.thread('receiver', { domain: receiver, endsRun: true }, (f) => {
      const data = f.buffer(packet);
      f.repeat(rounds, (round) => {
        const first = f.let('first', round.add(received(0, 0)));
        f.repeat(words, (i) => f.storeWord(data, first.add(i), i.shiftLeft(2)));
        f.storeWord(data, first.mul(HEADER - 1).add(3), 4 * (HEADER - 1));
        f.mark('received');
        const result = f.word('result', 1);
        for (const one of visits) f.if(result.differs(0), () => f.set(result, one(f, data, words)));
        f.mark('done');
        f.report(result);
      });
    });
    // in one domain there is no boundary, and nothing is lent
    const path = made.length === 1 ? 'compute' : 'borrow';
    s.span('delivery', {
      from: 'received',
      to: 'delivered',
      trip: 'one-way',
      path,
      meaning: 'until the application has the packet: stack, cipher and the boundaries between',
    });
    s.span('packet', {
      from: 'received',
      to: 'done',
      trip: 'round-trip',
      path,
      meaning: 'until the receiver can use the buffer again',
    });
    const rest = upTo(words).slice(HEADER);
    s.expect({ reports: upTo(rounds).map((p) => sumOf(rest.map((i) => (received(p, i) ^ KEY) >>> 0))) });
    s.excludes('making the packet');
  },
});
