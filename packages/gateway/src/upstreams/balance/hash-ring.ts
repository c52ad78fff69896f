/**
 * Hot path (benchmark: balancing). Consistent hashing with bounded load: each target stands at many points of a ring, a
 * key belongs to the next point. Take a target away and only its keys move. A target with more than a quarter over its
 * share of the calls under way passes the key on to the next one, so that one hot key cannot sink a target that others
 * need too (Mirrokni, Thorup, Zadimoghaddam: Consistent Hashing with Bounded Loads, 2016).
 */
import type { Candidate } from "./candidate.ts";

const pointsForWeight = 100;
const maxPoints = 20_000;
const overShare = 1.25;

export interface HashRing {
  /** One of `able`, which is not empty; one that `stays` is not passed on for load. */
  find(key: number, able: readonly Candidate[], stays?: boolean): Candidate;
}

export function hashRing(candidates: readonly Candidate[]): HashRing {
  const points = placedPoints(candidates);
  const places = Uint32Array.from(points, (point) => point.place);
  const owners = points.map((point) => point.candidate);
  const usable = new Set(owners).size;
  let search = 0;
  return {
    find(key, able, stays = false) {
      const limited = able.length < usable;
      // Marked rather than looked for in the list at each of the many points.
      if (limited) {
        search++;
        for (const candidate of able) candidate.search = search;
      }
      const limit = loadLimit(able);
      const start = firstAtOrAfter(places, key);
      let roomiest = able[0] as Candidate;
      for (let step = 0; step < owners.length; step++) {
        const candidate = owners[(start + step) % owners.length] as Candidate;
        if (limited && candidate.search !== search) continue;
        if (stays || candidate.inFlight + 1 <= limit * candidate.weight) return candidate;
        if (candidate.inFlight < roomiest.inFlight) roomiest = candidate;
      }
      return roomiest;
    },
  };
}

/** Calls that one unit of weight may have under way; at least one whole call. */
function loadLimit(able: readonly Candidate[]): number {
  let inFlight = 1;
  let weight = 0;
  for (const candidate of able) {
    inFlight += candidate.inFlight;
    weight += candidate.weight;
  }
  return Math.max(1, Math.ceil((overShare * inFlight) / Math.max(1, weight)));
}

function placedPoints(candidates: readonly Candidate[]): { place: number; candidate: Candidate }[] {
  const usable = candidates.filter((candidate) => candidate.weight > 0);
  const total = usable.reduce((sum, { weight }) => sum + weight, 0);
  const wanted = Math.min(maxPoints, pointsForWeight * usable.length);
  const points = usable.flatMap((candidate) => {
    const count = Math.max(1, Math.round((wanted * candidate.weight) / total));
    const name = candidate.origin + candidate.basePath;
    return Array.from({ length: count }, (_, index) => ({ place: hashText(`${name}#${index}`), candidate }));
  });
  return points.sort((one, other) => one.place - other.place);
}

function firstAtOrAfter(places: Uint32Array, key: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] as number) < key) low = middle + 1;
    else high = middle;
  }
  return low === places.length ? 0 : low;
}

/** FNV-1a, its bits mixed once more because neighbouring names must not stand side by side. 32 bits, not negative. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
