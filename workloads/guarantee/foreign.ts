import { workload } from '../workload.js';
import { measureAttempt } from './attempt.js';

const SECRET = 0x5ec2e7;
const MARK = 0xbad;

/** A service writes to its caller's memory, whose address it was told. */
export const foreignWrite = workload({
  id: 'guarantee.caller.write',
  title: "a service writes to memory of its caller that it was not given, at the caller's own address",
  purpose: 'whether a caller trusts its service with more than it hands over',
  parameters: {},
  system(s) {
    const [client, server] = [s.domain('client'), s.domain('server')];
    const own = s.buffer('own', { domain: client, bytes: 16, words: [SECRET, SECRET, SECRET, SECRET] });
    const attempt = s.service('attempt', { domain: server, words: 1 }, (f, [address]) => {
      f.mark('tries');
      f.violate('store', address, MARK);
      f.return(0);
    });
    s.thread('caller', { domain: client, endsRun: true }, (f) => {
      const [, failed] = f.tryCallService(attempt, [f.addressOf(f.buffer(own).advance(8))]);
      f.mark('goes_on');
      f.report(failed.is('ne', 0));
      f.report(f.loadWord(f.buffer(own), 8).is('ne', SECRET));
    });
    measureAttempt(s, 'caller');
    s.expect({ reports: [], observed: ['stopped', 'changed'], mayEnd: [server] });
    s.excludes('the call');
  },
});

/** Numbers as handles. */
export const forgedHandle = workload({
  id: 'guarantee.handle.forged',
  title: 'numbers used as handles of services',
  purpose:
    'whether a handle can be guessed: a kernel that accepts one makes the run an error; one that ends who guesses refuses too',
  parameters: {},
  system(s) {
    const attacker = s.domain('attacker');
    s.thread('guesses', { domain: attacker, endsRun: true }, (f) => {
      f.mark('first');
      // none of these was ever given to the domain
      for (const handle of [60, 0xfffffff0, 0x20000000]) f.violate('forge-handle', handle, 1);
      f.mark('last');
      f.report(1);
    });
    s.span('guesses', {
      from: 'first',
      to: 'last',
      trip: 'round-trip',
      path: 'fault',
      meaning: 'three refused requests',
    });
    s.expect({ reports: [], observed: ['refused'], mayEnd: [attacker] });
    s.excludes('boot');
  },
});
