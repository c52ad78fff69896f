/**
 * Hot path (benchmarks: http). The header section of a forwarded request: what came, without what belongs to one
 * connection, without Parley's key, and without what only the gateway may say; then what the gateway says.
 *
 * `Forwarded` and `X-Forwarded-*` of a peer that is not trusted are dropped, for whoever reads them would believe them;
 * of a trusted one X-Forwarded-For is continued, and Forwarded passes as it is.
 */
import type { Exchange } from "../exchange/exchange.ts";
import { isHopByHop, namedByConnection } from "./hop-by-hop.ts";
import type { Target } from "./target.ts";
import { via } from "./via.ts";

export interface Credentials {
  /** As configured, and in lower case. */
  name: string;
  lowerName: string;
  value: string;
}

/**
 * Set anew below, or by the HTTP client. `Trailer` announces what is not there any more: the fields behind a request's body end here, as a
 * body is kept, tried again and framed anew, and who wants to may discard them (RFC 9110 §6.5.1).
 */
const replaced = new Set(["host", "trailer", "content-length", "expect", "traceparent", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"]);
const keyFields = new Set(["authorization", "x-api-key", "x-goog-api-key", "apikey"]);

export function requestFields(exchange: Exchange, target: Target, credentials: Credentials | null): string[] {
  const { headers, rawHeaders } = exchange;
  const fields = ["Host", target.host];
  const named = namedByConnection(headers.connection);
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const lower = name.toLowerCase();
    const value = rawHeaders[index + 1] as string;
    if (replaced.has(lower) || isHopByHop(lower) || named?.has(lower)) continue;
    if (isOwn(lower) || lower === credentials?.lowerName || isOurKey(exchange, lower, value)) continue;
    if (!exchange.peer.trusted && isForwarding(lower)) continue;
    // Trace state without a parent that we could read belongs to nothing (W3C Trace Context §3.3).
    if (lower === "tracestate" && exchange.record.traceId !== exchange.incomingTraceId) continue;
    fields.push(name, value);
  }
  addOwn(fields, exchange);
  if (credentials) fields.push(credentials.name, credentials.value);
  if (exchange.upstreamFields !== undefined) fields.push(...exchange.upstreamFields);
  return fields;
}

function addOwn(fields: string[], exchange: Exchange): void {
  const { headers, peer, record, caller } = exchange;
  const forwardedFor = peer.trusted ? headers["x-forwarded-for"] : undefined;
  fields.push("X-Forwarded-For", forwardedFor === undefined ? peer.address : `${String(forwardedFor)}, ${peer.address}`);
  fields.push("X-Forwarded-Proto", (peer.trusted && single(headers["x-forwarded-proto"])) || (peer.secure === true ? "https" : "http"));
  const host = (peer.trusted && single(headers["x-forwarded-host"])) || headers.host;
  if (host) fields.push("X-Forwarded-Host", host);
  fields.push("Via", via(exchange.httpVersion), "traceparent", `00-${record.traceId}-${record.spanId}-${exchange.traceFlags}`, "Parley-Call-Id", exchange.id);
  if (caller) fields.push("Parley-Consumer", caller.consumer);
  // Asked of us hop by hop, and we pass trailers on (RFC 9110 §10.1.4). Other codings were asked of this hop only.
  if (headers.te !== undefined && /(?:^|[,\s])trailers(?:$|[,;\s])/i.test(String(headers.te))) fields.push("TE", "trailers");
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Underscores count as dashes, because some upstreams (CGI, WSGI) read them so. */
function isOwn(lowerName: string): boolean {
  return lowerName.startsWith("parley-") || lowerName.startsWith("parley_");
}

function isForwarding(lowerName: string): boolean {
  return lowerName === "forwarded" || lowerName.startsWith("x-forwarded") || lowerName.startsWith("x_forwarded") || lowerName === "x-real-ip";
}

function isOurKey(exchange: Exchange, lowerName: string, value: string): boolean {
  return exchange.keySecret !== null && keyFields.has(lowerName) && value.endsWith(exchange.keySecret);
}
