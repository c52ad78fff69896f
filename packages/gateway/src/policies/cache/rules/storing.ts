/** Whether an answer to a GET may be kept (RFC 9111 §3), for a cache that several callers share. */
import type { Cache } from "@parley/contract/config/cache";
import type { Exchange } from "../../../exchange/exchange.ts";
import { fieldValue } from "../../../exchange/raw-fields.ts";
import { type CacheControl, says } from "./cache-control.ts";
import { isForNoCookies } from "./cookies.ts";
import { goodAnswers, saysFreshness } from "./freshness.ts";
import { privateFields } from "./private-fields.ts";

/** Final statuses whose meaning for a cache is known here; parts (206) are not kept, and 304 is no answer of its own. */
const understood: ReadonlySet<number> = new Set([200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 451, 501]);
/** RFC 9110 §15.1: kept without being told to. */
const keptUnasked: ReadonlySet<number> = new Set([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501]);

export interface Storable {
  status: number;
  rawHeaders: readonly string[];
  control: CacheControl;
  settings: Pick<Cache, "ttl" | "setCookie">;
  /** The request that goes upstream carries the caller's own credentials. */
  authorized: boolean;
  /** The request carries cookies. */
  withCookies: boolean;
}

export function mayBeKept(answer: Storable): boolean {
  const { status, rawHeaders, control, settings, authorized } = answer;
  if (!understood.has(status) || !isForSharedCaches(control)) return false;
  if (authorized && !says(control, "public") && !says(control, "s-maxage") && !says(control, "must-revalidate")) return false;
  if (!settings.setCookie && fieldValue(rawHeaders, "set-cookie") !== undefined && privateFields(control)?.has("set-cookie") !== true) return false;
  if (answer.withCookies && isForNoCookies(answer)) return false;
  if (isEndless(rawHeaders)) return false;
  return isAsked(answer) && isOfUse(answer);
}

/** Of an answer, and of what a 304 makes of one that is kept already. */
export function isForSharedCaches(control: CacheControl): boolean {
  // §5.2.2.3: whoever understands the status may disregard the no-store beside must-understand.
  return privateFields(control) !== null && (!says(control, "no-store") || says(control, "must-understand"));
}

function isAsked({ status, rawHeaders, control }: Storable): boolean {
  return keptUnasked.has(status) || says(control, "public") || saysFreshness({ rawHeaders, control });
}

/** Never fresh and without a validator, it could never be given. */
function isOfUse({ status, rawHeaders, control, settings }: Storable): boolean {
  if (saysFreshness({ rawHeaders, control })) return true;
  return (status === 200 && hasValidator(rawHeaders)) || (settings.ttl !== undefined && goodAnswers.has(status));
}

export function hasValidator(rawHeaders: readonly string[]): boolean {
  return fieldValue(rawHeaders, "etag") !== undefined || fieldValue(rawHeaders, "last-modified") !== undefined;
}

function isEndless(rawHeaders: readonly string[]): boolean {
  return /^\s*(?:text\/event-stream|multipart\/x-mixed-replace)/i.test(fieldValue(rawHeaders, "content-type") ?? "");
}

/**
 * RFC 9111 §3.5 speaks of what the service gets: Parley's own key is taken off before, and where the service has credentials
 * of its own in that field, the caller's are, too.
 */
export function carriesCredentials({ headers, keySecret }: Pick<Exchange, "headers" | "keySecret">, isReplaced: boolean): boolean {
  const { authorization } = headers;
  if (authorization === undefined || isReplaced) return false;
  return keySecret === null || !authorization.endsWith(keySecret);
}
