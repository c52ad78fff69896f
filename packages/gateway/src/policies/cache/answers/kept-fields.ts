/** The fields of an answer as they are kept, and what a later 304 changes about them (RFC 9111 §3.1, §3.2). */
import { fieldValue, withoutFields } from "../../../exchange/raw-fields.ts";
import { formatHttpDate } from "../../../exchange/validators/http-date.ts";
import type { CacheControl } from "../rules/cache-control.ts";
import { privateFields } from "../rules/private-fields.ts";

/** Said anew with every answer. */
const saidAnew: ReadonlySet<string> = new Set(["age", "content-length"]);
/** They describe the body that is kept, and not the answer that has none. */
const ofTheBody: ReadonlySet<string> = new Set(["content-length", "content-encoding", "content-type", "content-range", "content-md5", "digest", "content-digest", "repr-digest", "age", "via"]);

/** With the Date that every answer has to have (RFC 9110 §6.6.1). */
export function keptFields(rawHeaders: readonly string[], receivedAt: number): string[] {
  const kept = withoutFields(rawHeaders, saidAnew);
  if (fieldValue(kept, "date") === undefined) kept.push("Date", formatHttpDate(receivedAt));
  return kept;
}

/** Without what is the one caller's that was answered: fields that the answer calls private, and cookies, unless they are everybody's. A 304 can bring both. */
export function sharedFields(rawHeaders: readonly string[], control: CacheControl, { setCookie }: { setCookie: boolean }): string[] {
  const own = new Set(privateFields(control));
  if (!setCookie) own.add("set-cookie");
  return withoutFields(rawHeaders, own);
}

export function freshenedFields(kept: readonly string[], notModified: readonly string[]): string[] {
  const news = withoutFields(notModified, ofTheBody);
  const replaced = new Set<string>();
  for (let index = 0; index < news.length; index += 2) replaced.add((news[index] as string).toLowerCase());
  return [...withoutFields(kept, replaced), ...news];
}
