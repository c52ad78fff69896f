/**
 * Hot path (benchmarks: http). A header section's fields by name, as node:http's `headers` has them: names in lower case,
 * several of one name joined, or the first one kept where a list makes no sense. Everything behind the listener reads it.
 */
import type { IncomingHttpHeaders } from "node:http";

/** Names that clients send all the time, so that they need not be put into lower case with every request. */
const maxKnownNames = 512;
const maxKnownLength = 40;

const first: ReadonlySet<string> = new Set([
  "age", "authorization", "content-length", "content-type", "etag", "expires", "from", "host", "if-modified-since", "if-unmodified-since",
  "last-modified", "location", "max-forwards", "proxy-authorization", "referer", "retry-after", "server", "user-agent",
]);

/** Names in lower case, remembered as they came; bounded. One for all connections of a listener. */
export class FieldNames {
  #lower = new Map<string, string>();

  lower(name: string): string {
    const known = this.#lower.get(name);
    if (known !== undefined) return known;
    const lower = name.toLowerCase();
    if (name.length <= maxKnownLength && this.#lower.size < maxKnownNames) this.#lower.set(name, lower);
    return lower;
  }
}

/** Adds a field whose name is in lower case. */
export function addField(fields: IncomingHttpHeaders, name: string, value: string): void {
  const before = fields[name];
  if (name === "set-cookie") {
    if (Array.isArray(before)) before.push(value);
    else fields[name] = [value];
    // Not what every object has by itself, such as a field called constructor.
  } else if (typeof before !== "string") fields[name] = value;
  else if (name === "cookie") fields[name] = `${before}; ${value}`;
  else if (!first.has(name)) fields[name] = `${before}, ${value}`;
}
