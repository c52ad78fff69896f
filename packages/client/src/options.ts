/** What a client can be told, and what it takes when it is told nothing. */
import type { MergeRules } from "@parley/merge";

export interface ClientOptions {
  /** What relative addresses are relative to. */
  baseUrl?: string;
  /** Sent with every request; a function is asked each time, for tokens that change. */
  headers?: Record<string, string> | (() => Record<string, string> | Promise<Record<string, string>>);
  /** The global one by default. */
  fetch?: typeof fetch;
  /** How long one call of the client may take, all its repetitions included. */
  deadlineMs?: number;
  /** The wait before the n-th repetition is a random part of `base · 2^n`, and never more than `max`. */
  backoff?: { baseMs: number; maxMs: number };
  /** How many resources' tags are remembered, and how many bytes of their documents as bases for merging. */
  remember?: { resources: number; bytes: number };
  /** How `replace` merges. */
  merge?: MergeRules;
  /** Whether a create whose answer was lost is sent again under its key. Turn it off for servers that ignore Idempotency-Key. */
  repeatCreates?: boolean;
  /** From 0 up to 1, for the jitter. */
  random?: () => number;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
  /** Rejects when the signal aborts. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Idempotency keys; a random UUID by default. */
  newKey?: () => string;
}

export interface Settings extends Required<Omit<ClientOptions, "headers" | "baseUrl">> {
  baseUrl: string | null;
  headers: () => Record<string, string> | Promise<Record<string, string>>;
}

export function settingsFrom(options: ClientOptions): Settings {
  const { headers = {}, baseUrl = null, ...rest } = options;
  return {
    fetch: (input, init) => globalThis.fetch(input, init),
    deadlineMs: 30_000,
    backoff: { baseMs: 50, maxMs: 5_000 },
    remember: { resources: 1_000, bytes: 8 * 1024 * 1024 },
    merge: { arrays: "atomic", keys: {}, forbid: [] },
    repeatCreates: true,
    random: () => Math.random(),
    now: () => performance.now(),
    sleep,
    newKey: () => crypto.randomUUID(),
    ...rest,
    baseUrl,
    headers: typeof headers === "function" ? headers : () => headers,
  };
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(reasonOf(signal));
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    function stop(): void {
      clearTimeout(timer);
      reject(reasonOf(signal));
    }
    signal.addEventListener("abort", stop, { once: true });
  });
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("it was aborted");
}
