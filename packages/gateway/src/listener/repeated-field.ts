/**
 * Fields that decide who calls and what is sent, and that may be there once only (RFC 9110 §5.3). Of two the gateway would judge
 * one and the service perhaps read the other.
 */
import type { Refusal } from "@parley/contract/problems/problem";

export function isOnceOnly(lowerName: string): boolean {
  return lowerName === "authorization" || lowerName === "content-type";
}

/** Names in lower case, as HTTP/2 has them. */
export function repeatedIn(rawHeaders: readonly string[]): Refusal | null {
  let authorizations = 0;
  let contentTypes = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name === "authorization" && ++authorizations > 1) return repeatedField(name);
    if (name === "content-type" && ++contentTypes > 1) return repeatedField(name);
  }
  return null;
}

export function repeatedField(lowerName: string): Refusal {
  return { code: "malformed-request", detail: `The request has more than one ${lowerName} field.` };
}
