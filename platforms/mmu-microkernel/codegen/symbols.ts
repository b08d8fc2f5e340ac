/* Names in the assembly of a process, and what programs and devices agree on. */

/** A function of the language. */
export const functionSymbol = (name: string): string => `fn.${name}`;
/** A buffer. */
export const bufferSymbol = (name: string): string => `buffer.${name}`;
/** The page in which a caller hands copied bytes to a service. */
export const messageSymbol = (service: string): string => `message.${service}`;
/** The loop of a service's thread. */
export const serverSymbol = (service: string): string => `serve.${service}`;
/** The stack of a thread that the process makes, by the symbol of its entry. */
export const stackSymbol = (entry: string): string => `stack.${entry}`;
/** The word of a mutex. */
export const mutexSymbol = (mutex: string): string => `mutex.word.${mutex}`;
/** The handler of an interrupt line. */
export const handlerSymbol = (line: number): string => `on_interrupt.${line}`;
/** Where a program goes when the kernel did not do what the scenario relies on. */
export const FAILED = 'failed';

/**
 * Virtual page of the test device in every process: reports are stored to its first word, the exit code to its second.
 */
export const BENCH = 0xa0000000;
/** Offsets of the test device's registers: reports, exit code, lines (bit 0 = the alarm's), alarm in cycles. */
export const BENCH_REGISTER = { report: 0, exit: 4, lines: 8, alarm: 12 } as const;
/** Virtual page of the timer in the ticktimer server. */
export const TIMER = 0xa0001000;
/** Exit code of a run in which an operation failed. */
export const FAILED_CODE = 1;

export const PAGE = 4096;
/** Bytes of the pages that hold so many. */
export const wholePages = (bytes: number): number => Math.ceil(bytes / PAGE) * PAGE;
