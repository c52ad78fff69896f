/** What is said of bytes that are no request, or none that can be read in one way only. */
import type { Refusal } from "@parley/contract/problems/problem";

export const ambiguousLength: Refusal = { code: "ambiguous-length", detail: "The request has both Content-Length and Transfer-Encoding." };

export const lateHead: Refusal = { code: "request-timeout", detail: "The header section did not arrive in time." };

/** RFC 9110 §9.3.6; the same over HTTP/2. */
export const noTunnels: Refusal = { code: "malformed-request", status: 501, detail: "The gateway opens no tunnels (CONNECT).", fix: "Call the service by its path; for a WebSocket send an Upgrade field." };

/** RFC 9110 §9.3.8: it would show the caller what the gateway adds for the service, credentials above all. */
export const noTrace: Refusal = { code: "malformed-request", status: 501, detail: "The gateway passes no TRACE on.", fix: "Send the call itself; its record has its steps, under the id in Parley-Call-Id." };

export function malformed(reason: string): Refusal {
  return { code: "malformed-request", detail: `The request is not valid HTTP/1.1: ${reason}.` };
}

export function headTooLarge(headerBytes: number): Refusal {
  return { code: "headers-too-large", detail: `The header section is larger than ${headerBytes} bytes.` };
}

export function tooManyFields(most: number): Refusal {
  return { code: "headers-too-large", detail: `The header section has more than ${most} fields.`, fix: "Send fewer header fields." };
}

export function targetTooLong(headerBytes: number): Refusal {
  return { code: "target-too-long", detail: `The request line alone is longer than the ${headerBytes} bytes that the whole header section may have.` };
}
