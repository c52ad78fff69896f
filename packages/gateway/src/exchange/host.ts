/** The Host field, believed only as far as its syntax: it goes into the addresses that problem documents name. */
import type { Exchange } from "./exchange.ts";

const host = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::(?:[0-5]?\d{1,4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]))?$/;

export function isValidHost(value: string): boolean {
  return host.test(value);
}

/** Scheme and authority as the client used them, a trusted proxy's word included; empty where they cannot be known. */
export function baseUrl(exchange: Pick<Exchange, "headers" | "peer">): string {
  const { headers, peer } = exchange;
  const forwardedHost = peer.trusted ? headers["x-forwarded-host"] : undefined;
  const authority = typeof forwardedHost === "string" ? forwardedHost : headers.host;
  if (authority === undefined || !isValidHost(authority)) return "";
  const scheme = peer.secure === true || (peer.trusted && headers["x-forwarded-proto"] === "https") ? "https" : "http";
  return `${scheme}://${authority}`;
}
