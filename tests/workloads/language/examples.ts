import { scenario } from '../../../workloads/language/index.js';

/* The three scenarios of workloads/language/README.md: one call, one payload, one violation. */

export const ROUNDS = {
  kind: 'integer',
  minimum: 1,
  maximum: 1000,
  default: 4,
  unit: 'rounds',
  meaning: 'how often',
} as const;

/** A call of a service in another domain, with two words and an answer. */
export const ipcCall = scenario('example.call', 'call of a service with two words', { rounds: ROUNDS }, (s, values) => {
  const client = s.domain('client');
  const server = s.domain('server');
  const adder = s.service('adder', { domain: server, words: 2 }, (f, [a, b]) => {
    f.mark('served');
    f.return(a.add(b));
  });
  s.thread('caller', { domain: client, endsRun: true }, (f) => {
    const sum = f.word('sum', 0);
    f.repeat(values.rounds, (i) => {
      f.mark('called');
      const answer = f.callService(adder, [i, sum]);
      f.mark('answered');
      f.set(sum, answer);
    });
    f.report(sum);
  });
  s.span('call', {
    from: 'called',
    to: 'served',
    trip: 'one-way',
    path: 'call',
    meaning: 'from the request to the service',
  });
  s.span('round', {
    from: 'called',
    to: 'answered',
    trip: 'round-trip',
    path: 'call',
    meaning: 'request, service and answer',
  });
  s.expect({ reports: [(values.rounds * (values.rounds - 1)) / 2] });
  s.excludes('connecting to the service');
});

/** Bytes that a producer writes and a service in another domain sums up. */
export const payload = scenario(
  'example.payload',
  'bytes handed to a service and read there',
  {
    rounds: ROUNDS,
    bytes: {
      kind: 'integer',
      minimum: 4,
      maximum: 65536,
      default: 4096,
      unit: 'bytes',
      meaning: 'size of the payload',
    },
    transfer: {
      kind: 'choice',
      values: ['copy', 'borrow', 'mutable-borrow'],
      default: 'borrow',
      meaning: 'how the bytes go to the service',
    },
  },
  (s, { rounds, bytes, transfer }) => {
    const producer = s.domain('producer');
    const consumer = s.domain('consumer');
    const words = Math.floor(bytes / 4);
    const size = 4 * words;
    const block = s.buffer('block', { domain: producer, bytes: size, passed: true });
    const sum = s.service('sum', { domain: consumer, transfer, mostBytes: size }, (f, _, data, length) => {
      const total = f.word('total', 0);
      f.repeat(length.shiftRight(2), (i) => f.set(total, total.add(f.loadWord(data, i.shiftLeft(2)))));
      f.mark('read');
      f.return(total);
    });
    s.thread('writer', { domain: producer, endsRun: true }, (f) => {
      const data = f.buffer(block);
      f.repeat(rounds, (round) => {
        f.repeat(words, (i) => f.storeWord(data, i.add(round), i.shiftLeft(2)));
        f.mark('written');
        const total = f.callService(sum, [], { reference: data, bytes: size });
        f.mark('returned');
        f.report(total);
      });
    });
    s.span('handed', {
      from: 'written',
      to: 'read',
      trip: 'one-way',
      path: 'borrow',
      meaning: 'from written to read by the service',
    });
    s.span('back', {
      from: 'written',
      to: 'returned',
      trip: 'round-trip',
      path: 'borrow',
      meaning: 'until the producer has them back',
    });
    const first = (words * (words - 1)) / 2;
    s.expect({ reports: Array.from({ length: rounds }, (_, round) => (first + round * words) >>> 0) });
    s.excludes('writing the bytes');
  },
);

/** A load from an address that the domain has no right to; the others go on. */
export const violation = scenario('example.violation', 'load without authority', {}, (s) => {
  const attacker = s.domain('attacker');
  const witness = s.domain('witness');
  s.thread('breaker', { domain: attacker }, (f) => {
    f.yield();
    f.mark('breaks');
    f.report(1);
    f.violate('load', 0x10);
    f.report(2);
  });
  s.thread('observer', { domain: witness, endsRun: true }, (f) => {
    f.repeat(8, () => f.yield());
    f.mark('goes_on');
    f.report(3);
  });
  s.span('detected', {
    from: 'breaks',
    to: 'goes_on',
    trip: 'one-way',
    path: 'fault',
    meaning: 'until somebody else runs',
  });
  s.expect({ reports: [1, 3], terminated: [attacker] });
});
