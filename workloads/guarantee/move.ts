import { askUntil } from '../common/ask-until.js';
import { workload } from '../workload.js';
import { measureAttempt } from './attempt.js';

const BYTES = 64;
const SECRET = 0x5ec2e7;
const MARK = 0xbad;

/** Who has given memory away uses it. */
export const moveKept = workload({
  id: 'guarantee.move.kept',
  title: 'a domain keeps the reference to memory that it has given away and writes to it',
  purpose: 'whether memory that was moved is out of its former owner’s reach',
  parameters: {},
  system(s) {
    const observer = s.domain('observer');
    const producer = s.domain('producer');
    const consumer = s.domain('consumer');
    const [HELD, ARRIVED] = [0, 8];
    const kept = s.buffer('kept', { domain: producer, bytes: 8 });
    const state = s.buffer('state', { domain: consumer, bytes: 16 });
    const take = s.service(
      'take',
      { domain: consumer, transfer: 'move', mostBytes: BYTES, answers: false },
      (f, _, data) => {
        f.storeReference(f.buffer(state), data, HELD);
        f.storeWord(f.buffer(state), 1, ARRIVED);
      },
    );
    const arrived = s.service('arrived', { domain: consumer }, (f) => f.return(f.loadWord(f.buffer(state), ARRIVED)));
    const look = s.service('look', { domain: consumer }, (f) =>
      f.return(f.loadWord(f.loadReference(f.buffer(state), HELD))),
    );
    const give = s.service('give', { domain: producer }, (f) => {
      const data = f.allocate(BYTES);
      f.storeWord(data, SECRET);
      f.storeReference(f.buffer(kept), data);
      f.send(take, [], { reference: data, bytes: BYTES });
      f.return(0);
    });
    const attempt = s.service('attempt', { domain: producer }, (f) => {
      f.mark('tries');
      f.storeWord(f.loadReference(f.buffer(kept)), MARK);
      f.return(0);
    });
    s.thread('asks', { domain: observer, endsRun: true }, (f) => {
      f.callService(give);
      askUntil(f, arrived, 1);
      const [, failed] = f.tryCallService(attempt);
      f.mark('goes_on');
      f.report(failed.is('ne', 0));
      f.report(f.callService(look).is('ne', SECRET));
    });
    measureAttempt(s, 'one who asked for it');
    s.expect({ reports: [], observed: ['stopped', 'changed'], mayEnd: [producer] });
    s.excludes('the calls');
  },
});
