import type { FunctionBuilder, ScenarioBuilder, ServiceHandle, Word } from '../language/index.js';
import { type Workload, workload } from '../workload.js';
import { measureAttempt } from './attempt.js';

/** What the caller has in its registers and on its stack, and what the service leaves there. */
const SHOWN = 0x5ec2e7;
const SOUGHT = 0xbad;

type Came = ReturnType<FunctionBuilder['exposedCall']>;

/** A probe of what a service and its caller have of each other beside argument and answer. */
interface Probe {
  readonly id: `guarantee.${string}`;
  readonly title: string;
  readonly purpose: string;
  /** What the service does, and answers; it gets the address of a word on its caller's stack. */
  readonly attempt: (f: FunctionBuilder, address: Word) => Word | number;
  /** What its caller observes. */
  readonly observed: Readonly<Record<string, (came: Came) => Word>>;
  /** True if whoever tries may be ended for it. */
  readonly mayEnd: boolean;
}

const exposed = ({ id, title, purpose, attempt, observed, mayEnd }: Probe): Workload =>
  workload({
    id,
    title,
    purpose,
    parameters: {},
    system(s: ScenarioBuilder) {
      const [client, server] = [s.domain('client'), s.domain('server')];
      const tried: ServiceHandle = s.service('attempt', { domain: server, words: 1 }, (f, [address]) => {
        f.mark('tries');
        const answer = attempt(f, address);
        if (mayEnd) f.mark('tried');
        f.return(answer);
      });
      s.thread('caller', { domain: client, endsRun: true }, (f) => {
        const came = f.exposedCall(tried, { shown: SHOWN, sought: SOUGHT });
        f.mark('goes_on');
        for (const word of Object.values(observed)) f.report(word(came));
      });
      measureAttempt(s, 'caller');
      s.expect({
        reports: [],
        observed: Object.keys(observed),
        // where whoever tries is ended there may be nobody left to tell
        ...(mayEnd
          ? {
              counts: [{ name: 'not_stopped', mark: 'tried', after: 'tries', until: ['goes_on'] }],
              mayEnd: [server],
            }
          : {}),
      });
      s.excludes('the call, and the looks in front of it and behind');
    },
  });

const stopped = ({ failed }: Came): Word => failed.is('ne', 0);

export const stackRead = exposed({
  id: 'guarantee.stack.read',
  title: "a service reads a word of its caller's stack whose address it knows, with what it has for a stack of its own",
  purpose: 'whether a caller keeps its local variables to itself',
  attempt: (f, address) => f.observe('load-by-stack', address),
  observed: { stopped, leaked: ({ answer, failed }) => failed.is('eq', 0).and(answer.is('eq', SHOWN)) },
  mayEnd: true,
});

export const stackWrite = exposed({
  id: 'guarantee.stack.write',
  title:
    "a service writes to a word of its caller's stack whose address it knows, with what it has for a stack of its own",
  purpose: 'whether a caller finds its local variables and return addresses as it left them',
  attempt: (f, address) => {
    f.violate('store-by-stack', address, SOUGHT);
    return 0;
  },
  observed: { stopped, changed: ({ stackChanged }) => stackChanged },
  mayEnd: true,
});

export const registersIn = exposed({
  id: 'guarantee.registers.in',
  title: "a service counts the registers in which there is a word of its caller's that it was not given",
  purpose: 'whether a call takes what is in registers beside the arguments out of sight',
  attempt: (f) => f.observe('look-into-registers', SHOWN),
  observed: { registers_seen: ({ answer }) => answer },
  mayEnd: false,
});

export const registersOut = exposed({
  id: 'guarantee.registers.out',
  title: 'a service leaves a word in all registers; its caller counts where it finds that instead of its own',
  purpose: 'whether a caller finds its registers as it left them, and nothing of its service in the others',
  attempt: (f) => {
    f.violate('fill-registers', SOUGHT);
    return 0;
  },
  observed: { registers_seen: ({ registers }) => registers },
  mayEnd: false,
});
