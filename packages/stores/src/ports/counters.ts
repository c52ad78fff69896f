/**
 * Counters: rate limits and concurrency, fast, shared by all workers, may be lost. An engine never throws on the hot
 * path: whether a lost engine lets calls pass or refuses them is the caller's explicit choice.
 */
export interface RateCheck {
  /** Names what is limited, such as `consumer:acme:0`. */
  key: string;
  /** How many may pass per period, which is also the burst. */
  limit: number;
  periodMs: number;
  /** What this call takes, 1 for a request. */
  cost: number;
}

export interface RateVerdict {
  admitted: boolean;
  /** How many more would be admitted now. */
  remaining: number;
  /** Milliseconds until the full burst is there again. */
  resetMs: number;
  /** Milliseconds until this cost would be admitted; 0 if it was. */
  retryAfterMs: number;
}

/** An engine answers at once where it can: the embedded one always does. */
export interface Counters {
  /** Generic cell rate algorithm: all of the checks are admitted, or nothing is taken from any. */
  admit(checks: readonly RateCheck[]): readonly RateVerdict[] | Promise<readonly RateVerdict[]>;
  /** True if fewer than `limit` are held; a held one is given back with `release`. */
  acquire(key: string, limit: number): boolean | Promise<boolean>;
  release(key: string): void;
  close(): Promise<void>;
}
