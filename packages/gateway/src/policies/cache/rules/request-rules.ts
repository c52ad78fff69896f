/** What a request says of kept answers (RFC 9111 §5.2.1), read once a call. */
import type { Exchange } from "../../../exchange/exchange.ts";
import { parseCacheControl, says, secondsOf } from "./cache-control.ts";
import { ageMs, freshForMs, type Freshness } from "./freshness.ts";

export interface RequestRules {
  noStore: boolean;
  noCache: boolean;
  onlyIfCached: boolean;
  maxAgeMs: number | null;
  minFreshMs: number;
  /** Infinity for max-stale without a value. */
  maxStaleMs: number;
  staleIfErrorMs: number | null;
}

const silent: RequestRules = { noStore: false, noCache: false, onlyIfCached: false, maxAgeMs: null, minFreshMs: 0, maxStaleMs: 0, staleIfErrorMs: null };

export function requestRules({ headers }: Pick<Exchange, "headers">): RequestRules {
  const value = headers["cache-control"];
  // §5.4: Pragma counts only where there is no Cache-Control.
  if (value === undefined) return headers["pragma"] !== undefined && /(?:^|[\s,])no-cache(?:$|[\s,])/i.test(headers["pragma"]) ? { ...silent, noCache: true } : silent;
  const control = parseCacheControl(value);
  const ms = (name: string): number | null => {
    const seconds = secondsOf(control, name);
    return seconds === null ? null : seconds * 1_000;
  };
  return {
    noStore: says(control, "no-store"), noCache: says(control, "no-cache"), onlyIfCached: says(control, "only-if-cached"),
    maxAgeMs: ms("max-age"), minFreshMs: ms("min-fresh") ?? 0,
    maxStaleMs: control.directives.get("max-stale") === null ? Number.POSITIVE_INFINITY : (ms("max-stale") ?? 0),
    staleIfErrorMs: ms("stale-if-error"),
  };
}

export type Usability = "fresh" | "stale-allowed" | "revalidate-behind" | "revalidate-first";

/** RFC 9111 §4.2.4, and RFC 5861 §3. */
export function usability(freshness: Freshness, rules: RequestRules, nowMs: number): Usability {
  if (rules.noCache || freshness.validated) return "revalidate-first";
  const age = ageMs(freshness, nowMs);
  if (rules.maxAgeMs !== null && age > rules.maxAgeMs) return "revalidate-first";
  const left = freshForMs(freshness, nowMs);
  if (left > 0 && left >= rules.minFreshMs) return "fresh";
  if (left > 0 || rules.minFreshMs > 0) return "revalidate-first";
  if (!freshness.strictUnlessSaid && -left < rules.maxStaleMs) return "stale-allowed";
  return -left < freshness.staleWhileRevalidateMs ? "revalidate-behind" : "revalidate-first";
}

/** Whether a failing service lets the answer be given past its time (RFC 5861 §4). */
export function mayCoverFailure(freshness: Freshness, rules: RequestRules, nowMs: number): boolean {
  if (rules.noCache || freshness.strict || (rules.maxAgeMs !== null && ageMs(freshness, nowMs) > rules.maxAgeMs)) return false;
  const past = -freshForMs(freshness, nowMs);
  return past < Math.max(freshness.staleIfErrorMs, freshness.strictUnlessSaid ? 0 : (rules.staleIfErrorMs ?? 0));
}
