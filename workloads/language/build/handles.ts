import type { Transfer } from '../operations.js';
import type { ValueType } from '../program.js';
import type { Reference, WordLike } from './values.js';

/* What a scenario's parts are named by while it is built. A handle belongs to the scenario that made it. */

export interface DomainHandle {
  readonly kind: 'domain';
  readonly name: string;
}

export interface BufferHandle {
  readonly kind: 'buffer';
  readonly name: string;
  readonly domain: string;
  readonly bytes: number;
  /** True if it may be handed to services. */
  readonly passed: boolean;
}

export interface NotificationHandle {
  readonly kind: 'notification';
  readonly name: string;
}

export interface MutexHandle {
  readonly kind: 'mutex';
  readonly name: string;
}

export interface QueueHandle {
  readonly kind: 'queue';
  readonly name: string;
}

export interface ServiceHandle {
  readonly kind: 'service';
  readonly name: string;
  readonly words: number;
  readonly transfer: Transfer | undefined;
  readonly answers: boolean;
}

export interface FunctionHandle<P extends readonly ValueType[], R extends readonly ValueType[]> {
  readonly kind: 'function';
  readonly name: string;
  /** The domain whose programs alone may call it; absent: any. */
  readonly domain?: string;
  readonly parameters: P;
  readonly results: R;
}

/** Bytes that go with a message. */
export interface Payload {
  readonly reference: Reference;
  readonly bytes: WordLike;
}
