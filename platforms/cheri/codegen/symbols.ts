/* Names in the assembly of a compartment, and what programs and devices agree on. */

/** A function of the language. */
export const functionSymbol = (name: string): string => `fn.${name}`;
/** A buffer. */
export const bufferSymbol = (name: string): string => `buffer.${name}`;
/** Where a service keeps the bytes that it is given by copy. */
export const copySymbol = (service: string): string => `copy.${service}`;
/** The entry of a service that does something before its body. */
export const entrySymbol = (service: string): string => `serve.${service}`;
/** Export and import: what reboots a domain. */
export const rebootExport = (domain: string): string => `reboot.${domain}`;
/** Imports: the export of a service; objects that domains share. */
export const serviceImport = (service: string): string => `service.${service}`;
export const notificationImport = (notification: string): string => `notification.${notification}`;
export const mutexImport = (mutex: string): string => `mutex.${mutex}`;
export const queueImport = (queue: string): string => `queue.${queue}`;
/** Import: the sealed right to an interrupt that gives a notification. */
export const interruptImport = (notification: string): string => `interrupt.${notification}`;
/** Variables of who waits for it: the word that counts the interrupt, and the count that has been seen. */
export const interruptWord = (notification: string): string => `interrupt_word.${notification}`;
export const interruptSeen = (notification: string): string => `interrupt_seen.${notification}`;
/** Import of a domain's right to memory of the heap. */
export const QUOTA = 'quota';
/** Where a program goes when the kernel did not do what the scenario relies on. */
export const FAILED = 'failed';
/** Exit code of a run in which an operation failed. */
export const FAILED_CODE = 1;
/** Import of the test device: a word stored to it is a report, one stored 4 bytes behind ends the run with that code. */
export const BENCH = 'bench';
export const BENCH_EXIT = 4;
/** Cycles stored there: so many later line 0 is raised. */
export const BENCH_ALARM = 12;
