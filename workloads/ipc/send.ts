import { BEST_CASE, ROUNDS, STATE } from '../common/parameters.js';
import { pollution } from '../common/pollution.js';
import { upTo } from '../common/words.js';
import { workload } from '../workload.js';

/** Words sent without waiting for anything (IPC-3, receiver waiting). */
export const send = workload({
  id: 'ipc.send',
  title: 'words sent to a service that gives no answer',
  purpose: 'the price of a message that nobody waits for: until the sender goes on, and until the receiver has it',
  parameters: {
    rounds: ROUNDS,
    words: { kind: 'integer', minimum: 0, maximum: 4, default: 2, unit: 'words', meaning: 'words in the message' },
    state: STATE,
  },
  points: [BEST_CASE],
  system(s, { rounds, words, state }) {
    const client = s.domain('client');
    const server = s.domain('server');
    const total = s.buffer('total', { domain: server, bytes: 8 });
    const [SUM, MESSAGES] = [0, 4];
    const note = s.service('note', { domain: server, words, answers: false }, (f, given) => {
      f.mark('received');
      const state = f.buffer(total);
      const sum = f.word('sum', f.loadWord(state, SUM));
      for (const word of given) f.set(sum, sum.add(word));
      f.storeWord(state, sum, SUM);
      f.storeWord(state, f.loadWord(state, MESSAGES).add(1), MESSAGES);
    });
    const read = s.service('read', { domain: server, words: 1 }, (f, [at]) => {
      f.return(f.loadWord(f.buffer(total), at));
    });
    const pollute = pollution(s, state);
    s.thread('sender', { domain: client, endsRun: true }, (f) => {
      f.repeat(rounds, (i) => {
        pollute(f);
        f.mark('sends');
        f.send(
          note,
          upTo(words).map((k) => i.add(k)),
        );
        f.mark('sent');
        const messages = f.word('messages', 0);
        f.while(
          () => messages.atMost(i),
          () => {
            f.yield();
            f.set(messages, f.callService(read, [MESSAGES]));
          },
        );
      });
      f.report(f.callService(read, [SUM]));
    });
    s.span('sender', {
      from: 'sends',
      to: 'sent',
      trip: 'round-trip',
      path: 'send',
      meaning: 'until the sender goes on',
    });
    s.span('delivery', {
      from: 'sends',
      to: 'received',
      trip: 'one-way',
      path: 'send',
      meaning: "until the receiver's first instruction; the sender yields after sending",
    });
    const sums = upTo(rounds).map((i) => words * i + (words * (words - 1)) / 2);
    s.expect({ reports: [sums.reduce((a, b) => a + b, 0)] });
    s.excludes('connecting; asking whether the message has come');
  },
});
