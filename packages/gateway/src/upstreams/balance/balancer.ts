/**
 * Hot path (benchmarks: http, balancing). Chooses the target of each try and learns from how it went. Tiers come first: a
 * later one gets calls only while no target of the ones before it may have any. Then the algorithm. Where nothing may
 * have a call, the one that has rested longest gets it all the same, for a service that is well never answers with an
 * error because its gateway was too careful; only a `breaker` that somebody asked for says no.
 */
import type { Upstream } from "@parley/contract/config/upstream";
import type { Target } from "../target.ts";
import { hasBroken, isAble, newCandidate, noteConnectFailure, noteCutShort, noteFailure, noteSuccess, noteTime, timeNow, type Candidate, type Fleet, type Resting } from "./candidate.ts";
import { byHash, inTurn, leastRequests, quicker, type Choose } from "./choices.ts";
import { compileHashKey, hasToMeet, type HashKey, type Placeable } from "./hash-key.ts";
import { hashRing } from "./hash-ring.ts";

/** `unavailable`: an answer that says the service is not there (502, 503, 504). */
export type TryOutcome = "answered" | "unavailable" | "connect-failure" | "failed";

export interface Balancer {
  /** A target that is not in `tried`; null when all have been tried. It counts as under way until `released`. */
  pick(call: Placeable, tried: readonly Target[]): Target | null;
  /** With the answer's head, or with the failure in its place. */
  ended(target: Target, outcome: TryOutcome, durationMs: number): void;
  /** After its head, an answer has come to its end, or broken off. */
  completed(target: Target): void;
  cutShort(target: Target): void;
  /** Given up, because another target was quicker: its answer takes this long at least. */
  outrun(target: Target, durationMs: number): void;
  /** The try is over, with its answer's last byte. */
  released(target: Target): void;
  /** How long to wait while the breaker is open; 0 where calls may go. */
  closedForMs(): number;
  /** All targets: what `pick` gives are some of them. Also for active checks and for those who watch. */
  readonly candidates: readonly Candidate[];
}

export interface BalancerPorts {
  monotonicMs: () => number;
  /** From 0 to under 1. */
  random: () => number;
}

export function compileBalancer(upstream: Upstream, targets: readonly Target[], ports: BalancerPorts): Balancer {
  const now = ports.monotonicMs();
  const fleet: Fleet = { troubled: 0 };
  const candidates = targets.map((target) => newCandidate(target, fleet, now));
  const tiers = tiersOf(upstream, candidates);
  return new TieredBalancer({
    candidates,
    tiers: tiers.map((members) => ({ weighted: members.filter(({ weight }) => weight > 0), choose: algorithm(upstream, members, ports) })),
    fleet,
    hashKey: upstream.balance === "consistent-hash" ? compileHashKey(upstream.hash) : null,
    writesMeet: upstream.balance === "consistent-hash" && upstream.hash.by === "resource",
    resting: restingRules(upstream, candidates.length),
    breaks: upstream.breaker !== undefined,
    ports,
  });
}

interface Tier {
  /** Those that get calls while they are well. */
  weighted: readonly Candidate[];
  choose: Choose;
}

interface BalancerParts {
  candidates: readonly Candidate[];
  tiers: readonly Tier[];
  fleet: Fleet;
  hashKey: HashKey | null;
  /** Writes to one resource go to one target, whatever it has under way. */
  writesMeet: boolean;
  resting: Resting;
  breaks: boolean;
  ports: BalancerPorts;
}

class TieredBalancer implements Balancer {
  readonly candidates: readonly Candidate[];
  readonly #parts: BalancerParts;
  /** Null where there is one to choose from. */
  readonly #alone: Candidate | null;
  readonly #breaks: boolean;
  readonly #monotonicMs: () => number;
  /** Refilled for each choice rather than made anew. */
  readonly #able: Candidate[] = [];

  constructor(parts: BalancerParts) {
    const { candidates, breaks, ports } = parts;
    this.#parts = parts;
    this.candidates = candidates;
    this.#alone = candidates.length === 1 ? (candidates[0] as Candidate) : null;
    this.#breaks = breaks;
    this.#monotonicMs = ports.monotonicMs;
  }

  pick(call: Placeable, tried: readonly Target[]): Target | null {
    const now = this.#monotonicMs();
    const chosen = this.#alone !== null && tried.length === 0 ? this.#alone : (this.#chosen(call, tried, now) ?? this.#lastResort(tried));
    if (chosen === null) return null;
    if (chosen.rests > 0 && chosen.restsUntilMs <= now) chosen.trialUnderWay = true;
    chosen.inFlight++;
    return chosen;
  }

  ended(target: Target, outcome: TryOutcome, durationMs: number): void {
    const candidate = this.#of(target);
    const now = this.#monotonicMs();
    if (outcome === "answered") {
      noteSuccess(candidate, now);
      noteTime(candidate, durationMs, now);
    } else if (outcome === "connect-failure") noteConnectFailure(candidate, now, this.#breaks ? this.#parts.resting : null);
    else noteFailure(candidate, now, { rules: this.#parts.resting, resting: this.#resting(now) });
  }

  completed(target: Target): void {
    this.#of(target).cutShort = 0;
  }

  cutShort(target: Target): void {
    const now = this.#monotonicMs();
    noteCutShort(this.#of(target), now, { rules: this.#parts.resting, resting: this.#resting(now) });
  }

  outrun(target: Target, durationMs: number): void {
    const candidate = this.#of(target);
    const now = this.#monotonicMs();
    if (durationMs > timeNow(candidate, now)) noteTime(candidate, durationMs, now);
  }

  released(target: Target): void {
    const candidate = this.#of(target);
    if (candidate.inFlight > 0) candidate.inFlight--;
    // Given up by its caller before it could say anything: the next call is the trial.
    if (candidate.inFlight === 0) candidate.trialUnderWay = false;
  }

  closedForMs(): number {
    if (!this.#breaks) return 0;
    const now = this.#monotonicMs();
    let leastMs = Infinity;
    for (const candidate of this.candidates) {
      if (candidate.weight === 0) continue;
      if (isAble(candidate, now) || !hasBroken(candidate, this.#parts.resting)) return 0;
      leastMs = Math.min(leastMs, Math.max(shortestWaitMs, candidate.restsUntilMs - now));
    }
    return Number.isFinite(leastMs) ? leastMs : 0;
  }

  #chosen(call: Placeable, tried: readonly Target[], now: number): Candidate | null {
    const allAreAble = this.#parts.fleet.troubled === 0 && tried.length === 0;
    for (const { weighted, choose } of this.#parts.tiers) {
      const able = allAreAble ? weighted : this.#ableOf(weighted, tried, now);
      if (able.length === 1) return able[0] as Candidate;
      if (able.length > 1) return choose({ able, now, key: this.#parts.hashKey === null ? 0 : this.#parts.hashKey(call), stays: this.#parts.writesMeet && hasToMeet(call) });
    }
    return null;
  }

  #ableOf(weighted: readonly Candidate[], tried: readonly Target[], now: number): readonly Candidate[] {
    const able = this.#able;
    able.length = 0;
    for (const candidate of weighted) if (isAble(candidate, now) && !tried.includes(candidate)) able.push(candidate);
    return able;
  }

  /** The one that has rested longest, those that checks call well before others. A weight of 0 takes calls only here. */
  #lastResort(tried: readonly Target[]): Candidate | null {
    let best: Candidate | null = null;
    for (const candidate of this.candidates) {
      if (tried.includes(candidate)) continue;
      if (best === null || isBetterResort(candidate, best)) best = candidate;
    }
    return best;
  }

  #resting(now: number): number {
    let count = 0;
    for (const candidate of this.candidates) if (!isAble(candidate, now)) count++;
    return count;
  }

  #of(target: Target): Candidate {
    return this.#alone ?? (this.candidates[target.index] as Candidate);
  }
}

/** While a trial is under way nobody knows; ask again soon. */
const shortestWaitMs = 100;

function isBetterResort(one: Candidate, other: Candidate): boolean {
  if (one.healthy !== other.healthy) return one.healthy;
  return one.restsUntilMs < other.restsUntilMs;
}

function tiersOf(upstream: Upstream, candidates: readonly Candidate[]): Candidate[][] {
  const tiers = new Map<number, Candidate[]>();
  for (const [index, candidate] of candidates.entries()) {
    const tier = upstream.balance === "failover" ? index : (upstream.targets[index]?.tier ?? 0);
    const members = tiers.get(tier);
    if (members) members.push(candidate);
    else tiers.set(tier, [candidate]);
  }
  return [...tiers].sort(([one], [other]) => one - other).map(([, members]) => members);
}

function algorithm(upstream: Upstream, members: readonly Candidate[], { random }: BalancerPorts): Choose {
  const slowStartMs = upstream.slowStart ?? 0;
  switch (upstream.balance) {
    case "round-robin":
    case "failover":
      return inTurn(slowStartMs);
    case "least-requests":
      return leastRequests(slowStartMs, random);
    case "ewma":
      return quicker(slowStartMs, random, slowStartMs === 0 && new Set(members.map(({ weight }) => weight)).size <= 1);
    case "consistent-hash":
      return byHash(hashRing(members));
  }
}

/** A breaker may take the last target out; outlier ejection never takes more than its ceiling, and always leaves one. */
function restingRules(upstream: Upstream, count: number): Resting {
  const { breaker, outliers } = upstream;
  if (breaker) return { failures: breaker.failures, firstRestMs: breaker.rest, atMost: count };
  return { failures: outliers.failures, firstRestMs: outliers.rest, atMost: Math.min(count - 1, Math.floor((count * outliers.maxEjected) / 100)) };
}
