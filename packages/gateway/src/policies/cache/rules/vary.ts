/** Hot path of services with a cache. Which requests an answer is for, by its Vary (RFC 9111 §4.1), in one short text. */
import { hash } from "node:crypto";
import type { Exchange } from "../../../exchange/exchange.ts";

/** What the gateway writes itself, so that the client's own value says nothing of what the service got. */
const written = /^(?:\*|x-forwarded-.*|x-real-ip|forwarded|via|traceparent|tracestate|parley-(?!consumer$).*|connection|te|expect|host)$/;
const maxNames = 16;
const longestKept = 120;

/** In lower case and in order; null where no later request can be known to select the same. */
export function selectingFields(vary: string | undefined): readonly string[] | null {
  if (vary === undefined) return none;
  const names = [...new Set(vary.toLowerCase().split(",", maxNames + 1).map((name) => name.trim()))].filter((name) => name !== "").sort();
  return names.length > maxNames || names.some((name) => written.test(name)) ? null : names;
}

const none: readonly string[] = [];

/** The same for requests that select the same; long ones as their hash, so that no caller fills the memory with its fields. */
export function selectionOf(names: readonly string[], { headers, caller }: Pick<Exchange, "headers" | "caller">): string {
  if (names.length === 0) return "";
  const text = names.map((name) => normalised(name, name === "parley-consumer" ? caller?.consumer : headers[name])).join("\n");
  return text.length <= longestKept ? text : hash("sha256", text, "base64url");
}

/** Blanks around commas say nothing, and neither do case and order in lists of preferences with equal weights (§4.1 allows all of it). */
function normalised(name: string, value: string | string[] | undefined): string {
  if (value === undefined) return "";
  // Split rather than replaced: looking for blanks before a semicolon takes the square of a long run of blanks.
  const members = String(value).split(",").map((member) => member.split(";").map((part) => part.trim()).join(";")).filter((member) => member !== "");
  if (name === "accept-encoding" || name === "accept-language" || name === "accept-charset") return members.map((member) => member.toLowerCase()).sort().join(",");
  return members.join(",");
}
