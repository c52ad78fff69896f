/**
 * Hot path (benchmarks: http). Chooses the target of a try. One contract for all algorithms: `pick` before a try,
 * `ended` after it with how it went, so that an algorithm can weigh times and calls in flight; a target that refused
 * connections rests for a while, longer each time, unless nothing else is left.
 */
import type { Target } from "./target.ts";

export type TryOutcome = "answered" | "connect-failure" | "failed";

export interface Balancer {
  /** A target that is not in `tried`; null when all have been tried. */
  pick(tried: readonly Target[]): Target | null;
  ended(target: Target, outcome: TryOutcome, durationMs: number): void;
}

interface Candidate {
  target: Target;
  /** Of smooth weighted round-robin: grows by its weight each turn, falls by the sum when chosen. */
  current: number;
  failures: number;
  restsUntilMs: number;
}

const firstRestMs = 1000;
const longestRestMs = 30_000;

export function roundRobin(targets: readonly Target[], monotonicMs: () => number): Balancer {
  const candidates = targets.map((target): Candidate => ({ target, current: 0, failures: 0, restsUntilMs: 0 }));
  const only = targets.length === 1 ? (targets[0] as Target) : null;
  return {
    pick(tried) {
      if (only) return tried.length === 0 ? only : null;
      return choose(candidates, tried, monotonicMs());
    },
    ended(target, outcome) {
      const candidate = only ? undefined : candidates.find((one) => one.target === target);
      if (candidate) note(candidate, outcome, monotonicMs());
    },
  };
}

function note(candidate: Candidate, outcome: TryOutcome, now: number): void {
  if (outcome === "answered") candidate.failures = 0;
  if (outcome !== "connect-failure") return;
  candidate.restsUntilMs = now + Math.min(longestRestMs, firstRestMs * 2 ** Math.min(candidate.failures, 10));
  candidate.failures++;
}

function choose(candidates: readonly Candidate[], tried: readonly Target[], now: number): Target | null {
  const left = candidates.filter((candidate) => !tried.includes(candidate.target));
  const able = left.filter((candidate) => candidate.target.weight > 0 && candidate.restsUntilMs <= now);
  if (able.length > 0) return smoothlyNext(able);
  // All rest: the one that has rested longest. A weight of 0 takes calls only when nothing else can.
  return left.reduce<Candidate | null>((best, one) => (best === null || one.restsUntilMs < best.restsUntilMs ? one : best), null)?.target ?? null;
}

function smoothlyNext(able: readonly Candidate[]): Target {
  let sum = 0;
  let best = able[0] as Candidate;
  for (const candidate of able) {
    candidate.current += candidate.target.weight;
    sum += candidate.target.weight;
    if (candidate.current > best.current) best = candidate;
  }
  best.current -= sum;
  return best.target;
}
