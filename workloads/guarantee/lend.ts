import type { Transfer } from '../language/operations.js';
import { type Workload, workload } from '../workload.js';
import { measureAttempt } from './attempt.js';

/** Bytes that are lent. */
export const LENT = 64;
/** Bytes of the producer's buffer, of which only the first are lent. */
const BUFFER = 16384;
const SECRET = 0x5ec2e7;
const MARK = 0xbad;

const DISTANCE = {
  kind: 'integer',
  minimum: 0,
  maximum: BUFFER - LENT - 4,
  default: 0,
  unit: 'bytes',
  meaning: 'from the end of what was given to the word that is tried; whole words',
} as const;

/** The word that lies so far behind what was given. */
const beyond = (distance: number): number => LENT + 4 * Math.floor(distance / 4);

const POINTS = [28, 4028, 4032, 8192].map((distance) => ({ distance }));

/** What a service can do with memory beside that it was given; the last part of the id says what it tries. */
function beside(transfer: Extract<Transfer, 'borrow' | 'mutable-borrow'>, access: 'read' | 'write'): Workload {
  return workload({
    id: `guarantee.${transfer}.${access}-beyond`,
    title: `a service that was lent ${LENT} bytes tries to ${access} behind them`,
    purpose: 'whether what is lent is bounded to its bytes, and if not, where the bound is',
    parameters: { distance: DISTANCE },
    points: POINTS,
    system(s, { distance }) {
      const producer = s.domain('producer');
      const consumer = s.domain('consumer');
      const at = beyond(distance);
      const block = s.buffer('block', { domain: producer, bytes: BUFFER, passed: true });
      const attempt = s.service('attempt', { domain: consumer, transfer, mostBytes: LENT }, (f, _, data) => {
        f.mark('tries');
        // the mark needs an instruction that retires: a load that is stopped does not. The first word is 0
        if (access === 'read') f.return(f.loadWord(data).add(f.loadWord(data, at)));
        else {
          f.storeWord(data, MARK, at);
          f.return(0);
        }
      });
      s.thread('owner', { domain: producer, endsRun: true }, (f) => {
        const data = f.buffer(block);
        f.storeWord(data, SECRET, at);
        const [answer, failed] = f.tryCallService(attempt, [], { reference: data, bytes: LENT });
        f.mark('goes_on');
        f.report(failed.is('ne', 0));
        if (access === 'read') f.report(failed.is('eq', 0).and(answer.is('eq', SECRET)));
        else f.report(f.loadWord(data, at).is('ne', SECRET));
      });
      measureAttempt(s, 'owner');
      s.expect({ reports: [], observed: ['stopped', access === 'read' ? 'leaked' : 'changed'], mayEnd: [consumer] });
      s.excludes('the call');
    },
  });
}

export const borrowReadBeyond = beside('borrow', 'read');
export const mutableBorrowWriteBeyond = beside('mutable-borrow', 'write');

/** What was lent for reading is written. */
export const borrowWrite = workload({
  id: 'guarantee.borrow.write',
  title: 'a service writes to bytes that it was lent for reading',
  purpose: 'whether lending for reading is enforced',
  parameters: {},
  system(s) {
    const producer = s.domain('producer');
    const consumer = s.domain('consumer');
    const block = s.buffer('block', { domain: producer, bytes: LENT, passed: true, words: [SECRET] });
    const attempt = s.service('attempt', { domain: consumer, transfer: 'borrow', mostBytes: LENT }, (f, _, data) => {
      f.mark('tries');
      f.storeWord(data, MARK);
      f.return(0);
    });
    s.thread('owner', { domain: producer, endsRun: true }, (f) => {
      const data = f.buffer(block);
      const [, failed] = f.tryCallService(attempt, [], { reference: data, bytes: LENT });
      f.mark('goes_on');
      f.report(failed.is('ne', 0));
      f.report(f.loadWord(data).is('ne', SECRET));
    });
    measureAttempt(s, 'owner');
    s.expect({ reports: [], observed: ['stopped', 'changed'], mayEnd: [consumer] });
    s.excludes('the call');
  },
});

/**
 * A service keeps what it was lent and uses it when the loan is over. `keeping_refused` is 0 on all three platforms, whatever is
 * switched off: CHERIoT stores what must not be kept without its tag and stops its use, the others store addresses; it is there for
 * a platform whose store traps.
 */
export const borrowKept = workload({
  id: 'guarantee.mutable-borrow.kept',
  title: 'a service keeps the reference to what it was lent and writes to it after it has answered',
  purpose: 'whether a loan ends',
  parameters: {},
  system(s) {
    const producer = s.domain('producer');
    const consumer = s.domain('consumer');
    const block = s.buffer('block', { domain: producer, bytes: LENT, passed: true, words: [SECRET] });
    const kept = s.buffer('kept', { domain: consumer, bytes: 8 });
    const keep = s.service('keep', { domain: consumer, transfer: 'mutable-borrow', mostBytes: LENT }, (f, _, data) => {
      f.storeReference(f.buffer(kept), data);
      f.return(0);
    });
    const attempt = s.service('attempt', { domain: consumer }, (f) => {
      f.mark('tries');
      f.storeWord(f.loadReference(f.buffer(kept)), MARK);
      f.return(0);
    });
    s.thread('owner', { domain: producer, endsRun: true }, (f) => {
      const data = f.buffer(block);
      const [, refused] = f.tryCallService(keep, [], { reference: data, bytes: LENT });
      const [, failed] = f.tryCallService(attempt);
      f.mark('goes_on');
      f.report(refused.is('ne', 0));
      f.report(failed.is('ne', 0));
      f.report(f.loadWord(data).is('ne', SECRET));
    });
    measureAttempt(s, 'owner', '; not passed where keeping is refused');
    s.expect({ reports: [], observed: ['keeping_refused', 'stopped', 'changed'], mayEnd: [consumer] });
    s.excludes('the calls');
  },
});
