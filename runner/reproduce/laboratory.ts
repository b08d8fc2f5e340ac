import type { Workload } from '../../workloads/index.js';
import { BadInput } from '../failure.js';
import type { KnownPlatform } from '../platforms.js';
import { suggestion } from '../suggest.js';
import type { Leaf } from './schema.js';

/** What claims are measured with. */
export interface Laboratory {
  readonly workloads: readonly Workload[];
  readonly platforms: readonly KnownPlatform[];
  /** Instructions after which a run is given up. */
  readonly budget: number;
  /** Told what is being measured. */
  readonly progress?: (what: string) => void;
}

/** A leaf with the claim that needs it, for messages. */
export interface Need<L extends Leaf> {
  readonly claim: string;
  readonly leaf: L;
}

/** Leaves of one kind. */
export type LeafOf<K extends Leaf['kind']> = Extract<Leaf, { kind: K }>;

/** The needs whose leaves are of a kind. */
export const needsOf = <K extends Leaf['kind']>(needs: readonly Need<Leaf>[], kind: K): readonly Need<LeafOf<K>>[] =>
  needs.filter((need): need is Need<LeafOf<K>> => need.leaf.kind === kind);

/** Equal for leaves that are the same thing to measure. */
export const keyOf = (leaf: Leaf): string => JSON.stringify(leaf);

/** A claim, as complaints name it. */
export const placeOf = (claim: string): string => `claim ${claim}`;

/** A claim names something that is not there. */
export const unknownName = (claim: string, what: string, name: string, known: readonly string[]): BadInput =>
  new BadInput(placeOf(claim), `no ${what} '${name}'`, suggestion(name, known));
