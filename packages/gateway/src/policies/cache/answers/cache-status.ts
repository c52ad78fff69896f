/** Cache-Status (RFC 9211): what the cache did for a call, in its answer and in its record. */
import type { Exchange } from "../../../exchange/exchange.ts";

export type CacheUse = "hit" | "stale" | "revalidated" | "miss" | "bypass";

/** Once a call: what goes upstream beside it, or again, is no second word. */
export function sayStatus({ answerFields, record }: Exchange, parameters: string, use?: CacheUse): void {
  if (use !== undefined) record.cache = use;
  const at = answerFields.indexOf("Cache-Status");
  const value = `parley; ${parameters}`;
  if (at === -1) answerFields.push("Cache-Status", value);
  else answerFields[at + 1] = value;
}
