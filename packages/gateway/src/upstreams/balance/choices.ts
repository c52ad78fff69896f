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

/** Fewest calls under way for its weight; of those that are level one by chance, as often as its weight says. */
export function leastRequests(slowStartMs: number, random: () => number): Choose {
  return ({ able, now }) => {
    let least = Infinity;
    let level = 0;
    for (const candidate of able) {
      const weight = weightNow(candidate, now, slowStartMs);
      const load = candidate.inFlight / weight;
      if (load < least) {
        least = load;
        level = weight;
      } else if (load === least) level += weight;
    }
    let left = random() * level;
    for (const candidate of able) {
      const weight = weightNow(candidate, now, slowStartMs);
      if (candidate.inFlight / weight === least && (left -= weight) < 0) return candidate;
    }
    return able[0] as Candidate;
  };
}

/**
 * One of two, the likelier the quicker: nearly as good as the best of all, and never a herd that runs to the same one. The first
 * is drawn by weight and the other evenly, and between them weight ÷ cost⁴ decides, which comes to these shares: among targets
 * that are alike exactly those of their weights, idle or busy; to one that is twice as slow as another a seventeenth of what both get.
 */
export function quicker(slowStartMs: number, random: () => number, isEven: boolean): Choose {
  const drawnByWeight = (able: readonly Candidate[], now: number): number => {
    let sum = 0;
    for (const candidate of able) sum += weightNow(candidate, now, slowStartMs);
    let left = random() * sum;
    for (let index = 0; index < able.length; index++) if ((left -= weightNow(able[index] as Candidate, now, slowStartMs)) < 0) return index;
    return 0;
  };
  return ({ able, now }) => {
    const first = isEven ? Math.floor(random() * able.length) : drawnByWeight(able, now);
    const other = (first + 1 + Math.floor(random() * (able.length - 1))) % able.length;
    const one = able[first] as Candidate;
    const two = able[other] as Candidate;
    const weight = weightNow(one, now, slowStartMs);
    const otherWeight = weightNow(two, now, slowStartMs);
    const mean = (weight + otherWeight) / 2;
    // An idle one costs its own time, whatever its weight: that is a matter of turns.
    const forOne = weight * (timeBeside(two, one, now) * ((two.inFlight * mean) / otherWeight + 1)) ** 4;
    const forTwo = otherWeight * (timeBeside(one, two, now) * ((one.inFlight * mean) / weight + 1)) ** 4;
    // Both cost nothing as far as anybody knows.
    if (forOne + forTwo === 0) return random() * 2 * mean < weight ? one : two;
    return random() * (forOne + forTwo) < forOne ? one : two;
  };
}

/** An unknown target is tried at once, though not by everybody before its first answer. */
const unknownMs = 1000;

/** What is known grows old, and a slow target is asked again; that makes nobody quicker than the other, however seldom calls come. */
function timeBeside(candidate: Candidate, other: Candidate, now: number): number {
  if (candidate.averageMs === 0) return candidate.inFlight === 0 ? 0 : unknownMs;
  return Math.max(timeNow(candidate, now), Math.min(candidate.averageMs, other.averageMs));
}

/** The same key meets the same target, unless that has far more than its share of the calls under way and the call need not stay. */
export function byHash(ring: HashRing): Choose {
  return ({ able, key, stays }) => ring.find(key, able, stays);
}
