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
    });
    measureAttempt(s, 'caller');
    s.expect({
      reports: [],
      observed: ['stopped'],
      changes: [{ name: 'changed', buffer: own }],
      mayEnd: [server],
    });
    s.excludes('the call');
  },
});

/** Numbers that are handles of nothing, tried behind the one that another domain has: addresses in flash, nowhere, in RAM. */
const GUESSES = [60, 0xfffffff0, 0x20000000];

/** Numbers as handles. */
export const forgedHandle = workload({
  id: 'guarantee.handle.forged',
  title: 'numbers used as handles of services, among them the one by which another domain calls a service',
  purpose:
    'whether a handle is more than its number: whether who was told or has guessed it gets into a service that it was not given',
  parameters: {},
  system(s) {
    const [attacker, holder, vault] = [s.domain('attacker'), s.domain('holder'), s.domain('vault')];
    const state = s.buffer('state', { domain: vault, bytes: 8 });
    const open = s.service('open', { domain: vault, words: 1 }, (f) => {
      f.storeWord(f.buffer(state), 1);
      f.return(0);
    });
    const tells = s.service('tells', { domain: holder }, (f) => f.return(f.handleNumber(open)));
    s.thread('guesses', { domain: attacker, endsRun: true }, (f) => {
      const number = f.let('number', f.callService(tells));
      f.mark('tries');
      const first = f.observe('forge-handle', number, 1);
      const refused = GUESSES.reduce((sum, guess) => sum.add(f.observe('forge-handle', guess, 1)), first);
      f.mark('goes_on');
      f.report(refused);
    });
    s.span('attempt', {
      from: 'tries',
      to: 'goes_on',
      trip: 'round-trip',
      path: 'fault',
      meaning: `from the first of ${1 + GUESSES.length} requests until the attacker goes on, all answered`,
    });
    s.expect({
      reports: [],
      observed: ['refused'],
      changes: [{ name: 'entered', buffer: state }],
      mayEnd: [attacker, vault],
    });
    s.excludes('the call that tells the number');
  },
});
