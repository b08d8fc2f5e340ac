/** How the bytes of a message go to a service. */
export type Transfer =
  /** The service gets bytes of its own. */
  | 'copy'
  /** The service may read the caller's bytes until it answers. */
  | 'borrow'
  /** The service may read and write the caller's bytes until it answers. */
  | 'mutable-borrow'
  /** The bytes are the service's from then on. */
  | 'move';

/** A use of an address, handle or message that the domain has no right to. */
export type Violation =
  /** Loads the word at an address made from a number. */
  | 'load'
  /** Stores a word to an address made from a number. */
  | 'store'
  /** Jumps to an address made from a number. */
  | 'jump'
  /** Uses a number as if it were a handle of a service; finds out whether that was refused, 1 or 0. */
  | 'forge-handle'
  /** Hands the kernel a message whose words are arbitrary. */
  | 'raw-message'
  /** Writes downwards from the stack pointer, a word in 16 bytes, as a recursion without end does. */
  | 'overflow-stack'
  /** Loads the word at an address by way of the stack pointer: all the authority over its caller's stack that a service may have. */
  | 'load-by-stack'
  /** Stores a word there. */
  | 'store-by-stack'
  /** Counts the registers that hold a word; nobody has given the service any of them. */
  | 'look-into-registers'
  /** Leaves a word in all registers, also in those that a function has to keep. */
  | 'fill-registers';

/** Violations that find something out: they have a result. */
export type Observation = Extract<Violation, 'forge-handle' | 'load-by-stack' | 'look-into-registers'>;

/** What a caller shows and looks for, so that it is seen what a call protects. */
export interface Exposure {
  /** In front of the call: in every register that carries nothing to the service, and in a word of the caller's stack. */
  readonly shown: number;
  /** Behind it: counted in the registers that carry nothing back. */
  readonly sought: number;
}

/**
 * An operation that the platform's kernel carries out. Arguments and results are values of the program, listed beside
 * each; the rest is
 * fixed when the program is written. A platform lowers each operation itself or says that it lacks it; none becomes
 * nothing.
 */
export type PortableOperation =
  /**
   * Calls a service and waits for its answer. Arguments: words; then, with `transfer`, the reference and the number of
   * bytes. Result: the answer if the service has one.
   */
  | { readonly kind: 'call'; readonly service: string; readonly words: number; readonly transfer?: Transfer }
  /**
   * Calls a service that answers, and survives its end; arguments as for `call`. Results: the answer, and 0; or anything, and
   * not 0 because the service's domain was ended instead of answering. With `exposed` there are no arguments: the service's word
   * is the address of what is shown on the stack; and two results more: registers with what is sought, 1 if the word on the stack
   * has changed.
   */
  | {
      readonly kind: 'try-call';
      readonly service: string;
      readonly words: number;
      readonly transfer?: Transfer;
      readonly exposed?: Exposure;
    }
  /**
   * Sends words to a service without waiting. Arguments: the words; with `move` the reference and the number of bytes.
   */
  | { readonly kind: 'send'; readonly service: string; readonly words: number; readonly transfer?: 'copy' | 'move' }
  /** Wakes who waits for the notification. */
  | { readonly kind: 'notify'; readonly notification: string }
  /**
   * Waits until the notification has been given; one already given counts. Several given before may end one wait or
   * several.
   */
  | { readonly kind: 'wait'; readonly notification: string }
  | { readonly kind: 'lock'; readonly mutex: string }
  | { readonly kind: 'unlock'; readonly mutex: string }
  /** Puts a word into a queue, waiting while it is full. Argument: the word. */
  | { readonly kind: 'put'; readonly queue: string }
  /** Takes the oldest word, waiting while the queue is empty. Result: the word. */
  | { readonly kind: 'get'; readonly queue: string }
  /**
   * Sleeps until the word at a reference has a value and somebody says so with `wake-at`; comes back at once if it has it, and may
   * come back earlier. Arguments: the reference, the value, 0 to 127.
   */
  | { readonly kind: 'wait-until' }
  /** Wakes one thread that sleeps because of the word at a reference, if one does. Argument: the reference. */
  | { readonly kind: 'wake-at' }
  /** Gives the processor to the next thread of the same priority. */
  | { readonly kind: 'yield' }
  /** Lets time pass. Argument: microseconds. */
  | { readonly kind: 'sleep' }
  /** Argument: bytes. Result: reference to fresh zeroed memory. */
  | { readonly kind: 'allocate' }
  /** Arguments: a reference that `allocate` or a message by move gave, and the bytes that were asked for. */
  | { readonly kind: 'free' }
  /** The cheapest request that enters the kernel and comes back. */
  | { readonly kind: 'null-call' }
  /** Ends the thread. Nothing follows it. */
  | { readonly kind: 'exit' }
  /** Appends a word to the outcome of the run. Argument: the word. */
  | { readonly kind: 'report' }
  /** Argument: a reference. Result: its address as a number, which gives no right to anything. */
  | { readonly kind: 'address' }
  /** Result: the address of a function of the domain as a number. */
  | { readonly kind: 'code-address'; readonly function: string }
  /** Result: what stands for a service where the domain calls it, as a number: who is told has no handle by that. */
  | { readonly kind: 'handle-number'; readonly service: string }
  /**
   * Enters another domain, that of a service, at an address which no service exports, by all means that there are; comes back if
   * the code there returns or the entry is refused. Argument: the address.
   */
  | { readonly kind: 'enter'; readonly beside: string }
  /** The scenario's device raises interrupt line 0 once, after so many cycles. Argument: cycles, 1 at least. */
  | { readonly kind: 'alarm' }
  /** Result: the low word of the cycle counter that user code of the platform can read. */
  | { readonly kind: 'cycles' }
  /**
   * Ends a domain and starts it again from the beginning: its memory has its first contents, what it has allocated is freed, and
   * who waits for an answer of it is told that there is none. Where a domain restarts itself the program does not go on.
   * `attempt`: also for systems without such a request, where nothing happens; result: 1 if it was done.
   */
  | { readonly kind: 'restart'; readonly domain: string; readonly attempt?: true }
  /**
   * Arguments by kind: load: address; store: address and word; jump: address; forge-handle: handle and up to 4 words;
   * raw-message: up to 8 words; overflow-stack: bytes; if nothing stops it, the stack pointer is what it was; load-by-stack:
   * address; store-by-stack: address and word; look-into-registers, fill-registers: word. Result of an `Observation`: a word.
   */
  | { readonly kind: 'violate'; readonly violation: Violation };

/** True if nothing after the operation is reached. */
export function endsThread(operation: PortableOperation): boolean {
  return operation.kind === 'exit';
}

/** The operation in one line, for prints and messages: `call adder`, `violate load`. */
export function describeOperation(operation: PortableOperation): string {
  switch (operation.kind) {
    case 'call':
    case 'try-call':
    case 'send':
      return `${operation.kind} ${operation.service}${operation.transfer === undefined ? '' : ` ${operation.transfer}`}`;
    case 'notify':
    case 'wait':
      return `${operation.kind} ${operation.notification}`;
    case 'lock':
    case 'unlock':
      return `${operation.kind} ${operation.mutex}`;
    case 'put':
    case 'get':
      return `${operation.kind} ${operation.queue}`;
    case 'restart':
      return `${operation.kind} ${operation.domain}`;
    case 'code-address':
      return `${operation.kind} ${operation.function}`;
    case 'handle-number':
      return `${operation.kind} ${operation.service}`;
    case 'enter':
      return `${operation.kind} beside ${operation.beside}`;
    case 'violate':
      return `${operation.kind} ${operation.violation}`;
    default:
      return operation.kind;
  }
}
