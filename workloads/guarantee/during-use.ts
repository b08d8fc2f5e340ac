import { askUntil } from '../common/ask-until.js';
import { workload } from '../workload.js';
import { measureAttempt } from './attempt.js';
import { LENT } from './lend.js';

const SECRET = 0x5ec2e7;
const MARK = 0xbad;
/** Turns that the service gives to others between its two looks. */
const TURNS = 16;
/** What the service has found: nothing yet, or whether its second look was as the first. */
const [SAME, OTHER] = [1, 2];

/** Who has lent bytes changes them while they are used: what was checked is not what is used. */
export const changedDuringUse = workload({
  id: 'guarantee.borrow.changed-during-use',
  title: 'another thread of the lender writes to bytes while the service that was lent them is between two looks',
  purpose: 'whether a service can check what it was lent and then rely on it',
  parameters: {},
  system(s) {
    const [observer, producer, consumer] = [s.domain('observer'), s.domain('producer'), s.domain('consumer')];
    const block = s.buffer('block', { domain: producer, bytes: LENT, passed: true, words: [SECRET] });
    const state = s.buffer('state', { domain: consumer, bytes: 8 });
    const reading = s.notification('reading');
    const read = s.service('read', { domain: consumer, transfer: 'borrow', mostBytes: LENT }, (f, _, data) => {
      const first = f.let('first', f.loadWord(data));
      f.notify(reading);
      f.repeat(TURNS, () => f.yield());
      const second = f.let('second', f.loadWord(data));
      f.storeWord(f.buffer(state), second.is('ne', first).add(SAME));
      f.return(0);
    });
    const look = s.service('look', { domain: consumer }, (f) => f.return(f.loadWord(f.buffer(state))));
    s.thread('lends', { domain: producer }, (f) => {
      f.tryCallService(read, [], { reference: f.buffer(block), bytes: LENT });
    });
    s.thread('writes', { domain: producer }, (f) => {
      f.wait(reading);
      f.mark('tries');
      f.storeWord(f.buffer(block), MARK);
    });
    s.thread('asks', { domain: observer, endsRun: true }, (f) => {
      const seen = askUntil(f, look, SAME);
      f.mark('goes_on');
      f.report(seen.is('eq', OTHER));
    });
    measureAttempt(s, 'one who asks for it', '; it asks again and again');
    s.expect({ reports: [], observed: ['changed'], mayEnd: [producer] });
    s.excludes('the calls');
  },
});
