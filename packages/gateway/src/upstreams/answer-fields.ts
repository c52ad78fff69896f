/** Hot path (benchmarks: http). The header section of an upstream's answer on its way to the client. */
import { isHopByHop, namedByConnection } from "./hop-by-hop.ts";
import { via } from "./via.ts";

/** Who knows where the upstream's addresses are for the gateway's clients. */
export interface Locator {
  publicLocation(location: string): string;
}

interface Answered {
  locator?: Locator | null;
  /** Of HTTP, in which it came; 1.1 without it. */
  version?: string;
}

const plainly: Answered = {};

/** Also drops the fields that only this gateway may set, and a Content-Length where RFC 9110 §8.6 forbids one. */
export function answerFields(status: number, rawHeaders: readonly string[], { locator = null, version }: Answered = plainly): string[] {
  const named = connectionNames(rawHeaders);
  const fields: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const lower = name.toLowerCase();
    if (isHopByHop(lower) || named?.has(lower) || lower === "parley-call-id") continue;
    if (lower === "content-length" && (status === 204 || status < 200)) continue;
    const value = rawHeaders[index + 1] as string;
    fields.push(name, locator !== null && (lower === "location" || lower === "content-location") ? locator.publicLocation(value) : value);
  }
  fields.push("Via", via(version));
  return fields;
}

function connectionNames(rawHeaders: readonly string[]): Set<string> | null {
  let value: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 10 && name.toLowerCase() === "connection") value = value === undefined ? rawHeaders[index + 1] : `${value},${rawHeaders[index + 1]}`;
  }
  return namedByConnection(value);
}
