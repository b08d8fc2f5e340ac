import { workload } from '../workload.js';
import { measureAttempt } from './attempt.js';

/** Who asks with this number is let in. */
const KEY = 0x5ec2e7;

/** A service checks a key before it calls a function of its domain; somebody goes to the function at once. */
export const entryPoint = workload({
  id: 'guarantee.entry.unexported',
  title: 'a domain enters another one behind the check that its service begins with, at an address that it knows',
  purpose: 'whether a domain is entered only where it lets others in',
  parameters: {},
  system(s) {
    const [observer, attacker, vault] = [s.domain('observer'), s.domain('attacker'), s.domain('vault')];
    const state = s.buffer('state', { domain: vault, bytes: 8 });
    const open = s.routine('open', vault, (f) => f.storeWord(f.buffer(state), 1));
    const ask = s.service('ask', { domain: vault, words: 1 }, (f, [key]) => {
      f.if(key.equals(KEY), () => f.call(open));
      f.return(0);
    });
    const where = s.service('where', { domain: vault }, (f) => f.return(f.codeAddress(open)));
    const look = s.service('look', { domain: vault }, (f) => f.return(f.loadWord(f.buffer(state))));
    const attempt = s.service('attempt', { domain: attacker, words: 1 }, (f, [address]) => {
      f.callService(ask, [KEY + 1]);
      f.mark('tries');
      f.enter(ask, address);
      f.return(0);
    });
    s.thread('asks', { domain: observer, endsRun: true }, (f) => {
      const address = f.let('address', f.callService(where));
      const [, failed] = f.tryCallService(attempt, [address]);
      f.mark('goes_on');
      f.report(failed.is('ne', 0));
      f.report(f.callService(look));
    });
    measureAttempt(s, 'one who asked for it');
    s.expect({ reports: [], observed: ['stopped', 'entered'], mayEnd: [attacker, vault] });
    s.excludes('the calls, the one with a wrong key among them');
  },
});
