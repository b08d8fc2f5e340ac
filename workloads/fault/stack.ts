import { BEST_CASE } from '../common/parameters.js';
import { type Workload, workload } from '../workload.js';
import { ENDINGS, oneByOne } from './one-by-one.js';
import { spanOver } from './spans.js';

/** More than any thread has: 128 KiB on Xous, where they are real when touched. */
const TOO_MUCH = 0x30000;
/** What every thread has left. */
const LITTLE = 64;

/** A thread writes more to its stack than there is (FLT-7). */
function stack(legal: boolean): Workload {
  return workload({
    id: legal ? 'fault.stack.benign' : 'fault.stack',
    title: legal
      ? `the program of fault.stack with ${LITTLE} bytes: nothing happens`
      : 'a stack grows without end, as in a recursion that does not stop: noticed, ended, the next thread runs',
    purpose: legal
      ? 'that fault.stack ends domains for the end of their stack and nothing else'
      : 'whether and how soon the end of a stack is noticed, and until it is over for everybody else',
    parameters: ENDINGS,
    points: legal ? [] : [BEST_CASE],
    system(s, values) {
      const { breaks, goesOn } = oneByOne(s, values, legal, (_, i) => (f) => {
        f.violate('overflow-stack', legal ? LITTLE : TOO_MUCH);
        if (legal) f.report(200 + i);
      });
      s.excludes('waking the domain whose stack it is');
      if (legal) {
        s.span('over', {
          from: breaks,
          to: goesOn,
          trip: 'one-way',
          path: 'switch',
          meaning: 'the stores, the end of the thread, and until the next thread runs',
        });
        return;
      }
      s.span('noticed', {
        from: breaks,
        to: { event: 'ended', after: breaks },
        trip: 'one-way',
        path: 'fault',
        meaning:
          'filling what there is, a word in 16 bytes, until the kernel decides to end the domain; pages that are there only ' +
          'when touched are in it',
      });
      spanOver(s, breaks, goesOn);
    },
  });
}

export const faultStack = stack(false);
export const faultStackBenign = stack(true);
