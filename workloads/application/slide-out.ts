import { upTo } from '../common/words.js';
import { workload } from '../workload.js';

/** Bytes of the driver's frame buffer. */
export const FRAME = 64;
/** What the slide's domain holds: closed. Anything else moves it. */
const CLOSED = 0x51de;
/** What every byte of a frame holds. No byte of the words above is the same, so that each store shows. */
const TEMPERATURE = 21;
/** The answer of the driver to a frame that it does not take: no temperature, and no error of a kernel. */
const REFUSED = 0xff;

/**
 * The controller of a slide-out: a bus driver gets frames of temperature sensors, another domain holds whether the slide is
 * open, a third shows things. A malformed frame says that it is longer than the driver's buffer, and the driver believes it.
 */
export const slideOut = workload({
  id: 'application.slide-out',
  title: 'a malformed sensor frame overruns the buffer of a bus driver',
  purpose: 'whether a bug in a driver moves the slide: what the overrun changes, what stops it, and who goes on',
  parameters: {
    overrun: {
      kind: 'integer',
      minimum: 0,
      maximum: 8192,
      default: 64,
      unit: 'bytes',
      meaning: 'how many bytes a malformed frame is longer than the buffer, stored one by one; 0 is a good frame',
    },
    victim: {
      kind: 'choice',
      values: ['own-domain', 'neighbour-domain', 'adjacent', 'same-granule', 'next-granule'],
      default: 'own-domain',
      meaning:
        "whose the slide's state is: of a domain of its own, where the linker puts it, or (neighbour-domain) as near behind the " +
        "driver's buffer as two domains can lie; or of the driver's, behind its buffer, by the granule of the protection",
    },
    checked: {
      kind: 'switch',
      default: false,
      meaning: 'the driver compares the length of a frame with its buffer, and takes none that is longer',
    },
    second: {
      kind: 'switch',
      default: false,
      meaning:
        "a thread of the slide's domain, less urgent than the display, asks the driver for a good frame as soon as it may run: when " +
        'the display was ended',
    },
    frames: { kind: 'integer', minimum: 1, maximum: 64, default: 4, unit: 'frames', meaning: 'good frames before it' },
  },
  points: [
    { overrun: 0 },
    { overrun: 1 },
    { overrun: 1024 },
    { overrun: 4096 },
    { checked: true },
    { overrun: 64, victim: 'neighbour-domain' },
    ...(['neighbour-domain', 'adjacent', 'same-granule', 'next-granule'] as const).map((victim) => ({
      overrun: 4096,
      victim,
    })),
  ],
  system(s, { overrun, victim, checked, second, frames }) {
    const driver = s.domain('driver');
    const slide = s.domain('slide');
    const display = s.domain('display');
    const apart = victim === 'own-domain' || victim === 'neighbour-domain';
    const closed = upTo(4).map(() => CLOSED);
    // the buffer begins with a frame: it is initialised data, as the state of driver and slide
    const frame = s.buffer('frame', {
      domain: driver,
      bytes: FRAME,
      words: upTo(FRAME / 4).map(() => TEMPERATURE * 0x01010101),
    });
    // what the driver itself needs
    const own = s.buffer('own', { domain: driver, bytes: 16, alignment: 16, words: closed });
    const position = s.buffer('position', {
      domain: apart ? slide : driver,
      bytes: 16,
      words: closed,
      ...(victim === 'own-domain'
        ? { alignment: 16 }
        : { behind: { buffer: frame, at: victim === 'neighbour-domain' ? 'nearest' : victim } }),
    });

    const receive = s.service('receive', { domain: driver, words: 1 }, (f, [length]) => {
      const buffer = f.buffer(frame);
      if (checked) f.if(length.above(FRAME), () => f.return(REFUSED));
      f.repeat(length, (i) => {
        f.storeByte(buffer, TEMPERATURE, i);
        f.mark('stored');
      });
      f.return(f.loadByte(buffer));
    });
    const isOpen = s.service('is_open', { domain: apart ? slide : driver }, (f) => {
      f.return(f.loadWord(f.buffer(position)).is('ne', CLOSED));
    });
    s.thread('shows', { domain: display, endsRun: true }, (f) => {
      f.repeat(frames, () => f.report(f.callService(receive, [FRAME])));
      f.mark('malformed');
      const [answer, failed] = f.tryCallService(receive, [FRAME + overrun]);
      f.mark('goes_on');
      f.report(failed.is('ne', 0));
      f.if(
        failed.equals(0),
        () => f.report(answer.is('eq', REFUSED)),
        () => f.report(0),
      );
      // a service that cannot be reached any more may look as if it had answered: with what it never says
      const [again, gone] = f.tryCallService(receive, [FRAME]);
      const serves = f.let('serves', gone.is('eq', 0).and(again.is('eq', TEMPERATURE)));
      f.if(serves.differs(0), () => f.mark('serves_again'));
      f.report(serves);
      const [open, lost] = f.tryCallService(isOpen);
      const answers = f.let('answers', lost.is('eq', 0).and(open.is('ltu', 2)));
      f.report(answers);
      f.if(
        answers.differs(0),
        () => f.report(open),
        () => f.report(0),
      );
    });
    if (second) {
      s.needsPriorities();
      s.thread('asks_too', { domain: slide, priority: 1 }, (f) => {
        f.mark('asks_too');
        const [again, gone] = f.tryCallService(receive, [FRAME]);
        const serves = gone.is('eq', 0).and(again.is('eq', TEMPERATURE));
        f.if(serves.differs(0), () => f.mark('serves_other'));
      });
    }
    s.span('noticed', {
      from: 'malformed',
      to: 'goes_on',
      trip: 'round-trip',
      path: 'fault',
      meaning: 'from the malformed frame until the display goes on, with an answer or an error',
    });
    s.span('serves_again', {
      from: 'malformed',
      to: second ? ['serves_again', 'serves_other'] : 'serves_again',
      trip: 'round-trip',
      path: 'fault',
      meaning: 'from the malformed frame until the driver has answered a good one; not passed where it does not',
    });
    const ends = second ? ['goes_on', 'asks_too'] : ['goes_on'];
    s.expect({
      reports: upTo(frames).map(() => TEMPERATURE),
      observed: ['driver_stopped', 'frame_refused', 'driver_serves_again', 'slide_answers', 'slide_open'],
      counts: [{ name: 'bytes_stored', mark: 'stored', after: 'malformed', until: ends }],
      changes: [
        { name: 'slide_words_changed', buffer: position },
        { name: 'driver_words_changed', buffer: own },
      ],
      ...(victim === 'own-domain' ? {} : { distances: [{ name: 'distance', buffer: position }] }),
      mayEnd: [driver],
    });
    s.excludes('the good frames');
  },
});
