/**
 * Hot path (benchmark: balancing). The algorithms: each chooses one of the candidates that may get a call now, of which
 * there are at least two. None allocates.
 */
import { timeNow, weightNow, type Candidate } from "./candidate.ts";
import type { HashRing } from "./hash-ring.ts";

export interface ChoiceInput {
  able: readonly Candidate[];
  now: number;
  /** Hash of what belongs together; of use to consistent hashing only. */
  key: number;
  /** It stays with its key's target, whatever that has under way; of use to consistent hashing only. */
  stays: boolean;
}

export type Choose = (input: ChoiceInput) => Candidate;

/** Smooth weighted round-robin: the heavy ones are spread over the turn, not called in a row. */
export function inTurn(slowStartMs: number): Choose {
  return ({ able, now }) => {
    let sum = 0;
    let best = able[0] as Candidate;
    for (const candidate of able) {
      const weight = weightNow(candidate, now, slowStartMs);
      candidate.current += weight;
      sum += weight;
      if (candidate.current > best.current) best = candidate;
    }
    best.current -= sum;
    return best;
  };
}

/** Fewest calls under way for its weight; those that are level take turns by chance. */
export function leastRequests(slowStartMs: number, random: () => number): Choose {
  return ({ able, now }) => {
    let best = able[0] as Candidate;
    let least = Infinity;
    // From a place chosen by chance, rather than a chance for each that is level.
    const start = Math.floor(random() * able.length);
    for (let step = 0; step < able.length; step++) {
      const at = start + step;
      const candidate = able[at < able.length ? at : at - able.length] as Candidate;
      const load = (candidate.inFlight + 1) / weightNow(candidate, now, slowStartMs);
      if (load >= least) continue;
      least = load;
      best = candidate;
    }
    return best;
  };
}

/** The better of two chosen by chance: nearly as good as the best of all, and never a herd that runs to the same one. */
export function quicker(slowStartMs: number, random: () => number): Choose {
  return ({ able, now }) => {
    const first = Math.floor(random() * able.length);
    const other = (first + 1 + Math.floor(random() * (able.length - 1))) % able.length;
    const one = able[first] as Candidate;
    const two = able[other] as Candidate;
    return expectedCost(one, now, slowStartMs) <= expectedCost(two, now, slowStartMs) ? one : two;
  };
}

/** An unknown target is tried at once, though not by everybody before its first answer. */
const unknownMs = 1000;

function expectedCost(candidate: Candidate, now: number, slowStartMs: number): number {
  const known = candidate.averageMs > 0 || candidate.inFlight === 0;
  const perCall = known ? timeNow(candidate, now) : unknownMs;
  return (perCall * (candidate.inFlight + 1)) / weightNow(candidate, now, slowStartMs);
}

/** The same key meets the same target, unless that has far more than its share of the calls under way and the call need not stay. */
export function byHash(ring: HashRing): Choose {
  return ({ able, key, stays }) => ring.find(key, able, stays);
}
