/** How long an answer may be given without asking (RFC 9111 §4.2), how old it is, and how far past its time it may be of use (RFC 5861). */
import type { Cache } from "@parley/contract/config/cache";
import { fieldValue } from "../../../exchange/raw-fields.ts";
import { parseHttpDate } from "../../../exchange/validators/http-date.ts";
import { type CacheControl, says, secondsOf } from "./cache-control.ts";

export interface Freshness {
  /** How long it is fresh from its making on. */
  lifetimeMs: number;
  /** How old it was when it came. */
  ageAtReceiptMs: number;
  /** Unix milliseconds. */
  receivedAt: number;
  /** Asked for anew before every use: no-cache. */
  validated: boolean;
  /** Past its time it is of no use to anybody: must-revalidate, proxy-revalidate, no-cache. */
  strict: boolean;
  /** As `strict`, unless the answer itself allows more: s-maxage (RFC 9111 §5.2.2.10). */
  strictUnlessSaid: boolean;
  staleWhileRevalidateMs: number;
  staleIfErrorMs: number;
}

export interface Received {
  status: number;
  rawHeaders: readonly string[];
  control: CacheControl;
  /** When it was asked for and when it came, in Unix milliseconds. */
  askedAt: number;
  receivedAt: number;
}

export function freshnessOf(received: Received, settings: Pick<Cache, "ttl" | "staleWhileRevalidate" | "staleIfError">): Freshness {
  const { control, receivedAt } = received;
  const strict = says(control, "must-revalidate") || says(control, "proxy-revalidate") || says(control, "no-cache");
  const strictUnlessSaid = strict || says(control, "s-maxage");
  const window = (name: string, configured: number | undefined): number => {
    const said = secondsOf(control, name);
    if (said !== null) return strict ? 0 : said * 1_000;
    return strictUnlessSaid ? 0 : (configured ?? 0);
  };
  return {
    lifetimeMs: lifetimeMs(received, settings.ttl),
    ageAtReceiptMs: ageAtReceiptMs(received),
    receivedAt, strict, strictUnlessSaid,
    // With field names in it the whole counts, which is allowed (§5.2.2.4): nobody writes them.
    validated: says(control, "no-cache"),
    staleWhileRevalidateMs: window("stale-while-revalidate", settings.staleWhileRevalidate),
    staleIfErrorMs: window("stale-if-error", settings.staleIfError),
  };
}

export function ageMs({ ageAtReceiptMs: before, receivedAt }: Freshness, nowMs: number): number {
  return before + Math.max(0, nowMs - receivedAt);
}

/** Negative once it is stale. */
export function freshForMs(freshness: Freshness, nowMs: number): number {
  return freshness.lifetimeMs - ageMs(freshness, nowMs);
}

/** True where the answer says itself how long it is fresh. */
export function saysFreshness({ rawHeaders, control }: Pick<Received, "rawHeaders" | "control">): boolean {
  return says(control, "s-maxage") || says(control, "max-age") || fieldValue(rawHeaders, "expires") !== undefined;
}

/** Whose status says by itself that it may be kept (RFC 9110 §15.1), as far as it is no failure. */
export const goodAnswers: ReadonlySet<number> = new Set([200, 203, 300, 301, 308]);

/** RFC 9111 §4.2.1, for a shared cache. */
function lifetimeMs(received: Received, ttlMs: number | undefined): number {
  const { control, rawHeaders, receivedAt } = received;
  const seconds = secondsOf(control, "s-maxage") ?? secondsOf(control, "max-age");
  if (seconds !== null) return seconds * 1_000;
  const expires = fieldValue(rawHeaders, "expires");
  if (expires !== undefined) {
    const at = parseHttpDate(expires.trim(), receivedAt);
    // Anything else, 0 above all, is in the past (§5.3).
    return at === null ? 0 : Math.max(0, at - (dateOf(rawHeaders, receivedAt) ?? receivedAt));
  }
  return goodAnswers.has(received.status) ? (ttlMs ?? 0) : 0;
}

/** RFC 9111 §4.2.3. */
function ageAtReceiptMs({ rawHeaders, askedAt, receivedAt }: Received): number {
  const date = dateOf(rawHeaders, receivedAt);
  const apparent = date === null ? 0 : Math.max(0, receivedAt - date);
  // Of several the first counts (§5.1).
  const said = /^\s*(\d+)\s*(?:,|$)/.exec(fieldValue(rawHeaders, "age") ?? "")?.[1];
  const corrected = Math.min(2 ** 31, Number(said ?? 0)) * 1_000 + (receivedAt - askedAt);
  return Math.max(apparent, corrected);
}

function dateOf(rawHeaders: readonly string[], nowMs: number): number | null {
  const date = fieldValue(rawHeaders, "date");
  return date === undefined ? null : parseHttpDate(date.trim(), nowMs);
}
