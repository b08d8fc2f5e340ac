import { upTo } from '../common/words.js';
import { workload } from '../workload.js';

/** Bytes of the driver's frame buffer. */
const FRAME = 64;
/** What the slide's domain holds: closed. Anything else moves it. */
const CLOSED = 0x51de;
const TEMPERATURE = 21;

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
      meaning: 'how many bytes a malformed frame is longer than the buffer; whole words of it are stored',
    },
    frames: { kind: 'integer', minimum: 1, maximum: 64, default: 4, unit: 'frames', meaning: 'good frames before it' },
  },
  points: [0, 4, 16, 256, 1024, 4096, 8192].map((overrun) => ({ overrun })),
  system(s, { overrun, frames }) {
    const driver = s.domain('driver');
    const slide = s.domain('slide');
    const display = s.domain('display');
    const frame = s.buffer('frame', { domain: driver, bytes: FRAME });
    // what the driver itself needs lies behind its buffer
    const own = s.buffer('own', { domain: driver, bytes: 16, words: [CLOSED, CLOSED, CLOSED, CLOSED] });
    const position = s.buffer('position', { domain: slide, bytes: 16, words: [CLOSED, CLOSED, CLOSED, CLOSED] });

    const receive = s.service('receive', { domain: driver, words: 1 }, (f, [length]) => {
      const buffer = f.buffer(frame);
      f.mark('receives');
      f.repeat(length.shiftRight(2), (i) => f.storeWord(buffer, TEMPERATURE, i.shiftLeft(2)));
      f.mark('stored');
      f.return(f.loadWord(buffer));
    });
    const intact = s.service('intact', { domain: driver }, (f) => {
      const wrong = f.word('wrong', 0);
      f.repeat(4, (i) => {
        f.set(wrong, wrong.add(f.loadWord(f.buffer(own), i.shiftLeft(2)).is('ne', CLOSED)));
      });
      f.return(wrong);
    });
    const moved = s.service('moved', { domain: slide }, (f) => {
      const wrong = f.word('wrong', 0);
      f.repeat(4, (i) => {
        f.set(wrong, wrong.add(f.loadWord(f.buffer(position), i.shiftLeft(2)).is('ne', CLOSED)));
      });
      f.return(wrong);
    });
    s.thread('shows', { domain: display, endsRun: true }, (f) => {
      f.repeat(frames, () => f.report(f.callService(receive, [FRAME])));
      f.mark('malformed');
      const [, failed] = f.tryCallService(receive, [FRAME + overrun]);
      f.mark('goes_on');
      f.report(failed.is('ne', 0));
      f.report(f.callService(moved));
      const [wrong, gone] = f.tryCallService(intact);
      f.report(gone.is('ne', 0));
      f.if(
        gone.equals(0),
        () => f.report(wrong),
        () => f.report(0),
      );
    });
    s.span('noticed', {
      from: 'malformed',
      to: 'goes_on',
      trip: 'round-trip',
      path: 'fault',
      meaning: 'from the malformed frame until the display goes on, with an answer or an error',
    });
    s.expect({
      reports: upTo(frames).map(() => TEMPERATURE),
      observed: ['driver_stopped', 'slide_words_changed', 'driver_gone', 'driver_words_changed'],
      mayEnd: [driver],
    });
    s.excludes('the good frames');
  },
});
