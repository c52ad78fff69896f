/**
 * Hot path of upstreams with `hedge`. When a call that has no answer yet is sent a second time: after a time that was
 * written, or after that in which most answers come, as measured.
 */
import type { Upstream } from "@parley/contract/config/upstream";
import type { Exchange } from "../../exchange/exchange.ts";

type HedgeSettings = NonNullable<Upstream["hedge"]>;

/** Methods that change nothing (RFC 9110 §9.2.1), and those of WebDAV and QUERY. */
const safeMethods = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH", "QUERY"]);
const newest = 512;
/** Fewer say nothing of a percentile. */
const fewest = 50;
const reckonedEvery = 32;
/** A hedge that comes sooner would double the load of an upstream that is merely quick. */
const shortestMs = 1;

export class HedgePlan {
  /** Besides the first try. */
  readonly max: number;
  readonly #percentile: number | null;
  readonly #timesMs = new Float64Array(newest);
  #noted = 0;
  #delayMs: number | null;

  constructor({ after, percentile, max }: HedgeSettings) {
    this.max = max;
    this.#percentile = percentile ?? null;
    this.#delayMs = after ?? null;
  }

  /** Null while nothing is known. */
  get delayMs(): number | null {
    return this.#delayMs;
  }

  /** Carried out twice it has to be as good as once; and what was streamed through cannot be sent again. */
  mayHedge({ method, headers, sentOnce }: Pick<Exchange, "method" | "headers" | "sentOnce">, body: Buffer | "stream" | null): boolean {
    return body !== "stream" && sentOnce !== true && (safeMethods.has(method) || headers["idempotency-key"] !== undefined);
  }

  /** How long an answer's head took, or has taken at least. */
  took(durationMs: number): void {
    if (this.#percentile === null) return;
    this.#timesMs[this.#noted++ % newest] = durationMs;
    if (this.#noted < fewest || this.#noted % reckonedEvery !== 0) return;
    const sorted = this.#timesMs.slice(0, Math.min(newest, this.#noted)).sort();
    this.#delayMs = Math.max(shortestMs, sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * this.#percentile) / 100))] as number);
  }
}
