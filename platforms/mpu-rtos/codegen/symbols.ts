import { CMRX_BOARD } from '../devices/board.js';

/* Names in the assembly of a process, and what programs and devices agree on. */

/** A function of the language. */
export const functionSymbol = (name: string): string => `fn.${name}`;
/** Where the thread of a function begins that has interrupts to enable first. */
export const startSymbol = (name: string): string => `start.${name}`;
/** A buffer. */
export const bufferSymbol = (name: string): string => `buffer.${name}`;
/** The object that stands for a service, the table of its only method, and that method. */
export const objectSymbol = (service: string): string => `service.${service}`;
export const vtableSymbol = (service: string): string => `vtable.${service}`;
export const methodSymbol = (service: string): string => `method.${service}`;
/** Where a service keeps bytes that it has copied. */
export const messageSymbol = (service: string): string => `message.${service}`;
/** A word whose address threads wait for. */
export const notificationSymbol = (name: string): string => `notification.${name}`;
export const mutexSymbol = (name: string): string => `mutex.${name}`;
export const queueSymbol = (name: string): string => `queue.${name}`;
/** Where a program goes when the kernel did not do what the scenario relies on. */
export const FAILED = 'failed';

/** A symbol as programs of a process write it; those of other processes have their name in front. */
export const within = (process: string, owner: string, symbol: string): string =>
  process === owner ? symbol : `${owner}.${symbol}`;

/** The test device: reports are stored to its first word, the exit code to its second; loads of the first give the time. */
export const BENCH = CMRX_BOARD.bench;
/** Its register that raises its line after so many cycles, and the one with the levels of its lines. */
export const BENCH_ALARM = 12;
export const BENCH_LINES = 8;
/** Exit code of a run in which an operation failed. */
export const FAILED_CODE = 1;
