/**
 * Hot path (benchmarks: http). What a balancer knows of one target, and whether it may get a call now: its active
 * checks, and a circuit breaker of its own. After failures it rests, longer each time; then one call is its trial
 * (half-open), and only that call's success lets others follow.
 */
import type { Target } from "../target.ts";

/** What the targets of one upstream have in common. */
export interface Fleet {
  /** Those that rest or whose checks fail; where there are none, all may have calls without a look at each. */
  troubled: number;
}

/** The target itself: of ten thousand upstreams each object more would be one that the next call finds in no cache. */
export interface Candidate extends Target {
  readonly fleet: Fleet;
  /** Tries under way, until their answer's end. */
  inFlight: number;
  /** Peak-sensitive moving average of the time to the answer's head; 0 while nothing is known. */
  averageMs: number;
  averagedAtMs: number;
  /** Of smooth weighted round-robin: grows by its weight each turn, falls by the sum when chosen. */
  current: number;
  /** Of consistent hashing: the last search that could have found it. */
  search: number;
  /** In a row. */
  failures: number;
  /** Answers in a row that broke off after their heads. */
  cutShort: number;
  /** How often in a row it had to rest. */
  rests: number;
  restsUntilMs: number;
  trialUnderWay: boolean;
  /** What active checks say; true where there are none. */
  healthy: boolean;
  /** Since when it takes calls (again), for a slow start. */
  backSinceMs: number;
}

export interface Resting {
  /** Failures in a row, other than refused connections, after which it rests. */
  failures: number;
  firstRestMs: number;
  /** How many targets may rest at a time because of such failures. */
  atMost: number;
}

const longestRestMs = 30_000;
const connectRestMs = 1000;

/** What every call looks at comes first, in one place of memory or two. */
export function newCandidate({ origin, host, basePath, weight, index }: Target, fleet: Fleet, now: number): Candidate {
  return {
    origin, host, basePath, inFlight: 0, rests: 0, failures: 0, cutShort: 0, averageMs: 0, averagedAtMs: now, trialUnderWay: false,
    fleet, weight, index, current: 0, search: 0, restsUntilMs: -Infinity, healthy: true, backSinceMs: -Infinity,
  };
}

export function isAble(candidate: Candidate, now: number): boolean {
  return candidate.healthy && !(candidate.rests > 0 && (candidate.trialUnderWay || candidate.restsUntilMs > now));
}

export function noteSuccess(candidate: Candidate, now: number): void {
  candidate.failures = 0;
  if (candidate.rests === 0) return;
  if (candidate.healthy) candidate.fleet.troubled--;
  candidate.rests = 0;
  candidate.trialUnderWay = false;
  candidate.backSinceMs = now;
}

/** Whoever refuses a connection rests at once: nothing was sent, so another target gets the call without a doubt. */
export function noteConnectFailure(candidate: Candidate, now: number, breaker: Resting | null): void {
  candidate.failures++;
  rest(candidate, now, connectRestMs);
  // So many that the breaker opens, for as long as it says.
  if (breaker !== null && candidate.failures >= breaker.failures) candidate.restsUntilMs = Math.max(candidate.restsUntilMs, now + breaker.firstRestMs);
}

/** Failed often enough for a breaker to open. A refused connection alone makes it rest, and is no reason to refuse calls. */
export function hasBroken({ healthy, failures, cutShort }: Candidate, breaker: Resting): boolean {
  return !healthy || failures >= breaker.failures || cutShort >= breaker.failures;
}

/** An answer that never came, broke off, or says that the service is not there. `resting` counts those that rest already. */
export function noteFailure(candidate: Candidate, now: number, { rules, resting }: { rules: Resting; resting: number }): void {
  candidate.failures++;
  if (candidate.rests > 0) return rest(candidate, now, rules.firstRestMs);
  if (candidate.failures >= rules.failures && resting < rules.atMost) rest(candidate, now, rules.firstRestMs);
}

/** An answer whose head was well and whose end never came. Its head was a success, so these are counted by themselves. */
export function noteCutShort(candidate: Candidate, now: number, { rules, resting }: { rules: Resting; resting: number }): void {
  candidate.cutShort++;
  if (candidate.cutShort >= rules.failures && (candidate.rests > 0 || resting < rules.atMost)) rest(candidate, now, rules.firstRestMs);
}

function rest(candidate: Candidate, now: number, firstRestMs: number): void {
  candidate.trialUnderWay = false;
  // Calls that were under way when it went to rest say nothing new.
  if (candidate.restsUntilMs > now) return;
  candidate.restsUntilMs = now + Math.min(longestRestMs, firstRestMs * 2 ** Math.min(candidate.rests, 10));
  if (candidate.rests === 0 && candidate.healthy) candidate.fleet.troubled++;
  candidate.rests++;
}

/** What active checks have found. */
export function noteHealth(candidate: Candidate, healthy: boolean): void {
  if (candidate.rests === 0 && candidate.healthy !== healthy) candidate.fleet.troubled += healthy ? -1 : 1;
  candidate.healthy = healthy;
}

const averageOverMs = 10_000;
/** Of what was known, with each answer: by time alone a busy target would be as slow as its slowest answer of many. */
const forgotten = 0.1;

/** Rises to a peak at once and falls with time and with answers, so that a target that has become slow is noticed by its first slow answer. */
export function noteTime(candidate: Candidate, durationMs: number, now: number): void {
  const kept = durationMs > candidate.averageMs ? 0 : Math.min(1 - forgotten, Math.exp(-(now - candidate.averagedAtMs) / averageOverMs));
  candidate.averageMs = candidate.averageMs * kept + durationMs * (1 - kept);
  candidate.averagedAtMs = now;
}

/** What is known grows old, so that a target that was slow once is asked again. */
export function timeNow(candidate: Candidate, now: number): number {
  return candidate.averageMs * Math.exp(-(now - candidate.averagedAtMs) / averageOverMs);
}

const leastShare = 0.1;

/** Its weight, and less while it is warming up. */
export function weightNow(candidate: Candidate, now: number, slowStartMs: number): number {
  const { weight } = candidate;
  if (slowStartMs === 0) return weight;
  const share = (now - candidate.backSinceMs) / slowStartMs;
  return share >= 1 ? weight : weight * Math.max(leastShare, share);
}
