/**
 * Counters: rate limits and concurrency, fast, shared by all workers, may be lost, calendar limits excepted: what is used
 * of a day or a month outlives the engine's process where it was opened so. An engine never throws and never
 * rejects on the hot path: whether a lost engine lets calls pass or refuses them is the explicit choice of whoever
 * opens it.
 */
import type { Period } from "@parley/contract/units";

export interface RateCheck {
  /** Names what is limited, such as `consumer:acme:0`. */
  key: string;
  /** How many may pass per period; in a rolling period it is also the burst. */
  limit: number;
  /** Rolling: generic cell rate algorithm. Calendar: a window that ends with the day or the month of the zone. */
  period: Period;
  /** An IANA time zone, of a calendar period; without it UTC. */
  zone?: string;
  /** What this call takes, 1 for a request. */
  cost: number;
  /** An engine's own note of where it found the key, and no more than a guess; -1 at first. For checks that are asked again and again. */
  foundAt?: number;
}

export interface RateVerdict {
  admitted: boolean;
  /** How many more would be admitted now. */
  remaining: number;
  /** Milliseconds until the full count is there again. */
  resetMs: number;
  /** Milliseconds until this cost would be admitted; 0 if it was, Infinity if it is more than the limit. */
  retryAfterMs: number;
}

/** An engine answers at once where it can: the embedded one always does. */
export interface Counters {
  /** All of the checks are admitted, or nothing is taken from any. One verdict for each check, in order. */
  admit(checks: readonly RateCheck[]): readonly RateVerdict[] | Promise<readonly RateVerdict[]>;
  /** Of checks that were admitted together, for a call that something else refused after all. */
  refund(checks: readonly RateCheck[]): void;
  /** True if fewer than `limit` are held; a held one is given back with `release`. */
  acquire(key: string, limit: number): boolean | Promise<boolean>;
  release(key: string): void;
  /** Leaves a short text for the other workers, for so long; the last word counts. Like all here it may be lost. */
  note(key: string, text: string, ttlMs: number): void;
  /** What was left, one for each key; null for what is not there any more, or cannot be asked for. */
  noted(keys: readonly string[]): readonly (string | null)[] | Promise<readonly (string | null)[]>;
  close(): Promise<void>;
}

/** What an engine that cannot be reached says. */
export type WhenUnreachable = "admit" | "refuse";
